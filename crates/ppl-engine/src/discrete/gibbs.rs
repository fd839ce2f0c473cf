//! Metropolised Gibbs updates of a coordinate with few values.

use crate::rng::{Stream, uniform};

/// Chooses one of the values with these log densities, given the current one, whose own is above −∞.
///
/// Another value is proposed with the probabilities of the conditional distribution without the current, and accepted
/// with probability (1 − p)/(1 − p′), at most 1 (Liu 1996). So it moves more often than draws from the conditional
/// distribution itself.
pub(super) fn choose(log_densities: &[f64], current: usize, rng: &mut Stream) -> usize {
    choose_by(|others, others_then| others / others_then, log_densities, current, rng)
}

/// Accepts with the probability that `judge` says, given multiples of 1 − p and 1 − p′.
pub(super) fn choose_by(
    judge: impl Fn(f64, f64) -> f64,
    log_densities: &[f64],
    current: usize,
    rng: &mut Stream,
) -> usize {
    let largest = log_densities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights_but = |one: usize| {
        let others = log_densities.iter().enumerate().filter(move |(at, _)| *at != one);
        others.map(|(at, log_density)| (at, (log_density - largest).exp()))
    };
    let total_but = |one: usize| -> f64 { weights_but(one).map(|(_, weight)| weight).sum() };
    let others = total_but(current);
    let (mut left, fate) = (uniform(rng) * others, uniform(rng));
    let proposed = weights_but(current).find(|(_, weight)| {
        left -= weight;
        left < 0.0
    });
    match proposed {
        Some((proposed, _)) if fate < judge(others, total_but(proposed)) => proposed,
        // Without rivals, or with rounding, there may be nothing to propose.
        _ => current,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};

    /// Transition probabilities from a value, by many tries.
    fn transitions(weights: &[f64], from: usize) -> Vec<f64> {
        let (tries, streams) = (40_000, Streams::new(3, from as u64));
        let mut counts = vec![0.0; weights.len()];
        for i in 0..tries {
            let logs: Vec<f64> = weights.iter().map(|w| 500.0 + w.ln()).collect();
            counts[choose(&logs, from, &mut streams.open(Purpose::Sweep, i))] += 1.0 / tries as f64;
        }
        counts
    }

    #[test]
    fn transitions_are_those_of_the_formula() {
        let p = [0.1, 0.0, 0.6, 0.3];
        for from in [0, 2, 3] {
            let seen = transitions(&p, from);
            for to in (0..4).filter(|to| *to != from) {
                let expected = p[to] / (1.0 - p[from]) * ((1.0 - p[from]) / (1.0 - p[to])).min(1.0);
                assert!((seen[to] - expected).abs() < 0.01, "{from} to {to}: {seen:?}, {expected} expected");
            }
        }
    }

    #[test]
    fn a_value_without_rivals_stays() {
        let logs = [f64::NEG_INFINITY, -3.0, f64::NEG_INFINITY];
        assert_eq!(choose(&logs, 1, &mut Streams::new(1, 1).open(Purpose::Sweep, 0)), 1);
    }
}
