//! The metric Σ = D (I + U (Λ − I) Uᵀ) D: a diagonal, and a few directions that it does not describe.

use ppl_math::kernels::Octet;
use serde::{Deserialize, Serialize};

use super::leapfrog::Motion;
use super::octets::{Vector, add_combination, each, multiply, products};
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

    /// The directions with their eigenvalues: as many as there are together, then those left one by one.
    #[inline(always)]
    fn blocks(&self) -> (impl Iterator<Item = Directions<'_, TOGETHER>>, impl Iterator<Item = Directions<'_, 1>>) {
        let (directions, last_directions) = self.directions.as_chunks();
        let (eigenvalues, last_eigenvalues) = self.eigenvalues.as_chunks();
        let last = last_directions.as_chunks().0.iter().zip(last_eigenvalues.as_chunks().0);
        (directions.iter().zip(eigenvalues), last)
    }

    /// x ← (I + U (f(Λ) − I) Uᵀ) x, some directions after others, which may be because they are orthonormal.
    #[inline(always)]
    fn stretch<V: Octet>(&self, x: &mut Vector, f: impl Fn(f64) -> f64) {
        let (blocks, rest) = self.blocks();
        for block in blocks {
            stretch::<V, _>(block, x, &f);
        }
        for one in rest {
            stretch::<V, _>(one, x, &f);
        }
    }

    /// Turns the standard normal variates z of a momentum into the momentum A⁻ᵀz with its velocity Az, A as below.
    #[inline(always)]
    pub(super) fn scale<V: Octet>(&self, motion: &mut Motion) {
        motion.velocity.octets_mut().copy_from_slice(motion.momentum.octets());
        let (blocks, rest) = self.blocks();
        for block in blocks {
            stretch_both::<V, _>(block, motion);
        }
        for one in rest {
            stretch_both::<V, _>(one, motion);
        }
        let Motion { momentum, velocity } = motion;
        momentum.iter_mut().zip(&*self.scales).for_each(|(p, s)| *p /= s);
        each::<V, _, _>([&self.scales], [velocity], |[scale], [v]| [scale * v]);
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

/// Some orthonormal directions with their eigenvalues.
type Directions<'a, const N: usize> = (&'a [Vector; N], &'a [f64; N]);

/// x ← (I + U (f(Λ) − I) Uᵀ) x.
#[inline(always)]
fn stretch<V: Octet, const N: usize>((u, eigenvalues): Directions<N>, x: &mut Vector, f: impl Fn(f64) -> f64) {
    let along = products::<V, N>(u, x);
    add_combination::<V, N>(u, gains(eigenvalues, along, f), x);
}

/// Stretches momenta by the inverses of the roots of Λ, and velocities, whose products with U are the same, by the roots.
#[inline(always)]
fn stretch_both<V: Octet, const N: usize>((u, eigenvalues): Directions<N>, Motion { momentum, velocity }: &mut Motion) {
    let along = products::<V, N>(u, momentum);
    add_combination::<V, N>(u, gains(eigenvalues, along, |v| v.sqrt().recip()), momentum);
    add_combination::<V, N>(u, gains(eigenvalues, along, f64::sqrt), velocity);
}

/// What to add along each direction so that f of its eigenvalue stretches it.
#[inline(always)]
fn gains<const N: usize>(eigenvalues: &[f64; N], along: [f64; N], f: impl Fn(f64) -> f64) -> [f64; N] {
    let mut gains = along;
    for (gain, eigenvalue) in gains.iter_mut().zip(eigenvalues) {
        *gain *= f(*eigenvalue) - 1.0;
    }
    gains
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
