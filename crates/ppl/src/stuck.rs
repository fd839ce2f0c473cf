//! Walkers of an ensemble that stay behind.

use ppl_store::{Chain, Draws};

/// Autocorrelation times without a step after which a walker may be stuck.
const TIMES: f64 = 10.0;
/// Iterations without a step that may be chance, however short the autocorrelation time.
const CHANCE: usize = 20;
/// How many median absolute deviations below the median of its ensemble the log density of a stuck walker lies.
const DEVIATIONS: f64 = 5.0;

/// A walker that took no step for long, where its ensemble hardly ever is: its draws are no draws of the posterior.
#[derive(Clone, Debug, PartialEq)]
pub struct StuckWalker {
    /// Id of the ensemble.
    pub ensemble: u64,
    /// Number of the walker, from 0.
    pub walker: usize,
    /// Kept iterations for which it stood still, the longest time.
    pub still: usize,
    /// Its log density there.
    pub log_density: f64,
    /// The median log density of the ensemble.
    pub median: f64,
}

/// The stuck walkers of all ensembles, given the largest autocorrelation time.
pub(crate) fn stuck_walkers(draws: &Draws, tau: f64) -> Vec<StuckWalker> {
    let ensembles = draws.chains.chunk_by(|a, b| a.id == b.id).filter(|walkers| walkers.len() > 1);
    ensembles.flat_map(|walkers| stuck_in(walkers, tau)).collect()
}

fn stuck_in(walkers: &[Chain], tau: f64) -> Vec<StuckWalker> {
    let all = || walkers.iter().flat_map(|walker| walker.stats.iter().map(|stats| stats.log_density));
    let middle = median(all().collect());
    let deviation = median(all().map(|log_density| (log_density - middle).abs()).collect());
    let is_stuck = |walker: &StuckWalker| middle - walker.log_density > DEVIATIONS * deviation;
    let stood = walkers.iter().filter_map(|walker| long_stand(walker, tau, middle));
    stood.filter(is_stuck).collect()
}

/// The longest time that a walker stood still, if that was long.
fn long_stand(walker: &Chain, tau: f64, median: f64) -> Option<StuckWalker> {
    let longest = walker.stats.chunk_by(|_, next| !next.accepted).max_by_key(|stand| stand.len())?;
    // A walker that never moved at all has stood for the whole run, however short that is.
    let long = TIMES * tau;
    let stuck = longest.len() >= CHANCE && (longest.len() as f64 > long || longest.len() == walker.len());
    let log_density = longest.last()?.log_density;
    let Chain { id, walker: number, .. } = walker;
    stuck.then_some(StuckWalker { ensemble: *id, walker: *number, still: longest.len(), log_density, median })
}

/// The median; NaN without values.
fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    match values.is_empty() {
        true => f64::NAN,
        false => *values.select_nth_unstable_by(middle, f64::total_cmp).1,
    }
}

#[cfg(test)]
mod tests {
    use ppl_engine::Stats;

    use super::*;

    /// A walker whose log density goes up and down around −1; from `stop` on it stands still at `low`.
    fn walker(number: usize, stop: usize, low: f64) -> Chain {
        let moving = |i: usize| Stats { log_density: -1.0 - (i % 7) as f64 / 7.0, accepted: true, ..Stats::default() };
        let still = |_| Stats { log_density: low, accepted: false, ..Stats::default() };
        let stats: Vec<Stats> = (0..stop).map(moving).chain((stop..400).map(still)).collect();
        Chain { id: 3, walker: number, values: Vec::new(), stats }
    }

    fn stuck(last: Chain, tau: f64) -> Vec<(usize, usize)> {
        let mut chains: Vec<Chain> = (0..9).map(|number| walker(number, 400, 0.0)).collect();
        chains.push(last);
        let draws = Draws { columns: Vec::new(), chains };
        stuck_walkers(&draws, tau).iter().map(|walker| (walker.walker, walker.still)).collect()
    }

    #[test]
    fn a_walker_left_behind_is_named() {
        assert_eq!(stuck(walker(9, 0, -50.0), 12.0), [(9, 400)]);
        // The iteration before the first that stands still belongs to it, as the walker came there.
        assert_eq!(stuck(walker(9, 200, -50.0), 12.0), [(9, 201)]);
        assert_eq!(stuck(walker(9, 0, -50.0), 500.0), [(9, 400)]);
    }

    #[test]
    fn a_walker_that_rests_is_not_stuck() {
        assert_eq!(stuck(walker(9, 0, -1.3), 12.0), []);
        assert_eq!(stuck(walker(9, 300, -50.0), 12.0), []);
        assert_eq!(stuck(walker(9, 400, -50.0), 12.0), []);
    }
}
