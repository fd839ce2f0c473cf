//! What a chain has seen between two meetings.

use serde::{Deserialize, Serialize};

use super::Window;

/// Draws of a chain between two meetings, with their log densities.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Leg {
    pub(crate) draws: Window,
    pub(crate) log_densities: Vec<f64>,
}

impl Leg {
    pub(crate) fn new(dim: usize) -> Self {
        Leg { draws: Window::new(dim), log_densities: Vec::new() }
    }

    pub(crate) fn add(&mut self, draw: [&[f64]; 2], log_density: f64) {
        self.draws.add(draw[0], draw[1]);
        self.log_densities.push(log_density);
    }

    /// Log of the mass around the draws, up to a constant: the middle log density, and the log of the volume that they fill,
    /// half that of the determinant of Σ = √(Var x / Var α). −∞ where too few draws say anything.
    pub(crate) fn log_mass(&self) -> f64 {
        let mut sorted = self.log_densities.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NEG_INFINITY);
        let Window { positions, scores, .. } = &self.draws;
        let volumes = positions.squares.iter().zip(&scores.squares).map(|(x, a)| 0.25 * (x / a).ln());
        let mass = middle + volumes.sum::<f64>();
        if mass.is_nan() { f64::NEG_INFINITY } else { mass }
    }
}
