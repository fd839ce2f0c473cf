//! The differential slice move (Karamanis and Beutler 2021): a slice (Neal 2003) along the difference of two walkers.

use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use super::complement::Complement;
use super::group::Fate;
use crate::error::ChainError;
use crate::rng::{Stream, below, uniform};
use crate::sink::Stats;
use crate::target::Target;

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

/// The line through a walker along the difference of two others.
struct Line<'a, D> {
    origin: &'a [f64],
    ends: [&'a [f64]; 2],
    length: f64,
    target: &'a mut Target<D>,
}

impl<D: LogDensity> Line<'_, D> {
    /// The log density at x + t η, a position that is written to `point`.
    fn at(&mut self, t: f64, point: &mut [f64]) -> Result<f64, ChainError> {
        let [a, b] = self.ends;
        for (((q, x), a), b) in point.iter_mut().zip(self.origin).zip(a).zip(b) {
            *q = x + t * self.length * (a - b);
        }
        match point.iter().all(|q| q.is_finite()) {
            true => Ok(self.target.log_density(point)?),
            false => Ok(f64::NEG_INFINITY),
        }
    }

    /// Steps from `end` by `by` while the density is not below `floor`, `most` times at most; returns the new end and
    /// the number of steps.
    fn step_out(
        &mut self,
        (mut end, by): (f64, f64),
        floor: f64,
        most: usize,
        point: &mut [f64],
    ) -> Result<(f64, u32), ChainError> {
        let mut steps = 0;
        while (steps as usize) < most && self.at(end, point)? >= floor {
            end += by;
            steps += 1;
        }
        Ok((end, steps))
    }
}

/// Draws from the slice through `current` along η = 2μ (c₁ − c₂); the new position is left in `point`.
pub(super) fn step<D: LogDensity>(
    current: &[f64],
    stats: Stats,
    others: &Complement,
    scale: f64,
    target: &mut Target<D>,
    rng: &mut Stream,
    point: &mut [f64],
) -> Result<Fate, ChainError> {
    let ends = others.pair(rng);
    if ends[0] == ends[1] {
        return Ok(Fate::stay(stats));
    }
    let mut line = Line { origin: current, ends, length: 2.0 * scale, target };
    let floor = stats.log_density + (1.0 - uniform(rng)).ln();
    let low = -uniform(rng);
    // A limit divided at random keeps the move reversible (Neal 2003, figure 3).
    let left = below(rng, MOST_EXPANSIONS);
    let (mut low, expanded_left) = line.step_out((low, -1.0), floor, left, point)?;
    let high = low + f64::from(expanded_left) + 1.0;
    let (mut high, expanded_right) = line.step_out((high, 1.0), floor, MOST_EXPANSIONS - 1 - left, point)?;
    let mut contractions = 0;
    loop {
        let t = low + (high - low) * uniform(rng);
        let log_density = line.at(t, point)?;
        if log_density >= floor {
            let stats = Stats { log_density, accept: 1.0, accepted: true, ..stats };
            return Ok(Fate { stats, expansions: expanded_left + expanded_right, contractions });
        }
        *if t < 0.0 { &mut low } else { &mut high } = t;
        contractions += 1;
        if contractions == MOST_CONTRACTIONS {
            return Ok(Fate::stay(stats));
        }
    }
}
