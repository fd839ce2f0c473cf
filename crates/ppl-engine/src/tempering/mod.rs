//! Parallel tempering: replicas at temperatures between a reference and the target swap places, so that what is far
//! apart at the target is reached by way of the reference.
//!
//! Swaps are non-reversible: even and odd pairs of neighbours take turns (Syed, Bouchard-Côté, Deligiannidis and Doucet
//! 2022). Warm-up goes in rounds that double: after each, temperatures and reference are fitted to its draws and the
//! explorers begin their own warm-up anew.

mod evidence;
mod path;
mod reference;
mod schedule;
mod tally;
mod trips;

use std::ops::Range;

use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use crate::error::ChainError;
use crate::explorer::Explorer;
use crate::init::{Wanted, find};
use crate::kernel::Kernel;
use crate::rng::{Purpose, Streams, uniform};
use crate::settings::Settings;
use crate::sink::{Adapted, Ladder, Stats};
use crate::target::Target;
use path::{Tempered, reheat};
use reference::Reference;
use schedule::{Rounds, first_schedule, respaced};
use tally::log_swap;

pub(crate) use schedule::barriers;
pub(crate) use tally::{Tally, meet};

/// Replicas at a ladder of inverse temperatures β: independent draws of the reference at 0, an explorer at each other.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub(crate) struct Tempering<K: Explorer> {
    options: K::Options,
    reference: Reference,
    /// From 0 to 1.
    schedule: Vec<f64>,
    base: Base,
    explorers: Vec<K>,
    /// log target − log reference at each replica's position.
    log_ratios: Vec<f64>,
    rounds: Rounds,
    frozen: bool,
    tally: Tally,
    stats: Stats,
}

/// The replica at the reference, with the log density of the target there.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Base {
    position: Vec<f64>,
    log_density: f64,
}

impl<K: Explorer> Tempering<K> {
    pub(crate) fn start<D: LogDensity>(
        settings: &Settings,
        options: &K::Options,
        target: &mut Target<D>,
        streams: &Streams,
        given: &[Option<f64>],
        radius: f64,
    ) -> Result<Self, ChainError> {
        let (dim, temperatures) = (given.len(), settings.temperatures());
        let wanted = Wanted { radius, gradient: K::NEEDS_GRADIENT, walker: None };
        let starts = (1..temperatures).map(|replica| find(target, &streams.of_replica(replica, 0), given, wanted));
        let starts: Vec<Vec<f64>> = starts.collect::<Result<_, _>>()?;
        let mut tempering = Tempering {
            options: options.clone(),
            reference: Reference::standard(dim),
            schedule: first_schedule(temperatures),
            base: Base { position: vec![0.0; dim], log_density: f64::NAN },
            explorers: Vec::with_capacity(temperatures),
            log_ratios: vec![f64::NAN; temperatures],
            rounds: Rounds::new(settings.warmup),
            frozen: false,
            tally: Tally::new(temperatures, dim),
            stats: Stats::default(),
        };
        tempering.begin_round(starts, target, streams)?;
        Ok(tempering)
    }

    /// Lets explorers begin at these positions, from the hottest to the target's.
    fn begin_round<D: LogDensity>(
        &mut self,
        positions: Vec<Vec<f64>>,
        target: &mut Target<D>,
        streams: &Streams,
    ) -> Result<(), ChainError> {
        self.explorers.clear();
        for (position, replica) in positions.into_iter().zip(1..) {
            let streams = streams.of_replica(replica, self.rounds.current());
            let path = Tempered { target, reference: &self.reference, beta: self.schedule[replica] };
            let mut path = Target::new(path);
            self.explorers.push(K::begin(&self.options, self.rounds.len(), &mut path, &streams, position)?);
        }
        Ok(())
    }

    /// Moves every replica at its temperature.
    fn explore<D: LogDensity>(
        &mut self,
        target: &mut Target<D>,
        streams: &Streams,
        iteration: usize,
    ) -> Result<(), ChainError>
    where
        K: for<'a> Kernel<Tempered<'a, D>>,
    {
        self.reference.draw(&mut streams.open(Purpose::Reference, iteration), &mut self.base.position);
        self.base.log_density = target.log_density(&self.base.position)?;
        let transitions = self.transitions(iteration);
        let replicas = self.explorers.iter_mut().zip(&self.schedule[1..]).zip(1..);
        for ((explorer, &beta), replica) in replicas {
            let streams = streams.of_replica(replica, self.rounds.current());
            let mut path = Target::new(Tempered { target, reference: &self.reference, beta });
            for transition in transitions.clone() {
                if !self.frozen && transition > transitions.start {
                    explorer.adapt(&mut path, &streams, transition - 1)?;
                }
                explorer.step(&mut path, &streams, transition)?;
            }
        }
        Ok(())
    }

    /// The transitions of an explorer in an iteration, counted from the beginning of the round.
    fn transitions(&self, iteration: usize) -> Range<usize> {
        let each = K::transitions(self.base.position.len());
        let begin = each * (iteration - self.rounds.begin());
        begin..begin + each
    }

    /// Notes log target − log reference of all replicas.
    fn compare(&mut self) {
        self.log_ratios[0] = self.base.log_density - self.reference.log_density(&self.base.position);
        let colder = self.log_ratios[1..].iter_mut().zip(&self.explorers).zip(&self.schedule[1..]);
        for ((ratio, explorer), beta) in colder {
            let (position, log_density) = explorer.place();
            *ratio = (log_density - self.reference.log_density(position)) / beta;
        }
    }

    /// Proposes to swap every other pair of neighbours; returns whether the target's replica is a new one.
    fn swap_neighbours<D: LogDensity>(
        &mut self,
        target: &mut Target<D>,
        streams: &Streams,
        iteration: usize,
    ) -> Result<bool, ChainError> {
        let mut rng = streams.open(Purpose::Swap, iteration);
        let mut last = None;
        for lower in (iteration % 2..self.explorers.len()).step_by(2) {
            let log_accept = log_swap(&self.schedule[lower..=lower + 1], &self.log_ratios[lower..=lower + 1]);
            if uniform(&mut rng).ln() < log_accept && self.swap(lower, target)? {
                last = Some(lower + 1);
            }
        }
        Ok(last == Some(self.explorers.len()))
    }

    /// The replicas at a temperature and at the next change places, if the colder can go on from there; says whether they
    /// have.
    fn swap<D: LogDensity>(&mut self, lower: usize, target: &mut Target<D>) -> Result<bool, ChainError> {
        if lower == 0 {
            if !self.leave_reference(target)? {
                return Ok(false);
            }
        } else {
            let [a, b] = self.explorers.get_disjoint_mut([lower - 1, lower]).expect("two replicas");
            let (mut a, mut b) = (a.place_mut(), b.place_mut());
            a.position.swap_with_slice(b.position);
            a.gradient.swap_with_slice(b.gradient);
            std::mem::swap(a.log_density, b.log_density);
            let ratio = self.schedule[lower] / self.schedule[lower + 1];
            reheat(&mut a, &self.reference, ratio);
            reheat(&mut b, &self.reference, 1.0 / ratio);
            self.explorers[lower - 1..=lower].iter_mut().for_each(K::place_changed);
        }
        self.tally.trips.swap(lower);
        self.log_ratios.swap(lower, lower + 1);
        Ok(true)
    }

    /// The draw of the reference and the hottest explorer change places; says whether they have.
    ///
    /// Where there is no gradient an explorer that needs one could not move, and comes there by no transition of its own:
    /// swaps leave such places out like those outside the support.
    fn leave_reference<D: LogDensity>(&mut self, target: &mut Target<D>) -> Result<bool, ChainError> {
        self.exchange_with_base(target)?;
        if self.explorers[0].place_mut().gradient.iter().any(|component| !component.is_finite()) {
            self.exchange_with_base(target)?;
            return Ok(false);
        }
        self.base.log_density = self.log_ratios[1] + self.reference.log_density(&self.base.position);
        Ok(true)
    }

    fn exchange_with_base<D: LogDensity>(&mut self, target: &mut Target<D>) -> Result<(), ChainError> {
        let hottest = &mut self.explorers[0];
        hottest.place_mut().position.swap_with_slice(&mut self.base.position);
        let path = Tempered { target, reference: &self.reference, beta: self.schedule[1] };
        hottest.evaluate(&mut Target::new(path))
    }

    /// The replica at the target.
    fn coldest(&self) -> &K {
        self.explorers.last().expect("at least two temperatures")
    }

    /// What has been counted in the round.
    pub(crate) fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    /// Fits temperatures and reference to the round that is over, and begins the next.
    fn tune<D: LogDensity>(&mut self, target: &mut Target<D>, streams: &Streams) -> Result<(), ChainError> {
        self.schedule = respaced(&self.schedule, &self.tally.rejection_rates());
        // In the last round temperatures are fitted to the reference that will stay.
        if !self.rounds.is_last() {
            self.reference = self.reference.fitted(&self.tally.moments);
        }
        self.tally.clear(self.base.position.len());
        let positions = self.explorers.iter().map(|explorer| explorer.place().0.to_vec()).collect();
        self.begin_round(positions, target, streams)
    }

    /// What has come of it since warm-up.
    pub(crate) fn ladder(&self) -> Ladder {
        let (log_evidence, error) = self.tally.evidence.estimate();
        Ladder {
            inverse_temperatures: self.schedule.clone(),
            rejections: self.tally.rejection_rates(),
            round_trips: self.tally.trips.round_trips(),
            log_evidence,
            error,
        }
    }

    /// Whether this is a state of so many temperatures and dimensions.
    pub(crate) fn fits(&self, temperatures: usize, dim: usize) -> bool {
        self.schedule.len() == temperatures && self.base.position.len() == dim
    }

    /// Takes the colder half of the replicas for the reference, in the second half of a round.
    fn learn(&mut self) {
        if 2 * self.tally.iterations > self.rounds.len() {
            let colder = &self.explorers[self.explorers.len() / 2..];
            colder.iter().for_each(|explorer| self.tally.moments.add(explorer.place().0));
        }
    }
}

impl<D: LogDensity, K: Explorer + for<'a> Kernel<Tempered<'a, D>>> Kernel<D> for Tempering<K> {
    fn step(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError> {
        if self.rounds.advance(iteration) {
            self.tune(target, streams)?;
        }
        self.explore(target, streams, iteration)?;
        self.compare();
        self.tally.add(&self.schedule, &self.log_ratios);
        let (explored, mut stats) = (self.coldest().place().1, Kernel::<Tempered<D>>::stats(self.coldest(), 0));
        let swapped = self.swap_neighbours(target, streams, iteration)?;
        self.tally.trips.note();
        stats.log_density = self.coldest().place().1;
        // The potential energy is that of the new place, the kinetic energy stays.
        stats.energy += explored - stats.log_density;
        stats.accepted |= swapped;
        self.stats = stats;
        Ok(())
    }

    fn adapt(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError> {
        let transition = self.transitions(iteration).end - 1;
        let replicas = self.explorers.iter_mut().zip(&self.schedule[1..]).zip(1..);
        for ((explorer, &beta), replica) in replicas {
            let streams = streams.of_replica(replica, self.rounds.current());
            let mut path = Target::new(Tempered { target, reference: &self.reference, beta });
            explorer.adapt(&mut path, &streams, transition)?;
        }
        self.learn();
        Ok(())
    }

    fn freeze(&mut self) {
        self.frozen = true;
        self.tally.clear(self.base.position.len());
        self.explorers.iter_mut().for_each(|explorer| Kernel::<Tempered<D>>::freeze(explorer));
    }

    fn adapted(&self) -> Adapted {
        Kernel::<Tempered<D>>::adapted(self.coldest())
    }

    fn position(&self, _walker: usize) -> &[f64] {
        self.coldest().place().0
    }

    fn stats(&self, _walker: usize) -> Stats {
        self.stats
    }
}
