//! Starting points: given values, chance, smaller and smaller boxes, the prior, a climb. The first that works is taken,
//! not the best of many, so that chains stay dispersed.

mod chances;
mod report;

use ppl_density::LogDensity;

use crate::error::{ChainError, Fatal, InitFailure};
use crate::rng::{Purpose, Stream, Streams, uniform};
use crate::target::{Judged, Target, fatal, guard};
use chances::Chances;
use report::{Verdict, judge};

/// Tries in the box of the starting radius.
const TRIES: usize = 100;
/// Tries in each smaller box, and from the prior.
const FURTHER_TRIES: usize = 25;
/// Steps of the climb.
const CLIMB: usize = 50;
/// Half-width of the box around given values in which the walkers of an ensemble start.
const SPREAD: f64 = 0.1;

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// Half-width of the first box.
    pub(crate) radius: f64,
    /// Whether the gradient must be finite and not zero.
    pub(crate) gradient: bool,
    /// Whether the point is one of many that must differ.
    pub(crate) walker: Option<usize>,
}

/// Finds a starting point, as near to `given` as `wanted` says.
pub(crate) fn find<D: LogDensity>(
    target: &mut Target<D>,
    streams: &Streams,
    given: &[Option<f64>],
    wanted: Wanted,
) -> Result<Vec<f64>, ChainError> {
    let walker = wanted.walker.unwrap_or(0);
    let search = Search {
        rng: streams.open(Purpose::Init, walker),
        chances: Chances::new(streams, walker),
        given: given.iter().map(|value| value.filter(|v| !v.is_nan())).collect(),
        wanted,
        position: vec![0.0; given.len()],
        gradient: vec![0.0; given.len()],
        best: None,
        failure: InitFailure::default(),
        target,
    };
    search.run()
}

struct Search<'a, D> {
    target: &'a mut Target<D>,
    rng: Stream,
    chances: Chances,
    given: Vec<Option<f64>>,
    wanted: Wanted,
    position: Vec<f64>,
    gradient: Vec<f64>,
    /// The position with the largest finite log density among those that failed.
    best: Option<(f64, Vec<f64>)>,
    failure: InitFailure,
}

impl<D: LogDensity> Search<'_, D> {
    fn run(mut self) -> Result<Vec<f64>, ChainError> {
        self.failure.all_given = self.wanted.walker.is_none() && self.given.iter().all(Option::is_some);
        let found = match self.failure.all_given {
            true => self.in_box(0.0, 1)?,
            false => self.in_boxes()? || self.in_prior()? || self.climb()?,
        };
        match found {
            true => Ok(self.position),
            false => Err(ChainError::Initialisation(Box::new(self.failure))),
        }
    }

    fn in_boxes(&mut self) -> Result<bool, Box<Fatal>> {
        let radius = self.wanted.radius;
        // Walkers must differ, so their last box is not a point.
        let (last, tries) = if self.wanted.walker.is_some() { (SPREAD, FURTHER_TRIES) } else { (0.0, 1) };
        let smaller = [1.0, 0.5, 0.25].into_iter().filter(|&r| r < radius).map(|r| (r, FURTHER_TRIES));
        let boxes: Vec<_> = [(radius, TRIES)].into_iter().chain(smaller).chain([(last, tries)]).collect();
        for (radius, tries) in boxes {
            if self.in_box(radius, tries)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn in_box(&mut self, radius: f64, tries: usize) -> Result<bool, Box<Fatal>> {
        for _ in 0..tries {
            for at in 0..self.position.len() {
                let chance = self.chances.next();
                self.position[at] = self.around_given(at, chance).unwrap_or(radius * chance);
            }
            if self.works()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn around_given(&self, at: usize, chance: f64) -> Option<f64> {
        let spread = if self.wanted.walker.is_some() { SPREAD } else { 0.0 };
        self.given[at].map(|value| value + spread * chance)
    }

    fn in_prior(&mut self) -> Result<bool, Box<Fatal>> {
        for _ in 0..FURTHER_TRIES {
            if !self.draw_prior()? {
                return Ok(false);
            }
            for at in 0..self.position.len() {
                let chance = 2.0 * uniform(&mut self.rng) - 1.0;
                self.position[at] = self.around_given(at, chance).unwrap_or(self.position[at]);
            }
            if self.works()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn draw_prior(&mut self) -> Result<bool, Box<Fatal>> {
        let Search { target, rng, position, .. } = self;
        let drawn = guard(|| Ok(target.density().draw_prior(&mut || uniform(rng), position)));
        drawn.map_err(|fault| fatal(fault.to_string(), &[]))
    }

    /// Climbs from the best point found, along the finite components of its gradient with halved or doubled steps,
    /// until a point works.
    fn climb(&mut self) -> Result<bool, Box<Fatal>> {
        let (true, Some((mut height, mut from))) = (self.wanted.gradient, self.best.take()) else {
            return Ok(false);
        };
        let mut step = 0.1;
        for _ in 0..CLIMB {
            let direction = self.ascent(&from)?;
            let to = from.iter().zip(&direction).map(|(q, g)| q + step * g);
            self.position = to.collect();
            if self.works()? {
                return Ok(true);
            }
            match self.best.take() {
                Some((higher, to)) if higher > height => {
                    (height, from) = (higher, to);
                    step *= 2.0;
                }
                _ => step *= 0.5,
            }
        }
        Ok(false)
    }

    /// A unit vector along the finite components of the gradient at `from`, or a random one where there are none.
    fn ascent(&mut self, from: &[f64]) -> Result<Vec<f64>, Box<Fatal>> {
        // A rejection here has been counted when the point was tried.
        let _ = self.target.judge(from, Some(&mut self.gradient))?;
        let finite = |g: &f64| if g.is_finite() { *g } else { 0.0 };
        let mut direction: Vec<f64> = self.gradient.iter().map(finite).collect();
        if direction.iter().all(|g| *g == 0.0) {
            direction.iter_mut().for_each(|g| *g = 2.0 * uniform(&mut self.rng) - 1.0);
        }
        for (component, given) in direction.iter_mut().zip(&self.given) {
            *component = if given.is_some() { 0.0 } else { *component };
        }
        let norm = direction.iter().map(|g| g * g).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        direction.iter_mut().for_each(|g| *g /= norm);
        Ok(direction)
    }

    /// Tries the current position, and notes why it fails.
    fn works(&mut self) -> Result<bool, Box<Fatal>> {
        let gradient = self.wanted.gradient.then_some(&mut self.gradient[..]);
        let judged = self.target.judge(&self.position, gradient)?;
        let components = if self.wanted.gradient { &self.gradient[..] } else { &[] };
        let verdict = judge(&judged, components, self.failure.all_given);
        self.failure.note(&verdict);
        match verdict {
            Verdict::Works => return Ok(true),
            Verdict::Outside | Verdict::Nan => self.blame_terms()?,
            Verdict::GradientNotFinite => {
                self.blame_slopes()?;
                self.keep_best(judged);
            }
            Verdict::GradientZero => self.keep_best(judged),
            Verdict::Rejected(_) => {}
        }
        Ok(false)
    }

    fn blame_terms(&mut self) -> Result<(), Box<Fatal>> {
        let Search { target, position, .. } = self;
        let terms = guard(|| Ok(target.density().terms(position)));
        self.failure.blame(terms.map_err(|fault| fatal(fault.to_string(), position))?);
        Ok(())
    }

    fn blame_slopes(&mut self) -> Result<(), Box<Fatal>> {
        let Search { target, position, .. } = self;
        let slopes = guard(|| Ok(target.density().slopes(position)));
        self.failure.blame_slopes(slopes.map_err(|fault| fatal(fault.to_string(), position))?);
        Ok(())
    }

    fn keep_best(&mut self, judged: Judged) {
        let value = judged.unwrap_or(f64::NEG_INFINITY);
        if self.best.as_ref().is_none_or(|(best, _)| value > *best) {
            self.best = Some((value, self.position.clone()));
        }
    }
}

#[cfg(test)]
mod tests;
