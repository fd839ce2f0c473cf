//! One coordinate after another, each with a scale of its own (Haario, Saksman and Tamminen 2005; the scales as in Vihola
//! 2012 for one dimension).

use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use super::{Place, Update};
use crate::error::ChainError;
use crate::rng::{Stream, normal, uniform};
use crate::target::Target;

/// Acceptance rate that is best in one dimension (Gelman, Roberts and Gilks 1996).
const TARGET_ACCEPT: f64 = 0.44;

/// A random walk of each coordinate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Componentwise {
    scales: Vec<f64>,
    adaptations: usize,
    /// Acceptance probabilities of the last update.
    #[serde(skip)]
    accepts: Vec<f64>,
}

impl Componentwise {
    pub(super) fn new(dim: usize) -> Self {
        Componentwise { scales: vec![2.38; dim], adaptations: 0, accepts: Vec::new() }
    }

    /// Squared scales.
    pub(super) fn variances(&self) -> Vec<f64> {
        self.scales.iter().map(|scale| scale * scale).collect()
    }

    pub(super) fn mean_scale(&self) -> f64 {
        (self.scales.iter().map(|scale| scale.ln()).sum::<f64>() / self.scales.len() as f64).exp()
    }
}

impl<D: LogDensity> Update<D> for Componentwise {
    fn update(&mut self, place: &mut Place, target: &mut Target<D>, rng: &mut Stream) -> Result<(), ChainError> {
        self.accepts.clear();
        place.stats.accepted = false;
        for (at, scale) in self.scales.iter().enumerate() {
            let before = place.position[at];
            place.position[at] = before + scale * normal(rng);
            let proposed = target.log_density(&place.position)?;
            let accept = (proposed - place.stats.log_density).exp().min(1.0);
            if uniform(rng) < accept {
                place.stats.log_density = proposed;
                place.stats.accepted = true;
            } else {
                place.position[at] = before;
            }
            self.accepts.push(accept);
        }
        place.stats.accept = self.accepts.iter().sum::<f64>() / self.accepts.len() as f64;
        Ok(())
    }

    fn learn(&mut self) {
        self.adaptations += 1;
        let eta = (self.adaptations as f64).powf(-2.0 / 3.0);
        for (scale, accept) in self.scales.iter_mut().zip(&self.accepts) {
            *scale = (*scale * (eta * (accept - TARGET_ACCEPT)).exp()).clamp(1e-150, 1e150);
        }
    }
}
