//! A metric that correlates every unknown with every other.

use nalgebra::{DMatrix, DVector, linalg::Cholesky};
use ppl_math::kernels::Octet;
use serde::{Deserialize, Serialize};

use super::octets::Vector;
use super::triangle::Triangle;
use crate::sink::InverseMetric;

/// The covariance Σ, as products and as momenta need it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub(crate) struct Dense {
    inverse: DMatrix<f64>,
    /// The transpose of the lower Cholesky factor of Σ.
    factor: DMatrix<f64>,
    /// Σ again.
    covariance: Triangle,
    /// The inverse of the lower Cholesky factor of Σ: a product costs less than solving with the factor.
    whitening: Triangle,
}

/// The metric without what follows from the rest.
#[derive(Serialize, Deserialize)]
struct Saved {
    inverse: DMatrix<f64>,
    factor: DMatrix<f64>,
}

impl From<Dense> for Saved {
    fn from(Dense { inverse, factor, .. }: Dense) -> Self {
        Saved { inverse, factor }
    }
}

impl From<Saved> for Dense {
    fn from(Saved { inverse, factor }: Saved) -> Self {
        let dim = inverse.nrows();
        let lower = factor.transpose().solve_lower_triangular(&DMatrix::identity(dim, dim));
        let whitening = lower.unwrap_or_else(|| DMatrix::from_element(dim, dim, f64::NAN));
        Dense {
            covariance: Triangle::new(dim, |row, column| inverse[(row, column)]),
            whitening: Triangle::new(dim, |row, column| whitening[(row, column)]),
            inverse,
            factor,
        }
    }
}

impl Dense {
    /// From a covariance; nothing unless it is finite and positive definite.
    pub(super) fn new(inverse: DMatrix<f64>) -> Option<Self> {
        let factor = Cholesky::new(inverse.clone())?.l().transpose();
        let fine = factor.iter().all(|v| v.is_finite());
        fine.then(|| Dense::from(Saved { inverse, factor }))
    }

    /// Turns standard normal variates into momenta.
    #[inline(always)]
    pub(super) fn scale_momentum<V: Octet>(&self, momentum: &mut Vector) {
        self.whitening.multiply_transposed::<V>(momentum);
    }

    /// y ← Σ x.
    #[inline(always)]
    pub(super) fn multiply<V: Octet>(&self, x: &Vector, y: &mut Vector) {
        self.covariance.multiply_symmetric::<V>(x, y);
    }

    /// Aᵀα + A⁻¹z with the Cholesky factor A.
    pub(super) fn mismatch(&self, score: &[f64], deviation: Vec<f64>) -> Vec<f64> {
        let upper = &self.factor * DVector::from_column_slice(score);
        let mut lower = DVector::from_vec(deviation);
        if !self.factor.tr_solve_upper_triangular_mut(&mut lower) {
            lower.fill(f64::NAN);
        }
        (upper + lower).data.into()
    }

    /// Σ, for storing.
    pub(super) fn inverse(&self) -> InverseMetric {
        InverseMetric::Dense(self.inverse.as_slice().to_vec(), self.inverse.nrows())
    }
}
