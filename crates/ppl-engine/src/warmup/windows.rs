//! When the metric is learned: windows that double, between a time to find the typical set and a time to settle the
//! step size, as Stan does, but for warm-ups of any length.

/// The first window.
const BASE: usize = 25;
/// The longest time before the first window, also 15 % of warm-up.
const FIRST: usize = 75;
/// The longest and the shortest time after the last window, otherwise 10 % of warm-up.
const LAST: std::ops::RangeInclusive<usize> = 10..=50;
/// Shorter warm-ups adapt only the step size.
const SHORTEST: usize = 20;

/// The windows of a warm-up: increasing boundaries, of which the first is where learning begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Windows {
    boundaries: Vec<usize>,
}

impl Windows {
    /// The windows of a warm-up of so many iterations. From 500 on they are Stan's.
    pub(crate) fn new(warmup: usize) -> Self {
        if warmup < SHORTEST {
            return Windows { boundaries: Vec::new() };
        }
        let begin = FIRST.min(warmup * 15 / 100);
        let end = warmup - (warmup / 10).clamp(*LAST.start(), *LAST.end());
        let mut boundaries = vec![begin];
        let (mut at, mut length) = (begin, BASE);
        // A window after which the next, twice as long, would not fit takes all that is left.
        while at + 3 * length <= end {
            at += length;
            boundaries.push(at);
            length *= 2;
        }
        boundaries.push(end);
        Windows { boundaries }
    }

    /// Whether the draw of this iteration is learned from.
    pub(crate) fn learns_at(&self, iteration: usize) -> bool {
        match (self.boundaries.first(), self.boundaries.last()) {
            (Some(begin), Some(end)) => (*begin..*end).contains(&iteration),
            _ => false,
        }
    }

    /// Whether a window ends after this iteration.
    pub(crate) fn ends_after(&self, iteration: usize) -> bool {
        self.boundaries.iter().skip(1).any(|end| *end == iteration + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn boundaries(warmup: usize) -> Vec<usize> {
        Windows::new(warmup).boundaries
    }

    #[test]
    fn a_warm_up_of_1000_has_the_windows_of_stan() {
        assert_eq!(boundaries(1000), [75, 100, 150, 250, 450, 950]);
        let windows = Windows::new(1000);
        let ends: Vec<usize> = (0..1000).filter(|&i| windows.ends_after(i)).collect();
        assert_eq!(ends, [99, 149, 249, 449, 949]);
    }

    #[test]
    fn short_warm_ups_learn_a_metric_too() {
        assert_eq!(boundaries(0), []);
        assert_eq!(boundaries(19), []);
        assert_eq!(boundaries(20), [3, 10]);
        assert_eq!(boundaries(50), [7, 40]);
        assert_eq!(boundaries(100), [15, 40, 90]);
        assert_eq!(boundaries(149), [22, 47, 135]);
        assert_eq!(boundaries(150), [22, 47, 135]);
        assert_eq!(boundaries(500), [75, 100, 150, 250, 450]);
    }

    proptest! {
        #[test]
        fn windows_fill_the_middle_and_never_shrink(warmup in SHORTEST..20_000) {
            let boundaries = boundaries(warmup);
            let lengths: Vec<usize> = boundaries.windows(2).map(|w| w[1] - w[0]).collect();
            prop_assert!(!lengths.is_empty());
            prop_assert!(lengths.windows(2).all(|w| w[1] >= 2 * w[0]));
            prop_assert!(lengths[0] >= 7);
            prop_assert!(boundaries[0] <= warmup * 15 / 100);
            prop_assert!(*boundaries.last().unwrap() < warmup);
        }
    }
}
