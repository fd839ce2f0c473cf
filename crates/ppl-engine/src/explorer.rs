//! What others need of a kernel to move its state, such as a swap of temperatures or a sweep of discrete coordinates.

use std::fmt::Debug;

use ppl_density::LogDensity;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ChainError;
use crate::rng::Streams;
use crate::target::Target;

/// What can stand in the state of a chain.
pub(crate) trait Kept: Clone + Debug + Serialize + DeserializeOwned {}

impl<T: Clone + Debug + Serialize + DeserializeOwned> Kept for T {}

/// Where a kernel is.
pub(crate) struct Place<'a> {
    pub(crate) position: &'a mut [f64],
    /// The gradient there; empty for kernels without gradients.
    pub(crate) gradient: &'a mut [f64],
    pub(crate) log_density: &'a mut f64,
}

/// A kernel of one walker that can begin at any place, and be moved.
pub(crate) trait Explorer: Kept {
    /// What a user may choose.
    type Options: Kept;
    /// Whether a start needs a gradient that is finite and not zero.
    const NEEDS_GRADIENT: bool;

    /// Transitions in some dimensions after which a replica has moved far enough to be worth a swap.
    fn transitions(dim: usize) -> usize;

    /// Begins a warm-up of so many iterations at a position.
    fn begin<D: LogDensity>(
        options: &Self::Options,
        warmup: usize,
        target: &mut Target<D>,
        streams: &Streams,
        position: Vec<f64>,
    ) -> Result<Self, ChainError>;

    /// Where it is.
    fn place(&self) -> (&[f64], f64);

    /// Where it is, to be changed. Then either all parts have to be changed and [`Explorer::place_changed`] called, or
    /// [`Explorer::evaluate`].
    fn place_mut(&mut self) -> Place<'_>;

    /// Brings what depends on the place up to date.
    fn place_changed(&mut self) {}

    /// Evaluates log density, and gradient where it has one, at the position anew.
    fn evaluate<D: LogDensity>(&mut self, target: &mut Target<D>) -> Result<(), ChainError>;
}
