//! Inversion of monotone functions by bisection over the floating-point numbers themselves.

use crate::Tails;

/// The position of a number in the total order of all numbers; its own inverse on the bits.
fn rank(x: f64) -> i64 {
    reorder(x.to_bits() as i64)
}

fn reorder(bits: i64) -> i64 {
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// The smallest number in `[lower, upper]` at which a condition that stays true once true holds; `upper` where it
/// never does. At most 65 evaluations, whatever the scale.
pub(crate) fn smallest(lower: f64, upper: f64, holds: impl Fn(f64) -> bool) -> f64 {
    if holds(lower) {
        return lower;
    }
    let (mut below, mut at) = (rank(lower), rank(upper));
    while below + 1 < at {
        let middle = (below & at) + ((below ^ at) >> 1);
        if holds(f64::from_bits(reorder(middle) as u64)) {
            at = middle;
        } else {
            below = middle;
        }
    }
    f64::from_bits(reorder(at) as u64)
}

/// The smallest x in the interval with P(X ≤ x) ≥ p, compared in the smaller tail.
pub(crate) fn quantile(tails: impl Fn(f64) -> Option<Tails>, (lower, upper): (f64, f64), p: f64) -> Option<f64> {
    let at_lower = tails(lower)?;
    if at_lower.below.is_nan() || !(0.0..=1.0).contains(&p) {
        return Some(f64::NAN);
    }
    if p == 0.0 || p == 1.0 {
        return Some(if p == 0.0 { lower } else { upper });
    }
    Some(smallest(lower, upper, |x| tails(x).is_some_and(|t| if p < 0.5 { t.below >= p } else { t.above <= 1.0 - p })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_square_root_of_two_is_found_to_the_last_bit() {
        let root = smallest(f64::NEG_INFINITY, f64::INFINITY, |x| x > 0.0 && x * x >= 2.0);
        assert!((root - 2f64.sqrt()).abs() <= f64::EPSILON);
    }

    #[test]
    fn a_step_between_whole_numbers_is_found_exactly() {
        assert_eq!(smallest(0.0, f64::INFINITY, |x| x.floor() >= 17.0), 17.0);
        assert_eq!(smallest(-1e9, 1e9, |x| x >= -3.0), -3.0);
    }
}
