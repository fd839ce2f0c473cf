//! Which inverse temperatures there are, and when they are chosen anew.

use serde::{Deserialize, Serialize};

/// A rejection rate counts as this at least, so that the barrier grows everywhere.
const LEAST_REJECTION: f64 = 1e-3;
/// Iterations of the first round at least.
const SHORTEST_ROUND: usize = 16;
/// The first inverse temperatures are powers of equally spaced numbers: most of the way lies near the reference.
const POWER: i32 = 3;

/// Inverse temperatures from 0, the reference, to 1, the target.
pub(crate) fn first_schedule(temperatures: usize) -> Vec<f64> {
    let last = (temperatures - 1) as f64;
    (0..temperatures).map(|k| (k as f64 / last).powi(POWER)).collect()
}

/// The inverse temperatures that would share the rejections of swaps equally.
///
/// Their sum up to β is the communication barrier Λ(β), which depends on the path alone; the new β lie at equal
/// distances of Λ (Syed, Bouchard-Côté, Deligiannidis and Doucet 2022, section 5). Between the old β it is interpolated
/// monotonically.
pub(crate) fn respaced(schedule: &[f64], rejections: &[f64]) -> Vec<f64> {
    let mut barrier = vec![0.0];
    for rejection in rejections {
        barrier.push(barrier[barrier.len() - 1] + rejection.max(LEAST_REJECTION));
    }
    let last = schedule.len() - 1;
    let total = barrier[last];
    let between = (1..last).map(|k| interpolated(&barrier, schedule, total * k as f64 / last as f64));
    [0.0].into_iter().chain(between).chain([1.0]).collect()
}

/// The monotone cubic through points (x, y) at `at`, with the slopes of Fritsch and Butland (1984).
fn interpolated(x: &[f64], y: &[f64], at: f64) -> f64 {
    let piece = x.partition_point(|x| *x <= at).clamp(1, x.len() - 1) - 1;
    let secant = |k: usize| (y[k + 1] - y[k]) / (x[k + 1] - x[k]);
    let slope = |k: usize| match k {
        0 => secant(0),
        k if k == x.len() - 1 => secant(k - 1),
        k => {
            let (before, after) = (x[k] - x[k - 1], x[k + 1] - x[k]);
            3.0 * (before + after) / ((2.0 * after + before) / secant(k - 1) + (after + 2.0 * before) / secant(k))
        }
    };
    let width = x[piece + 1] - x[piece];
    let t = (at - x[piece]) / width;
    let (from, to) = (y[piece], y[piece + 1]);
    let bend = width * (slope(piece) * (1.0 - t) - slope(piece + 1) * t);
    from + (to - from) * t * t * (3.0 - 2.0 * t) + bend * t * (1.0 - t)
}

/// The rounds of warm-up, each as long as all before it together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rounds {
    ends: Vec<usize>,
    current: usize,
}

impl Rounds {
    pub(crate) fn new(warmup: usize) -> Self {
        Rounds { ends: ends(warmup), current: 0 }
    }

    /// Number of the round, from 0.
    pub(crate) fn current(&self) -> usize {
        self.current
    }

    /// The first iteration of the round.
    pub(crate) fn begin(&self) -> usize {
        if self.current == 0 { 0 } else { self.ends[self.current - 1] }
    }

    /// Iterations of the round.
    pub(crate) fn len(&self) -> usize {
        self.ends[self.current] - self.begin()
    }

    /// Whether this is the last round.
    pub(crate) fn is_last(&self) -> bool {
        self.current + 1 == self.ends.len()
    }

    /// Goes to the next round if this iteration is its first.
    pub(crate) fn advance(&mut self, iteration: usize) -> bool {
        let over = !self.is_last() && iteration == self.ends[self.current];
        self.current += usize::from(over);
        over
    }
}

fn ends(warmup: usize) -> Vec<usize> {
    let halved = |end: &usize| (end / 2 >= SHORTEST_ROUND).then_some(end / 2);
    let mut ends: Vec<usize> = std::iter::successors(Some(warmup), halved).collect();
    ends.reverse();
    ends
}

/// The iterations after which a round of warm-up ends and another follows.
pub(crate) fn barriers(warmup: usize) -> Vec<usize> {
    let mut barriers = ends(warmup);
    barriers.pop();
    barriers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rounds_double_up_to_the_end_of_warm_up() {
        assert_eq!(Rounds::new(500).ends, [31, 62, 125, 250, 500]);
        assert_eq!(Rounds::new(20).ends, [20]);
        assert_eq!(Rounds::new(0).ends, [0]);
    }

    #[test]
    fn a_round_begins_where_the_one_before_ends() {
        let mut rounds = Rounds::new(64);
        let turns: Vec<usize> = (0..100).filter(|&i| rounds.advance(i)).collect();
        assert_eq!(turns, [16, 32]);
        assert_eq!(barriers(64), turns);
        assert_eq!((rounds.begin(), rounds.len(), rounds.is_last()), (32, 32, true));
    }

    #[test]
    fn equal_rejections_leave_the_schedule_as_it_is() {
        let schedule = first_schedule(6);
        let same = respaced(&schedule, &[0.3; 5]);
        assert!(schedule.iter().zip(&same).all(|(a, b)| (a - b).abs() < 1e-12), "{same:?}");
    }

    #[test]
    fn a_schedule_comes_to_rest_where_the_barrier_is_shared_equally() {
        // A barrier of known shape: Λ(β) = √β.
        let mut schedule = first_schedule(9);
        for _ in 0..20 {
            let rejections: Vec<f64> = schedule.windows(2).map(|b| b[1].sqrt() - b[0].sqrt()).collect();
            schedule = respaced(&schedule, &rejections);
        }
        for (k, beta) in schedule.iter().enumerate() {
            assert!((beta.sqrt() - k as f64 / 8.0).abs() < 1e-6, "{schedule:?}");
        }
    }

    proptest! {
        #[test]
        fn a_schedule_increases_from_0_to_1(rejections in prop::collection::vec(0.0..=1.0_f64, 1..20)) {
            let schedule = respaced(&first_schedule(rejections.len() + 1), &rejections);
            prop_assert_eq!((schedule[0], schedule[schedule.len() - 1]), (0.0, 1.0));
            prop_assert!(schedule.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", schedule);
        }
    }
}
