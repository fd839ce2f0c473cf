//! The walk move (Goodman and Weare 2010, section 3).

use super::complement::Complement;
use crate::rng::{Stream, normal, uniform};

/// q ~ N(s, C), with C the covariance of `chosen` of the walkers that stand still; symmetric.
///
/// q = s + Σ (ξ_j − ξ̄) (c_j − s) / √(n−1) has this covariance without a factorisation: with the weights adding up to
/// zero, it does not matter where the walkers are measured from.
pub(super) fn propose(
    current: &[f64],
    others: &Complement,
    chosen: usize,
    rng: &mut Stream,
    proposal: &mut [f64],
) -> f64 {
    let n = chosen as f64;
    // The stream is read twice, first for the mean of the weights.
    let mut sum = 0.0;
    each_chosen(others.len(), chosen, &mut rng.clone(), |_, weight| sum += weight);
    let mean = sum / n;
    proposal.copy_from_slice(current);
    each_chosen(others.len(), chosen, rng, |index, weight| {
        let weight = (weight - mean) / (n - 1.0).sqrt();
        let offsets = others.walker(index).iter().zip(current);
        proposal.iter_mut().zip(offsets).for_each(|(q, (c, s))| *q += weight * (c - s));
    });
    0.0
}

/// Visits a random subset of `0..all`, in order, each member with a standard normal weight (selection sampling, Knuth
/// 1997, section 3.4.2, which needs no memory).
fn each_chosen(all: usize, chosen: usize, rng: &mut Stream, mut visit: impl FnMut(usize, f64)) {
    let mut wanted = chosen;
    for index in 0..all {
        let left = all - index;
        if wanted == left || uniform(rng) * (left as f64) < wanted as f64 {
            visit(index, normal(rng));
            wanted -= 1;
        }
        if wanted == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};

    #[test]
    fn every_walker_is_as_likely_to_be_chosen() {
        let mut rng = Streams::new(1, 1).open(Purpose::Proposal, 0);
        let mut counts = [0; 7];
        for _ in 0..7000 {
            let mut chosen = 0;
            each_chosen(7, 3, &mut rng, |index, _| {
                counts[index] += 1;
                chosen += 1;
            });
            assert_eq!(chosen, 3);
        }
        assert!(counts.iter().all(|count| (2800..3200).contains(count)), "{counts:?}");
    }
}
