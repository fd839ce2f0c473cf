//! The trajectory NUTS grows its tree on: leapfrog steps of a Hamiltonian system, and the U-turn tests.

use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use super::metric::Euclidean;
use super::product::product_with_sum;
use super::tree::{Direction, Leaf, Trajectory};
use crate::error::Fatal;
use crate::rng::{Stream, uniform};
use crate::target::Target;

/// An energy error beyond this is a divergence.
const MAX_ENERGY_ERROR: f64 = 1000.0;

/// A position with its log density and gradient, and the energy of the state it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) position: Vec<f64>,
    pub(crate) gradient: Vec<f64>,
    pub(crate) log_density: f64,
    pub(crate) energy: f64,
}

impl Point {
    pub(crate) fn new(dim: usize) -> Self {
        Point { position: vec![0.0; dim], gradient: vec![0.0; dim], log_density: f64::NAN, energy: f64::NAN }
    }
}

/// The points a trajectory needs at once: both its ends, the two proposals, and the next.
///
/// Roles are numbers of places, so that a new end or proposal costs no copy; one place may have several roles.
pub(crate) type Points = [Point; 5];

/// One leapfrog step between two points: half a kick, a drift, half a kick. The motion there goes to `there`, and the
/// momentum is carried along.
#[inline]
pub(crate) fn leapfrog<D: LogDensity>(
    target: &mut Target<D>,
    metric: &mut Euclidean,
    step_size: f64,
    [from, to]: [&mut Point; 2],
    momentum: &mut [f64],
    there: &mut Motion,
) -> Result<(), Box<Fatal>> {
    let half = 0.5 * step_size;
    metric.kick_and_drift(half, step_size, from, momentum, &mut to.position);
    to.log_density = target.log_density_and_gradient(&to.position, &mut to.gradient)?;
    to.energy = metric.kick_and_measure(half, &to.gradient, momentum, there) - to.log_density;
    Ok(())
}

/// Momentum and velocity at one end of a segment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Motion {
    pub(crate) momentum: Vec<f64>,
    pub(crate) velocity: Vec<f64>,
}

impl Motion {
    pub(crate) fn new(dim: usize) -> Self {
        Motion { momentum: vec![0.0; dim], velocity: vec![0.0; dim] }
    }
}

/// Consecutive states: the motion at both ends and the sum of the momenta.
///
/// Of a single state only `first` is kept; it is then the last state too, and its momentum the sum.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) single: bool,
    pub(crate) first: Motion,
    last: Motion,
    sum: Vec<f64>,
}

impl Segment {
    pub(crate) fn new(dim: usize) -> Self {
        let motion = || Motion::new(dim);
        Segment { single: true, first: motion(), last: motion(), sum: vec![0.0; dim] }
    }

    fn last(&self) -> &Motion {
        if self.single { &self.first } else { &self.last }
    }

    fn sum(&self) -> &[f64] {
        if self.single { &self.first.momentum } else { &self.sum }
    }

    /// Whether the states of `self` and then of `later` keep going apart.
    ///
    /// Three tests, each that the velocities at both ends of a stretch have positive product with the sum of its
    /// momenta: the whole; the first part with the first state of the later; the last state of the first part with the
    /// later. Without the last two, near periodic orbits are missed.
    fn keeps_going(&self, later: &Segment) -> bool {
        let (before, after) = (self.last(), &later.first);
        let (begin, end) = (&self.first.velocity, &later.last().velocity);
        let (earlier_sum, later_sum) = (self.sum(), later.sum());
        // Of two single states all three tests are the same.
        apart(begin, end, earlier_sum, later_sum)
            && (self.single && later.single
                || apart(begin, &after.velocity, earlier_sum, &after.momentum)
                    && apart(&before.velocity, end, &before.momentum, later_sum))
    }

    /// Appends `later`, whose buffers are used up.
    fn append(&mut self, later: &mut Segment) {
        match self.single {
            true => add_into(&self.first.momentum, later.sum(), &mut self.sum),
            false => self.sum.iter_mut().zip(later.sum()).for_each(|(sum, p)| *sum += p),
        }
        let last = if later.single { &mut later.first } else { &mut later.last };
        std::mem::swap(&mut self.last, last);
        self.single = false;
    }
}

/// Whether both velocities have a positive product with the sum of the momenta a and b.
fn apart(begin: &[f64], end: &[f64], a: &[f64], b: &[f64]) -> bool {
    product_with_sum(begin, a, b) > 0.0 && product_with_sum(end, a, b) > 0.0
}

fn add_into(a: &[f64], b: &[f64], sum: &mut [f64]) {
    sum.iter_mut().zip(a).zip(b).for_each(|((sum, a), b)| *sum = a + b);
}

/// A trajectory under construction; its buffers are lent by the kernel.
pub(crate) struct Orbit<'a, D> {
    pub(crate) target: &'a mut Target<D>,
    pub(crate) metric: &'a mut Euclidean,
    pub(crate) step_size: f64,
    pub(crate) rng: Stream,
    pub(crate) points: &'a mut Points,
    /// Momenta at the backward and the forward end.
    pub(crate) momenta: &'a mut [Vec<f64>; 2],
    pub(crate) places: Places,
}

/// Which point plays which role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    /// The backward and the forward end.
    ends: [usize; 2],
    latest: usize,
    subtree_proposal: usize,
    proposal: usize,
    /// Whether the proposal is another state than the first, whose place may have been taken by others.
    moved: bool,
    initial_energy: f64,
}

impl Places {
    /// A trajectory of the point at `start` alone.
    pub(crate) fn at(start: usize, points: &Points) -> Self {
        Places {
            ends: [start; 2],
            latest: start,
            subtree_proposal: start,
            proposal: start,
            moved: false,
            initial_energy: points[start].energy,
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

    /// A place without a role, found without a branch: four roles leave one of five.
    fn free(&self) -> usize {
        let Places { ends, subtree_proposal, proposal, .. } = self;
        let taken = 1u8 << ends[0] | 1 << ends[1] | 1 << subtree_proposal | 1 << proposal;
        taken.trailing_ones() as usize
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
    fn advance(&mut self, direction: Direction, leaf: &mut Segment) -> Result<Leaf, Box<Fatal>> {
        let step_size = match direction {
            Direction::Forward => self.step_size,
            Direction::Backward => -self.step_size,
        };
        let (end, next) = (self.places.ends[direction as usize], self.places.free());
        let pair = self.points.get_disjoint_mut([end, next]).expect("a free place is no end");
        let momentum = &mut self.momenta[direction as usize];
        leapfrog(self.target, self.metric, step_size, pair, momentum, &mut leaf.first)?;
        leaf.single = true;
        self.places.ends[direction as usize] = next;
        self.places.latest = next;
        let error = self.points[next].energy - self.places.initial_energy;
        Ok(Leaf { log_weight: -error, divergent: !error.is_finite() || error > MAX_ENERGY_ERROR })
    }

    fn join(&self, earlier: &mut Segment, later: &mut Segment) -> bool {
        let goes_on = earlier.keeps_going(later);
        earlier.append(later);
        goes_on
    }

    fn reverse(&self, segment: &mut Segment) {
        if !segment.single {
            std::mem::swap(&mut segment.first, &mut segment.last);
        }
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
