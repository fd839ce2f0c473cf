//! The ensemble sampler: autocorrelation times and steps a second on densities that emcee can be given too.
//!
//! `cargo bench -p ppl-benches --bench ensemble [-- --json]`; `benches/ensemble/run` sets emcee beside it.

#![allow(clippy::print_stdout)] // a benchmark is there to print its figures

use std::sync::OnceLock;
use std::time::Instant;

use ppl_density::{Fault, LogDensity};
use ppl_engine::{Ensemble, MemorySink, Move, Positions, Sampler, Settings, Starts, sample_to_memory};
use serde_json::json;

const WALKERS: usize = 32;
const ENSEMBLES: u64 = 8;
const WARMUP: usize = 2000;
const ITERATIONS: usize = 20_000;
const MOVES: [&str; 8] = ["stretch", "differential", "walk", "snooker", "side", "kde", "slice", "gaussian:0.5"];

#[derive(Clone, Copy)]
struct Target {
    name: &'static str,
    dim: usize,
    log_density: fn(&[f64]) -> f64,
}

impl LogDensity for Target {
    fn dim(&self) -> usize {
        self.dim
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        Ok((self.log_density)(q))
    }
    fn log_density_and_gradient(&mut self, _: &[f64], _: &mut [f64]) -> Result<f64, Fault> {
        Err(Fault::Fatal("there is no gradient".to_string()))
    }
    fn has_gradient(&self) -> bool {
        false
    }
}

/// Five normals of variance 1, neighbours correlated by 0.9: the inverse covariance has three bands.
fn correlated(q: &[f64]) -> f64 {
    let first = q[0] * q[0];
    let later: f64 = q.windows(2).map(|pair| (pair[1] - 0.9 * pair[0]).powi(2) / (1.0 - 0.81)).sum();
    -0.5 * (first + later)
}

/// After Rosenbrock: x ~ N(1, 1), y ~ N(x², 1/5), a curved ridge.
fn rosenbrock(q: &[f64]) -> f64 {
    -0.5 * ((1.0 - q[0]).powi(2) + 5.0 * (q[1] - q[0] * q[0]).powi(2))
}

const TARGETS: [Target; 2] = [
    Target { name: "normal", dim: 5, log_density: correlated },
    Target { name: "rosenbrock", dim: 2, log_density: rosenbrock },
];

/// Mean and standard error over the ensembles of the autocorrelation time, itself a mean over the coordinates; steps of a
/// walker a second of processor time; evaluations a step.
struct Figures {
    tau: f64,
    error: f64,
    steps: f64,
    evaluations: f64,
}

fn measure(target: Target, kind: Move) -> Figures {
    let runs: Vec<Run> = (0..ENSEMBLES).map(|chain| Run::new(target, kind, chain)).collect();
    let mean = |f: &dyn Fn(&Run) -> f64| runs.iter().map(f).sum::<f64>() / runs.len() as f64;
    let tau = mean(&|run| run.tau);
    let variance = mean(&|run| (run.tau - tau).powi(2));
    Figures {
        tau,
        error: (variance / (runs.len() - 1) as f64).sqrt(),
        steps: ((WARMUP + ITERATIONS) * WALKERS) as f64 / mean(&|run| run.seconds),
        evaluations: mean(&|run| run.evaluations),
    }
}

/// One ensemble.
struct Run {
    tau: f64,
    seconds: f64,
    evaluations: f64,
}

impl Run {
    fn new(target: Target, kind: Move, chain: u64) -> Run {
        let ensemble = Ensemble { walkers: Some(WALKERS), moves: vec![(kind, 1.0)] };
        let settings = Settings {
            sampler: Sampler::Ensemble(ensemble),
            chains: 1,
            first_chain: chain,
            warmup: WARMUP,
            draws: ITERATIONS,
            threads: 1,
            ..Settings::default()
        };
        let start = processor_seconds();
        let chains = sample_to_memory(&target, &Positions { dim: target.dim }, &settings, &Starts::random())
            .expect("the targets are finite everywhere");
        let steps = ((WARMUP + ITERATIONS) * WALKERS) as f64;
        let seconds = processor_seconds() - start;
        let evaluations = chains[0].end.as_ref().map_or(0, |end| end.evaluations);
        Run { tau: tau(&chains[0], target.dim), seconds, evaluations: evaluations as f64 / steps }
    }
}

/// Processor time of this program so far, which other load disturbs less than the clock; the clock where the system does
/// not say.
fn processor_seconds() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let start = START.get_or_init(Instant::now);
    let ticks = |stat: String| -> Option<f64> {
        // After the name in brackets come the state and ten numbers; then user and system time in hundredths of a second.
        let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
        Some(fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?)
    };
    let known = std::fs::read_to_string("/proc/self/stat").ok().and_then(ticks);
    known.map_or_else(|| start.elapsed().as_secs_f64(), |ticks| ticks / 100.0)
}

fn tau(chain: &MemorySink, dim: usize) -> f64 {
    let of = |column: usize| {
        let walkers: Vec<Vec<f64>> = (0..WALKERS).map(|walker| chain.draws.walker_column(walker, column)).collect();
        let slices: Vec<&[f64]> = walkers.iter().map(Vec::as_slice).collect();
        ppl_stats::autocorrelation_time(&slices).map_or(f64::NAN, |time| time.tau)
    };
    (0..dim).map(of).sum::<f64>() / dim as f64
}

fn main() {
    let as_json = std::env::args().any(|argument| argument == "--json");
    if !as_json {
        println!("{:<12} {:<14} {:>8} {:>7} {:>14} {:>17}", "target", "move", "τ", "±", "steps/s", "evaluations/step");
    }
    for target in TARGETS {
        for name in MOVES {
            let Figures { tau, error, steps, evaluations } = measure(target, name.parse().expect("a move"));
            match as_json {
                true => println!(
                    "{}",
                    json!({"target": target.name, "move": name, "tau": tau, "error": error, "steps": steps,
                           "evaluations": evaluations})
                ),
                false => {
                    println!(
                        "{:<12} {name:<14} {tau:>8.1} {error:>7.1} {steps:>14.0} {evaluations:>17.2}",
                        target.name
                    );
                }
            }
        }
    }
}
