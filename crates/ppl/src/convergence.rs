//! Whether the draws of a run can be trusted.

use ppl_stats::{Reliability, Tau, Undefined};
use ppl_store::{ChainRecord, Content, FaultName, Row};

use crate::Fit;
use crate::stuck::{StuckWalker, stuck_walkers};

/// R̂ from which chains disagree; what rounds to 1.01 still passes.
const LARGEST_RHAT: f64 = 1.015;
/// Effective draws a chain that quantiles and R̂ itself need (Vehtari et al. 2021, section 4).
const ESS_PER_CHAIN: f64 = 100.0;
/// E-BFMI below which the momentum refresh does not reach all energies (Betancourt 2016).
const LEAST_EBFMI: f64 = 0.3;

/// Share of trajectories that may be divergences: a handful among thousands is chance, a pattern is not.
const DIVERGENT: f64 = 0.005;
/// Share of evaluations that may give no number.
const UNJUDGED: f64 = 0.005;
/// Draws in which a chain should have moved.
const MOVES: usize = 10;

/// The checks of a run that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Convergence {
    /// Draws of all chains together.
    pub draws: usize,
    /// Trajectories after warm-up, of which divergences and depth limits are counted: more than draws where a run is thinned.
    pub trajectories: usize,
    /// Chains, or independent ensembles, that have draws.
    pub chains: usize,
    /// The largest R̂ with its column; none where nothing has one.
    pub worst_rhat: Option<(String, f64)>,
    /// The smallest effective sample size, of bulk and tails, with its column.
    pub lowest_ess: Option<(String, f64)>,
    /// Draws of the shortest chain, where they are too few for R̂ and effective draws.
    pub too_few: Option<usize>,
    /// The columns that have draws which are not finite.
    pub not_finite: Vec<String>,
    /// Divergent trajectories after warm-up.
    pub divergences: usize,
    /// Trajectories after warm-up that were cut off at the depth limit.
    pub depth_limits: usize,
    /// The smallest estimated Bayesian fraction of missing information of a chain; none where the sampler has no energy.
    pub lowest_ebfmi: Option<f64>,
    /// Whether the chains are ensembles of walkers.
    pub ensembles: bool,
    /// The column whose autocorrelation time can be trusted least, of those the one with the largest; none for samplers
    /// without walkers.
    pub slowest: Option<(String, Tau)>,
    /// Chains none of whose draws moved.
    pub stuck: Vec<u64>,
    /// Walkers that stay behind their ensemble.
    pub stuck_walkers: Vec<StuckWalker>,
    /// Evaluations after warm-up that gave no number, and all evaluations with those of warm-up.
    pub unjudged: (u64, u64),
    /// Why chains failed, with their ids.
    pub failures: Vec<(u64, String)>,
}

impl Convergence {
    /// The checks of a fit, given its summary.
    pub fn new(fit: &Fit, summary: &[Row]) -> Self {
        let numbers = || summary.iter().filter_map(numbers);
        let rhats = numbers().map(|(name, s)| (name, s.rhat)).filter(|(_, rhat)| !rhat.is_nan());
        let sizes = numbers().map(|(name, s)| (name, s.ess_bulk.min(s.ess_tail))).filter(|(_, ess)| !ess.is_nan());
        let strange = numbers().filter(|(_, s)| s.undefined == Some(Undefined::NonFinite));
        let too_few = numbers().filter_map(|(_, s)| too_few(s.undefined?)).min();
        let slowest = slowest(summary);
        let failures = fit.chains.iter().filter_map(|c| Some((c.chain, c.reason.clone()?)));
        Convergence {
            draws: fit.draws.len(),
            trajectories: trajectories(fit),
            chains: chains_with_draws(fit),
            worst_rhat: rhats.max_by(|a, b| a.1.total_cmp(&b.1)).map(owned),
            lowest_ess: sizes.min_by(|a, b| a.1.total_cmp(&b.1)).map(owned),
            too_few,
            not_finite: strange.map(|(name, _)| name.to_string()).collect(),
            divergences: divergences(fit),
            depth_limits: depth_limits(&fit.chains),
            lowest_ebfmi: lowest_ebfmi(fit),
            ensembles: fit.draws.chains.iter().any(|chain| chain.walker > 0),
            stuck: stuck(fit),
            stuck_walkers: slowest.as_ref().map_or_else(Vec::new, |(_, tau)| stuck_walkers(&fit.draws, tau.tau)),
            slowest,
            unjudged: unjudged(&fit.chains),
            failures: failures.collect(),
        }
    }

    /// Whether every check passed. Trajectories at the depth limit cost time, not trust.
    pub fn passed(&self) -> bool {
        self.draws > 0
            && self.too_few.is_none()
            && self.failures.is_empty()
            && self.stuck.is_empty()
            && self.stuck_walkers.is_empty()
            && self.walkers_are_fast()
            && !self.unjudged_are_many()
            && !self.divergences_are_many()
            && !(self.rhat_is_large() || self.ess_is_small() || self.ebfmi_is_small())
    }

    /// Whether some chains disagree.
    pub fn rhat_is_large(&self) -> bool {
        self.worst_rhat.as_ref().is_some_and(|(_, rhat)| Self::is_large(*rhat))
    }

    /// Whether chains with such an R̂ disagree.
    pub(crate) fn is_large(rhat: f64) -> bool {
        rhat >= LARGEST_RHAT
    }

    /// Whether the log density gave no number in more than one of two hundred evaluations: what lies there is missing from
    /// the draws.
    pub fn unjudged_are_many(&self) -> bool {
        self.unjudged.0 as f64 > UNJUDGED * self.unjudged.1 as f64
    }

    /// Whether divergences are more than one in two hundred trajectories.
    pub fn divergences_are_many(&self) -> bool {
        self.divergences as f64 > DIVERGENT * self.trajectories as f64
    }

    /// Whether some column has too few effective draws.
    pub fn ess_is_small(&self) -> bool {
        self.lowest_ess.as_ref().is_some_and(|(_, ess)| *ess < self.needed_ess())
    }

    /// Effective draws that every column should have.
    pub fn needed_ess(&self) -> f64 {
        ESS_PER_CHAIN * self.chains as f64
    }

    /// Whether the run is long enough for the autocorrelation times of all columns to be trusted.
    pub fn walkers_are_fast(&self) -> bool {
        self.slowest.as_ref().is_none_or(|(_, tau)| tau.reliable())
    }

    /// Whether some chain moves too slowly between energies.
    pub fn ebfmi_is_small(&self) -> bool {
        self.lowest_ebfmi.is_some_and(|ebfmi| ebfmi < LEAST_EBFMI)
    }
}

fn numbers(row: &Row) -> Option<(&str, &ppl_stats::Summary)> {
    match &row.content {
        Content::Numbers(summary) => Some((&row.name, summary)),
        Content::Shares(_) => None,
    }
}

/// Draws of the shortest chain, if they are some and too few.
fn too_few(undefined: Undefined) -> Option<usize> {
    match undefined {
        Undefined::TooFew { have, .. } if have > 0 => Some(have),
        _ => None,
    }
}

fn owned((name, value): (&str, f64)) -> (String, f64) {
    (name.to_string(), value)
}

fn slowest(summary: &[Row]) -> Option<(String, Tau)> {
    let doubt = |tau: &Tau| match tau.reliability {
        Reliability::Reliable => 0,
        Reliability::Tentative => 1,
        Reliability::Unusable => 2,
    };
    let times = summary.iter().filter_map(|row| Some((row.name.clone(), row.tau?)));
    times.max_by(|(_, a), (_, b)| doubt(a).cmp(&doubt(b)).then(a.tau.total_cmp(&b.tau)))
}

fn chains_with_draws(fit: &Fit) -> usize {
    let by_id = fit.draws.chains.chunk_by(|a, b| a.id == b.id);
    by_id.filter(|walkers| walkers.iter().any(|walker| !walker.is_empty())).count()
}

/// Divergences as the chains counted them; of a run that is going on, those among its draws.
fn divergences(fit: &Fit) -> usize {
    let among_draws = || fit.draws.chains.iter().flat_map(|chain| &chain.stats).filter(|stats| stats.divergent).count();
    match fit.chains.is_empty() {
        true => among_draws(),
        false => fit.chains.iter().map(|chain| chain.divergences).sum(),
    }
}

/// Trajectories of which divergences are counted.
fn trajectories(fit: &Fit) -> usize {
    match fit.chains.is_empty() {
        true => fit.draws.len(),
        false => fit.draws.len() * fit.thin,
    }
}

/// Chains whose log density was the same at every draw, although some proposal could have been rejected.
fn stuck(fit: &Fit) -> Vec<u64> {
    let moves = |stats: &[ppl_engine::Stats]| stats.windows(2).any(|s| s[0].log_density != s[1].log_density);
    let rejects = |stats: &[ppl_engine::Stats]| stats.iter().any(|s| s.accept < 1.0);
    let by_id = fit.draws.chains.chunk_by(|a, b| a.id == b.id);
    let stuck =
        by_id.filter(|walkers| walkers.iter().all(|w| w.len() >= MOVES && rejects(&w.stats) && !moves(&w.stats)));
    stuck.map(|walkers| walkers[0].id).collect()
}

/// Trajectories after warm-up of these chains that were cut off at the depth limit.
pub(crate) fn depth_limits(chains: &[ChainRecord]) -> usize {
    chains.iter().map(|chain| chain.depth_limits).sum()
}

/// Evaluations after warm-up that gave no number, and all evaluations, of these chains.
pub(crate) fn unjudged(chains: &[ChainRecord]) -> (u64, u64) {
    let without_number =
        |kind| matches!(kind, FaultName::Nan | FaultName::Rejected | FaultName::Gradient | FaultName::Other);
    let faults = chains.iter().flat_map(|chain| &chain.faults).filter(|fault| without_number(fault.kind));
    (faults.map(|fault| fault.sampling).sum(), chains.iter().map(|chain| chain.evaluations).sum())
}

fn lowest_ebfmi(fit: &Fit) -> Option<f64> {
    let energies = fit.draws.chains.iter().map(|chain| chain.stats.iter().map(|s| s.energy).collect::<Vec<_>>());
    energies.filter_map(|energy| ppl_stats::ebfmi(&energy).ok()).min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use ppl_store::{Chain, Column, Draws};

    use super::*;

    /// Chains of one column: draws that repeat 0, …, 99 in an order without pattern, moved by each of `shifts`.
    fn fit(shifts: &[f64]) -> Fit {
        let chain = |(id, shift): (u64, &f64)| Chain {
            id,
            walker: 0,
            values: vec![(0..400).map(|i| f64::from(i * 37 % 101) + shift).collect()],
            stats: vec![Default::default(); 400],
        };
        let chains = (1..).zip(shifts).map(chain).collect();
        Fit {
            draws: Draws { columns: vec![Column::real("x", &[])], chains },
            chains: Vec::new(),
            thin: 1,
            stopped_by: None,
        }
    }

    fn checks(shifts: &[f64]) -> Convergence {
        let fit = fit(shifts);
        fit.convergence(&fit.summary())
    }

    #[test]
    fn chains_that_agree_pass() {
        let checks = checks(&[0.0, 0.1]);
        assert!(checks.passed(), "{checks:?}");
        assert_eq!((checks.draws, checks.chains, checks.needed_ess()), (800, 2, 200.0));
    }

    #[test]
    fn chains_that_disagree_fail_by_name() {
        let checks = checks(&[0.0, 200.0]);
        assert!(checks.rhat_is_large() && !checks.passed());
        assert_eq!(checks.worst_rhat.unwrap().0, "x");
    }

    #[test]
    fn a_handful_of_divergences_among_thousands_passes() {
        let few = Convergence { divergences: 20, trajectories: 4000, ..checks(&[0.0, 0.1]) };
        assert!(few.passed());
        assert!(!Convergence { divergences: 21, ..few }.passed());
    }

    #[test]
    fn divergences_of_iterations_that_are_no_draws_count_as_what_they_are() {
        let chain = |chain| ppl_store::ChainRecord { divergences: 3, ..ended(chain) };
        let thinned = Fit { chains: vec![chain(1), chain(2)], thin: 10, ..fit(&[0.0, 0.1]) };
        let checks = thinned.convergence(&thinned.summary());
        assert_eq!((checks.divergences, checks.trajectories, checks.divergences_are_many()), (6, 8000, false));
        let all = Fit { thin: 1, ..thinned };
        assert!(all.convergence(&all.summary()).divergences_are_many());
    }

    fn ended(chain: u64) -> ppl_store::ChainRecord {
        ppl_store::ChainRecord {
            chain,
            state: ppl_store::State::Finished,
            reason: None,
            draws: 400,
            divergences: 0,
            warmup_divergences: 0,
            depth_limits: 0,
            accept: None,
            step_size: None,
            integrator: None,
            ladder: None,
            evaluations: 0,
            faults: Vec::new(),
        }
    }

    #[test]
    fn a_constant_column_is_no_reason_for_doubt() {
        let mut fit = fit(&[0.0, 0.1]);
        fit.draws.columns.push(Column::real("one", &[]));
        fit.draws.chains.iter_mut().for_each(|chain| chain.values.push(vec![1.0; 400]));
        let checks = fit.convergence(&fit.summary());
        assert!(checks.passed() && checks.not_finite.is_empty(), "{checks:?}");
    }

    /// Two ensembles of two walkers each, whose draws are correlated with those before by `correlation`.
    fn ensembles(correlation: f64) -> Fit {
        let noise = |i: u32, walker: u32| (12.9898 * f64::from(i) + 78.233 * f64::from(walker)).sin() * 43758.5453;
        let chain = |(id, walker): (u64, u32)| {
            let mut value = 0.0;
            let mut next = |i| {
                value = correlation * value + noise(i, walker + 5 * id as u32).rem_euclid(1.0) - 0.5;
                value
            };
            let values = vec![(0..400).map(&mut next).collect()];
            Chain { id, walker: walker as usize, values, stats: vec![Default::default(); 400] }
        };
        let chains = [(1, 0), (1, 1), (2, 0), (2, 1)].map(chain).into();
        Fit {
            draws: Draws { columns: vec![Column::real("x", &[])], chains },
            chains: Vec::new(),
            thin: 1,
            stopped_by: None,
        }
    }

    #[test]
    fn autocorrelation_times_are_reliable_tentative_or_unusable() {
        let cases = [(0.0, Reliability::Reliable), (0.9, Reliability::Tentative), (0.99, Reliability::Unusable)];
        for (correlation, expected) in cases {
            let fit = ensembles(correlation);
            let checks = fit.convergence(&fit.summary());
            let (name, tau) = checks.slowest.clone().expect("ensembles have one");
            assert_eq!((name.as_str(), tau.reliability), ("x", expected), "{tau:?}");
            assert_eq!(checks.walkers_are_fast(), expected == Reliability::Reliable);
            // Whatever the state, there are results.
            assert!(checks.lowest_ess.is_some() && checks.worst_rhat.is_some());
        }
    }

    #[test]
    fn draws_too_few_to_compare_chains_are_no_reason_for_trust() {
        let mut fit = fit(&[0.0, 0.1]);
        fit.draws.chains.iter_mut().for_each(|chain| {
            chain.values[0].truncate(3);
            chain.stats.truncate(3);
        });
        let checks = fit.convergence(&fit.summary());
        assert_eq!((checks.too_few, checks.worst_rhat.is_none(), checks.passed()), (Some(3), true, false));
    }

    #[test]
    fn no_draws_are_no_reason_for_trust() {
        assert!(!checks(&[]).passed());
    }

    #[test]
    fn a_chain_that_never_moves_fails_by_its_id() {
        let mut still = fit(&[0.0, 0.1]);
        let standing = ppl_engine::Stats { log_density: -1.0, accept: 0.2, ..Default::default() };
        still.draws.chains[1].stats = vec![standing; 400];
        let checks = still.convergence(&still.summary());
        assert_eq!(checks.stuck, [2]);
        assert!(!checks.passed());
        // Nothing is rejected where there is nothing to sample.
        still.draws.chains[1].stats = vec![ppl_engine::Stats { accept: 1.0, ..standing }; 400];
        assert!(still.convergence(&still.summary()).passed());
    }

    #[test]
    fn draws_around_a_hole_in_the_density_are_not_trusted() {
        let holes = Convergence { unjudged: (6, 1000), ..checks(&[0.0, 0.1]) };
        assert!(holes.unjudged_are_many() && !holes.passed());
        assert!(Convergence { unjudged: (5, 1000), ..holes }.passed());
    }
}
