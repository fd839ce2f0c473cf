//! Who watches a run: the trait [`Observer`] and the events it is told.

use crate::error::ChainError;
use crate::sink::ChainEnd;

/// Watches a run. Called from the chains' threads, [`Event::Progress`] after every iteration: an observer must be quick.
pub trait Observer: Sync {
    /// Something happened.
    fn event(&self, event: Event<'_>);
}

/// Watches nothing.
impl Observer for () {
    fn event(&self, _event: Event<'_>) {}
}

/// What happens in a run.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// A chain begins its search for a starting point.
    Started {
        /// Id of the chain.
        chain: u64,
    },
    /// A chain has done one more iteration.
    Progress(Progress),
    /// A chain has something its reader should know, such as too many dimensions for an ensemble.
    Warning {
        /// Id of the chain.
        chain: u64,
        /// What to know.
        message: String,
    },
    /// A chain has finished its warm-up.
    WarmupDone {
        /// Id of the chain.
        chain: u64,
        /// The frozen step size, NaN where the sampler has none.
        step_size: f64,
    },
    /// A chain has failed; [`Event::Finished`] follows.
    Failed {
        /// Id of the chain.
        chain: u64,
        /// Why.
        error: &'a ChainError,
    },
    /// A chain has ended, well or not.
    Finished {
        /// How, with its counts.
        end: &'a ChainEnd,
    },
}

/// How far a chain is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Id of the chain.
    pub chain: u64,
    /// Iterations done, warm-up included.
    pub iteration: usize,
    /// Iterations to do, warm-up included.
    pub total: usize,
    /// Whether this iteration belongs to warm-up.
    pub warmup: bool,
    /// Divergent trajectories after warm-up.
    pub divergences: usize,
    /// The current step size, as in [`crate::Stats::step_size`].
    pub step_size: f64,
    /// Acceptance statistic of this iteration, the mean over the walkers of an ensemble.
    pub accept: f64,
    /// Leapfrog steps of this iteration (NUTS).
    pub steps: u32,
    /// Evaluations of the log density so far.
    pub evaluations: u64,
}
