//! The draws that a metric is learned from.

use serde::{Deserialize, Serialize};

/// Numbers kept at most of a window's positions, and of its scores.
const ROOM: usize = 1 << 20;
/// Rows kept at least, however long they are.
const FEWEST: usize = 32;

/// Positions with their scores, the gradients of the log density there.
///
/// Means and variances are of all draws. Of the draws themselves, evenly spaced ones are kept where room is short.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Window {
    dim: usize,
    count: usize,
    pub(crate) positions: Moments,
    pub(crate) scores: Moments,
    rows: [Vec<f64>; 2],
    /// Every so many draws one is kept.
    stride: usize,
}

impl Window {
    pub(crate) fn new(dim: usize) -> Self {
        let moments = || Moments { mean: vec![0.0; dim], squares: vec![0.0; dim] };
        Window { dim, count: 0, positions: moments(), scores: moments(), rows: Default::default(), stride: 1 }
    }

    /// Draws so far.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The length of a position.
    pub(crate) fn dim(&self) -> usize {
        self.dim
    }

    pub(crate) fn add(&mut self, position: &[f64], score: &[f64]) {
        self.count += 1;
        self.positions.add(position, self.count);
        self.scores.add(score, self.count);
        if self.count.is_multiple_of(self.stride) {
            self.rows[0].extend_from_slice(position);
            self.rows[1].extend_from_slice(score);
            if self.len() >= FEWEST.max(ROOM / self.dim.max(1)) {
                self.thin();
            }
        }
    }

    /// Drops every other row.
    fn thin(&mut self) {
        let (dim, kept) = (self.dim, self.len() / 2);
        for rows in &mut self.rows {
            (0..kept).for_each(|k| rows.copy_within((2 * k + 1) * dim..(2 * k + 2) * dim, k * dim));
            rows.truncate(kept * dim);
        }
        self.stride *= 2;
    }

    /// Draws kept.
    pub(crate) fn len(&self) -> usize {
        self.rows[0].len() / self.dim.max(1)
    }

    /// A kept draw: position and score.
    pub(crate) fn row(&self, k: usize) -> [&[f64]; 2] {
        [0, 1].map(|which: usize| &self.rows[which][k * self.dim..(k + 1) * self.dim])
    }

    /// The kept draws of several windows, one after another.
    pub(crate) fn joined<'a>(windows: impl IntoIterator<Item = &'a Window>) -> Window {
        let mut windows = windows.into_iter().peekable();
        let mut joined = Window::new(windows.peek().map_or(0, |window| window.dim));
        for window in windows {
            (0..window.len()).map(|k| window.row(k)).for_each(|[position, score]| joined.add(position, score));
        }
        joined
    }

    /// The kept draws of a range, as a window of their own.
    pub(crate) fn part(&self, range: std::ops::Range<usize>) -> Window {
        let mut part = Window::new(self.dim);
        range.map(|k| self.row(k)).for_each(|[position, score]| part.add(position, score));
        part
    }
}

/// Means and sums of squared deviations, coordinate by coordinate (Welford 1962).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Moments {
    pub(crate) mean: Vec<f64>,
    pub(crate) squares: Vec<f64>,
}

impl Moments {
    fn add(&mut self, values: &[f64], count: usize) {
        let weight = 1.0 / count as f64;
        for ((mean, squares), x) in self.mean.iter_mut().zip(&mut self.squares).zip(values) {
            let deviation = x - *mean;
            *mean += weight * deviation;
            *squares += deviation * (x - *mean);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_all_draws() {
        let mut window = Window::new(2);
        for (position, score) in [([1.0, 5.0], [2.0, 0.0]), ([3.0, 5.0], [4.0, 1.0]), ([8.0, 5.0], [0.0, 2.0])] {
            window.add(&position, &score);
        }
        assert_eq!((window.positions.mean[0], window.positions.squares[0]), (4.0, 26.0));
        assert_eq!((window.positions.squares[1], window.scores.squares[0]), (0.0, 8.0));
        assert_eq!(window.row(1), [&[3.0, 5.0][..], &[4.0, 1.0]]);
        assert_eq!(window.part(1..3).positions.mean, [5.5, 5.0]);
    }

    #[test]
    fn a_long_window_keeps_evenly_spaced_draws() {
        let dim = ROOM / FEWEST;
        let (mut window, zeros) = (Window::new(dim), vec![0.0; dim]);
        for k in 1..=100 {
            window.add(&vec![f64::from(k); dim], &zeros);
        }
        let kept: Vec<f64> = (0..window.len()).map(|k| window.row(k)[0][0]).collect();
        assert_eq!(window.count(), 100);
        assert!((FEWEST / 2..FEWEST).contains(&kept.len()), "{kept:?}");
        assert!(kept.windows(2).all(|pair| pair[1] - pair[0] == kept[1] - kept[0]), "{kept:?}");
        assert_eq!(window.positions.mean[0], 50.5);
    }
}
