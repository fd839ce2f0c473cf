//! Steps of the walkers of a group while those of other groups stand still.

use ppl_density::LogDensity;

use super::complement::Complement;
use super::kde::Estimate;
use super::slice::Search;
use super::{differential, gaussian, side, snooker, stretch, walk};
use crate::error::ChainError;
use crate::moves::Move;
use crate::rng::{Stream, uniform};
use crate::sink::Stats;
use crate::target::Target;

/// What the steps of a group's walkers depend on besides the walkers themselves.
#[derive(Clone, Copy)]
pub(super) struct Group<'a> {
    pub(super) kind: Move,
    pub(super) iteration: usize,
    pub(super) members: &'a [usize],
    pub(super) positions: &'a [f64],
    pub(super) stats: &'a [Stats],
    pub(super) others: Complement<'a>,
    pub(super) estimate: &'a Estimate,
    /// μ of the slice move.
    pub(super) scale: f64,
}

/// What becomes of the walkers of a group, in its order, and what that is found with.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    /// Where to, if the step is accepted.
    pub(super) proposals: Vec<f64>,
    pub(super) fates: Vec<Fate>,
    searches: Vec<Search>,
    points: Vec<f64>,
    values: Vec<f64>,
}

/// What becomes of a walker.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fate {
    /// The log Hastings factor of the proposal, and the number in [0, 1) that decides.
    factor: f64,
    lot: f64,
    /// The probability with which the walker moves, whether it does, and the log density where it would move to.
    pub(super) accept: f64,
    pub(super) accepted: bool,
    pub(super) log_density: f64,
    /// Steps outwards and inwards of the slice move.
    pub(super) expansions: u32,
    pub(super) contractions: u32,
}

impl Move {
    /// Into how many groups the walkers are split.
    pub(super) fn groups(self) -> usize {
        if self == Move::Snooker { 4 } else { 2 }
    }
}

impl Group<'_> {
    /// One step of each walker of the group.
    pub(super) fn step<D: LogDensity>(
        &self,
        target: &mut Target<D>,
        rng: &mut Stream,
        steps: &mut Steps,
    ) -> Result<(), ChainError> {
        steps.proposals.resize(self.members.len() * self.others.dim(), 0.0);
        match self.kind {
            Move::Slice => self.slice(target, rng, steps),
            _ => self.metropolis(target, rng, steps, |factor| factor),
        }
    }

    fn position(&self, walker: usize) -> &[f64] {
        let dim = self.others.dim();
        &self.positions[walker * dim..(walker + 1) * dim]
    }

    /// Metropolis steps of all walkers, whose proposals are evaluated together. `correct` is given each log Hastings
    /// factor and returns the one to use.
    pub(super) fn metropolis<D: LogDensity>(
        &self,
        target: &mut Target<D>,
        rng: &mut Stream,
        steps: &mut Steps,
        correct: impl Fn(f64) -> f64,
    ) -> Result<(), ChainError> {
        let Steps { proposals, fates, values, .. } = steps;
        fates.clear();
        let places = self.members.iter().enumerate().zip(proposals.chunks_exact_mut(self.others.dim()));
        for ((place, &walker), proposal) in places {
            let current = self.position(walker);
            let factor = correct(self.propose(place, current, rng, proposal));
            let is_a_place = proposal.iter().all(|q| q.is_finite());
            if !is_a_place {
                // Something must be evaluated, though nothing will be accepted.
                proposal.copy_from_slice(current);
            }
            let factor = if is_a_place && !factor.is_nan() { factor } else { f64::NEG_INFINITY };
            fates.push(Fate { factor, lot: uniform(rng), ..Fate::default() });
        }
        target.log_densities(proposals, values)?;
        for ((fate, &walker), &value) in fates.iter_mut().zip(self.members).zip(values.iter()) {
            fate.decide(self.stats[walker].log_density, value);
        }
        Ok(())
    }

    /// Writes a proposal; returns the log of its Hastings factor.
    fn propose(&self, place: usize, current: &[f64], rng: &mut Stream, proposal: &mut [f64]) -> f64 {
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

    /// Slices of all walkers, an evaluation of each at a time.
    fn slice<D: LogDensity>(
        &self,
        target: &mut Target<D>,
        rng: &mut Stream,
        steps: &mut Steps,
    ) -> Result<(), ChainError> {
        let Steps { proposals, fates, searches, points, values } = steps;
        let (others, scale, dim) = (&self.others, self.scale, self.others.dim());
        let walkers = self.members.iter().enumerate();
        searches.clear();
        searches.extend(walkers.map(|(place, &w)| Search::new(place, self.stats[w], others, rng)));
        fates.clear();
        fates.resize(self.members.len(), Fate::default());
        while searches.iter().any(|search| !search.is_over()) {
            let searching = || searches.iter().filter(|search| !search.is_over()).count();
            points.resize(searching() * dim, 0.0);
            let active = searches.iter_mut().filter(|search| !search.is_over());
            for (search, point) in active.zip(points.chunks_exact_mut(dim)) {
                search.point(self.position(self.members[search.place]), others, scale, point);
            }
            target.log_densities(points, values)?;
            let active = searches.iter_mut().filter(|search| !search.is_over());
            active.zip(values.iter()).for_each(|(search, value)| search.hear(*value, rng));
        }
        for search in searches {
            let proposal = &mut proposals[search.place * dim..(search.place + 1) * dim];
            search.point(self.position(self.members[search.place]), others, scale, proposal);
            fates[search.place].end(search);
        }
        Ok(())
    }
}

impl Fate {
    /// Accepts or rejects a proposal with the log density `proposed` in place of `current`.
    fn decide(&mut self, current: f64, proposed: f64) {
        self.log_density = proposed;
        self.accept = (self.factor + proposed - current).exp().min(1.0);
        self.accepted = self.lot < self.accept;
    }

    /// What a search has led to.
    fn end(&mut self, search: &Search) {
        (self.expansions, self.contractions) = (search.expansions, search.contractions);
        if let Some(log_density) = search.found() {
            (self.accept, self.accepted, self.log_density) = (1.0, true, log_density);
        }
    }
}
