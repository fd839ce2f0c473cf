//! Robust adaptive Metropolis (Vihola 2012): all coordinates at once, by a normal whose shape and scale are learned from
//! acceptance alone, so that targets without second moments do no harm. The scale as a whole follows faster (Andrieu and
//! Thoms 2008, algorithm 4): by the shape alone it takes thousands of steps to a posterior a thousandth as wide. A second, smaller try after a rejection is
//! delayed rejection (Tierney and Mira 1999; Mira 2001).

use nalgebra::{DMatrix, DVectorView, Dyn, linalg::Cholesky};
use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use super::{Place, Update};
use crate::error::ChainError;
use crate::rng::{Stream, normal, uniform};
use crate::target::Target;

/// The n-th change of the log scale is the excess of acceptance times the first of these, times n to the power of the second.
const SCALING: (f64, f64) = (2.0, -0.6);

/// The walk: x + S u with u ~ N(0, I) and S lower triangular.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Joint {
    target_accept: f64,
    /// Scale of the second try relative to the first.
    second_scale: Option<f64>,
    factor: Cholesky<f64, Dyn>,
    adaptations: usize,
    #[serde(skip)]
    last: Last,
}

/// The last update, from which the walk learns.
#[derive(Clone, Debug, Default)]
struct Last {
    /// u, and S u.
    noise: Vec<f64>,
    step: Vec<f64>,
    /// The same of the second try.
    second_noise: Vec<f64>,
    second_step: Vec<f64>,
    proposal: Vec<f64>,
    /// Acceptance probability of the first try.
    accept: f64,
}

/// The log densities of two tries, when the first has been rejected.
pub(super) struct Tries {
    pub(super) current: f64,
    pub(super) first: f64,
    pub(super) second: f64,
    /// ln q(y₂, y₁) − ln q(x, y₁), where q(x, y) is the density of y as a first try from x.
    pub(super) shift: f64,
}

impl Tries {
    /// The probability with which the second try is accepted: π(y₂) q(y₂, y₁) (1 − α(y₂, y₁)) over
    /// π(x) q(x, y₁) (1 − α(x, y₁)), for second tries that are symmetric around x (Mira 2001, section 3).
    pub(super) fn accept(&self) -> f64 {
        if self.second == f64::NEG_INFINITY {
            return 0.0;
        }
        let rejected = |from: f64| (-(self.first - from).exp().min(1.0)).ln_1p();
        let log = self.second - self.current + self.shift + rejected(self.second) - rejected(self.current);
        log.exp().min(1.0)
    }
}

impl Joint {
    pub(super) fn new(dim: usize, target_accept: Option<f64>, second_scale: Option<f64>) -> Self {
        let optimal = if dim == 1 { 0.44 } else { 0.234 };
        let scale = 2.38 / (dim as f64).sqrt();
        let factor = Cholesky::pack_dirty(DMatrix::from_diagonal_element(dim, dim, scale));
        let target_accept = target_accept.unwrap_or(optimal);
        Joint { target_accept, second_scale, factor, adaptations: 0, last: Last::default() }
    }

    /// S Sᵀ.
    pub(super) fn covariance(&self) -> DMatrix<f64> {
        let factor = self.factor.l();
        &factor * factor.transpose()
    }

    /// Geometric mean of the diagonal of S.
    pub(super) fn mean_scale(&self) -> f64 {
        let diagonal = self.factor.l_dirty().diagonal();
        diagonal.map(f64::ln).mean().exp()
    }

    /// One step, with a second try if there is to be one; `judge` says with which probability that is accepted.
    pub(super) fn attempt<D: LogDensity>(
        &mut self,
        place: &mut Place,
        target: &mut Target<D>,
        rng: &mut Stream,
        judge: impl Fn(&Tries) -> f64,
    ) -> Result<(), ChainError> {
        let Last { noise, step, second_noise, second_step, proposal, accept } = &mut self.last;
        let factor = self.factor.l_dirty();
        draw_step(factor, 1.0, place.position.len(), rng, (noise, step));
        let current = place.stats.log_density;
        let first = place.evaluate(step, proposal, target)?;
        *accept = (first - current).exp().min(1.0);
        place.stats.accept = *accept;
        place.stats.accepted = uniform(rng) < *accept;
        if place.stats.accepted {
            place.go(first, proposal);
            return Ok(());
        }
        let Some(scale) = self.second_scale else { return Ok(()) };
        draw_step(factor, scale, place.position.len(), rng, (second_noise, second_step));
        let second = place.evaluate(second_step, proposal, target)?;
        // S⁻¹ (y₁ − y₂) is u₁ − γ u₂.
        let both = noise.iter().zip(second_noise.iter());
        let shift = both.map(|(u, v)| 0.5 * (u * u - (u - scale * v).powi(2))).sum();
        place.stats.accepted = uniform(rng) < judge(&Tries { current, first, second, shift });
        if place.stats.accepted {
            place.go(second, proposal);
        }
        Ok(())
    }

    /// S Sᵀ ← λ² S (I + η (α − α*) u uᵀ / ‖u‖²) Sᵀ with λ = exp(γ (α − α*)), a rank-one update of the factor.
    fn reshape(&mut self) {
        let Last { noise, step, accept, .. } = &self.last;
        self.adaptations += 1;
        let eta = (noise.len() as f64 * (self.adaptations as f64).powf(-2.0 / 3.0)).min(1.0);
        let norm = noise.iter().map(|u| u * u).sum::<f64>();
        let excess = accept - self.target_accept;
        let rescaling = (SCALING.0 * (self.adaptations as f64).powf(SCALING.1) * excess).exp();
        let change = rescaling * rescaling * eta * excess / norm;
        let mut updated = Cholesky::pack_dirty(self.factor.l_dirty() * rescaling);
        updated.rank_one_update(&DVectorView::from_slice(step, step.len()), change);
        let diagonal = updated.l_dirty().diagonal();
        // Rounding, or a target with no bounds, must not spoil the proposal for good.
        if diagonal.iter().all(|s| (1e-150..1e150).contains(s)) {
            self.factor = updated;
        }
    }
}

/// u ~ N(0, I), and step = scale · S u, a column of S at a time.
fn draw_step(
    factor: &DMatrix<f64>,
    scale: f64,
    dim: usize,
    rng: &mut Stream,
    (noise, step): (&mut Vec<f64>, &mut Vec<f64>),
) {
    noise.resize(dim, 0.0);
    noise.iter_mut().for_each(|u| *u = normal(rng));
    shape_step(factor, scale, noise, step);
}

fn shape_step(factor: &DMatrix<f64>, scale: f64, noise: &[f64], step: &mut Vec<f64>) {
    step.clear();
    step.resize(noise.len(), 0.0);
    let columns = factor.as_slice().chunks_exact(noise.len());
    for (at, (column, u)) in columns.zip(noise).enumerate() {
        let below = step[at..].iter_mut().zip(&column[at..]);
        below.for_each(|(step, s)| *step += scale * u * s);
    }
}

impl<D: LogDensity> Update<D> for Joint {
    fn update(&mut self, place: &mut Place, target: &mut Target<D>, rng: &mut Stream) -> Result<(), ChainError> {
        self.attempt(place, target, rng, Tries::accept)
    }

    fn learn(&mut self) {
        self.reshape();
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::DVector;

    use super::*;

    #[test]
    fn one_update_is_that_of_the_formula() {
        let mut joint = Joint::new(2, None, None);
        joint.adaptations = 7;
        joint.last.noise = vec![0.3, -1.2];
        joint.last.accept = 0.9;
        shape_step(joint.factor.l_dirty(), 1.0, &joint.last.noise, &mut joint.last.step);
        let before = joint.factor.l();
        joint.reshape();
        let u = DVector::from_vec(vec![0.3, -1.2]);
        let eta = 2.0 * 8.0_f64.powf(-2.0 / 3.0);
        let inner = DMatrix::identity(2, 2) + &u * u.transpose() * (eta * (0.9 - 0.234) / u.norm_squared());
        let rescaling = (2.0 * 8.0_f64.powf(-0.6) * (0.9 - 0.234)).exp();
        let expected: DMatrix<f64> = &before * inner * before.transpose() * rescaling * rescaling;
        let difference: DMatrix<f64> = joint.covariance() - expected;
        assert!(difference.abs().max() < 1e-12);
    }

    #[test]
    fn the_second_try_is_accepted_by_the_two_stage_ratio() {
        let ln = f64::ln;
        // π(x) = 0.6, π(y₁) = 0.3, π(y₂) = 0.4 and q(y₂, y₁) = 2 q(x, y₁).
        let tries = Tries { current: ln(0.6), first: ln(0.3), second: ln(0.4), shift: ln(2.0) };
        let expected = 0.4 * 2.0 * (1.0 - 0.75) / (0.6 * (1.0 - 0.5));
        assert!((tries.accept() - expected).abs() < 1e-12, "{}", tries.accept());
        // From y₂ the first try would have been certain, so the way back does not exist.
        assert_eq!(Tries { second: ln(0.2), ..tries }.accept(), 0.0);
        assert_eq!(Tries { first: f64::NEG_INFINITY, second: f64::NEG_INFINITY, ..tries }.accept(), 0.0);
        let blind = Tries { first: f64::NEG_INFINITY, shift: 0.0, ..tries };
        assert!((blind.accept() - 0.4 / 0.6).abs() < 1e-12);
    }
}
