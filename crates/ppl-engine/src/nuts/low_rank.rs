//! The metric Σ = D (I + U (Λ − I) Uᵀ) D: a diagonal, and a few directions that it does not describe.

use super::product::stretch;
use crate::sink::InverseMetric;
use serde::{Deserialize, Serialize};

/// Scales D, orthonormal directions U in their units, and the eigenvalues Λ along these.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LowRank {
    scales: Vec<f64>,
    /// One direction after another.
    directions: Vec<f64>,
    eigenvalues: Vec<f64>,
}

impl LowRank {
    /// From variances, orthonormal directions one after another, and an eigenvalue for each; nothing unless all are
    /// positive and finite.
    pub(super) fn new(variances: Vec<f64>, directions: Vec<f64>, eigenvalues: Vec<f64>) -> Option<Self> {
        let scales: Vec<f64> = variances.iter().map(|v| v.sqrt()).collect();
        let positive = scales.iter().chain(&eigenvalues).all(|v| v.is_finite() && *v > 0.0);
        let fine = positive && scales.iter().all(|s| s.recip().is_finite()) && directions.iter().all(|u| u.is_finite());
        fine.then_some(LowRank { scales, directions, eigenvalues })
    }

    /// x ← (I + U (f(Λ) − I) Uᵀ) x.
    #[inline]
    fn stretch(&self, x: &mut [f64], f: impl Fn(f64) -> f64) {
        stretch(&self.directions, self.eigenvalues.iter().map(|v| f(*v) - 1.0), x);
    }

    /// Turns standard normal variates into momenta.
    pub(super) fn scale_momentum(&self, momentum: &mut [f64]) {
        self.stretch(momentum, |v| v.sqrt().recip());
        momentum.iter_mut().zip(&self.scales).for_each(|(p, s)| *p /= s);
    }

    /// y ← Σ x.
    #[inline]
    pub(super) fn multiply(&self, x: &[f64], y: &mut [f64]) {
        y.iter_mut().zip(x).zip(&self.scales).for_each(|((y, x), s)| *y = s * x);
        self.stretch(y, |v| v);
        y.iter_mut().zip(&self.scales).for_each(|(y, s)| *y *= s);
    }

    /// Aᵀα + A⁻¹z with the symmetric root A = D (I + U (√Λ − I) Uᵀ).
    pub(super) fn mismatch(&self, score: &[f64], deviation: Vec<f64>) -> Vec<f64> {
        let mut upper: Vec<f64> = score.iter().zip(&self.scales).map(|(a, s)| a * s).collect();
        let mut lower: Vec<f64> = deviation.iter().zip(&self.scales).map(|(z, s)| z / s).collect();
        self.stretch(&mut upper, f64::sqrt);
        self.stretch(&mut lower, |v| v.sqrt().recip());
        upper.iter().zip(&lower).map(|(a, b)| a + b).collect()
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
