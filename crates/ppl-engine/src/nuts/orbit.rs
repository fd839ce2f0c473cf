//! The trajectory NUTS grows its tree on: leapfrog steps, or macro steps of several, at either end of what is there.

use ppl_density::LogDensity;

use super::leapfrog::{Motion, Point, leapfrog};
use super::metric::Euclidean;
use super::segment::Segment;
use super::tree::{Direction, Leaf, Trajectory};
use super::walnuts::{self, PROBABILITY_OF_FIRST, Scratch, Stride};
use crate::divergence::Astray;
use crate::error::Fatal;
use crate::rng::{Stream, uniform};
use crate::target::Target;

/// An energy error beyond this is a divergence.
const MAX_ENERGY_ERROR: f64 = 1000.0;

/// The points a trajectory needs at once: both its ends, the two proposals, and the next.
///
/// Roles are numbers of places, so that a new end or proposal costs no copy; one place may have several roles.
pub(crate) type Points = [Point; 5];

/// A trajectory under construction; its buffers are lent by the kernel.
pub(crate) struct Orbit<'a, D> {
    pub(crate) target: &'a mut Target<D>,
    pub(crate) metric: &'a Euclidean,
    pub(crate) step_size: f64,
    /// The buffers of macro steps, if steps are these.
    pub(crate) walnuts: Option<&'a mut Scratch>,
    pub(crate) rng: Stream,
    pub(crate) points: &'a mut Points,
    pub(crate) places: Places,
}

/// Which point plays which role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    /// The backward and the forward end.
    ends: [usize; 2],
    /// The state last reached, and the one before it.
    latest: usize,
    before: usize,
    subtree_proposal: usize,
    proposal: usize,
    /// Whether the proposal is another state than the first, whose place may have been taken by others.
    moved: bool,
    initial_energy: f64,
    /// What the levels of macro steps add to the log weight, at either end.
    log_ratios: [f64; 2],
    /// Sum of |ΔH| over the steps.
    errors: f64,
}

impl Places {
    /// A trajectory of the point at `start` alone.
    pub(crate) fn at(start: usize, points: &Points) -> Self {
        Places {
            ends: [start; 2],
            latest: start,
            before: start,
            subtree_proposal: start,
            proposal: start,
            moved: false,
            initial_energy: points[start].energy,
            log_ratios: [0.0; 2],
            errors: 0.0,
        }
    }

    /// The point the tree has settled on.
    pub(crate) fn selected(&self) -> usize {
        self.proposal
    }

    /// Whether that is not the state the trajectory began at.
    pub(crate) fn moved(&self) -> bool {
        self.moved
    }

    /// The last step and its error, for a trajectory that diverged.
    pub(crate) fn astray<'a>(&self, points: &'a Points) -> Astray<'a> {
        let (start, end) = (&points[self.before], &points[self.latest]);
        Astray { energy_error: end.energy - self.initial_energy, start: &start.position, end: &end.position }
    }

    /// Sum of |ΔH| over the steps.
    pub(crate) fn errors(&self) -> f64 {
        self.errors
    }

    /// A place without a role, found without a branch: four roles leave one of five.
    fn free(&self) -> usize {
        let Places { ends, subtree_proposal, proposal, .. } = self;
        let taken = 1u8 << ends[0] | 1 << ends[1] | 1 << subtree_proposal | 1 << proposal;
        taken.trailing_ones() as usize
    }
}

impl<D: LogDensity> Orbit<'_, D> {
    /// Makes a step from one place to another, and from a motion to another.
    #[inline]
    fn stride(
        &mut self,
        time: f64,
        places: [usize; 2],
        departure: &Motion,
        motion: &mut Motion,
    ) -> Result<Stride, Box<Fatal>> {
        let [from, to] = self.points.get_disjoint_mut(places).expect("a free place is no end");
        let metric = self.metric;
        match self.walnuts.as_deref_mut() {
            None => {
                leapfrog(self.target, metric, time, (from, departure), (to, motion))?;
                Ok(Stride { log_ratio: 0.0, accept: None })
            }
            Some(scratch) => {
                let finer = uniform(&mut self.rng) >= PROBABILITY_OF_FIRST;
                walnuts::stride(self.target, metric, time, (from, departure), (to, motion), scratch, finer)
            }
        }
    }
}

impl<D> Orbit<'_, D> {
    fn happens(&mut self, probability: f64) -> bool {
        probability >= 1.0 || uniform(&mut self.rng) < probability
    }
}

impl<D: LogDensity> Trajectory for Orbit<'_, D> {
    type Segment = Segment;
    type Error = Box<Fatal>;

    fn choose_direction(&mut self) -> Direction {
        match uniform(&mut self.rng) < 0.5 {
            true => Direction::Forward,
            false => Direction::Backward,
        }
    }

    #[inline]
    fn advance(&mut self, direction: Direction, before: &Segment, leaf: &mut Segment) -> Result<Leaf, Box<Fatal>> {
        let step_size = match direction {
            Direction::Forward => self.step_size,
            Direction::Backward => -self.step_size,
        };
        let (end, next) = (self.places.ends[direction as usize], self.places.free());
        let stride = self.stride(step_size, [end, next], before.last(), leaf.restart())?;
        self.places.ends[direction as usize] = next;
        self.places.latest = next;
        self.places.before = end;
        self.places.log_ratios[direction as usize] += stride.log_ratio;
        self.places.errors += (self.points[next].energy - self.points[end].energy).abs();
        let error = self.points[next].energy - self.places.initial_energy;
        Ok(Leaf {
            log_weight: self.places.log_ratios[direction as usize] - error,
            accept: stride.accept,
            divergent: !error.is_finite() || error > MAX_ENERGY_ERROR,
        })
    }

    fn join(&self, earlier: &mut Segment, later: &mut Segment) -> bool {
        earlier.join(later, self.metric.processor)
    }

    fn reverse(&self, segment: &mut Segment) {
        segment.reverse();
    }

    fn propose_leaf(&mut self, probability: f64) {
        if self.happens(probability) {
            self.places.subtree_proposal = self.places.latest;
        }
    }

    fn propose_subtree(&mut self, probability: f64) {
        if self.happens(probability) {
            self.places.proposal = self.places.subtree_proposal;
            self.places.moved = true;
        }
    }
}

#[cfg(test)]
mod tests;
