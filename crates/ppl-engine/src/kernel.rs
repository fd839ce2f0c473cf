//! What the chain loop needs of a sampler.

use ppl_density::LogDensity;

use crate::error::ChainError;
use crate::rng::Streams;
use crate::sink::{Adapted, Stats};
use crate::target::Target;

/// A Markov kernel with its current state: one walker, or the walkers of an ensemble.
///
/// A step depends on the state, the streams and the iteration alone. After [`Kernel::freeze`] it leaves the target
/// invariant and allocates nothing.
pub(crate) trait Kernel<D: LogDensity> {
    /// One transition of all walkers.
    fn step(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError>;

    /// Learns from the step just made; called in warm-up only.
    fn adapt(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError>;

    /// Ends warm-up, which may have had no iteration at all.
    fn freeze(&mut self);

    /// What warm-up has led to.
    fn adapted(&self) -> Adapted;

    /// Number of walkers.
    fn walkers(&self) -> usize {
        1
    }

    /// The unconstrained position of a walker.
    fn position(&self, walker: usize) -> &[f64];

    /// How a walker got to its position.
    fn stats(&self, walker: usize) -> Stats;
}
