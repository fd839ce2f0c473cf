//! What NUTS learns in warm-up, from one iteration to the next.

use super::{DualAverage, Schedule, Turn, Window, learn};
use crate::nuts::metric::Euclidean;
use crate::settings::{Metric, Nuts};
use crate::sink::Stats;
use serde::{Deserialize, Serialize};

/// Share of the typical gradient in the scale of a coordinate whose own is near 0.
const SHARE: f64 = 1e-3;
/// Divergences within so few steps say that the step was too long, not where the draws lie.
const SHORT_DIVERGENCE: u32 = 4;
/// Doublings of a trajectory while the first metrics are learned, and in the rest of the early phase.
const FIRST_DEPTHS: [u32; 2] = [5, 6];
/// How many the first metrics are.
const FIRST_METRICS: usize = 4;

/// The metric's windows and the step size.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Adaptation {
    kind: Metric,
    schedule: Schedule,
    older: Window,
    younger: Window,
    step: DualAverage,
    /// The largest step size that did well in the last search.
    good: f64,
    /// Metrics learned so far.
    metrics: usize,
}

impl Adaptation {
    pub(crate) fn new(nuts: &Nuts, warmup: usize, dim: usize, step_size: f64) -> Self {
        Adaptation {
            kind: nuts.metric,
            schedule: Schedule::new(warmup),
            older: Window::new(dim),
            younger: Window::new(dim),
            step: DualAverage::new(nuts.target_accept, step_size),
            good: step_size,
            metrics: 0,
        }
    }

    /// The metric that the first gradient suggests, σ² = 1/|g|, with some of the typical gradient where it is near 0.
    pub(crate) fn first_metric(&self, gradient: &[f64]) -> Euclidean {
        let mut sizes: Vec<f64> = gradient.iter().map(|g| g.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let typical = sizes.get(sizes.len() / 2).copied().unwrap_or(1.0);
        let ratio = |g: &f64| (1.0 - SHARE) * (g.abs() / typical).clamp(1e-8, 1e8) + SHARE;
        let variances = gradient.iter().map(|g| 1.0 / (typical * ratio(g))).collect();
        Euclidean::diagonal(variances).unwrap_or_else(|| Euclidean::identity_diagonal(gradient.len()))
    }

    /// Doublings of a trajectory at most.
    pub(crate) fn depth(&self, iteration: usize) -> u32 {
        match self.schedule.is_early(iteration) {
            true => FIRST_DEPTHS[usize::from(self.metrics >= FIRST_METRICS)],
            false => u32::MAX,
        }
    }

    /// Whether the metric is good enough to judge trajectories by, and still learning.
    pub(crate) fn is_main(&self, iteration: usize) -> bool {
        !self.schedule.is_early(iteration) && !self.schedule.is_late(iteration)
    }

    /// A search has found a step size to begin with, and the largest that did well.
    pub(crate) fn found(&mut self, step_size: f64, good: f64) {
        self.good = good;
        self.step.restart(step_size);
    }

    /// Whether the metric just learned is the first, so that the step size must be searched anew.
    pub(crate) fn wants_search(&self) -> bool {
        self.metrics == 1
    }

    /// Takes a draw, position and score; returns a metric to use from now on, if there is a new one.
    pub(crate) fn learn(
        &mut self,
        iteration: usize,
        [position, score]: [&[f64]; 2],
        stats: Stats,
    ) -> Option<Euclidean> {
        if self.schedule.is_late(iteration) {
            return None;
        }
        if stats.accepted && !(stats.divergent && stats.steps <= SHORT_DIVERGENCE) {
            self.older.add(position, score);
            self.younger.add(position, score);
        }
        match self.schedule.turn(iteration, self.younger.count()) {
            Turn::Switch => self.older = std::mem::replace(&mut self.younger, Window::new(position.len())),
            Turn::Keep if !self.schedule.refreshes(iteration, self.older.count()) => return None,
            Turn::Keep => {}
        }
        let learned = learn(self.kind, &self.older);
        self.metrics += usize::from(learned.is_some());
        learned
    }

    /// The next step size, given the mean acceptance statistic of a trajectory.
    pub(crate) fn step(&mut self, accept: f64) -> f64 {
        self.step.update(accept)
    }

    /// The step size to sample with.
    pub(crate) fn final_step(&self) -> f64 {
        self.step.average().unwrap_or(self.good)
    }
}
