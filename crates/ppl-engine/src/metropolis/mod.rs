//! Metropolis sampling: updates of one position, alone, mixed by weight, or in turn.

mod componentwise;
mod joint;

use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use crate::error::ChainError;
use crate::explorer::{self, Explorer};
use crate::init::{Wanted, find};
use crate::kernel::Kernel;
use crate::rng::{Purpose, Stream, Streams, weighted};
use crate::settings::{Metropolis, Scan, UpdateKind};
use crate::sink::{Adapted, InverseMetric, Stats};
use crate::target::Target;
use componentwise::Componentwise;
use joint::Joint;

/// A Markov kernel without a position of its own: how to change one, and what has been learned of that.
///
/// Kernels that leave the same target invariant leave it so one after another, and each chosen by chance.
pub(crate) trait Update<D: LogDensity> {
    /// Changes the position, or not.
    fn update(&mut self, place: &mut Place, target: &mut Target<D>, rng: &mut Stream) -> Result<(), ChainError>;

    /// Learns from the last update; called in warm-up only.
    fn learn(&mut self);
}

/// A position with its log density, and how it was got to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) position: Vec<f64>,
    pub(crate) stats: Stats,
}

impl Place {
    /// The log density at x + step, which is written to `proposal`.
    fn evaluate<D: LogDensity>(
        &self,
        step: &[f64],
        proposal: &mut Vec<f64>,
        target: &mut Target<D>,
    ) -> Result<f64, ChainError> {
        proposal.clear();
        proposal.extend(self.position.iter().zip(step).map(|(x, step)| x + step));
        Ok(target.log_density(proposal)?)
    }

    /// Goes to `proposal`, which gets the old position.
    fn go(&mut self, log_density: f64, proposal: &mut Vec<f64>) {
        self.stats.log_density = log_density;
        std::mem::swap(&mut self.position, proposal);
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum AnyUpdate {
    Joint(Box<Joint>),
    Componentwise(Componentwise),
}

impl AnyUpdate {
    fn new(kind: UpdateKind, metropolis: &Metropolis, dim: usize) -> Self {
        match kind {
            UpdateKind::Joint => {
                AnyUpdate::Joint(Box::new(Joint::new(dim, metropolis.target_accept, metropolis.delayed_rejection)))
            }
            UpdateKind::Componentwise => AnyUpdate::Componentwise(Componentwise::new(dim)),
        }
    }

    fn update_mut<D: LogDensity>(&mut self) -> &mut dyn Update<D> {
        match self {
            AnyUpdate::Joint(update) => &mut **update,
            AnyUpdate::Componentwise(update) => update,
        }
    }

    fn mean_scale(&self) -> f64 {
        match self {
            AnyUpdate::Joint(update) => update.mean_scale(),
            AnyUpdate::Componentwise(update) => update.mean_scale(),
        }
    }

    fn inverse_metric(&self) -> InverseMetric {
        match self {
            AnyUpdate::Joint(update) => {
                let covariance = update.covariance();
                InverseMetric::Dense(covariance.as_slice().to_vec(), covariance.nrows())
            }
            AnyUpdate::Componentwise(update) => InverseMetric::Diagonal(update.variances()),
        }
    }
}

/// A random walk: a position and the updates that change it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RandomWalk {
    place: Place,
    updates: Vec<(AnyUpdate, f64)>,
    scan: Scan,
    /// The updates that the last step made, from this one up to that.
    made: (usize, usize),
}

impl RandomWalk {
    pub(crate) fn start<D: LogDensity>(
        metropolis: &Metropolis,
        target: &mut Target<D>,
        streams: &Streams,
        given: &[Option<f64>],
        radius: f64,
    ) -> Result<Self, ChainError> {
        let position = find(target, streams, given, Wanted { radius, gradient: false, walker: None })?;
        RandomWalk::at(metropolis, target, position)
    }

    /// A walk that begins at `position`.
    pub(crate) fn at<D: LogDensity>(
        metropolis: &Metropolis,
        target: &mut Target<D>,
        position: Vec<f64>,
    ) -> Result<Self, ChainError> {
        let log_density = target.log_density(&position)?;
        let dim = position.len();
        let wanted = metropolis.updates.iter().filter(|(_, weight)| *weight > 0.0);
        let updates = wanted.map(|(kind, weight)| (AnyUpdate::new(*kind, metropolis, dim), *weight));
        let place = Place { position, stats: Stats { log_density, ..Stats::default() } };
        let mut walk = RandomWalk { place, updates: updates.collect(), scan: metropolis.scan, made: (0, 0) };
        walk.note_scale();
        Ok(walk)
    }

    /// Length of a position.
    pub(crate) fn dim(&self) -> usize {
        self.place.position.len()
    }

    fn note_scale(&mut self) {
        self.place.stats.step_size = self.updates.first().map_or(f64::NAN, |(update, _)| update.mean_scale());
    }
}

impl Explorer for RandomWalk {
    type Options = Metropolis;
    const NEEDS_GRADIENT: bool = false;

    fn transitions(dim: usize) -> usize {
        dim
    }

    fn begin<D: LogDensity>(
        metropolis: &Metropolis,
        _warmup: usize,
        target: &mut Target<D>,
        _streams: &Streams,
        position: Vec<f64>,
    ) -> Result<Self, ChainError> {
        RandomWalk::at(metropolis, target, position)
    }

    fn place(&self) -> (&[f64], f64) {
        (&self.place.position, self.place.stats.log_density)
    }

    fn place_mut(&mut self) -> explorer::Place<'_> {
        let Place { position, stats } = &mut self.place;
        explorer::Place { position, gradient: &mut [], log_density: &mut stats.log_density }
    }

    fn evaluate<D: LogDensity>(&mut self, target: &mut Target<D>) -> Result<(), ChainError> {
        self.place.stats.log_density = target.log_density(&self.place.position)?;
        Ok(())
    }
}

impl<D: LogDensity> Kernel<D> for RandomWalk {
    fn step(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError> {
        let mut rng = streams.open(Purpose::Proposal, iteration);
        self.made = match self.scan {
            Scan::Random if self.updates.len() > 1 => {
                let chosen = weighted(&mut rng, &self.updates);
                (chosen, chosen + 1)
            }
            Scan::Random | Scan::Systematic => (0, self.updates.len()),
        };
        let made = &mut self.updates[self.made.0..self.made.1];
        let (mut moved, mut accept, n) = (false, 0.0, made.len() as f64);
        for (update, _) in made {
            update.update_mut().update(&mut self.place, target, &mut rng)?;
            moved |= self.place.stats.accepted;
            accept += self.place.stats.accept / n;
        }
        (self.place.stats.accepted, self.place.stats.accept) = (moved, accept);
        Ok(())
    }

    fn adapt(&mut self, _: &mut Target<D>, _: &Streams, _: usize) -> Result<(), ChainError> {
        let made = &mut self.updates[self.made.0..self.made.1];
        made.iter_mut().for_each(|(update, _)| Update::<D>::learn(update.update_mut()));
        self.note_scale();
        Ok(())
    }

    fn freeze(&mut self) {}

    fn adapted(&self) -> Adapted {
        let metric = self.updates.first().map_or(InverseMetric::None, |(update, _)| update.inverse_metric());
        Adapted { step_size: self.place.stats.step_size, inverse_metric: metric, integrator: None }
    }

    fn position(&self, _walker: usize) -> &[f64] {
        &self.place.position
    }

    fn stats(&self, _walker: usize) -> Stats {
        self.place.stats
    }
}

#[cfg(test)]
mod invariance;
#[cfg(test)]
mod tests;
