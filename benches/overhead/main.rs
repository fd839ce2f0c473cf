//! The sampler's own time: what a leapfrog step of NUTS costs beside its gradient, for each shape of metric.
//!
//! `cargo bench -p ppl-benches --bench overhead`. Limits: 15 ns a dimension a step with the cheap density, and 5 % of all
//! time where a gradient takes 10 µs. Times are the least of some rounds, because other work of the machine only adds to
//! them. Of the two readings of the clock around each gradient, one counts as the sampler's.

#![allow(clippy::print_stdout)] // a benchmark is there to print its figures

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ppl_density::{Fault, LogDensity};
use ppl_engine::*;

/// A gradient that is not cheap takes so long.
const GRADIENT: Duration = Duration::from_micros(10);
const DRAWS: usize = 3000;
const ROUNDS: usize = 20;
const SLOW_ROUNDS: usize = 5;

fn main() {
    println!(
        "{:<28} {:>5} {:>10} {:>12} {:>16} {:>14}",
        "metric", "dim", "steps", "ns a step", "ns a step a dim", "at 10 µs"
    );
    for dim in [10, 100, 1000] {
        for (name, metric, directions) in
            [("diagonal", Metric::Diagonal, 0), ("low-rank", Metric::LowRank, 10), ("dense", Metric::Dense, 10)]
        {
            if dim > 100 && metric == Metric::Dense || directions >= dim && metric == Metric::LowRank {
                continue;
            }
            let run = |lasts| Spent::of(Normal::new(dim, directions, lasts), metric);
            let bare: Vec<Spent> = (0..ROUNDS).map(|_| run(None)).collect();
            let slow: Vec<Spent> = (0..SLOW_ROUNDS).map(|_| run(Some(GRADIENT))).collect();
            let [step, beside] = [&bare, &slow].map(|rounds| least(rounds.iter().map(Spent::step)));
            let name = format!("{name}{}", bare[0].directions.map_or(String::new(), |k| format!(", {k} directions")));
            let (steps, share) = (bare[0].steps, 100.0 * beside / (beside + GRADIENT.as_nanos() as f64));
            println!("{name:<28} {dim:>5} {steps:>10} {step:>12.0} {:>16.2} {share:>12.2} %", step / dim as f64);
        }
    }
}

fn least(times: impl Iterator<Item = f64>) -> f64 {
    times.fold(f64::INFINITY, f64::min)
}

/// Normals with variance 1, but for some that share a variance of 16 along directions of their own: each direction
/// is a block of neighbouring coordinates. Times its evaluations.
#[derive(Clone)]
struct Normal {
    dim: usize,
    directions: usize,
    lasts: Option<Duration>,
    nanoseconds: Arc<AtomicU64>,
}

impl Normal {
    fn new(dim: usize, directions: usize, lasts: Option<Duration>) -> Self {
        Normal { dim, directions, lasts, nanoseconds: Arc::default() }
    }
}

impl LogDensity for Normal {
    fn dim(&self) -> usize {
        self.dim
    }

    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        self.log_density_and_gradient(q, &mut vec![0.0; q.len()])
    }

    fn log_density_and_gradient(&mut self, q: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        let start = Instant::now();
        let block = self.dim.checked_div(self.directions).unwrap_or(self.dim);
        for (q, g) in q.chunks(block).zip(gradient.chunks_mut(block)) {
            // (I + 15 uuᵀ)⁻¹ = I − (15/16) uuᵀ with u constant.
            let along = if self.directions == 0 { 0.0 } else { 0.9375 * q.iter().sum::<f64>() / q.len() as f64 };
            g.iter_mut().zip(q).for_each(|(g, q)| *g = along - q);
        }
        let value = 0.5 * q.iter().zip(&*gradient).map(|(q, g)| q * g).sum::<f64>();
        while self.lasts.is_some_and(|lasts| start.elapsed() < lasts) {
            std::hint::spin_loop();
        }
        self.nanoseconds.fetch_add(start.elapsed().as_nanos() as u64, Ordering::Relaxed);
        Ok(value)
    }
}

/// Where the time after warm-up went, in nanoseconds.
struct Spent {
    steps: u64,
    sampler: f64,
    directions: Option<usize>,
}

impl Spent {
    fn of(density: Normal, metric: Metric) -> Spent {
        let sampler = Sampler::Nuts(Nuts { metric, ..Nuts::default() });
        let draws = if density.lasts.is_some() { DRAWS / 5 } else { DRAWS };
        let settings = Settings { sampler, chains: 1, threads: 1, warmup: 500, draws, ..Settings::default() };
        let mut clock = Clock { density: density.clone(), steps: 0, begin: None, end: None, directions: None };
        let output = Positions { dim: density.dim };
        let (starts, stop) = (Starts::random(), AtomicBool::new(false));
        sample(&density, &output, &settings, &starts, vec![&mut clock], &(), &stop).expect("a run without failures");
        let (begin, end) = (clock.begin.expect("warm-up ended"), clock.end.expect("draws were made"));
        let all = (end.0 - begin.0).as_nanos() as f64;
        Spent { steps: clock.steps, sampler: all - (end.1 - begin.1) as f64, directions: clock.directions }
    }

    /// Nanoseconds of the sampler a leapfrog step.
    fn step(&self) -> f64 {
        self.sampler / self.steps as f64
    }
}

/// Reads the clock, and how much of the time the density took, when warm-up ends and at the last draw.
struct Clock {
    density: Normal,
    steps: u64,
    begin: Option<(Instant, u64)>,
    end: Option<(Instant, u64)>,
    directions: Option<usize>,
}

impl Clock {
    fn now(&self) -> Option<(Instant, u64)> {
        Some((Instant::now(), self.density.nanoseconds.load(Ordering::Relaxed)))
    }
}

impl Sink for Clock {
    fn warmup_done(&mut self, adapted: &Adapted) -> Result<(), SinkError> {
        if let InverseMetric::LowRank { eigenvalues, .. } = &adapted.inverse_metric {
            self.directions = Some(eigenvalues.len());
        }
        self.begin = self.now();
        Ok(())
    }

    fn draw(&mut self, draw: &Draw) -> Result<(), SinkError> {
        self.steps += u64::from(draw.stats.steps);
        self.end = self.now();
        Ok(())
    }

    fn finish(&mut self, _: &ChainEnd) -> Result<(), SinkError> {
        Ok(())
    }
}
