//! What to run: the sampler and its options, how many chains and draws, the seed. Names and values as serde writes them are
//! those of run records.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::moves::Move;

/// Dimensions at most of a sampler that keeps a square matrix, which then has 200 MB.
const LARGEST_MATRIX: usize = 5_000;
/// Dimensions at most of an ensemble, which has four walkers for each; it mixes badly long before.
const LARGEST_ENSEMBLE: usize = 1_000;
/// Numbers beyond which memory or handles of the system end, and no use is known.
const MOST_CHAINS: usize = 100_000;
const MOST_THREADS: usize = 10_000;
const MOST_WALKERS: usize = 1_000_000;
const MOST_TEMPERATURES: usize = 10_000;

/// What to run. Every field has a default, so `Settings { draws: 500, ..Settings::default() }` is the usual form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The sampler and its options; NUTS by default.
    pub sampler: Sampler,
    /// Parallel tempering with the sampler as explorer, NUTS or Metropolis; none by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tempering: Option<Tempering>,
    /// Independent chains, or independent ensembles of walkers; 4 by default, at least 1.
    pub chains: usize,
    /// Iterations before the first draw, in which the sampler adapts; 500 by default, may be 0. Chains of NUTS that learn from
    /// each other ([`Nuts::pool`]) end it earlier, together, once what they have learned does not change any more.
    pub warmup: usize,
    /// Draws kept a chain, or kept iterations an ensemble (each yields one draw a walker); 1000 by default.
    pub draws: usize,
    /// Iterations for each kept draw, at least 1: `draws * thin` iterations run after warm-up.
    pub thin: usize,
    /// The seed of every random stream; 1 by default.
    pub seed: u64,
    /// Threads to use at most; the machine's by default. The draws do not depend on it, so it is not written down.
    #[serde(skip, default = "all_threads")]
    pub threads: usize,
    /// Id of the first chain; the others follow. A chain's draws depend on its id, not on its place in the run.
    pub first_chain: u64,
    /// Whether warm-up draws go to the sink too.
    pub save_warmup: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            sampler: Sampler::Nuts(Nuts::default()),
            tempering: None,
            chains: 4,
            warmup: 500,
            draws: 1000,
            thin: 1,
            seed: 1,
            threads: all_threads(),
            first_chain: 1,
            save_warmup: false,
        }
    }
}

fn all_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The sampler of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Sampler {
    /// The no-U-turn sampler; needs gradients.
    Nuts(Nuts),
    /// An affine-invariant ensemble of walkers; needs no gradients, suits up to some twenty dimensions.
    Ensemble(Ensemble),
    /// Adaptive random walks; needs no gradients.
    Metropolis(Metropolis),
}

/// Options of the no-U-turn sampler.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Nuts {
    /// Mean acceptance statistic the step size is tuned to, in (0, 1). By default warm-up chooses it between 0.65, for
    /// posteriors near to normal, and 0.85.
    pub target_accept: Option<f64>,
    /// Largest number of doublings of a trajectory, from 1 to 20; 10 by default.
    pub max_depth: u32,
    /// Shape of the metric learned in warm-up.
    pub metric: Metric,
    /// What leads from one state of a trajectory to the next.
    pub integrator: Integrator,
    /// Where the search for a step size begins, 1 by default; without warm-up it is the step size itself.
    pub initial_step: Option<f64>,
    /// Whether the chains learn from each other in warm-up; they do by default. Without it, a chain's draws do not
    /// depend on which others run.
    pub pool: bool,
}

impl Default for Nuts {
    fn default() -> Self {
        Nuts {
            target_accept: None,
            max_depth: 10,
            metric: Metric::Auto,
            integrator: Integrator::Leapfrog,
            initial_step: None,
            pool: true,
        }
    }
}

/// Shape of the metric of NUTS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// What fits draws that it was not learned from best, the cheaper where the difference is small.
    Auto,
    /// One variance a coordinate.
    Diagonal,
    /// Variances, and a few directions with variances of their own: `dim` multiplications more for each.
    LowRank,
    /// A full covariance: `dim²` multiplications a leapfrog step, worth it for strong correlations.
    Dense,
}

/// What leads from one state of a trajectory of NUTS to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Integrator {
    /// Leapfrog steps, unless no metric settles in warm-up and the curvature is found to vary much: then, from the middle of
    /// its main phase on, WALNUTS. Chains that learn together decide together.
    Auto,
    /// Leapfrog steps of one size: a gradient a state.
    Leapfrog,
    /// Macro steps of as many leapfrog steps as the place asks for: two gradients a state where the curvature hardly
    /// varies, many where the density narrows, which leapfrog steps of one size miss or diverge in.
    Walnuts,
}

/// Options of the ensemble sampler.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ensemble {
    /// Walkers an ensemble, at least `2 * dim` and 4; by default `4 * dim`, but not fewer than 32.
    pub walkers: Option<usize>,
    /// The moves and their weights; one is drawn for each iteration. By default 0.8 differential evolution and
    /// 0.2 snooker.
    pub moves: Vec<(Move, f64)>,
}

impl Default for Ensemble {
    fn default() -> Self {
        Ensemble { walkers: None, moves: vec![(Move::Differential, 0.8), (Move::Snooker, 0.2)] }
    }
}

impl Ensemble {
    /// Number of walkers for a target of `dim` dimensions.
    pub fn walkers(&self, dim: usize) -> usize {
        self.walkers.unwrap_or((4 * dim).max(32))
    }
}

/// Options of Metropolis sampling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metropolis {
    /// Acceptance rate the joint update is tuned to, in (0, 1); by default 0.234, and 0.44 in one dimension.
    pub target_accept: Option<f64>,
    /// The updates and their weights; by default the joint one alone.
    pub updates: Vec<(UpdateKind, f64)>,
    /// Which of the updates an iteration makes.
    pub scan: Scan,
    /// Delayed rejection: scale, in (0, 1), of a second try after the joint update's first was rejected.
    pub delayed_rejection: Option<f64>,
}

impl Default for Metropolis {
    fn default() -> Self {
        let updates = vec![(UpdateKind::Joint, 1.0)];
        Metropolis { target_accept: None, updates, scan: Scan::Random, delayed_rejection: None }
    }
}

/// An update of Metropolis sampling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateKind {
    /// All coordinates at once, with a shape and scale learned from acceptance (Vihola 2012).
    Joint,
    /// One coordinate after another, each with a scale of its own; as many evaluations as coordinates.
    Componentwise,
}

impl FromStr for UpdateKind {
    type Err = String;

    fn from_str(text: &str) -> Result<UpdateKind, String> {
        match text {
            "joint" => Ok(UpdateKind::Joint),
            "componentwise" => Ok(UpdateKind::Componentwise),
            _ => Err(format!("`{text}` is no update: write joint or componentwise")),
        }
    }
}

/// Which of several updates an iteration makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scan {
    /// One, drawn by weight.
    Random,
    /// All, one after another in the order given; weights do not matter.
    Systematic,
}

/// Options of parallel tempering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tempering {
    /// Temperatures of a chain, the reference's and the target's among them, at least 2; 10 by default. Twice the
    /// communication barrier is a good number: see [`crate::Ladder`].
    pub temperatures: usize,
    /// Whether the chains fit temperatures and reference together in warm-up; they do by default. Without it, a chain's
    /// draws do not depend on which others run.
    pub pool: bool,
}

impl Default for Tempering {
    fn default() -> Self {
        Tempering { temperatures: 10, pool: true }
    }
}

impl Settings {
    /// Draws in one row of a chain: the walkers of an ensemble, 1 for the other samplers.
    pub fn walkers(&self, dim: usize) -> usize {
        match &self.sampler {
            Sampler::Ensemble(ensemble) => ensemble.walkers(dim),
            Sampler::Nuts(_) | Sampler::Metropolis(_) => 1,
        }
    }

    /// Temperatures of a chain: 1, the target's, without tempering.
    pub fn temperatures(&self) -> usize {
        self.tempering.as_ref().map_or(1, |tempering| tempering.temperatures)
    }

    /// Threads that an ensemble has beside its own: its part of those that ensembles leave idle.
    pub(crate) fn helpers(&self) -> usize {
        match &self.sampler {
            Sampler::Ensemble(_) => self.threads / self.chains.min(self.threads).max(1) - 1,
            Sampler::Nuts(_) | Sampler::Metropolis(_) => 0,
        }
    }

    /// Checks that these settings can run on a target of `dim` dimensions.
    ///
    /// # Errors
    /// [`Error::Setting`] names the first setting that cannot work, and what to do; [`Error::NoGradient`] where NUTS
    /// meets a target without gradients.
    pub fn check(&self, dim: usize, has_gradient: bool) -> Result<(), Error> {
        from_1_to(MOST_CHAINS, "chains", self.chains)?;
        from_1_to(usize::MAX, "draws", self.draws)?;
        from_1_to(usize::MAX, "thin", self.thin)?;
        from_1_to(MOST_THREADS, "threads", self.threads)?;
        let iterations = self.draws.checked_mul(self.thin).and_then(|draws| draws.checked_add(self.warmup));
        if iterations.is_none() {
            return Err(Error::setting(
                "draws",
                self.draws,
                "choose fewer draws, a smaller `thin` or a shorter warm-up",
            ));
        }
        if let Some(tempering) = &self.tempering {
            tempering.check(&self.sampler)?;
        }
        match &self.sampler {
            Sampler::Nuts(_) if !has_gradient && dim > 0 => Err(Error::NoGradient),
            Sampler::Nuts(nuts) => nuts.check(dim),
            Sampler::Ensemble(ensemble) => ensemble.check(dim),
            Sampler::Metropolis(metropolis) => {
                at_most("metropolis", dim, LARGEST_MATRIX)?;
                metropolis.check()
            }
        }
    }
}

impl Tempering {
    fn check(&self, sampler: &Sampler) -> Result<(), Error> {
        if self.temperatures < 2 {
            return Err(Error::setting("temperatures", self.temperatures, "choose 2 or more, such as 10"));
        }
        from_1_to(MOST_TEMPERATURES, "temperatures", self.temperatures)?;
        match sampler {
            Sampler::Nuts(_) | Sampler::Metropolis(_) => Ok(()),
            Sampler::Ensemble(_) => {
                let remedy = "an ensemble cannot be tempered: choose NUTS or Metropolis";
                Err(Error::setting("temperatures", self.temperatures, remedy))
            }
        }
    }
}

impl Nuts {
    fn check(&self, dim: usize) -> Result<(), Error> {
        if self.metric == Metric::Dense {
            at_most("a dense metric", dim, LARGEST_MATRIX)?;
        }
        between_0_and_1("target_accept", self.target_accept.unwrap_or(0.5))?;
        if !(1..=20).contains(&self.max_depth) {
            return Err(Error::setting("max_depth", self.max_depth, "choose a number from 1 to 20"));
        }
        match self.initial_step {
            Some(step) if !(step > 0.0 && step.is_finite()) => {
                Err(Error::setting("initial_step", step, "choose a positive number"))
            }
            _ => Ok(()),
        }
    }
}

impl Ensemble {
    fn check(&self, dim: usize) -> Result<(), Error> {
        at_most("ensemble", dim, LARGEST_ENSEMBLE)?;
        let (walkers, least) = (self.walkers(dim), (2 * dim).max(4));
        if walkers < least {
            let remedy = format!("{dim} dimensions need at least {least} walkers, better {}", (4 * dim).max(32));
            return Err(Error::setting("walkers", walkers, &remedy));
        }
        from_1_to(MOST_WALKERS, "walkers", walkers)?;
        check_weights("moves", &self.moves)?;
        self.check_moves(walkers, dim)
    }

    fn check_moves(&self, walkers: usize, dim: usize) -> Result<(), Error> {
        let wrong = self.moves.iter().find_map(|(kind, _)| Some((kind, kind.remedy(walkers, dim)?)));
        wrong.map_or(Ok(()), |(kind, remedy)| Err(Error::setting("moves", kind, &remedy)))
    }
}

impl Metropolis {
    fn check(&self) -> Result<(), Error> {
        check_weights("updates", &self.updates)?;
        between_0_and_1("target_accept", self.target_accept.unwrap_or(0.5))?;
        between_0_and_1("delayed_rejection", self.delayed_rejection.unwrap_or(0.5))
    }
}

fn check_weights<T: fmt::Debug>(setting: &'static str, options: &[(T, f64)]) -> Result<(), Error> {
    let fine = options.iter().all(|(_, weight)| *weight >= 0.0 && weight.is_finite());
    let total: f64 = options.iter().map(|(_, weight)| weight).sum();
    match fine && total > 0.0 && total.is_finite() {
        true => Ok(()),
        false => {
            let remedy = "give at least one of them a positive weight, and none a negative one";
            Err(Error::setting(setting, format!("{options:?}"), remedy))
        }
    }
}

/// Refuses what would not end in any useful time, or takes more memory than there is.
fn at_most(sampler: &'static str, dim: usize, most: usize) -> Result<(), Error> {
    match dim <= most {
        true => Ok(()),
        false => {
            let remedy = format!(
                "it is for {most} dimensions at most and there are {dim} dimensions: use NUTS as it is by default"
            );
            Err(Error::setting("sampler", sampler, &remedy))
        }
    }
}

/// Refuses none, and more than memory could be found for.
fn from_1_to(most: usize, setting: &'static str, value: usize) -> Result<(), Error> {
    match value {
        0 => Err(Error::setting(setting, value, "choose 1 or more")),
        more if more > most => Err(Error::setting(setting, value, &format!("choose {most} or fewer"))),
        _ => Ok(()),
    }
}

fn between_0_and_1(setting: &'static str, value: f64) -> Result<(), Error> {
    match value > 0.0 && value < 1.0 {
        true => Ok(()),
        false => Err(Error::setting(setting, value, "choose a number between 0 and 1")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(settings: &Settings, dim: usize) -> String {
        settings.check(dim, true).unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_fine_in_any_dimension() {
        for sampler in [
            Sampler::Nuts(Nuts::default()),
            Sampler::Ensemble(Ensemble::default()),
            Sampler::Metropolis(Metropolis::default()),
        ] {
            let settings = Settings { sampler, ..Settings::default() };
            for dim in [0, 1, 7, 100] {
                settings.check(dim, true).unwrap();
            }
        }
    }

    #[test]
    fn a_wrong_setting_says_what_to_do() {
        let zero = Settings { chains: 0, ..Settings::default() };
        assert_eq!(message(&zero, 1), "`chains` is 0: choose 1 or more");
        let endless = Settings { thin: usize::MAX, ..Settings::default() };
        assert!(message(&endless, 1).starts_with("`draws` is 1000: choose fewer draws"));
        let few = Ensemble { walkers: Some(6), ..Ensemble::default() };
        let few = Settings { sampler: Sampler::Ensemble(few), ..Settings::default() };
        assert_eq!(message(&few, 5), "`walkers` is 6: 5 dimensions need at least 10 walkers, better 32");
        let one =
            Settings { tempering: Some(Tempering { temperatures: 1, ..Tempering::default() }), ..Settings::default() };
        assert_eq!(message(&one, 5), "`temperatures` is 1: choose 2 or more, such as 10");
        let ensemble = Sampler::Ensemble(Ensemble::default());
        let ensemble = Settings { sampler: ensemble, tempering: Some(Tempering::default()), ..Settings::default() };
        assert!(message(&ensemble, 5).starts_with("`temperatures` is 10: an ensemble cannot be tempered"));
        let nuts = Nuts { target_accept: Some(1.0), ..Nuts::default() };
        let certain = Settings { sampler: Sampler::Nuts(nuts), ..Settings::default() };
        assert_eq!(message(&certain, 5), "`target_accept` is 1: choose a number between 0 and 1");
    }

    #[test]
    fn more_than_memory_could_hold_is_refused() {
        let many = usize::MAX / 2;
        assert_eq!(
            message(&Settings { chains: 100_001, ..Settings::default() }, 1),
            "`chains` is 100001: choose 100000 or fewer"
        );
        assert!(message(&Settings { threads: many, ..Settings::default() }, 1).ends_with("choose 10000 or fewer"));
        let walkers = Sampler::Ensemble(Ensemble { walkers: Some(many), ..Ensemble::default() });
        assert!(message(&Settings { sampler: walkers, ..Settings::default() }, 1).ends_with("choose 1000000 or fewer"));
        let tempering = Some(Tempering { temperatures: many, ..Tempering::default() });
        assert!(message(&Settings { tempering, ..Settings::default() }, 1).ends_with("choose 10000 or fewer"));
    }

    #[test]
    fn nuts_refuses_a_target_without_gradients() {
        assert_eq!(Settings::default().check(2, false), Err(Error::NoGradient));
    }
}
