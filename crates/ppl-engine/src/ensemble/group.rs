//! Steps of the walkers of a group while those of other groups stand still.

use ppl_density::LogDensity;

use super::complement::Complement;
use super::kde::Estimate;
use super::slice::Search;
use super::{differential, gaussian, side, snooker, stretch, walk};
use crate::error::ChainError;
use crate::moves::Move;
use crate::rng::{Purpose, Stream, Streams, uniform};
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
    pub(super) stats: Stats,
    /// The log Hastings factor of the proposal, and the number in [0, 1) that decides.
    factor: f64,
    lot: f64,
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
        streams: &Streams,
        steps: &mut Steps,
    ) -> Result<(), ChainError> {
        // Stream 0 is the iteration's own.
        let stream = |walker: usize| streams.open(Purpose::Proposal, self.iteration, walker + 1);
        steps.proposals.resize(self.members.len() * self.others.dim(), 0.0);
        match self.kind {
            Move::Slice => self.slice(target, stream, steps),
            _ => self.metropolis(target, stream, steps, |factor| factor),
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
        stream: impl Fn(usize) -> Stream,
        steps: &mut Steps,
        correct: impl Fn(f64) -> f64,
    ) -> Result<(), ChainError> {
        let Steps { proposals, fates, values, .. } = steps;
        fates.clear();
        let places = self.members.iter().enumerate().zip(proposals.chunks_exact_mut(self.others.dim()));
        for ((place, &walker), proposal) in places {
            let (mut rng, current) = (stream(walker), self.position(walker));
            let factor = correct(self.propose(place, current, &mut rng, proposal));
            let factor = if factor.is_nan() { f64::NEG_INFINITY } else { factor };
            let fate = Fate { stats: self.stats[walker], factor, lot: uniform(&mut rng), ..Fate::default() };
            fates.push(fate.unless_lost(current, proposal));
        }
        target.log_densities(proposals, values)?;
        fates.iter_mut().zip(values).for_each(|(fate, value)| fate.decide(*value));
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
        stream: impl Fn(usize) -> Stream,
        steps: &mut Steps,
    ) -> Result<(), ChainError> {
        let Steps { proposals, fates, searches, points, values } = steps;
        let (others, scale, dim) = (&self.others, self.scale, self.others.dim());
        let walkers = self.members.iter().enumerate();
        searches.clear();
        searches.extend(walkers.map(|(place, &w)| Search::new(place, self.stats[w], others, stream(w))));
        fates.clear();
        fates.extend(self.members.iter().map(|&walker| Fate::stay(self.stats[walker])));
        while searches.iter().any(|search| !search.is_over()) {
            let searching = || searches.iter().filter(|search| !search.is_over()).count();
            points.resize(searching() * dim, 0.0);
            let active = searches.iter_mut().filter(|search| !search.is_over());
            for (search, point) in active.zip(points.chunks_exact_mut(dim)) {
                search.point(self.position(self.members[search.place]), others, scale, point);
            }
            target.log_densities(points, values)?;
            let active = searches.iter_mut().filter(|search| !search.is_over());
            active.zip(values.iter()).for_each(|(search, value)| search.hear(*value));
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
    /// A walker that does not move.
    fn stay(stats: Stats) -> Fate {
        Fate { stats: Stats { accept: 0.0, accepted: false, ..stats }, ..Fate::default() }
    }

    /// A proposal that is nowhere is replaced by the position itself, and cannot be accepted.
    fn unless_lost(self, current: &[f64], proposal: &mut [f64]) -> Fate {
        if proposal.iter().all(|q| q.is_finite()) && self.factor > f64::NEG_INFINITY {
            return self;
        }
        proposal.copy_from_slice(current);
        Fate { factor: f64::NEG_INFINITY, ..self }
    }

    /// Accepts or rejects a proposal with the log density `proposed`.
    fn decide(&mut self, proposed: f64) {
        let stats = &mut self.stats;
        stats.accept = (self.factor + proposed - stats.log_density).exp().min(1.0);
        stats.accepted = self.lot < stats.accept;
        if stats.accepted {
            stats.log_density = proposed;
        }
    }

    /// What a search has led to.
    fn end(&mut self, search: &Search) {
        (self.expansions, self.contractions) = (search.expansions, search.contractions);
        if let Some(log_density) = search.found() {
            self.stats = Stats { log_density, accept: 1.0, accepted: true, ..self.stats };
        }
    }
}
