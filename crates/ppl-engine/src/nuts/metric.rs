//! The Euclidean metric of the momenta: p ~ N(0, Σ⁻¹), velocity Σp, with Σ the inverse metric.

use nalgebra::DMatrix;
use ppl_math::kernels::{Octet, Processor, Task};
use serde::{Deserialize, Serialize};

use super::dense::Dense;
use super::leapfrog::Motion;
use super::low_rank::LowRank;
use super::octets::{self, Vector, each, product};
use crate::rng::{Stream, normal};
use crate::sink::InverseMetric;

/// The inverse metric Σ with what drawing momenta needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Euclidean {
    shape: Shape,
    /// What runs the loops of a trajectory in this metric; the bits do not depend on it.
    #[serde(skip, default = "Processor::detect")]
    pub(super) processor: Processor,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Shape {
    Diagonal {
        inverse: Vector,
        /// Standard deviations of the momenta, Σ_ii^{−1/2}.
        scale: Vector,
    },
    /// Σ = D (I + U (Λ − I) Uᵀ) D with D diagonal and orthonormal columns U.
    LowRank(LowRank),
    Dense(Dense),
}

impl From<Shape> for Euclidean {
    fn from(shape: Shape) -> Self {
        Euclidean { shape, processor: Processor::detect() }
    }
}

impl Euclidean {
    pub(crate) fn identity_diagonal(dim: usize) -> Self {
        let ones = Vector::from(vec![1.0; dim]);
        Shape::Diagonal { inverse: ones.clone(), scale: ones }.into()
    }

    /// The metric of variances; nothing unless all are positive and finite.
    pub(crate) fn diagonal(inverse: Vec<f64>) -> Option<Self> {
        let scale: Vec<f64> = inverse.iter().map(|v| v.sqrt().recip()).collect();
        let fine = inverse.iter().chain(&scale).all(|v| v.is_finite() && *v > 0.0);
        fine.then(|| Shape::Diagonal { inverse: inverse.into(), scale: scale.into() }.into())
    }

    /// The metric of variances and, in their units, orthonormal directions one after another with eigenvalues of their
    /// own; nothing unless all are positive and finite. Without directions it is diagonal.
    pub(crate) fn low_rank(variances: Vec<f64>, directions: Vec<f64>, eigenvalues: Vec<f64>) -> Option<Self> {
        if eigenvalues.is_empty() {
            return Euclidean::diagonal(variances);
        }
        LowRank::new(variances, directions, eigenvalues).map(|metric| Shape::LowRank(metric).into())
    }

    /// The metric of a covariance; nothing unless it is finite and positive definite.
    pub(crate) fn dense(inverse: DMatrix<f64>) -> Option<Self> {
        Dense::new(inverse).map(|metric| Shape::Dense(metric).into())
    }

    /// The metric on another instruction set.
    #[cfg(test)]
    pub(super) fn on(self, processor: Processor) -> Self {
        Euclidean { processor, ..self }
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Draws momenta with their velocities; returns ½ p·v.
    pub(crate) fn draw(&self, rng: &mut Stream, motion: &mut Motion) -> f64 {
        motion.momentum.iter_mut().for_each(|p| *p = normal(rng));
        self.processor.run(Scale { shape: &self.shape, motion })
    }

    /// y ← Σ x.
    #[inline]
    pub(crate) fn multiply(&self, x: &Vector, y: &mut Vector) {
        self.processor.run(Multiply { shape: &self.shape, x, y });
    }

    /// Aᵀα + A⁻¹z for Σ = AAᵀ: how far a score α is from that of the normal with covariance Σ, z from its centre.
    pub(crate) fn mismatch(&self, score: &[f64], deviation: Vec<f64>) -> Vec<f64> {
        self.processor.run(Mismatch { shape: &self.shape, score, deviation })
    }

    /// Σ, for storing.
    pub(crate) fn inverse(&self) -> InverseMetric {
        match &self.shape {
            Shape::Diagonal { inverse, .. } => InverseMetric::Diagonal(inverse.to_vec()),
            Shape::LowRank(metric) => metric.inverse(),
            Shape::Dense(metric) => metric.inverse(),
        }
    }
}

impl Shape {
    /// y ← Σ x.
    #[inline(always)]
    pub(super) fn multiply<V: Octet>(&self, x: &Vector, y: &mut Vector) {
        match self {
            Shape::Diagonal { inverse, .. } => octets::multiply::<V>([inverse, x], y),
            Shape::LowRank(metric) => metric.multiply::<V>(x, y),
            Shape::Dense(metric) => metric.multiply::<V>(x, y),
        }
    }
}

/// Turns standard normal variates into momenta with their velocities; gives ½ p·v.
struct Scale<'a> {
    shape: &'a Shape,
    motion: &'a mut Motion,
}

impl Task for Scale<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<V: Octet>(self) -> f64 {
        let Scale { shape, motion } = self;
        match shape {
            Shape::Diagonal { inverse, scale } => {
                let Motion { momentum, velocity } = motion;
                each::<V, _, _>([inverse, scale], [momentum, velocity], |[v, s], [z, _]| [s * z, v * (s * z)]);
            }
            Shape::LowRank(metric) => metric.scale::<V>(motion),
            Shape::Dense(metric) => metric.scale::<V>(motion),
        }
        0.5 * product::<V>(&motion.momentum, &motion.velocity)
    }
}

struct Multiply<'a> {
    shape: &'a Shape,
    x: &'a Vector,
    y: &'a mut Vector,
}

impl Task for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Octet>(self) {
        self.shape.multiply::<V>(self.x, self.y);
    }
}

struct Mismatch<'a> {
    shape: &'a Shape,
    score: &'a [f64],
    deviation: Vec<f64>,
}

impl Task for Mismatch<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run<V: Octet>(self) -> Vec<f64> {
        let Mismatch { shape, score, deviation } = self;
        match shape {
            Shape::Diagonal { scale, .. } => {
                score.iter().zip(&deviation).zip(&**scale).map(|((a, z), s)| a / s + z * s).collect()
            }
            Shape::LowRank(metric) => metric.mismatch::<V>(score, deviation),
            Shape::Dense(metric) => metric.mismatch(score, deviation),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};
    use nalgebra::DVector;

    fn covariance() -> DMatrix<f64> {
        DMatrix::from_row_slice(3, 3, &[2.0, 0.6, -0.3, 0.6, 1.0, 0.2, -0.3, 0.2, 0.5])
    }

    /// Mean of p pᵀ over many momenta.
    fn second_moments(metric: &Euclidean) -> DMatrix<f64> {
        let n = 20_000;
        let mut sum = DMatrix::zeros(3, 3);
        for i in 0..n {
            let mut motion = Motion::new(3);
            metric.draw(&mut Streams::new(3, 1).open(Purpose::Momentum, i), &mut motion);
            let p = DVector::from_column_slice(&motion.momentum);
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
    fn velocities_drawn_with_momenta_are_their_products() {
        let directions = [0.6, -0.8, 0.0, 0.8, 0.6, 0.0].to_vec();
        let metrics = [
            Euclidean::dense(covariance()),
            Euclidean::diagonal(vec![2.0, 1.0, 0.5]),
            Euclidean::low_rank(vec![2.0, 1.0, 0.5], directions, vec![9.0, 0.3]),
        ];
        for metric in metrics.map(Option::unwrap) {
            let (mut motion, mut product) = (Motion::new(3), Vector::zeros(3));
            let kinetic = metric.draw(&mut Streams::new(3, 1).open(Purpose::Momentum, 0), &mut motion);
            metric.multiply(&motion.momentum, &mut product);
            let [v, product] = [&motion.velocity, &product].map(|x| DVector::from_column_slice(x));
            assert!((&v - product).abs().max() < 1e-14);
            assert!((kinetic - 0.5 * v.dot(&DVector::from_column_slice(&motion.momentum))).abs() < 1e-14);
        }
    }

    #[test]
    fn products_are_those_of_the_matrix() {
        let diagonal = DMatrix::from_diagonal(&covariance().diagonal());
        let metrics = [
            (Euclidean::dense(covariance()).unwrap(), covariance()),
            (Euclidean::diagonal(vec![2.0, 1.0, 0.5]).unwrap(), diagonal),
        ];
        for (metric, matrix) in metrics {
            let (x, mut y) = (Vector::from(vec![0.425, -0.75, 1.5]), Vector::zeros(3));
            metric.multiply(&x, &mut y);
            let expected = matrix * DVector::from_column_slice(&x);
            assert!((DVector::from_column_slice(&y) - expected).abs().max() < 1e-15);
        }
    }

    #[test]
    fn what_is_no_metric_is_refused() {
        assert!(Euclidean::diagonal(vec![1.0, 0.0]).is_none());
        assert!(Euclidean::diagonal(vec![f64::NAN]).is_none());
        assert!(Euclidean::dense(DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 2.0, 1.0])).is_none());
    }
}
