//! The Euclidean metric of the momenta: p ~ N(0, Σ⁻¹), velocity Σp, with Σ the inverse metric.

use nalgebra::{DMatrix, DVector, linalg::Cholesky};
use serde::{Deserialize, Serialize};

use super::low_rank::LowRank;
use super::product::multiply;
use crate::rng::{Stream, normal};
use crate::sink::InverseMetric;

/// The inverse metric Σ with what drawing momenta needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Euclidean {
    Diagonal {
        inverse: Vec<f64>,
        /// Standard deviations of the momenta, Σ_ii^{−1/2}.
        scale: Vec<f64>,
    },
    /// Σ = D (I + U (Λ − I) Uᵀ) D with D diagonal and orthonormal columns U.
    LowRank(LowRank),
    Dense {
        /// Row by row, and column by column just as well.
        inverse: DMatrix<f64>,
        /// The transpose of the lower Cholesky factor of Σ.
        factor: DMatrix<f64>,
    },
}

impl Euclidean {
    pub(crate) fn identity_diagonal(dim: usize) -> Self {
        Euclidean::Diagonal { inverse: vec![1.0; dim], scale: vec![1.0; dim] }
    }

    /// The metric of variances; nothing unless all are positive and finite.
    pub(crate) fn diagonal(inverse: Vec<f64>) -> Option<Self> {
        let scale: Vec<f64> = inverse.iter().map(|v| v.sqrt().recip()).collect();
        let fine = inverse.iter().chain(&scale).all(|v| v.is_finite() && *v > 0.0);
        fine.then_some(Euclidean::Diagonal { inverse, scale })
    }

    /// The metric of variances and, in their units, orthonormal directions one after another with eigenvalues of their
    /// own; nothing unless all are positive and finite. Without directions it is diagonal.
    pub(crate) fn low_rank(variances: Vec<f64>, directions: Vec<f64>, eigenvalues: Vec<f64>) -> Option<Self> {
        if eigenvalues.is_empty() {
            return Euclidean::diagonal(variances);
        }
        LowRank::new(variances, directions, eigenvalues).map(Euclidean::LowRank)
    }

    /// The metric of a covariance; nothing unless it is finite and positive definite.
    pub(crate) fn dense(inverse: DMatrix<f64>) -> Option<Self> {
        let factor = Cholesky::new(inverse.clone())?.l().transpose();
        let fine = factor.iter().all(|v| v.is_finite());
        fine.then_some(Euclidean::Dense { inverse, factor })
    }

    /// Draws momenta.
    pub(crate) fn draw(&self, rng: &mut Stream, momentum: &mut [f64]) {
        match self {
            Euclidean::Diagonal { scale, .. } => {
                momentum.iter_mut().zip(scale).for_each(|(p, s)| *p = s * normal(rng));
            }
            Euclidean::LowRank(metric) => {
                momentum.iter_mut().for_each(|p| *p = normal(rng));
                metric.scale_momentum(momentum);
            }
            Euclidean::Dense { factor, .. } => {
                momentum.iter_mut().for_each(|p| *p = normal(rng));
                solve_upper(factor, momentum);
            }
        }
    }

    /// y ← Σ x.
    #[inline]
    pub(crate) fn multiply(&self, x: &[f64], y: &mut [f64]) {
        match self {
            Euclidean::Diagonal { inverse, .. } => {
                for ((y, x), s) in y.iter_mut().zip(x).zip(inverse) {
                    *y = s * x;
                }
            }
            Euclidean::LowRank(metric) => metric.multiply(x, y),
            Euclidean::Dense { inverse, .. } => multiply(inverse.as_slice(), x, y),
        }
    }

    /// Aᵀα + A⁻¹z for Σ = AAᵀ: how far a score α is from that of the normal with covariance Σ, z from its centre.
    pub(crate) fn mismatch(&self, score: &[f64], deviation: Vec<f64>) -> Vec<f64> {
        match self {
            Euclidean::Diagonal { scale, .. } => {
                score.iter().zip(&deviation).zip(scale).map(|((a, z), s)| a / s + z * s).collect()
            }
            Euclidean::LowRank(metric) => metric.mismatch(score, deviation),
            Euclidean::Dense { factor, .. } => {
                let upper = factor * DVector::from_column_slice(score);
                let mut lower = DVector::from_vec(deviation);
                if !factor.tr_solve_upper_triangular_mut(&mut lower) {
                    lower.fill(f64::NAN);
                }
                (upper + lower).data.into()
            }
        }
    }

    /// Σ, for storing.
    pub(crate) fn inverse(&self) -> InverseMetric {
        match self {
            Euclidean::Diagonal { inverse, .. } => InverseMetric::Diagonal(inverse.clone()),
            Euclidean::LowRank(metric) => metric.inverse(),
            Euclidean::Dense { inverse, .. } => InverseMetric::Dense(inverse.as_slice().to_vec(), inverse.nrows()),
        }
    }
}

/// x ← U⁻¹ x for upper triangular U.
fn solve_upper(upper: &DMatrix<f64>, x: &mut [f64]) {
    for at in (0..x.len()).rev() {
        x[at] /= upper[(at, at)];
        let (before, solved) = x.split_at_mut(at);
        let column = &upper.as_slice()[at * upper.nrows()..][..at];
        before.iter_mut().zip(column).for_each(|(x, u)| *x -= u * solved[0]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};

    fn covariance() -> DMatrix<f64> {
        DMatrix::from_row_slice(3, 3, &[2.0, 0.6, -0.3, 0.6, 1.0, 0.2, -0.3, 0.2, 0.5])
    }

    /// Mean of p pᵀ over many momenta.
    fn second_moments(metric: &Euclidean) -> DMatrix<f64> {
        let n = 20_000;
        let mut sum = DMatrix::zeros(3, 3);
        for i in 0..n {
            let mut p = vec![0.0; 3];
            metric.draw(&mut Streams::new(3, 1).open(Purpose::Momentum, i, 0), &mut p);
            let p = DVector::from_vec(p);
            sum += &p * p.transpose();
        }
        sum / n as f64
    }

    #[test]
    fn momenta_have_the_inverse_of_the_inverse_metric_as_covariance() {
        let dense = Euclidean::dense(covariance()).unwrap();
        let expected = covariance().try_inverse().unwrap();
        assert!((second_moments(&dense) - expected).abs().max() < 0.1);
        let diagonal = Euclidean::diagonal(vec![4.0, 1.0, 0.25]).unwrap();
        let expected = DMatrix::from_diagonal(&DVector::from_vec(vec![0.25, 1.0, 4.0]));
        assert!((second_moments(&diagonal) - expected).abs().max() < 0.1);
    }

    #[test]
    fn products_are_those_of_the_matrix() {
        let diagonal = DMatrix::from_diagonal(&covariance().diagonal());
        let metrics = [
            (Euclidean::dense(covariance()).unwrap(), covariance()),
            (Euclidean::diagonal(vec![2.0, 1.0, 0.5]).unwrap(), diagonal),
        ];
        for (metric, matrix) in metrics {
            let mut y = vec![f64::NAN; 3];
            metric.multiply(&[0.425, -0.75, 1.5], &mut y);
            let expected = matrix * DVector::from_vec(vec![0.425, -0.75, 1.5]);
            assert!((DVector::from_vec(y) - expected).abs().max() < 1e-15);
        }
    }

    #[test]
    fn what_is_no_metric_is_refused() {
        assert!(Euclidean::diagonal(vec![1.0, 0.0]).is_none());
        assert!(Euclidean::diagonal(vec![f64::NAN]).is_none());
        assert!(Euclidean::dense(DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 2.0, 1.0])).is_none());
    }
}
