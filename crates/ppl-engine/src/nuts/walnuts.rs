//! Macro steps that are as fine as where they are asks for: WALNUTS (Bou-Rabee, Carpenter, Kleppe and Liu 2025), the
//! randomised variant.
//!
//! A macro step goes a fixed time in 2^ℓ leapfrog steps. The *first* level is the smallest ℓ whose energies stay within a
//! tolerance of each other; the level is drawn from the first and the next. On the way back from where it ends the first
//! level may be another: what drawing the same level has for probability there, over the probability here, goes into the
//! weight of the state reached, so that the tree above samples exactly.

use ppl_density::LogDensity;

use super::leapfrog::{Motion, Point, leapfrog};
use super::metric::Euclidean;
use crate::error::Fatal;
use crate::target::Target;

/// The largest range of energies over a macro step.
const TOLERANCE: f64 = 0.8;
/// The finest level whose energies are looked at; beyond it there is no choice.
const FINEST: u32 = 8;
/// Probability of the first level; that of the next is the rest.
pub(super) const PROBABILITY_OF_FIRST: f64 = 0.9;

/// What energies did over a macro step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Energies {
    /// They stayed within the tolerance.
    Within,
    /// They did not.
    Beyond,
    /// One is not a finite number, where the way ends.
    Lost,
}

/// A macro step as its levels see it.
pub(super) trait Levels {
    /// Why the density cannot be evaluated any more.
    type Error;

    /// The finest level that is looked at.
    fn finest(&self) -> u32;

    /// Goes the way at this level. Unless it must arrive, it may give up where energies leave the tolerance.
    fn go(&mut self, level: u32, must_arrive: bool) -> Result<Energies, Self::Error>;

    /// Goes back at this level from where [`Self::go`] has arrived, for the energies alone.
    fn go_back(&mut self, level: u32) -> Result<Energies, Self::Error>;
}

/// Makes a macro step, at the first level or, if `finer`, the next; returns ln p(back) − ln p(there) of the level,
/// which is −∞ where the way back would never be at this level.
pub(super) fn macro_step<L: Levels>(levels: &mut L, finer: bool) -> Result<f64, L::Error> {
    let finest = levels.finest();
    let first = first_level(finest + 1, |level| levels.go(level, false))?;
    let level = first + u32::from(finer);
    let mut energies = Energies::Within;
    if finer || first > finest {
        energies = levels.go(level, true)?;
    }
    if energies == Energies::Lost {
        return Ok(f64::NEG_INFINITY);
    }
    let coarser = first_level(level.min(finest + 1), |level| levels.go_back(level))?;
    // At its own level the way back has the energies of the way there.
    let first_back =
        if coarser == level && level <= finest && energies == Energies::Beyond { level + 1 } else { coarser };
    Ok(log_probability(level, first_back) - log_probability(level, first))
}

/// The first level below `end` whose energies stay within the tolerance, or `end`.
fn first_level<E>(end: u32, mut energies: impl FnMut(u32) -> Result<Energies, E>) -> Result<u32, E> {
    for level in 0..end {
        if energies(level)? == Energies::Within {
            return Ok(level);
        }
    }
    Ok(end)
}

/// Log probability of drawing a level, given the first.
fn log_probability(level: u32, first: u32) -> f64 {
    match level.checked_sub(first) {
        Some(0) => PROBABILITY_OF_FIRST.ln(),
        Some(1) => (1.0 - PROBABILITY_OF_FIRST).ln(),
        _ => f64::NEG_INFINITY,
    }
}

/// What a step from one state of a trajectory to the next comes with.
pub(super) struct Stride {
    /// What goes into the log weight beside the energy.
    pub(super) log_ratio: f64,
    /// The acceptance statistic, by which the step size is tuned, if it is not that of Metropolis.
    pub(super) accept: Option<f64>,
}

/// The buffers of a macro step.
#[derive(Clone, Debug)]
pub(crate) struct Scratch {
    points: [Point; 2],
    motions: [Motion; 2],
    /// The finest level that is looked at.
    pub(super) finest: u32,
}

impl Scratch {
    pub(crate) fn new(dim: usize) -> Self {
        let (points, motions) = ([(); 2].map(|()| Point::new(dim)), [(); 2].map(|()| Motion::new(dim)));
        Scratch { points, motions, finest: FINEST }
    }
}

/// Makes a macro step from a point and its motion to others; `time` is negative on a backward step.
///
/// The acceptance statistic is exp(−|ΔH|) of the way in a single leapfrog step: what is finer hardly depends on the time.
pub(super) fn stride<D: LogDensity>(
    target: &mut Target<D>,
    metric: &Euclidean,
    time: f64,
    from: (&Point, &Motion),
    to: (&mut Point, &mut Motion),
    scratch: &mut Scratch,
    finer: bool,
) -> Result<Stride, Box<Fatal>> {
    let mut step = MacroStep { target, metric, time, from, to, scratch, accept: 0.0 };
    let log_ratio = macro_step(&mut step, finer)?;
    Ok(Stride { log_ratio, accept: Some(step.accept) })
}

/// A macro step from a point and its motion to others.
struct MacroStep<'a, D> {
    target: &'a mut Target<D>,
    metric: &'a Euclidean,
    time: f64,
    from: (&'a Point, &'a Motion),
    to: (&'a mut Point, &'a mut Motion),
    scratch: &'a mut Scratch,
    accept: f64,
}

impl<D: LogDensity> Levels for MacroStep<'_, D> {
    type Error = Box<Fatal>;

    fn finest(&self) -> u32 {
        self.scratch.finest
    }

    fn go(&mut self, level: u32, must_arrive: bool) -> Result<Energies, Box<Fatal>> {
        let Scratch { points: [point, _], motions: [motion, _], .. } = &mut *self.scratch;
        let way = Way { target: self.target, metric: self.metric, time: self.time, level };
        let energies = way.go(self.from, (self.to.0, self.to.1), (point, motion), must_arrive)?;
        if level == 0 {
            let error = (self.to.0.energy - self.from.0.energy).abs();
            self.accept = if error.is_finite() { (-error).exp() } else { 0.0 };
        }
        Ok(energies)
    }

    fn go_back(&mut self, level: u32) -> Result<Energies, Box<Fatal>> {
        let Scratch { points: [here, spare], motions: [motion, spare_motion], .. } = &mut *self.scratch;
        let way = Way { target: self.target, metric: self.metric, time: -self.time, level };
        way.go((self.to.0, self.to.1), (here, motion), (spare, spare_motion), false)
    }
}

/// The way at one level, there or back.
struct Way<'a, D> {
    target: &'a mut Target<D>,
    metric: &'a Euclidean,
    time: f64,
    level: u32,
}

impl<D: LogDensity> Way<'_, D> {
    /// Goes the way, so that `here` and its motion are where it ends.
    fn go(
        self,
        from: (&Point, &Motion),
        (here, motion): (&mut Point, &mut Motion),
        (spare, spare_motion): (&mut Point, &mut Motion),
        must_arrive: bool,
    ) -> Result<Energies, Box<Fatal>> {
        let steps = 1u32 << self.level;
        let step_size = self.time / f64::from(steps);
        let (mut least, mut most) = (from.0.energy, from.0.energy);
        for step in 0..steps {
            match step {
                0 => leapfrog(self.target, self.metric, step_size, from, (here, motion))?,
                _ => {
                    std::mem::swap(here, spare);
                    std::mem::swap(motion, spare_motion);
                    leapfrog(self.target, self.metric, step_size, (spare, spare_motion), (here, motion))?;
                }
            }
            if !here.energy.is_finite() {
                return Ok(Energies::Lost);
            }
            (least, most) = (least.min(here.energy), most.max(here.energy));
            if most - least > TOLERANCE && !must_arrive {
                return Ok(Energies::Beyond);
            }
        }
        Ok(if most - least > TOLERANCE { Energies::Beyond } else { Energies::Within })
    }
}

#[cfg(test)]
mod tests;
