//! The affine-invariant ensemble sampler (Goodman and Weare 2010; Foreman-Mackey and others 2013).
//!
//! Each iteration shuffles the walkers into groups. A group moves while the others stand still, so that each of its
//! walkers takes a Metropolis step whose proposal may depend on the others' positions.

mod complement;
mod differential;
mod gaussian;
mod group;
mod kde;
mod side;
mod slice;
mod snooker;
mod stretch;
mod walk;

use nalgebra::DMatrix;
use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use crate::error::ChainError;
use crate::init::{Wanted, find};
use crate::kernel::Kernel;
use crate::moves::Move;
use crate::rng::{Purpose, Stream, Streams, below, weighted};
use crate::settings::Ensemble;
use crate::sink::{Adapted, InverseMetric, Stats};
use crate::target::Target;
use complement::Complement;
use group::{Group, Steps};
use kde::Estimate;
use slice::Length;

/// Walkers with a larger condition number do not span the space.
const MAX_CONDITION: f64 = 1e8;

/// The walkers with their log densities, and the buffers of a move.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Walkers {
    state: State,
    dim: usize,
    moves: Vec<(Move, f64)>,
    #[serde(skip)]
    order: Vec<usize>,
    #[serde(skip)]
    estimate: Estimate,
    #[serde(skip)]
    steps: Steps,
}

/// What an iteration starts from.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct State {
    positions: Vec<f64>,
    stats: Vec<Stats>,
    length: Length,
    /// Steps outwards and inwards of the slices of the last iteration.
    expansions: u64,
    contractions: u64,
}

impl Walkers {
    pub(crate) fn start<D: LogDensity>(
        ensemble: &Ensemble,
        target: &mut Target<D>,
        streams: &Streams,
        given: &[Option<f64>],
        radius: f64,
    ) -> Result<Self, ChainError> {
        let mut positions = Vec::new();
        for walker in 0..ensemble.walkers(given.len()) {
            let wanted = Wanted { radius, gradient: false, walker: Some(walker) };
            positions.extend(find(target, streams, given, wanted)?);
        }
        check_spread(&positions, given.len())?;
        Walkers::at(positions, given.len(), ensemble.moves.clone(), target)
    }

    /// Walkers at `positions`, one after another.
    pub(crate) fn at<D: LogDensity>(
        positions: Vec<f64>,
        dim: usize,
        moves: Vec<(Move, f64)>,
        target: &mut Target<D>,
    ) -> Result<Self, ChainError> {
        let mut stats = Vec::new();
        for position in positions.chunks_exact(dim) {
            let log_density = target.log_density(position)?;
            stats.push(Stats { log_density, ..Stats::default() });
        }
        let state = State { positions, stats, length: Length::START, expansions: 0, contractions: 0 };
        Ok(Walkers { state, dim, moves, order: Vec::new(), estimate: Estimate::default(), steps: Steps::default() })
    }

    /// Length of a position.
    pub(crate) fn dim(&self) -> usize {
        self.dim
    }

    /// A random order, which does not depend on the one before.
    fn shuffle(&mut self, rng: &mut Stream) {
        self.order.clear();
        self.order.extend(0..self.state.stats.len());
        for at in (1..self.order.len()).rev() {
            self.order.swap(at, below(rng, at + 1));
        }
    }

    /// One step of the walkers of group `moving`, given the groups that stand still.
    fn move_group<D: LogDensity>(
        &mut self,
        (kind, moving): (Move, usize),
        target: &mut Target<D>,
        rng: &mut Stream,
        iteration: usize,
    ) -> Result<(), ChainError> {
        let (State { positions, stats, length, .. }, dim) = (&self.state, self.dim);
        let others = Complement::new(positions, dim, &self.order, kind.groups(), moving);
        let members = &self.order[complement::members(moving, kind.groups(), self.order.len())];
        if kind == Move::Kde {
            let movers = members.iter().map(|walker| &positions[walker * dim..(walker + 1) * dim]);
            self.estimate.fit(&others, movers, dim);
        }
        let estimate = &self.estimate;
        let group = Group { kind, iteration, members, positions, stats, others, estimate, scale: length.scale };
        group.step(target, rng, &mut self.steps)?;
        self.settle((kind, moving));
        Ok(())
    }

    /// Moves the walkers of a group to where they go.
    fn settle(&mut self, (kind, moving): (Move, usize)) {
        let members = complement::members(moving, kind.groups(), self.order.len());
        let results = self.steps.fates.iter().zip(self.steps.proposals.chunks_exact(self.dim));
        for (&walker, (fate, proposal)) in self.order[members].iter().zip(results) {
            self.state.expansions += u64::from(fate.expansions);
            self.state.contractions += u64::from(fate.contractions);
            let stats = &mut self.state.stats[walker];
            (stats.accept, stats.accepted) = (fate.accept, fate.accepted);
            if fate.accepted {
                stats.log_density = fate.log_density;
                self.state.positions[walker * self.dim..(walker + 1) * self.dim].copy_from_slice(proposal);
            }
        }
    }
}

impl<D: LogDensity> Kernel<D> for Walkers {
    fn step(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError> {
        let mut rng = streams.open(Purpose::Proposal, iteration);
        let (kind, _) = self.moves[weighted(&mut rng, &self.moves)];
        self.shuffle(&mut rng);
        (self.state.expansions, self.state.contractions) = (0, 0);
        (0..kind.groups()).try_for_each(|moving| self.move_group((kind, moving), target, &mut rng, iteration))
    }

    fn adapt(&mut self, _: &mut Target<D>, _: &Streams, _: usize) -> Result<(), ChainError> {
        let State { length, expansions, contractions, .. } = &mut self.state;
        if *expansions + *contractions > 0 {
            length.tune(*expansions, *contractions);
        }
        Ok(())
    }

    fn freeze(&mut self) {}

    fn adapted(&self) -> Adapted {
        let slices = self.moves.iter().any(|(kind, weight)| *kind == Move::Slice && *weight > 0.0);
        let step_size = if slices { self.state.length.scale } else { f64::NAN };
        Adapted { step_size, inverse_metric: InverseMetric::None, integrator: None }
    }

    fn walkers(&self) -> usize {
        self.state.stats.len()
    }

    fn position(&self, walker: usize) -> &[f64] {
        &self.state.positions[walker * self.dim..(walker + 1) * self.dim]
    }

    fn stats(&self, walker: usize) -> Stats {
        self.state.stats[walker]
    }
}

/// Checks that the walkers span the space: the condition number of their centred positions, each coordinate scaled.
fn check_spread(positions: &[f64], dim: usize) -> Result<(), ChainError> {
    let mut matrix = DMatrix::from_row_slice(positions.len() / dim, dim, positions);
    for mut column in matrix.column_iter_mut() {
        column.add_scalar_mut(-column.mean());
        let norm = column.norm();
        column /= norm.max(f64::MIN_POSITIVE);
    }
    let values = matrix.singular_values();
    let condition = values.max() / values.min();
    match condition <= MAX_CONDITION {
        true => Ok(()),
        false => Err(ChainError::DegenerateWalkers { dim, condition }),
    }
}

#[cfg(test)]
mod invariance;
#[cfg(test)]
mod tests;
