//! The differential evolution move (ter Braak 2006; Nelson, Ford and Payne 2014).

use super::complement::Complement;
use crate::rng::{Stream, normal};

/// Relative spread of the step. Random steps rather than added noise keep the move affine invariant.
const SPREAD: f64 = 1e-5;

/// q = s + γ (c₁ − c₂), with γ near 2.38/√(2d); symmetric.
pub(super) fn propose(current: &[f64], others: &Complement, rng: &mut Stream, proposal: &mut [f64]) -> f64 {
    let gamma = 2.38 / (2.0 * current.len() as f64).sqrt() * (1.0 + SPREAD * normal(rng));
    let [first, second] = others.pair(rng);
    for (((q, s), a), b) in proposal.iter_mut().zip(current).zip(first).zip(second) {
        *q = s + gamma * (a - b);
    }
    0.0
}
