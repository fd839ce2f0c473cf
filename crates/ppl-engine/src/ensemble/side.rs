//! The side move (Chen 2025, "New affine invariant ensemble samplers and their dimensional scaling", section 3).

use super::complement::Complement;
use crate::rng::{Stream, normal};

/// √d times the scale that makes the mean squared jump largest on normals of many dimensions.
const SCALE: f64 = 1.7;

/// q = s + σ ξ (c₁ − c₂), with ξ standard normal and σ = 1.7 / √d; symmetric.
pub(super) fn propose(current: &[f64], others: &Complement, rng: &mut Stream, proposal: &mut [f64]) -> f64 {
    let step = SCALE / (current.len() as f64).sqrt() * normal(rng);
    let [first, second] = others.pair(rng);
    for (((q, s), a), b) in proposal.iter_mut().zip(current).zip(first).zip(second) {
        *q = s + step * (a - b);
    }
    0.0
}
