//! Targets with coordinates that take whole numbers: sweeps over these, between transitions of the others.
//!
//! An iteration is some sweeps, each updating every such coordinate once in random order, and then one transition of an
//! explorer in the other coordinates, whose density and gradient are evaluated anew because the whole numbers have
//! changed. Each part leaves the target invariant, and so does the whole.

mod conditional;
mod gibbs;
mod site;
mod slice;
mod start;

use ppl_density::{Integer, LogDensity};
use serde::{Deserialize, Serialize};

use crate::divergence::Astray;
use crate::error::ChainError;
use crate::explorer::Explorer;
use crate::init::Wanted;
use crate::kernel::Kernel;
use crate::rng::{Purpose, Stream, Streams, below};
use crate::settings::Settings;
use crate::sink::{Adapted, InverseMetric, Stats};
use crate::target::Target;
use conditional::{Conditional, Whole};
use site::Site;

pub(crate) use start::{check_integers, start};

/// Sweeps of an iteration at most.
const MOST_SWEEPS: u64 = 20;

/// The state of a chain some of whose coordinates take whole numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub(crate) struct Sweeps<K: Explorer> {
    sites: Vec<Site>,
    /// Where the other coordinates stand.
    others: Vec<usize>,
    whole: Whole,
    log_density: f64,
    /// In the other coordinates, if there are any.
    explorer: Option<K>,
    sweeps: u64,
    /// Evaluations of the sites and of the explorer in warm-up.
    costs: [u64; 2],
    stats: Stats,
    #[serde(skip)]
    diverged: Diverged,
    /// Room for the log densities of a site's values.
    #[serde(skip)]
    values: Vec<f64>,
}

/// Where the last transition diverged, if it did, as whole positions.
#[derive(Clone, Debug, Default)]
struct Diverged {
    energy_error: Option<f64>,
    start: Vec<f64>,
    end: Vec<f64>,
}

impl Diverged {
    /// Keeps a step of the explorer, whose coordinates stand at `places` of a position like `whole`.
    fn keep(&mut self, astray: Option<Astray<'_>>, whole: &[f64], places: &[usize]) {
        self.energy_error = astray.map(|astray| astray.energy_error);
        let Some(Astray { start, end, .. }) = astray else { return };
        for (kept, values) in [(&mut self.start, start), (&mut self.end, end)] {
            kept.clear();
            kept.extend_from_slice(whole);
            places.iter().zip(values).for_each(|(&place, value)| kept[place] = *value);
        }
    }
}

impl<K: Explorer> Sweeps<K> {
    pub(crate) fn start<D: LogDensity>(
        settings: &Settings,
        options: &K::Options,
        target: &mut Target<D>,
        streams: &Streams,
        given: &[Option<f64>],
        radius: f64,
    ) -> Result<Self, ChainError> {
        let integers = target.density().integers();
        let mut is_other = vec![true; given.len()];
        integers.iter().for_each(|integer| is_other[integer.coordinate] = false);
        let others: Vec<usize> = (0..given.len()).filter(|&place| is_other[place]).collect();
        let gradient = K::NEEDS_GRADIENT && !others.is_empty();
        let position = start(&integers, target, streams, given, Wanted { radius, gradient, walker: None })?;
        let mut whole = Whole::at(position);
        let log_density = target.log_density(&whole.position)?;
        let explorer = match others.is_empty() {
            true => None,
            false => {
                let position = others.iter().map(|&place| whole.position[place]).collect();
                let mut path = Target::new(Conditional { target, places: &others, whole: &mut whole });
                let begun = K::begin(options, settings.warmup, &mut path, streams, position);
                Some(begun.map_err(|error| whole.blame(error))?)
            }
        };
        Ok(Sweeps {
            sites: integers.into_iter().map(Site::new).collect(),
            others,
            whole,
            log_density,
            explorer,
            sweeps: 1,
            costs: [0; 2],
            stats: Stats { log_density, ..Stats::default() },
            diverged: Diverged::default(),
            values: Vec::new(),
        })
    }

    /// Whether this is for so many coordinates, of which these take whole numbers.
    pub(crate) fn fits(&self, dim: usize, integers: &[Integer]) -> bool {
        let sorted = |mut integers: Vec<Integer>| {
            integers.sort_by_key(|integer| integer.coordinate);
            integers
        };
        let own = self.sites.iter().map(Site::integer).collect();
        self.whole.position.len() == dim && sorted(own) == sorted(integers.to_vec())
    }

    /// Updates every site once, in random order; returns how many moved.
    fn sweep<D: LogDensity>(&mut self, target: &mut Target<D>, rng: &mut Stream) -> Result<usize, ChainError> {
        let mut moved = 0;
        for last in (0..self.sites.len()).rev() {
            self.sites.swap(last, below(rng, last + 1));
            let site = &mut self.sites[last];
            let before = self.whole.position[site.coordinate];
            let position = &mut self.whole.position;
            self.log_density = site.update(target, position, self.log_density, &mut self.values, rng)?;
            moved += usize::from(position[site.coordinate] != before);
        }
        Ok(moved)
    }

    /// One transition of the other coordinates. If the whole numbers have moved, all is evaluated anew before: the
    /// gradient is another, and a log density made of changes has gathered their rounding.
    fn explore<D: LogDensity>(
        &mut self,
        target: &mut Target<D>,
        streams: &Streams,
        iteration: usize,
        moved: bool,
    ) -> Result<(), ChainError>
    where
        K: for<'a> Kernel<Conditional<'a, D>>,
    {
        let Some(explorer) = &mut self.explorer else {
            self.log_density = target.log_density(&self.whole.position)?;
            return Ok(());
        };
        let mut path = Target::new(Conditional { target, places: &self.others, whole: &mut self.whole });
        let evaluated = if moved { explorer.evaluate(&mut path) } else { Ok(()) };
        let made = evaluated.and_then(|()| explorer.step(&mut path, streams, iteration));
        made.map_err(|error| self.whole.blame(error))?;
        self.stats = explorer.stats(0);
        let astray = Kernel::<Conditional<D>>::astray(explorer);
        self.diverged.keep(astray, &self.whole.position, &self.others);
        let (position, log_density) = explorer.place();
        self.whole.put(&self.others, position);
        self.log_density = log_density;
        Ok(())
    }
}

impl<D: LogDensity, K: Explorer + for<'a> Kernel<Conditional<'a, D>>> Kernel<D> for Sweeps<K> {
    fn step(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError> {
        let begin = target.evaluations;
        let mut rng = streams.open(Purpose::Sweep, iteration);
        let mut moved = 0;
        for _ in 0..self.sweeps {
            moved += self.sweep(target, &mut rng)?;
        }
        self.costs[0] += target.evaluations - begin;
        let begin = target.evaluations;
        self.explore(target, streams, iteration, moved > 0)?;
        self.costs[1] += target.evaluations - begin;
        if self.explorer.is_none() {
            self.stats.accept = moved as f64 / (self.sites.len() as u64 * self.sweeps) as f64;
        }
        self.stats.log_density = self.log_density;
        self.stats.accepted |= moved > 0;
        Ok(())
    }

    fn adapt(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError> {
        self.sites.iter_mut().for_each(Site::adapt);
        if let Some(explorer) = &mut self.explorer {
            let path = Conditional { target, places: &self.others, whole: &mut self.whole };
            let learned = explorer.adapt(&mut Target::new(path), streams, iteration);
            learned.map_err(|error| self.whole.blame(error))?;
            // It may have tried other places.
            self.whole.put(&self.others, explorer.place().0);
        }
        Ok(())
    }

    fn freeze(&mut self) {
        // As much for the sites as for the others.
        self.sweeps = (self.costs[1] / self.costs[0].max(1)).clamp(1, MOST_SWEEPS);
        if let Some(explorer) = &mut self.explorer {
            Kernel::<Conditional<D>>::freeze(explorer);
        }
    }

    fn adapted(&self) -> Adapted {
        match &self.explorer {
            Some(explorer) => Kernel::<Conditional<D>>::adapted(explorer),
            None => Adapted { step_size: f64::NAN, inverse_metric: InverseMetric::None, integrator: None },
        }
    }

    fn position(&self, _walker: usize) -> &[f64] {
        &self.whole.position
    }

    fn stats(&self, _walker: usize) -> Stats {
        self.stats
    }

    fn astray(&self) -> Option<Astray<'_>> {
        let Diverged { energy_error, start, end } = &self.diverged;
        energy_error.map(|energy_error| Astray { energy_error, start, end })
    }
}

#[cfg(test)]
mod invariance;
