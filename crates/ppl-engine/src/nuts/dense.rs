//! A metric that correlates every unknown with every other.

use nalgebra::{DMatrix, DVector, linalg::Cholesky};
use ppl_math::kernels::Octet;
use serde::{Deserialize, Serialize};

use super::factor::Factor;
use super::leapfrog::Motion;
use super::octets::Vector;
use super::triangle::Triangle;
use crate::sink::InverseMetric;

/// The covariance Σ, as products and as momenta need it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub(crate) struct Dense {
    inverse: DMatrix<f64>,
    /// The lower triangular K with Σ = KᵀK.
    lower: DMatrix<f64>,
    /// Σ again.
    covariance: Triangle,
    /// K again.
    factor: Factor,
}

/// The metric without what follows from the rest.
#[derive(Serialize, Deserialize)]
struct Saved {
    inverse: DMatrix<f64>,
    lower: DMatrix<f64>,
}

impl From<Dense> for Saved {
    fn from(Dense { inverse, lower, .. }: Dense) -> Self {
        Saved { inverse, lower }
    }
}

impl From<Saved> for Dense {
    fn from(Saved { inverse, lower }: Saved) -> Self {
        let covariance = Triangle::new(inverse.nrows(), |row, column| inverse[(row, column)]);
        Dense { covariance, factor: Factor::new(&lower), inverse, lower }
    }
}

/// The lower triangular K with KᵀK = Σ, if Σ is positive definite: the Cholesky factor from the last row to the first.
fn factor(covariance: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let dim = covariance.nrows();
    let place = |i: usize, j: usize| (dim - 1 - i, dim - 1 - j);
    let turned = Cholesky::new(DMatrix::from_fn(dim, dim, |i, j| covariance[place(i, j)]))?.l();
    Some(DMatrix::from_fn(dim, dim, |i, j| turned[place(j, i)]))
}

impl Dense {
    /// From a covariance; nothing unless it is finite and positive definite.
    pub(super) fn new(inverse: DMatrix<f64>) -> Option<Self> {
        let lower = factor(&inverse)?;
        let fine = lower.iter().all(|v| v.is_finite());
        fine.then(|| Dense::from(Saved { inverse, lower }))
    }

    /// Turns the standard normal variates z of a momentum into the momentum K⁻¹z with its velocity Kᵀz.
    #[inline(always)]
    pub(super) fn scale<V: Octet>(&self, Motion { momentum, velocity }: &mut Motion) {
        self.factor.divide_and_multiply::<V>(momentum, velocity);
    }

    /// y ← Σ x.
    #[inline(always)]
    pub(super) fn multiply<V: Octet>(&self, x: &Vector, y: &mut Vector) {
        self.covariance.multiply_symmetric::<V>(x, y);
    }

    /// Aᵀα + A⁻¹z with A = Kᵀ.
    pub(super) fn mismatch(&self, score: &[f64], deviation: Vec<f64>) -> Vec<f64> {
        let upper = &self.lower * DVector::from_column_slice(score);
        let mut lower = DVector::from_vec(deviation);
        if !self.lower.tr_solve_lower_triangular_mut(&mut lower) {
            lower.fill(f64::NAN);
        }
        (upper + lower).data.into()
    }

    /// Σ, for storing.
    pub(super) fn inverse(&self) -> InverseMetric {
        InverseMetric::Dense(self.inverse.as_slice().to_vec(), self.inverse.nrows())
    }
}
