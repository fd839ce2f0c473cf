//! Robust adaptive Metropolis (Vihola 2012): a random walk whose shape and scale are learned from acceptance alone, so
//! that targets without second moments do no harm.

use nalgebra::{DMatrix, DVector, linalg::Cholesky};
use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use crate::error::ChainError;
use crate::init::{Wanted, find};
use crate::kernel::Kernel;
use crate::rng::{Purpose, Streams, normal, uniform};
use crate::settings::Metropolis;
use crate::sink::{Adapted, InverseMetric, Stats};
use crate::target::Target;

/// The walk: x + S u with u ~ N(0, I) and S lower triangular.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RandomWalk {
    target_accept: f64,
    factor: Cholesky<f64, nalgebra::Dyn>,
    position: Vec<f64>,
    proposal: Vec<f64>,
    /// u of the last proposal, and S u.
    noise: Vec<f64>,
    step: DVector<f64>,
    adaptations: usize,
    stats: Stats,
}

impl RandomWalk {
    pub(crate) fn start<D: LogDensity>(
        metropolis: &Metropolis,
        target: &mut Target<D>,
        streams: &Streams,
        given: &[Option<f64>],
        radius: f64,
    ) -> Result<Self, ChainError> {
        let dim = given.len();
        let position = find(target, streams, given, Wanted { radius, gradient: false, walker: None })?;
        let log_density = target.log_density(&position)?;
        let optimal = if dim == 1 { 0.44 } else { 0.234 };
        let scale = 2.38 / (dim as f64).sqrt();
        let factor = Cholesky::pack_dirty(DMatrix::from_diagonal_element(dim, dim, scale));
        Ok(RandomWalk {
            target_accept: metropolis.target_accept.unwrap_or(optimal),
            stats: Stats { log_density, step_size: mean_scale(&factor), ..Stats::default() },
            factor,
            proposal: position.clone(),
            position,
            noise: vec![0.0; dim],
            step: DVector::zeros(dim),
            adaptations: 0,
        })
    }

    /// Length of a position.
    pub(crate) fn dim(&self) -> usize {
        self.noise.len()
    }

    /// step ← S u, a column of S at a time.
    fn shape_step(&mut self) {
        let dim = self.noise.len();
        let step = self.step.as_mut_slice();
        step.fill(0.0);
        let columns = self.factor.l_dirty().as_slice().chunks_exact(dim);
        for (at, (column, u)) in columns.zip(&self.noise).enumerate() {
            let below = step[at..].iter_mut().zip(&column[at..]);
            below.for_each(|(step, s)| *step += u * s);
        }
    }

    /// S Sᵀ ← S (I + η (α − α*) u uᵀ / ‖u‖²) Sᵀ, a rank-one update of the factor.
    fn reshape(&mut self) {
        let dim = self.noise.len() as f64;
        self.adaptations += 1;
        let eta = (dim * (self.adaptations as f64).powf(-2.0 / 3.0)).min(1.0);
        let norm = self.noise.iter().map(|u| u * u).sum::<f64>();
        let change = eta * (self.stats.accept - self.target_accept) / norm;
        let mut updated = self.factor.clone();
        updated.rank_one_update(&self.step, change);
        let diagonal = updated.l_dirty().diagonal();
        // Rounding, or a target with no bounds, must not spoil the proposal for good.
        if diagonal.iter().all(|s| (1e-150..1e150).contains(s)) {
            self.factor = updated;
        }
    }
}

/// Geometric mean of the diagonal of S.
fn mean_scale(factor: &Cholesky<f64, nalgebra::Dyn>) -> f64 {
    let diagonal = factor.l_dirty().diagonal();
    diagonal.map(f64::ln).mean().exp()
}

impl<D: LogDensity> Kernel<D> for RandomWalk {
    fn step(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError> {
        let mut rng = streams.open(Purpose::Proposal, iteration, 0);
        self.noise.iter_mut().for_each(|u| *u = normal(&mut rng));
        self.shape_step();
        for ((q, x), step) in self.proposal.iter_mut().zip(&self.position).zip(&self.step) {
            *q = x + step;
        }
        let proposed = target.log_density(&self.proposal)?;
        self.stats.accept = (proposed - self.stats.log_density).exp().min(1.0);
        self.stats.accepted = uniform(&mut rng) < self.stats.accept;
        if self.stats.accepted {
            self.stats.log_density = proposed;
            std::mem::swap(&mut self.position, &mut self.proposal);
        }
        Ok(())
    }

    fn adapt(&mut self, _: &mut Target<D>, _: &Streams, _: usize) -> Result<(), ChainError> {
        self.reshape();
        self.stats.step_size = mean_scale(&self.factor);
        Ok(())
    }

    fn freeze(&mut self) {}

    fn adapted(&self) -> Adapted {
        let factor = self.factor.l();
        let covariance = &factor * factor.transpose();
        let inverse_metric = InverseMetric::Dense(covariance.as_slice().to_vec(), self.noise.len());
        Adapted { step_size: self.stats.step_size, inverse_metric }
    }

    fn position(&self, _walker: usize) -> &[f64] {
        &self.position
    }

    fn stats(&self, _walker: usize) -> Stats {
        self.stats
    }
}

#[cfg(test)]
mod tests {
    use ppl_density::Fault;

    use super::*;

    /// A normal with standard deviations 10 and 0.1 and correlation 0.9; a Cauchy in its first coordinate if `heavy`.
    #[derive(Clone)]
    struct Tilted {
        heavy: bool,
    }

    impl LogDensity for Tilted {
        fn dim(&self) -> usize {
            2
        }
        fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
            let (x, y) = (q[0] / 10.0, q[1] / 0.1);
            Ok(match self.heavy {
                true => -(1.0 + x * x).ln() - (1.0 + y * y).ln(),
                false => -0.5 * (x * x - 1.8 * x * y + y * y) / 0.19,
            })
        }
        fn log_density_and_gradient(&mut self, _: &[f64], _: &mut [f64]) -> Result<f64, Fault> {
            Err(Fault::Fatal("no gradient".to_string()))
        }
        fn has_gradient(&self) -> bool {
            false
        }
    }

    fn adapted(heavy: bool, metropolis: Metropolis) -> (RandomWalk, f64) {
        let mut target = Target::new(Tilted { heavy });
        let streams = Streams::new(1, 1);
        let mut walk = RandomWalk::start(&metropolis, &mut target, &streams, &[None; 2], 2.0).unwrap();
        for iteration in 0..20_000 {
            walk.step(&mut target, &streams, iteration).unwrap();
            Kernel::<Tilted>::adapt(&mut walk, &mut target, &streams, iteration).unwrap();
        }
        let accepted = (20_000..30_000).filter(|&iteration| {
            walk.step(&mut target, &streams, iteration).unwrap();
            walk.stats.accepted
        });
        let rate = accepted.count() as f64 / 10_000.0;
        (walk, rate)
    }

    #[test]
    fn the_proposal_takes_the_shape_of_the_target_and_the_wanted_rate() {
        for (metropolis, wanted) in [(Metropolis::default(), 0.234), (Metropolis { target_accept: Some(0.4) }, 0.4)] {
            let (walk, rate) = adapted(false, metropolis);
            assert!((rate - wanted).abs() < 0.04, "accepts {rate}, wanted {wanted}");
            let factor = walk.factor.l();
            let covariance = &factor * factor.transpose();
            let correlation = covariance[(0, 1)] / (covariance[(0, 0)] * covariance[(1, 1)]).sqrt();
            let ratio = (covariance[(0, 0)] / covariance[(1, 1)]).sqrt();
            assert!((correlation - 0.9).abs() < 0.08, "correlation {correlation}");
            assert!((ratio / 100.0).ln().abs() < 0.3, "ratio of scales {ratio}");
        }
    }

    #[test]
    fn a_target_without_moments_is_adapted_to() {
        let (_, rate) = adapted(true, Metropolis::default());
        assert!((rate - 0.234).abs() < 0.05, "accepts {rate}");
    }

    #[test]
    fn one_update_is_that_of_the_formula() {
        let mut target = Target::new(Tilted { heavy: false });
        let streams = Streams::new(1, 1);
        let mut walk = RandomWalk::start(&Metropolis::default(), &mut target, &streams, &[None; 2], 2.0).unwrap();
        walk.adaptations = 7;
        walk.noise = vec![0.3, -1.2];
        walk.shape_step();
        walk.stats.accept = 0.9;
        let before = walk.factor.l();
        walk.reshape();
        let u = DVector::from_vec(vec![0.3, -1.2]);
        let eta = 2.0 * 8.0_f64.powf(-2.0 / 3.0);
        let inner = DMatrix::identity(2, 2) + &u * u.transpose() * (eta * (0.9 - 0.234) / u.norm_squared());
        let expected: DMatrix<f64> = &before * inner * before.transpose();
        let after = walk.factor.l();
        let difference: DMatrix<f64> = &after * after.transpose() - expected;
        assert!(difference.abs().max() < 1e-12);
    }
}
