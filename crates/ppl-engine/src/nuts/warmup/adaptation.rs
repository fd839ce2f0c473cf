//! What NUTS learns in warm-up, from one iteration to the next.

use std::ops::Range;

use super::acceptance::{cautious_target, target_for};
use super::fisher::misfit;
use super::{DualAverage, Leg, Schedule, Turn, Window, learn};
use crate::nuts::metric::Euclidean;
use crate::settings::{Integrator, Metric, Nuts};
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
    pub(super) kind: Metric,
    schedule: Schedule,
    older: Window,
    younger: Window,
    pub(super) step: DualAverage,
    /// The acceptance statistic that was asked for.
    wanted: Option<f64>,
    /// The largest step size that did well in the last search.
    good: f64,
    /// Metrics learned so far.
    metrics: usize,
    /// Whether there are meetings.
    meets: bool,
    /// Iterations so far.
    pub(super) iterations: usize,
    /// The last leg and the present one, between meetings of the chains.
    pub(super) legs: [Leg; 2],
    /// The iteration at which the present leg began.
    leg_begin: usize,
    /// Where a meeting found the chain: chains in the same place have the same metric, and learn it in meetings alone.
    pub(super) place: Option<usize>,
    /// The iteration at which the metric had settled.
    pub(super) settled: Option<usize>,
    /// Whether the chain was moved to another's position at the last meeting.
    moved: bool,
}

impl Adaptation {
    pub(crate) fn new(nuts: &Nuts, warmup: usize, dim: usize, step_size: f64) -> Self {
        Adaptation {
            kind: nuts.metric,
            schedule: Schedule::new(warmup),
            older: Window::new(dim),
            younger: Window::new(dim),
            step: DualAverage::new(nuts.target_accept.unwrap_or(cautious_target()), step_size),
            // Macro steps are halved where the posterior asks for it, whatever its misfit.
            wanted: nuts.target_accept.or((nuts.integrator == Integrator::Walnuts).then(cautious_target)),
            good: step_size,
            metrics: 0,
            meets: nuts.pool,
            iterations: 0,
            legs: [0, 1].map(|_| Leg::new(dim)),
            leg_begin: 0,
            place: None,
            settled: None,
            moved: false,
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

    /// The iterations by whose trajectories leapfrog steps are judged.
    pub(crate) fn trial(&self) -> Range<usize> {
        self.schedule.trial()
    }

    /// The chain goes over to macro steps, the first of this size.
    pub(crate) fn begin_macro_steps(&mut self, step_size: f64) {
        self.wanted = self.wanted.or(Some(cautious_target()));
        self.found(step_size, step_size);
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
        self.iterations = iteration + 1;
        if !self.learns(iteration) {
            return None;
        }
        if stats.accepted && !(stats.divergent && stats.steps <= SHORT_DIVERGENCE) {
            self.keep([position, score], stats.log_density);
        }
        if self.learns_in_meetings() {
            return None;
        }
        match self.schedule.turn(iteration, self.younger.count()) {
            Turn::Switch => self.older = std::mem::replace(&mut self.younger, Window::new(position.len())),
            Turn::Keep if !self.schedule.refreshes(iteration, self.older.count()) => return None,
            Turn::Keep => {}
        }
        let learned = learn(self.kind, &self.older);
        self.metrics += usize::from(learned.is_some());
        if let Some(metric) = &learned
            && !self.schedule.is_early(iteration)
        {
            self.aim(misfit(metric, &self.older).largest);
        }
        learned
    }

    fn keep(&mut self, [position, score]: [&[f64]; 2], log_density: f64) {
        if self.meets {
            self.legs[1].add([position, score], log_density);
        }
        if self.place.is_none() {
            self.older.add(position, score);
            self.younger.add(position, score);
        }
    }

    /// Aims at the acceptance that goes with a misfit, unless one was asked for.
    pub(super) fn aim(&mut self, misfit: f64) {
        self.step.aim(self.wanted.unwrap_or(target_for(misfit)));
    }

    /// Whether the metric is still learned at this iteration.
    pub(super) fn learns(&self, iteration: usize) -> bool {
        !self.schedule.is_late(iteration) && self.settled.is_none()
    }

    /// Whether what is learned from many trajectories is learned in meetings alone.
    pub(crate) fn learns_in_meetings(&self) -> bool {
        self.place.is_some()
    }

    /// Whether the present leg is long enough: legs grow with the warm-up.
    pub(super) fn leg_is_over(&self) -> bool {
        4 * (self.iterations - self.leg_begin) >= self.iterations
    }

    /// The leg that has just ended, or is about to.
    pub(super) fn latest_leg(&self) -> &Leg {
        &self.legs[1]
    }

    /// Ends a leg; its draws count with those of the next where they are of use.
    pub(super) fn close_leg(&mut self, of_use: bool) {
        let dim = self.older.dim();
        let ended = std::mem::replace(&mut self.legs[1], Leg::new(dim));
        self.legs[0] = if of_use { ended } else { Leg::new(dim) };
        self.leg_begin = self.iterations;
    }

    /// Forgets draws from where the chain is no more.
    pub(super) fn is_moved(&mut self) {
        self.legs = [0, 1].map(|_| Leg::new(self.older.dim()));
        self.moved = true;
    }

    /// Whether the chain was moved since this was last asked.
    pub(crate) fn was_moved(&mut self) -> bool {
        std::mem::take(&mut self.moved)
    }

    /// The next step size, given the mean acceptance statistic of a trajectory.
    pub(crate) fn step(&mut self, accept: f64) -> f64 {
        self.step.update(accept)
    }

    /// Forgets all draws, which nothing is learned from any more.
    pub(crate) fn forget_draws(&mut self) {
        [self.older, self.younger] = [0, 1].map(|_| Window::new(0));
        self.legs = [0, 1].map(|_| Leg::new(0));
    }

    /// The step size to sample with. Far out, where chains start, a step that does well is often too long for where they
    /// will be, so without an average it is taken shorter.
    pub(crate) fn final_step(&self) -> f64 {
        self.step.average().unwrap_or(0.5 * self.good)
    }
}
