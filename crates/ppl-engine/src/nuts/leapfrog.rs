//! Leapfrog steps of the Hamiltonian system −log p(q) + ½ pᵀΣp.

use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use super::metric::Euclidean;
use super::product::{kick, kick_and_drift};
use crate::error::Fatal;
use crate::target::Target;

/// A position with its log density and gradient, and the energy of the state it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) position: Vec<f64>,
    pub(crate) gradient: Vec<f64>,
    /// Σ times the gradient: what a kick does to the velocity.
    #[serde(skip)]
    pub(crate) push: Vec<f64>,
    pub(crate) log_density: f64,
    pub(crate) energy: f64,
}

impl Point {
    pub(crate) fn new(dim: usize) -> Self {
        let zeros = || vec![0.0; dim];
        let (log_density, energy) = (f64::NAN, f64::NAN);
        Point { position: zeros(), gradient: zeros(), push: zeros(), log_density, energy }
    }

    /// Evaluates the density here.
    #[inline]
    pub(crate) fn evaluate<D: LogDensity>(
        &mut self,
        target: &mut Target<D>,
        metric: &Euclidean,
    ) -> Result<(), Box<Fatal>> {
        self.log_density = target.log_density_and_gradient(&self.position, &mut self.gradient)?;
        metric.multiply(&self.gradient, &mut self.push);
        Ok(())
    }
}

/// A momentum p and its velocity Σp.
///
/// Both are carried from step to step, so that the metric is applied once a gradient, and to nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Motion {
    pub(crate) momentum: Vec<f64>,
    pub(crate) velocity: Vec<f64>,
}

impl Motion {
    pub(crate) fn new(dim: usize) -> Self {
        Motion { momentum: vec![0.0; dim], velocity: vec![0.0; dim] }
    }

    pub(crate) fn copy_from(&mut self, other: &Motion) {
        self.momentum.copy_from_slice(&other.momentum);
        self.velocity.copy_from_slice(&other.velocity);
    }
}

/// One leapfrog step between two points: half a kick, a drift, half a kick. The motion is carried along.
#[inline]
pub(crate) fn leapfrog<D: LogDensity>(
    target: &mut Target<D>,
    metric: &Euclidean,
    step_size: f64,
    from: &Point,
    to: &mut Point,
    motion: &mut Motion,
) -> Result<(), Box<Fatal>> {
    let half = 0.5 * step_size;
    kick_and_drift((half, step_size), [&from.gradient, &from.push, &from.position], motion, &mut to.position);
    to.evaluate(target, metric)?;
    to.energy = kick(half, &to.gradient, &to.push, motion) - to.log_density;
    if !to.energy.is_finite() {
        target.check_gradient(to.log_density, &to.gradient, &to.position);
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests;
