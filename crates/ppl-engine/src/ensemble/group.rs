//! One step of a walker while the walkers of other groups stand still.

use ppl_density::LogDensity;

use super::complement::Complement;
use super::kde::Estimate;
use super::{differential, gaussian, side, slice, snooker, stretch, walk};
use crate::error::ChainError;
use crate::moves::Move;
use crate::rng::{Stream, uniform};
use crate::sink::Stats;
use crate::target::Target;

/// What the steps of a group's walkers depend on besides the walker itself.
#[derive(Clone, Copy)]
pub(super) struct Group<'a> {
    pub(super) kind: Move,
    pub(super) iteration: usize,
    pub(super) others: Complement<'a>,
    pub(super) estimate: &'a Estimate,
    /// μ of the slice move.
    pub(super) scale: f64,
}

/// What became of a walker.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fate {
    pub(super) stats: Stats,
    /// Steps outwards and inwards of the slice move.
    pub(super) expansions: u32,
    pub(super) contractions: u32,
}

impl Fate {
    /// A walker that does not move.
    pub(super) fn stay(stats: Stats) -> Fate {
        Fate { stats: Stats { accept: 0.0, accepted: false, ..stats }, ..Fate::default() }
    }
}

impl Move {
    /// Into how many groups the walkers are split.
    pub(super) fn groups(self) -> usize {
        if self == Move::Snooker { 4 } else { 2 }
    }
}

impl Group<'_> {
    /// One step of the walker at `place` of the group; if it is accepted, `proposal` holds the new position.
    pub(super) fn step<D: LogDensity>(
        &self,
        (place, current, stats): (usize, &[f64], Stats),
        target: &mut Target<D>,
        rng: &mut Stream,
        proposal: &mut [f64],
    ) -> Result<Fate, ChainError> {
        if self.kind == Move::Slice {
            return slice::step(current, stats, &self.others, self.scale, target, rng, proposal);
        }
        let factor = self.propose(place, current, rng, proposal);
        decide(factor, stats, target, rng, proposal)
    }

    /// Writes a proposal; returns the log of its Hastings factor.
    pub(super) fn propose(&self, place: usize, current: &[f64], rng: &mut Stream, proposal: &mut [f64]) -> f64 {
        let others = &self.others;
        match self.kind {
            Move::Stretch { largest } => stretch::propose(current, others, largest, rng, proposal),
            Move::Walk { walkers } => walk::propose(current, others, walkers.unwrap_or(others.len()), rng, proposal),
            Move::Differential => differential::propose(current, others, rng, proposal),
            Move::Snooker => snooker::propose(current, others, rng, proposal),
            Move::Side => side::propose(current, others, rng, proposal),
            Move::Kde => self.estimate.propose(current, place, others, rng, proposal),
            Move::Gaussian { scale, spread, coordinates } => {
                gaussian::propose(current, (scale, spread), (coordinates, self.iteration), rng, proposal)
            }
            Move::Slice => unreachable!("a slice is not a proposal"),
        }
    }
}

/// Accepts or rejects a proposal with the log Hastings factor `factor`.
pub(super) fn decide<D: LogDensity>(
    factor: f64,
    stats: Stats,
    target: &mut Target<D>,
    rng: &mut Stream,
    proposal: &[f64],
) -> Result<Fate, ChainError> {
    let fate = uniform(rng);
    let proposed = match proposal.iter().all(|q| q.is_finite()) && factor > f64::NEG_INFINITY {
        true => target.log_density(proposal)?,
        false => f64::NEG_INFINITY,
    };
    let accept = (factor + proposed - stats.log_density).exp().min(1.0);
    let accepted = fate < accept;
    let log_density = if accepted { proposed } else { stats.log_density };
    Ok(Fate { stats: Stats { log_density, accept, accepted, ..stats }, ..Fate::default() })
}
