//! One simulation after another: true values, data, posterior draws, ranks.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ppl_engine::{Fault, Integer, LogDensity, MemorySink, Positions, Settings, Starts, sample_to_memory};
use ppl_stats::{Undefined, ess_bulk};
use rand::SeedableRng;
use rand_distr::{Distribution, Uniform};

use crate::models::{Model, Stream};

/// Draws among which a true value is ranked.
pub const KEPT: usize = 100;
/// The least effective sample size of draws that are thinned to [`KEPT`]: those kept are then two autocorrelation times
/// apart, which leaves correlations of e⁻⁴ where they fall geometrically.
const ENOUGH: f64 = 2.0 * KEPT as f64;
/// How often the number of draws is doubled in search of that.
const DOUBLINGS: usize = 10;

/// A model with data.
#[derive(Clone)]
pub struct Posterior {
    model: Model,
    data: Vec<f64>,
    scratch: Vec<f64>,
}

impl Posterior {
    pub fn new(model: Model, data: Vec<f64>) -> Self {
        Posterior { model, data, scratch: vec![0.0; model.coordinates.len()] }
    }

    /// Whatever is ranked: the coordinates and the log density.
    fn quantities(&mut self, position: &[f64]) -> Vec<f64> {
        let value = self.log_density(position).expect("models have no faults");
        position.iter().copied().chain([value]).collect()
    }

    /// Fails where the gradient at a position is not that of central differences.
    pub fn check_gradient(&mut self, position: &[f64]) {
        let mut gradient = vec![0.0; position.len()];
        self.log_density_and_gradient(position, &mut gradient).expect("models have no faults");
        let whole: Vec<usize> = self.integers().iter().map(|integer| integer.coordinate).collect();
        for at in (0..position.len()).filter(|at| !whole.contains(at)) {
            let mut shifted = |by: f64| {
                let mut position = position.to_vec();
                position[at] += by;
                self.log_density(&position).expect("models have no faults")
            };
            let slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
            let name = format!("{}, {}", self.model.name, self.model.coordinates[at]);
            assert!((slope - gradient[at]).abs() < 1e-5 * (1.0 + slope.abs()), "{name}: {} is {slope}", gradient[at]);
        }
    }
}

impl LogDensity for Posterior {
    fn dim(&self) -> usize {
        self.model.coordinates.len()
    }

    fn log_density(&mut self, position: &[f64]) -> Result<f64, Fault> {
        Ok((self.model.value)(&self.data, position, &mut self.scratch))
    }

    fn log_density_and_gradient(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        gradient.fill(0.0);
        Ok((self.model.value)(&self.data, position, gradient))
    }

    fn integers(&self) -> Vec<Integer> {
        self.model.integers.to_vec()
    }
}

/// A model and how it is sampled.
pub struct Case {
    pub model: Model,
    pub sampler: &'static str,
    pub settings: Settings,
}

impl Case {
    pub fn name(&self) -> String {
        format!("{}, {}", self.model.name, self.sampler)
    }

    /// A seed for each simulation of each case.
    fn seed(&self, simulation: usize) -> u64 {
        self.name().bytes().fold(simulation as u64, |seed, byte| seed.wrapping_mul(1_000_003) ^ u64::from(byte))
    }

    /// For each simulation the ranks of all quantities, from 0 to [`KEPT`].
    ///
    /// # Errors
    /// How many simulations, and which one, have chains that do not mix.
    pub fn ranks(&self, simulations: usize) -> Result<Vec<Vec<usize>>, String> {
        let next = AtomicUsize::new(0);
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|simulation| *simulation < simulations);
        let work = || std::iter::from_fn(take).map(|simulation| (simulation, self.ranks_of(simulation))).collect();
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut ranks: Vec<(usize, Option<Vec<usize>>)> = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| -> Vec<_> { work() })).collect();
            workers.into_iter().flat_map(|worker| worker.join().expect("models do not panic")).collect()
        });
        ranks.sort_unstable();
        let lost: Vec<usize> = ranks.iter().filter(|(_, ranks)| ranks.is_none()).map(|(at, _)| *at).collect();
        match lost.as_slice() {
            [] => Ok(ranks.into_iter().filter_map(|(_, ranks)| ranks).collect()),
            [first, ..] => Err(format!("{}: {} do not mix, the first is {first}", self.name(), lost.len())),
        }
    }

    fn ranks_of(&self, simulation: usize) -> Option<Vec<usize>> {
        let seed = self.seed(simulation);
        let (truth, data) = self.model.simulate_from(seed);
        let mut posterior = Posterior::new(self.model, data);
        let draws = self.independent_draws(&mut posterior, seed)?;
        let mut ties = Stream::seed_from_u64(!seed);
        let rank = |(at, truth): (usize, f64)| {
            let count = |f: fn(&f64, &f64) -> bool| draws.iter().filter(|draw| f(&draw[at], &truth)).count();
            let equal = Uniform::new_inclusive(0, count(f64::eq)).expect("a range that is not empty");
            count(f64::lt) + equal.sample(&mut ties)
        };
        Some(posterior.quantities(&truth).into_iter().enumerate().map(rank).collect())
    }

    /// As many draws as are kept, from runs that are long enough for them to be nearly independent; none if the longest
    /// is not.
    fn independent_draws(&self, posterior: &mut Posterior, seed: u64) -> Option<Vec<Vec<f64>>> {
        let longer = |doublings| Settings { seed, draws: self.settings.draws << doublings, ..self.settings.clone() };
        (0..=DOUBLINGS).map(longer).find_map(|settings| {
            let output = Positions { dim: posterior.dim() };
            let sinks = sample_to_memory(posterior, &output, &settings, &Starts::random()).expect("the chains start");
            let chains: Vec<_> = sinks.iter().flat_map(|sink| walkers(sink, posterior)).collect();
            (least_ess(&chains) >= ENOUGH).then(|| thin(&chains))
        })
    }
}

/// The quantities of each walker of a chain in time.
fn walkers(sink: &MemorySink, posterior: &mut Posterior) -> Vec<Vec<Vec<f64>>> {
    let (draws, walkers) = (&sink.draws, sink.draws.walkers());
    let own = |walker: usize| (walker..draws.len()).step_by(walkers);
    (0..walkers).map(|walker| own(walker).map(|draw| posterior.quantities(draws.row(draw))).collect()).collect()
}

/// The smallest effective sample size of a quantity; one that is the same in all draws sets no limit.
fn least_ess(chains: &[Vec<Vec<f64>>]) -> f64 {
    let ess = |at: usize| {
        let columns: Vec<Vec<f64>> = chains.iter().map(|chain| chain.iter().map(|draw| draw[at]).collect()).collect();
        match ess_bulk(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>()) {
            Err(Undefined::Constant) => f64::INFINITY,
            ess => ess.unwrap_or(0.0),
        }
    };
    (0..chains[0][0].len()).map(ess).fold(f64::INFINITY, f64::min)
}

/// Draws at even distances, over all chains.
fn thin(chains: &[Vec<Vec<f64>>]) -> Vec<Vec<f64>> {
    let all: Vec<&Vec<f64>> = chains.iter().flatten().collect();
    (0..KEPT).map(|kept| all[(2 * kept + 1) * all.len() / (2 * KEPT)].clone()).collect()
}
