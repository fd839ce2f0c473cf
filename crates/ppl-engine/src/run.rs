//! All chains of a run, on threads: together from barrier to barrier, each on its own between two.

use std::sync::{Mutex, PoisonError};
use std::thread;

use ppl_density::{Integer, LogDensity};

use crate::chain::{Chain, Goal, Run};
use crate::discrete::{self, check_integers};
use crate::error::Error;
use crate::init::Wanted;
use crate::nuts;
use crate::observer::Observer;
use crate::output::Output;
use crate::rng::Streams;
use crate::settings::{Sampler, Settings};
use crate::sink::{ChainEnd, Outcome, Sink};
use crate::starts::Starts;
use crate::supervisor::Supervisor;
use crate::target::Target;
use crate::tempering;

/// Runs all chains of `settings` on `density` and returns how each ended, in order of their ids.
///
/// Chain `i` gets `sinks[i]` and its own clones of `density` and `output`, and runs on one thread at a time. The draws
/// are the same bits for any number of threads (those that chains leave idle evaluate walkers of ensembles), and for a run that goes on from states kept by an earlier one. When the
/// supervisor says stop, each chain ends after its current iteration and keeps its draws. A chain that fails leaves the
/// others alone: see [`ChainEnd::outcome`].
///
/// # Errors
/// Settings, sinks or starting values that do not fit each other or the density; or, if chains failed and none has a
/// single draw, the first failure.
pub fn sample<D, O, S>(
    density: &D,
    output: &O,
    settings: &Settings,
    starts: &Starts,
    sinks: Vec<S>,
    observer: &dyn Observer,
    supervisor: &dyn Supervisor,
) -> Result<Vec<ChainEnd>, Error>
where
    D: LogDensity + Clone + Send,
    O: Output + Clone + Send,
    S: Sink,
{
    let dim = density.dim();
    let integers = density.integers();
    check(density, settings, &integers)?;
    starts.check(settings, dim, &integers)?;
    if sinks.len() != settings.chains {
        return Err(Error::Sinks { chains: settings.chains, sinks: sinks.len() });
    }
    let run = Run { settings, observer, supervisor, radius: starts.radius };
    let chains = sinks.into_iter().enumerate().map(|(index, sink)| {
        let state = starts.state(settings, index);
        let chain = Chain::new(run, density.clone(), output.clone(), sink, starts.of_chain(index, dim), state);
        chain.with_helpers(vec![density.clone(); settings.helpers()])
    });
    let mut chains: Vec<_> = chains.collect();
    warm_up_together(&mut chains, run);
    draw(&mut chains, run);
    let ends: Vec<ChainEnd> = chains.into_iter().map(Chain::end).collect();
    first_failure(&ends).map_or(Ok(ends), Err)
}

/// Checks that the settings, the sampler among them, can run on a density.
fn check<D: LogDensity>(density: &D, settings: &Settings, integers: &[Integer]) -> Result<(), Error> {
    let dim = density.dim();
    check_integers(integers, dim)?;
    settings.check(dim - integers.len(), density.has_gradient())?;
    let remedy = "coordinates that take whole numbers need NUTS or Metropolis, without tempering";
    match &settings.sampler {
        _ if integers.is_empty() => Ok(()),
        Sampler::Ensemble(_) => Err(Error::setting("sampler", "the ensemble", remedy)),
        _ if settings.tempering.is_some() => Err(Error::setting("tempering", "on", remedy)),
        _ => Ok(()),
    }
}

/// Where the first chain of NUTS would start: the given values where there are any, chance elsewhere.
///
/// # Errors
/// Starting values that do not fit the density, or no place where value and gradient are finite.
pub fn starting_point<D: LogDensity>(density: D, settings: &Settings, starts: &Starts) -> Result<Vec<f64>, Error> {
    let dim = density.dim();
    let integers = density.integers();
    check_integers(&integers, dim)?;
    starts.check(settings, dim, &integers)?;
    if dim == 0 {
        return Ok(Vec::new());
    }
    let chain = settings.first_chain;
    let gradient = density.has_gradient() && integers.len() < dim;
    let wanted = Wanted { radius: starts.radius, gradient, walker: None };
    let (mut target, streams) = (Target::new(density), Streams::new(settings.seed, chain));
    let found = discrete::start(&integers, &mut target, &streams, &starts.of_chain(0, dim), wanted);
    found.map_err(|source| Error::Chain { chain, source })
}

/// Takes the chains through warm-up, with a meeting at each barrier, where the sampler has meetings.
fn warm_up_together<D, O, S>(chains: &mut [Chain<'_, D, O, S>], run: Run<'_>)
where
    D: LogDensity + Send,
    O: Output + Send,
    S: Sink,
{
    for barrier in barriers(run.settings) {
        if chains.iter().any(|chain| !chain.is_over() && chain.warmup() < barrier) {
            return;
        }
        run_all(chains, Goal::Warmup(barrier), run.settings.threads);
        if run.supervisor.stop() {
            return;
        }
        // Chains that go on from kept states may have met here already.
        if chains.iter().all(|chain| chain.is_over() || chain.met() < barrier) {
            meet(chains, run);
        }
    }
}

/// The iterations of warm-up after which the chains meet.
fn barriers(settings: &Settings) -> Vec<usize> {
    match (&settings.tempering, &settings.sampler) {
        _ if settings.chains < 2 => Vec::new(),
        (Some(tempering), _) if tempering.pool => tempering::barriers(settings.warmup),
        (None, Sampler::Nuts(nuts)) if nuts.pool => nuts::barriers(settings.warmup).collect(),
        _ => Vec::new(),
    }
}

/// Lets the chains learn from each other; then their states are kept all at once, because none can go on without the
/// others' from before.
fn meet<D: LogDensity + Send, O: Output, S: Sink>(chains: &mut [Chain<'_, D, O, S>], run: Run<'_>) {
    let warmup_is_over = match run.settings.tempering {
        Some(_) => {
            tempering::meet(&mut chains.iter_mut().filter_map(Chain::tally).collect::<Vec<_>>());
            false
        }
        None => {
            let mut kernels: Vec<_> = chains.iter_mut().filter_map(Chain::nuts).collect();
            !kernels.is_empty() && nuts::meet(&mut kernels)
        }
    };
    let states: Vec<_> = chains.iter_mut().filter_map(|chain| chain.has_met(warmup_is_over)).collect();
    if run.supervisor.keep_every().is_some() {
        run.supervisor.keep(states);
    }
}

/// Makes the draws, all at once or from one check to the next.
fn draw<D, O, S>(chains: &mut [Chain<'_, D, O, S>], run: Run<'_>)
where
    D: LogDensity + Send,
    O: Output + Send,
    S: Sink,
{
    let (all, every) = (run.settings.draws, run.supervisor.check_every().unwrap_or(usize::MAX).max(1));
    // Chains that go on from kept states were together at every check before the last of them.
    let made = chains.iter().filter(|chain| !chain.is_over()).map(Chain::draws).min().unwrap_or(0);
    let mut draws = made.saturating_sub(1) / every * every;
    while draws < all {
        draws = draws.saturating_add(every).min(all);
        run_all(chains, Goal::Draws(draws), run.settings.threads);
        if chains.iter().all(Chain::is_over) || chains.iter().any(Chain::was_stopped) {
            return;
        }
        chains.iter_mut().for_each(Chain::settle_draws);
        if run.supervisor.enough(draws) {
            return;
        }
    }
}

/// Runs the chains to a goal on as many threads, each taking the next when it is done with one.
fn run_all<D, O, S>(chains: &mut [Chain<'_, D, O, S>], goal: Goal, threads: usize)
where
    D: LogDensity + Send,
    O: Output + Send,
    S: Sink,
{
    let threads = threads.min(chains.len());
    let queue = Mutex::new(chains.iter_mut());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || std::iter::from_fn(next).for_each(|chain| chain.run_to(goal));
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        // A chain catches its panics; what is left is an observer's, which is the caller's to see.
        workers.into_iter().for_each(join);
    });
}

fn join(worker: thread::ScopedJoinHandle<'_, ()>) {
    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// The first chain's failure, if no chain has a draw.
fn first_failure(ends: &[ChainEnd]) -> Option<Error> {
    if ends.iter().any(|end| end.draws > 0) {
        return None;
    }
    ends.iter().find_map(|end| match &end.outcome {
        Outcome::Failed(source) => Some(Error::Chain { chain: end.chain, source: source.clone() }),
        Outcome::Finished | Outcome::Stopped => None,
    })
}
