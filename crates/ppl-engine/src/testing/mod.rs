//! Proofs that a kernel leaves its target invariant, by joint draws of parameters and data (Geweke 2004).
//!
//! A parameter from the prior and data given the parameter make the parameter an exact draw from its posterior. Steps
//! of a right kernel keep it one, so no function of parameter and data changes on average; replicates are independent,
//! so there is no autocorrelation to guess.

mod joints;

use ppl_density::LogDensity;
use rand_distr::Distribution;

use crate::rng::{Purpose, Stream, Streams};

pub(crate) use joints::*;

/// A way to draw parameters with data, and what to watch of both.
pub(crate) struct Joint<D: 'static> {
    pub(crate) dim: usize,
    /// Data as their posterior, and as many exact draws from it as asked for, one after another.
    pub(crate) draw: fn(usize, &mut Stream) -> (D, Vec<f64>),
    pub(crate) functions: &'static [(&'static str, Function<D>)],
}

/// A function of data and position.
pub(crate) type Function<D> = fn(&D, &[f64]) -> f64;

impl<D: LogDensity> Joint<D> {
    /// How much each function changes on average under `transition`, in standard errors.
    ///
    /// The transition is given the posterior, the positions of `walkers` exact draws and streams of its own, and
    /// returns the positions to which they go.
    pub(crate) fn drifts(
        &self,
        (replicates, walkers): (usize, usize),
        mut transition: impl FnMut(&D, Vec<f64>, &Streams) -> Vec<f64>,
    ) -> Vec<(&'static str, f64)> {
        let mut changes = vec![Vec::with_capacity(replicates); self.functions.len()];
        for replicate in 0..replicates {
            let streams = Streams::new(replicate as u64, 1);
            let (density, before) = (self.draw)(walkers, &mut streams.open(Purpose::Init, 0));
            let after = transition(&density, before.clone(), &streams);
            for ((_, function), changes) in self.functions.iter().zip(&mut changes) {
                let total = |positions: &[f64]| -> f64 {
                    positions.chunks_exact(self.dim).map(|position| function(&density, position)).sum()
                };
                changes.push((total(&after) - total(&before)) / walkers as f64);
            }
        }
        self.functions.iter().zip(&changes).map(|((name, _), changes)| (*name, z_of(changes))).collect()
    }

    /// Fails if some function drifts by more than 4.5 standard errors.
    pub(crate) fn assert_invariant(
        &self,
        what: &str,
        size: (usize, usize),
        transition: impl FnMut(&D, Vec<f64>, &Streams) -> Vec<f64>,
    ) {
        for (name, z) in self.drifts(size, transition) {
            assert!(z.abs() < 4.5, "{what}: {name} drifts by {z:.1} standard errors");
        }
    }

    /// Fails unless some function drifts by more than 6 standard errors: the test has the power to see this mistake.
    pub(crate) fn assert_caught(
        &self,
        what: &str,
        size: (usize, usize),
        transition: impl FnMut(&D, Vec<f64>, &Streams) -> Vec<f64>,
    ) {
        let drifts = self.drifts(size, transition);
        assert!(drifts.iter().any(|(_, z)| z.abs() > 6.0), "{what} is not seen: {drifts:?}");
    }
}

/// The mean in standard errors.
fn z_of(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    mean / (variance / n).sqrt()
}

/// A variate of a distribution whose parameters are known to be right.
pub(crate) fn variate<T>(distribution: impl Distribution<T>, rng: &mut Stream) -> T {
    distribution.sample(rng)
}
