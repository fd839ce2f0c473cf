//! The walk move (Goodman and Weare 2010, section 3).

use super::complement::Complement;
use crate::rng::{Stream, normal};

/// q ~ N(s, C), with C the covariance of all walkers that stand still; symmetric.
///
/// q = s + Σ (ξ_j − ξ̄) (c_j − s) / √(n−1) has this covariance without a factorisation: with the weights adding up to
/// zero, it does not matter where the walkers are measured from.
pub(super) fn propose(current: &[f64], others: &Complement, rng: &mut Stream, proposal: &mut [f64]) -> f64 {
    let n = others.len() as f64;
    // The stream is read twice, first for the mean of the weights.
    let mut ahead = rng.clone();
    let mean = (0..others.len()).map(|_| normal(&mut ahead)).sum::<f64>() / n;
    proposal.copy_from_slice(current);
    for index in 0..others.len() {
        let weight = (normal(rng) - mean) / (n - 1.0).sqrt();
        let offsets = others.walker(index).iter().zip(current);
        proposal.iter_mut().zip(offsets).for_each(|(q, (c, s))| *q += weight * (c - s));
    }
    0.0
}
