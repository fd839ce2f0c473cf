//! The differential slice move (Karamanis and Beutler 2021): a slice (Neal 2003) along the difference of two walkers.

use serde::{Deserialize, Serialize};

use super::complement::Complement;
use crate::rng::{Stream, below, uniform};
use crate::sink::Stats;

/// Lengths of the first interval that stepping out may add, on both sides together.
const MOST_EXPANSIONS: usize = 1000;
/// Shrinking steps after which the interval is as good as a point.
const MOST_CONTRACTIONS: u32 = 200;

/// The length of the first interval, in differences of walkers, and how it has been tuned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Length {
    /// μ of the paper.
    pub(super) scale: f64,
    tunings: u32,
}

impl Length {
    pub(super) const START: Length = Length { scale: 1.0, tunings: 0 };

    /// μ ← μ · 2e / (e + c) (equation 8 of the paper), raised to a power that falls once μ is roughly right, so that it
    /// settles where a step expands as often as it contracts.
    pub(super) fn tune(&mut self, expansions: u64, contractions: u64) {
        self.tunings += 1;
        let weight = (10.0 / f64::from(self.tunings)).powf(2.0 / 3.0).min(1.0);
        let expanded = expansions.max(1) as f64;
        let ratio = 2.0 * expanded / (expanded + contractions as f64);
        let scale = self.scale * ratio.powf(weight);
        if (1e-100..1e100).contains(&scale) {
            self.scale = scale;
        }
    }
}

/// The search of one walker for its next position on the line x + t η, with η = 2μ (c₁ − c₂).
///
/// The walkers of a group search at the same time, an evaluation each at a time: [`Search::point`] says where,
/// [`Search::hear`] is told the value.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// Place of the walker in its group.
    pub(super) place: usize,
    /// Numbers of c₁ and c₂ in the complement.
    ends: [usize; 2],
    floor: f64,
    low: f64,
    high: f64,
    /// Steps outwards that are left on each side.
    budget: [usize; 2],
    phase: Phase,
    t: f64,
    /// Whether the position at t is one at all.
    finite: bool,
    pub(super) expansions: u32,
    pub(super) contractions: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Left,
    Right,
    Inside,
    /// At t, with this log density; or nowhere, if there is none.
    Over(Option<f64>),
}

impl Search {
    pub(super) fn new(place: usize, stats: Stats, others: &Complement, rng: &mut Stream) -> Search {
        let ends = others.pair_of_numbers(rng);
        let floor = stats.log_density + (1.0 - uniform(rng)).ln();
        let low = -uniform(rng);
        // A limit divided at random keeps the move reversible (Neal 2003, figure 3).
        let left = below(rng, MOST_EXPANSIONS);
        let distinct = others.walker(ends[0]) != others.walker(ends[1]);
        let mut search = Search {
            place,
            ends,
            floor,
            low,
            high: low + 1.0,
            budget: [left, MOST_EXPANSIONS - 1 - left],
            phase: if distinct { Phase::Left } else { Phase::Over(None) },
            t: 0.0,
            finite: true,
            expansions: 0,
            contractions: 0,
        };
        search.aim(rng);
        search
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over(_))
    }

    /// The log density where the search ended, if it found a position.
    pub(super) fn found(&self) -> Option<f64> {
        if let Phase::Over(found) = self.phase { found } else { None }
    }

    /// Writes the position to evaluate next, or that where the search ended.
    pub(super) fn point(&mut self, origin: &[f64], others: &Complement, scale: f64, point: &mut [f64]) {
        let [a, b] = self.ends.map(|end| others.walker(end));
        for (((q, x), a), b) in point.iter_mut().zip(origin).zip(a).zip(b) {
            *q = x + self.t * 2.0 * scale * (a - b);
        }
        self.finite = point.iter().all(|q| q.is_finite());
        if !self.finite {
            point.copy_from_slice(origin);
        }
    }

    /// Takes the log density at the point, and aims at the next.
    pub(super) fn hear(&mut self, value: f64, rng: &mut Stream) {
        let inside = self.finite && value >= self.floor;
        match self.phase {
            Phase::Left => self.widen(0, inside),
            Phase::Right => self.widen(1, inside),
            Phase::Inside if inside => self.phase = Phase::Over(Some(value)),
            Phase::Inside => self.shrink(),
            Phase::Over(_) => {}
        }
        self.aim(rng);
    }

    fn widen(&mut self, side: usize, inside: bool) {
        if !inside {
            self.budget[side] = 0;
            return;
        }
        self.budget[side] -= 1;
        self.expansions += 1;
        *[&mut self.low, &mut self.high][side] += [-1.0, 1.0][side];
    }

    fn shrink(&mut self) {
        *if self.t < 0.0 { &mut self.low } else { &mut self.high } = self.t;
        self.contractions += 1;
        if self.contractions == MOST_CONTRACTIONS {
            self.phase = Phase::Over(None);
        }
    }

    /// Chooses the next t.
    fn aim(&mut self, rng: &mut Stream) {
        if self.phase == Phase::Left && self.budget[0] == 0 {
            self.phase = Phase::Right;
        }
        if self.phase == Phase::Right && self.budget[1] == 0 {
            self.phase = Phase::Inside;
        }
        match self.phase {
            Phase::Left => self.t = self.low,
            Phase::Right => self.t = self.high,
            Phase::Inside => self.t = self.low + (self.high - self.low) * uniform(rng),
            Phase::Over(_) => {}
        }
    }
}
