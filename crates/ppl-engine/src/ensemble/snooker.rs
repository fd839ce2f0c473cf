//! The snooker move of differential evolution (ter Braak and Vrugt 2008).

use super::complement::Complement;
use crate::rng::Stream;

/// The step along the line, which the authors find best.
const GAMMA: f64 = 1.7;

/// q = s + 1.7 u (u·z₁ − u·z₂), with u the unit vector from z to s; the factor is (‖q − z‖ / ‖s − z‖)^{d−1}.
pub(super) fn propose(current: &[f64], others: &Complement, rng: &mut Stream, proposal: &mut [f64]) -> f64 {
    let [anchor, first, second] = others.one_of_each(rng);
    let before = distance(current, anchor);
    if before == 0.0 {
        proposal.copy_from_slice(current);
        return f64::NEG_INFINITY;
    }
    let along = |at: usize| (current[at] - anchor[at]) / before;
    let step: f64 = (0..current.len()).map(|at| along(at) * (first[at] - second[at])).sum();
    for (at, q) in proposal.iter_mut().enumerate() {
        *q = current[at] + GAMMA * step * along(at);
    }
    match current.len() {
        1 => 0.0,
        dim => (dim as f64 - 1.0) * (distance(proposal, anchor) / before).ln(),
    }
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}
