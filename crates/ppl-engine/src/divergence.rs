//! Where trajectories diverge.

use serde::{Deserialize, Serialize};

/// Divergences of a chain that are kept at most, and numbers in their positions at most.
const KEPT: usize = 100;
const NUMBERS: usize = 1_000_000;

/// A leapfrog step that went astray after warm-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Divergence {
    /// The iteration after warm-up, from 0.
    pub iteration: usize,
    /// The energy at `end` less that at which the trajectory began: large, or not finite.
    pub energy_error: f64,
    /// The unconstrained position from which the step was made: the last good one.
    pub start: Vec<f64>,
    /// The unconstrained position to which it led, which may hold anything.
    pub end: Vec<f64>,
}

/// The last step of a trajectory that diverged, as its kernel has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Astray<'a> {
    pub(crate) energy_error: f64,
    pub(crate) start: &'a [f64],
    pub(crate) end: &'a [f64],
}

/// Keeps a divergence, as long as there is room: the first ones of a chain are as good as any.
pub(crate) fn keep(divergences: &mut Vec<Divergence>, iteration: usize, astray: Astray<'_>) {
    let room = KEPT.min(NUMBERS / (2 * astray.start.len()).max(1)).max(1);
    if divergences.len() < room {
        let Astray { energy_error, start, end } = astray;
        divergences.push(Divergence { iteration, energy_error, start: start.to_vec(), end: end.to_vec() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_kept_where_positions_are_long() {
        for (dim, kept) in [(1, 100), (5_000, 100), (50_000, 10), (5_000_000, 1)] {
            let (position, mut divergences) = (vec![0.0; dim], Vec::new());
            let astray = Astray { energy_error: f64::NAN, start: &position, end: &position };
            (0..200).for_each(|iteration| keep(&mut divergences, iteration, astray));
            assert_eq!(divergences.len(), kept);
            assert_eq!(divergences[kept - 1].iteration, kept - 1);
        }
    }
}
