//! The affine-invariant ensemble sampler (Goodman and Weare 2010; Foreman-Mackey and others 2013).
//!
//! Each iteration shuffles the walkers into groups. A group moves while the others stand still, so that each of its
//! walkers takes a Metropolis step whose proposal may depend on the others' positions.

mod complement;
mod differential;
mod snooker;
mod stretch;
mod walk;

use nalgebra::DMatrix;
use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use crate::error::ChainError;
use crate::init::{Wanted, find};
use crate::kernel::Kernel;
use crate::rng::{Purpose, Stream, Streams, below, uniform};
use crate::settings::{Ensemble, Move};
use crate::sink::{Adapted, InverseMetric, Stats};
use crate::target::Target;
use complement::Complement;

/// Walkers with a larger condition number do not span the space.
const MAX_CONDITION: f64 = 1e8;

/// The walkers with their log densities, and the buffers of a move.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Walkers {
    dim: usize,
    moves: Vec<(Move, f64)>,
    positions: Vec<f64>,
    stats: Vec<Stats>,
    order: Vec<usize>,
    proposal: Vec<f64>,
}

impl Move {
    /// Into how many groups the walkers are split.
    fn groups(self) -> usize {
        match self {
            Move::Snooker => 4,
            Move::Stretch | Move::Differential | Move::Walk => 2,
        }
    }

    /// Writes a proposal for a walker at `current`; returns the log of its Hastings factor.
    fn propose(self, current: &[f64], others: &Complement, rng: &mut Stream, proposal: &mut [f64]) -> f64 {
        match self {
            Move::Stretch => stretch::propose(current, others, rng, proposal),
            Move::Differential => differential::propose(current, others, rng, proposal),
            Move::Snooker => snooker::propose(current, others, rng, proposal),
            Move::Walk => walk::propose(current, others, rng, proposal),
        }
    }
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

    fn at<D: LogDensity>(
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
        let order = (0..stats.len()).collect();
        Ok(Walkers { dim, moves, positions, stats, order, proposal: vec![0.0; dim] })
    }

    /// Length of a position.
    pub(crate) fn dim(&self) -> usize {
        self.dim
    }

    fn choose_move(&self, rng: &mut Stream) -> Move {
        let total: f64 = self.moves.iter().map(|(_, weight)| weight).sum();
        let mut left = uniform(rng) * total;
        let chosen = self.moves.iter().filter(|(_, weight)| *weight > 0.0).find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        // Rounding may leave a little at the end.
        chosen.or(self.moves.iter().rfind(|(_, weight)| *weight > 0.0)).map_or(Move::Stretch, |m| m.0)
    }

    fn shuffle(&mut self, rng: &mut Stream) {
        for at in (1..self.order.len()).rev() {
            self.order.swap(at, below(rng, at + 1));
        }
    }

    /// One Metropolis step of one walker, given the groups that stand still.
    fn step_walker<D: LogDensity>(
        &mut self,
        walker: usize,
        kind: Move,
        moving: usize,
        target: &mut Target<D>,
        rng: &mut Stream,
    ) -> Result<(), ChainError> {
        let own = walker * self.dim..(walker + 1) * self.dim;
        let others = Complement::new(&self.positions, self.dim, &self.order, kind.groups(), moving);
        let current = &self.positions[own.clone()];
        let factor = kind.propose(current, &others, rng, &mut self.proposal);
        let fate = uniform(rng);
        let proposed = if self.proposal.iter().all(|q| q.is_finite()) && !factor.is_nan() {
            target.log_density(&self.proposal)?
        } else {
            f64::NEG_INFINITY
        };
        let stats = &mut self.stats[walker];
        stats.accept = (factor + proposed - stats.log_density).exp().min(1.0);
        stats.accepted = fate < stats.accept;
        if stats.accepted {
            stats.log_density = proposed;
            self.positions[own].copy_from_slice(&self.proposal);
        }
        Ok(())
    }
}

impl<D: LogDensity> Kernel<D> for Walkers {
    fn step(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError> {
        let mut rng = streams.open(Purpose::Proposal, iteration, 0);
        let kind = self.choose_move(&mut rng);
        self.shuffle(&mut rng);
        for moving in 0..kind.groups() {
            for at in complement::members(moving, kind.groups(), self.order.len()) {
                self.step_walker(self.order[at], kind, moving, target, &mut rng)?;
            }
        }
        Ok(())
    }

    fn adapt(&mut self, _: &mut Target<D>, _: &Streams, _: usize) -> Result<(), ChainError> {
        Ok(())
    }

    fn freeze(&mut self) {}

    fn adapted(&self) -> Adapted {
        Adapted { step_size: f64::NAN, inverse_metric: InverseMetric::None }
    }

    fn walkers(&self) -> usize {
        self.stats.len()
    }

    fn position(&self, walker: usize) -> &[f64] {
        &self.positions[walker * self.dim..(walker + 1) * self.dim]
    }

    fn stats(&self, walker: usize) -> Stats {
        self.stats[walker]
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
mod tests;
