//! The metric Σ = D (I + U (Λ − I) Uᵀ) D: a diagonal, and a few directions that it does not describe.

use ppl_math::kernels::Octet;
use serde::{Deserialize, Serialize};

use super::octets::{Vector, each, multiply, stretch};
use crate::sink::InverseMetric;

/// Directions that are taken at a time.
const TOGETHER: usize = 4;

/// Scales D, orthonormal directions U in their units, and the eigenvalues Λ along these.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub(crate) struct LowRank {
    scales: Vector,
    directions: Vec<Vector>,
    eigenvalues: Vec<f64>,
}

/// The metric with its directions one after another.
#[derive(Serialize, Deserialize)]
struct Saved {
    scales: Vec<f64>,
    directions: Vec<f64>,
    eigenvalues: Vec<f64>,
}

impl From<LowRank> for Saved {
    fn from(metric: LowRank) -> Self {
        let directions = metric.directions();
        Saved { scales: metric.scales.into(), directions, eigenvalues: metric.eigenvalues }
    }
}

impl From<Saved> for LowRank {
    fn from(Saved { scales, directions, eigenvalues }: Saved) -> Self {
        let directions = directions.chunks_exact(scales.len().max(1)).map(Vector::from).collect();
        LowRank { scales: scales.into(), directions, eigenvalues }
    }
}

impl LowRank {
    /// From variances, orthonormal directions one after another, and an eigenvalue for each; nothing unless all are
    /// positive and finite.
    pub(super) fn new(variances: Vec<f64>, directions: Vec<f64>, eigenvalues: Vec<f64>) -> Option<Self> {
        let scales: Vec<f64> = variances.iter().map(|v| v.sqrt()).collect();
        let positive = scales.iter().chain(&eigenvalues).all(|v| v.is_finite() && *v > 0.0);
        let fine = positive && scales.iter().all(|s| s.recip().is_finite()) && directions.iter().all(|u| u.is_finite());
        fine.then(|| LowRank::from(Saved { scales, directions, eigenvalues }))
    }

    /// One direction after another.
    fn directions(&self) -> Vec<f64> {
        self.directions.iter().flat_map(|direction| direction.iter().copied()).collect()
    }

    /// x ← (I + U (f(Λ) − I) Uᵀ) x, some directions after others, which may be because they are orthonormal.
    #[inline(always)]
    fn stretch<V: Octet>(&self, x: &mut Vector, f: impl Fn(f64) -> f64) {
        let (directions, rest) = self.directions.as_chunks::<TOGETHER>();
        let (eigenvalues, rest_eigenvalues) = self.eigenvalues.as_chunks();
        for (directions, eigenvalues) in directions.iter().zip(eigenvalues) {
            stretch::<V, TOGETHER>(directions, eigenvalues.map(|v| f(v) - 1.0), x);
        }
        for (direction, eigenvalue) in rest.iter().zip(rest_eigenvalues) {
            stretch::<V, 1>(std::array::from_ref(direction), [f(*eigenvalue) - 1.0], x);
        }
    }

    /// Turns standard normal variates into momenta.
    #[inline(always)]
    pub(super) fn scale_momentum<V: Octet>(&self, momentum: &mut Vector) {
        self.stretch::<V>(momentum, |v| v.sqrt().recip());
        momentum.iter_mut().zip(&*self.scales).for_each(|(p, s)| *p /= s);
    }

    /// y ← Σ x.
    #[inline(always)]
    pub(super) fn multiply<V: Octet>(&self, x: &Vector, y: &mut Vector) {
        multiply::<V>([&self.scales, x], y);
        self.stretch::<V>(y, |v| v);
        each::<V, _, _>([&self.scales], [y], |[scale], [y]| [scale * y]);
    }

    /// Aᵀα + A⁻¹z with the symmetric root A = D (I + U (√Λ − I) Uᵀ).
    #[inline(always)]
    pub(super) fn mismatch<V: Octet>(&self, score: &[f64], deviation: Vec<f64>) -> Vec<f64> {
        let (mut upper, mut lower) = (Vector::from(score), Vector::from(deviation));
        upper.iter_mut().zip(&*self.scales).for_each(|(a, s)| *a *= s);
        lower.iter_mut().zip(&*self.scales).for_each(|(z, s)| *z /= s);
        self.stretch::<V>(&mut upper, f64::sqrt);
        self.stretch::<V>(&mut lower, |v| v.sqrt().recip());
        upper.iter().zip(&*lower).map(|(a, b)| a + b).collect()
    }

    /// Σ, for storing.
    pub(super) fn inverse(&self) -> InverseMetric {
        InverseMetric::LowRank {
            variances: self.scales.iter().map(|s| s * s).collect(),
            directions: self.directions(),
            eigenvalues: self.eigenvalues.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nuts::metric::Euclidean;
    use nalgebra::{DMatrix, DVector};

    /// Orthonormal: what QR makes of some numbers.
    fn orthonormal(dim: usize, count: usize) -> DMatrix<f64> {
        DMatrix::from_fn(dim, count, |i, j| ((3 * i + 7 * j) as f64).sin()).qr().q()
    }

    #[test]
    fn each_direction_is_stretched_by_its_eigenvalue() {
        for (dim, count) in [(1, 1), (3, 2), (7, 4), (11, 5), (20, 9)] {
            let directions = orthonormal(dim, count);
            let scales = DVector::from_fn(dim, |i, _| 1.0 + i as f64 / 4.0);
            let eigenvalues = DVector::from_fn(count, |k, _| 0.5 + k as f64);
            let variances = scales.iter().map(|s| s * s).collect();
            let (columns, values) = (directions.as_slice().to_vec(), eigenvalues.as_slice().to_vec());
            let metric = Euclidean::low_rank(variances, columns, values).unwrap();
            let gains = DMatrix::from_diagonal(&eigenvalues.add_scalar(-1.0));
            let inner = DMatrix::identity(dim, dim) + &directions * gains * directions.transpose();
            let x = DVector::from_fn(dim, |i, _| (i as f64).cos());
            let expected = scales.component_mul(&(inner * scales.component_mul(&x)));
            let mut y = Vector::zeros(dim);
            metric.multiply(&Vector::from(x.as_slice()), &mut y);
            let distance = (DVector::from_column_slice(&y) - expected).abs().max();
            assert!(distance < 1e-12, "{dim} dimensions, {count} directions: {distance}");
        }
    }
}
