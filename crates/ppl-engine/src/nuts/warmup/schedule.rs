//! When the metric is learned, and from which draws.
//!
//! Two windows overlap: the metric is that of the older, and when the younger is long enough it takes the older's place.
//! So old draws are forgotten without ever starting from none (Seyboldt, Carlson and Carpenter 2026).

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Draws of the younger window for it to take over, early on.
const EARLY_WINDOW: usize = 10;
/// The same in the main phase, at first, and how it grows.
const MAIN_WINDOW: f64 = 80.0;
const GROWTH: f64 = 1.5;
/// The shares of warm-up before the main phase, and after it, when only the step size is learned.
const EARLY: f64 = 0.3;
const LATE: f64 = 0.2;

/// The phases of a warm-up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Schedule {
    early_end: usize,
    late_begin: usize,
    window: f64,
}

/// What happens to the windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Keep,
    Switch,
}

impl Schedule {
    pub(crate) fn new(warmup: usize) -> Self {
        let share = |part: f64| (part * warmup as f64).round() as usize;
        Schedule { early_end: share(EARLY), late_begin: warmup - share(LATE), window: MAIN_WINDOW }
    }

    /// Whether this iteration comes before the main phase.
    pub(crate) fn is_early(&self, iteration: usize) -> bool {
        iteration < self.early_end
    }

    /// Whether the metric is settled at this iteration.
    pub(crate) fn is_late(&self, iteration: usize) -> bool {
        iteration >= self.late_begin
    }

    /// The first half of the main phase: the metric is good enough to judge trajectories by, and there is time to change
    /// what they are made of.
    pub(crate) fn trial(&self) -> Range<usize> {
        self.early_end..self.early_end.midpoint(self.late_begin)
    }

    /// Whether a younger window of so many draws takes over after this iteration.
    pub(crate) fn turn(&mut self, iteration: usize, younger: usize) -> Turn {
        if self.is_early(iteration) {
            return if younger >= EARLY_WINDOW { Turn::Switch } else { Turn::Keep };
        }
        let next = self.window * GROWTH;
        if younger as f64 >= self.window && iteration + next as usize <= self.late_begin {
            self.window = next;
            return Turn::Switch;
        }
        Turn::Keep
    }

    /// Whether the metric is learned anew after an iteration that kept the windows, the older of so many draws.
    pub(crate) fn refreshes(&self, iteration: usize, older: usize) -> bool {
        match self.is_early(iteration) {
            true => older >= 3 && (older < 10 || older.is_multiple_of(5)),
            false => older.is_multiple_of(20) || iteration + 1 == self.late_begin,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The iterations after which windows switch, if every draw counts.
    fn switches(warmup: usize) -> Vec<usize> {
        let (mut schedule, mut younger) = (Schedule::new(warmup), 0);
        let mut switches = Vec::new();
        for iteration in (0..warmup).filter(|&i| !Schedule::new(warmup).is_late(i)) {
            younger += 1;
            if schedule.turn(iteration, younger) == Turn::Switch {
                switches.push(iteration + 1);
                younger = 0;
            }
        }
        switches
    }

    #[test]
    fn windows_are_short_at_first_and_then_grow() {
        let early: Vec<usize> = (1..=15).map(|k| 10 * k).collect();
        assert_eq!(switches(500), [&early[..], &[230]].concat());
        assert_eq!(switches(1000)[30..], [380, 500]);
        assert_eq!(switches(20), []);
        assert_eq!(switches(50), [10]);
    }

    proptest! {
        #[test]
        fn the_last_window_is_no_shorter_than_the_one_before(warmup in 300usize..20_000) {
            let switches = switches(warmup);
            let schedule = Schedule::new(warmup);
            let [.., before, last] = switches[..] else { panic!("{switches:?}") };
            let late = (last..).find(|&i| schedule.is_late(i)).unwrap();
            prop_assert!(late - last >= last - before, "{switches:?} {late}");
        }
    }
}
