//! The stretch move (Goodman and Weare 2010, section 3).

use super::complement::Complement;
use crate::rng::{Stream, uniform};

/// The largest stretch.
const A: f64 = 2.0;

/// q = c + z (s − c), with z of density ∝ z^{−½} on [1/a, a]; the factor is z^{d−1}.
pub(super) fn propose(current: &[f64], others: &Complement, rng: &mut Stream, proposal: &mut [f64]) -> f64 {
    let z = ((A - 1.0) * uniform(rng) + 1.0).powi(2) / A;
    let anchor = others.any(rng);
    for ((q, s), c) in proposal.iter_mut().zip(current).zip(anchor) {
        *q = c + z * (s - c);
    }
    (current.len() as f64 - 1.0) * z.ln()
}
