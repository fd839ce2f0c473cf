//! All chains of a run, on threads.

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::thread;

use ppl_density::LogDensity;

use crate::chain::{Chain, Run};
use crate::error::Error;
use crate::init::{Wanted, find};
use crate::observer::Observer;
use crate::output::Output;
use crate::rng::Streams;
use crate::settings::Settings;
use crate::sink::{ChainEnd, Outcome, Sink};
use crate::starts::Starts;
use crate::target::Target;

/// Runs all chains of `settings` on `density` and returns how each ended, in order of their ids.
///
/// Chain `i` gets `sinks[i]` and its own clones of `density` and `output`, and runs on one thread at a time. The draws
/// are the same bits for any number of threads. When `stop` becomes true each chain ends after its current iteration
/// and keeps its draws. A chain that fails leaves the others alone: see [`ChainEnd::outcome`].
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
    stop: &AtomicBool,
) -> Result<Vec<ChainEnd>, Error>
where
    D: LogDensity + Clone + Send,
    O: Output + Clone + Send,
    S: Sink,
{
    let dim = density.dim();
    settings.check(dim, density.has_gradient())?;
    starts.check(settings.chains, dim)?;
    if sinks.len() != settings.chains {
        return Err(Error::Sinks { chains: settings.chains, sinks: sinks.len() });
    }
    let run = Run { settings, observer, stop, radius: starts.radius };
    let chains = sinks.into_iter().enumerate().map(|(index, sink)| {
        let id = settings.first_chain.wrapping_add(index as u64);
        let chain = Chain::new(run, id, density.clone(), output.clone(), sink);
        (chain, starts.of_chain(index, dim))
    });
    let ends = run_all(chains.collect(), settings.threads);
    first_failure(&ends).map_or(Ok(ends), Err)
}

/// Where the first chain of NUTS would start: the given values where there are any, chance elsewhere.
///
/// # Errors
/// Starting values that do not fit the density, or no place where value and gradient are finite.
pub fn starting_point<D: LogDensity>(density: D, settings: &Settings, starts: &Starts) -> Result<Vec<f64>, Error> {
    let dim = density.dim();
    starts.check(settings.chains, dim)?;
    if dim == 0 {
        return Ok(Vec::new());
    }
    let chain = settings.first_chain;
    let wanted = Wanted { radius: starts.radius, gradient: density.has_gradient(), walker: None };
    let (mut target, streams) = (Target::new(density), Streams::new(settings.seed, chain));
    let found = find(&mut target, &streams, &starts.of_chain(0, dim), wanted);
    found.map_err(|source| Error::Chain { chain, source })
}

type Job<'a, D, O, S> = (Chain<'a, D, O, S>, Vec<Option<f64>>);

/// Runs the jobs on as many threads, each taking the next when it is done with one.
fn run_all<D, O, S>(jobs: Vec<Job<'_, D, O, S>>, threads: usize) -> Vec<ChainEnd>
where
    D: LogDensity + Send,
    O: Output + Send,
    S: Sink,
{
    let threads = threads.min(jobs.len());
    let queue = Mutex::new(jobs.into_iter());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || std::iter::from_fn(next).map(|(chain, given)| chain.run(&given)).collect();
    let mut ends: Vec<ChainEnd> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        // A chain catches its panics; what is left is an observer's, which is the caller's to see.
        workers.into_iter().flat_map(|worker| -> Vec<ChainEnd> { join(worker) }).collect()
    });
    ends.sort_by_key(|end| end.chain);
    ends
}

fn join<T>(worker: thread::ScopedJoinHandle<'_, T>) -> T {
    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
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
