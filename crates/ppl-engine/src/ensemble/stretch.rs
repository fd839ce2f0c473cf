//! The stretch move (Goodman and Weare 2010, section 3).

use super::complement::Complement;
use crate::rng::{Stream, uniform};

/// q = c + z (s − c), with z of density ∝ z^{−½} on [1/a, a], where a is `largest`; the factor is z^{d−1}.
pub(super) fn propose(
    current: &[f64],
    others: &Complement,
    largest: f64,
    rng: &mut Stream,
    proposal: &mut [f64],
) -> f64 {
    let z = ((largest - 1.0) * uniform(rng) + 1.0).powi(2) / largest;
    let anchor = others.any(rng);
    for ((q, s), c) in proposal.iter_mut().zip(current).zip(anchor) {
        *q = c + z * (s - c);
    }
    (current.len() as f64 - 1.0) * z.ln()
}
