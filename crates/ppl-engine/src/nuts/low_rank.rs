//! The metric Σ = D (I + U (Λ − I) Uᵀ) D: a diagonal, and a few directions that it does not describe.

use super::product::product;
use crate::sink::InverseMetric;
use serde::{Deserialize, Serialize};

/// Scales D, orthonormal directions U in their units, and the eigenvalues Λ along these.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LowRank {
    scales: Vec<f64>,
    /// One direction after another.
    directions: Vec<f64>,
    eigenvalues: Vec<f64>,
    velocity: Vec<f64>,
}

impl LowRank {
    /// From variances, orthonormal directions one after another, and an eigenvalue for each; nothing unless all are
    /// positive and finite.
    pub(super) fn new(variances: Vec<f64>, directions: Vec<f64>, eigenvalues: Vec<f64>) -> Option<Self> {
        let scales: Vec<f64> = variances.iter().map(|v| v.sqrt()).collect();
        let positive = scales.iter().chain(&eigenvalues).all(|v| v.is_finite() && *v > 0.0);
        let fine = positive && scales.iter().all(|s| s.recip().is_finite()) && directions.iter().all(|u| u.is_finite());
        let velocity = vec![0.0; scales.len()];
        fine.then_some(LowRank { scales, directions, eigenvalues, velocity })
    }

    fn directions(&self) -> impl Iterator<Item = (&[f64], f64)> {
        self.directions.chunks_exact(self.scales.len()).zip(self.eigenvalues.iter().copied())
    }

    /// x ← (I + U (f(Λ) − I) Uᵀ) x. Directions are orthonormal, so one may follow another.
    fn stretch(&self, x: &mut [f64], f: impl Fn(f64) -> f64) {
        for (direction, eigenvalue) in self.directions() {
            let along = (f(eigenvalue) - 1.0) * product(direction, x);
            x.iter_mut().zip(direction).for_each(|(x, u)| *x += along * u);
        }
    }

    /// Turns standard normal variates into momenta.
    pub(super) fn scale_momentum(&self, momentum: &mut [f64]) {
        self.stretch(momentum, |v| v.sqrt().recip());
        momentum.iter_mut().zip(&self.scales).for_each(|(p, s)| *p /= s);
    }

    /// Σp.
    #[inline]
    pub(super) fn velocity_of(&mut self, momentum: &[f64]) -> &mut [f64] {
        let mut velocity = std::mem::take(&mut self.velocity);
        velocity.iter_mut().zip(momentum).zip(&self.scales).for_each(|((v, p), s)| *v = s * p);
        self.stretch(&mut velocity, |v| v);
        velocity.iter_mut().zip(&self.scales).for_each(|(v, s)| *v *= s);
        self.velocity = velocity;
        &mut self.velocity
    }

    /// ‖Aᵀα + A⁻¹z‖² with the symmetric root A = D (I + U (√Λ − I) Uᵀ).
    pub(super) fn mismatch(&self, score: &[f64], deviation: Vec<f64>) -> f64 {
        let mut upper: Vec<f64> = score.iter().zip(&self.scales).map(|(a, s)| a * s).collect();
        let mut lower: Vec<f64> = deviation.iter().zip(&self.scales).map(|(z, s)| z / s).collect();
        self.stretch(&mut upper, f64::sqrt);
        self.stretch(&mut lower, |v| v.sqrt().recip());
        upper.iter().zip(&lower).map(|(a, b)| (a + b) * (a + b)).sum()
    }

    /// Σ, for storing.
    pub(super) fn inverse(&self) -> InverseMetric {
        InverseMetric::LowRank {
            variances: self.scales.iter().map(|s| s * s).collect(),
            directions: self.directions.clone(),
            eigenvalues: self.eigenvalues.clone(),
        }
    }
}
