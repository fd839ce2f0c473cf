//! Whole runs: written, read, torn, refused.

mod disk;
mod export;
mod faults;
mod interrupted;
mod round_trip;
mod sampled;
mod stan;

use crate::*;
use ppl_engine::{
    Adapted, ChainEnd, ChainFault, Culprit, Divergence, Draw, Ensemble, FaultKind, Integrator, InverseMetric,
    Metropolis, Moment, Occurrence, Outcome, Sampler, Settings, Sink, Stats,
};
use std::path::PathBuf;
use tempfile::TempDir;

/// A scratch folder, and a path in it that does not exist yet.
fn scratch() -> (TempDir, PathBuf) {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("deep").join("run");
    (scratch, path)
}

/// Two chains of three draws by NUTS.
fn settings() -> Settings {
    Settings { chains: 2, warmup: 2, draws: 3, seed: 7, ..Settings::default() }
}

fn metropolis() -> Settings {
    Settings { sampler: Sampler::Metropolis(Metropolis::default()), ..settings() }
}

fn ensemble(walkers: usize) -> Settings {
    Settings { sampler: Sampler::Ensemble(Ensemble { walkers: Some(walkers), ..Ensemble::default() }), ..settings() }
}

/// `tau`, then a 2 × 2 matrix `R` row by row.
fn columns() -> Vec<Column> {
    let mut columns = vec![Column::real("tau", &[])];
    columns.extend([[1, 1], [1, 2], [2, 1], [2, 2]].map(|index| Column::real("R", &index)));
    columns
}

fn info(settings: Settings) -> RunInfo {
    RunInfo::new("tiny", "tau ~ normal(0, 1)\n", settings, columns(), 5)
}

/// A row and its statistics that differ for every chain and draw.
fn row(chain: u64, draw: usize) -> Vec<f64> {
    (0..5).map(|column| (1000 * chain + 100 * draw as u64 + column) as f64 / 1000.0).collect()
}

fn stats(draw: usize) -> Stats {
    Stats {
        log_density: -1.5 - draw as f64,
        accept: 0.875,
        step_size: 0.25,
        depth: 3,
        steps: 7,
        divergent: draw == 1,
        energy: 4.0,
        accepted: true,
    }
}

fn adapted() -> Adapted {
    let inverse_metric = InverseMetric::Diagonal(vec![1.0, 2.0, 0.5, 4.0, 1e-7]);
    Adapted { step_size: 0.25, inverse_metric, integrator: Some(Integrator::Walnuts) }
}

fn put(sink: &mut ChainSink, row: &[f64], iteration: usize, warmup: bool, walker: usize) {
    let draw = Draw { iteration, warmup, walker, row, position: &[], stats: stats(iteration) };
    sink.draw(&draw).unwrap();
}

fn fault() -> ChainFault {
    let example = Some("y[2] = 4".to_string());
    let term = Culprit { name: "y (3:1)".to_string(), value: f64::NEG_INFINITY, example, direction: None };
    let first = Occurrence { moment: Moment::Warmup(3), position: vec![0.5, f64::NAN], terms: vec![term] };
    ChainFault { kind: FaultKind::MinusInfinity, count: 5, sampling: 2, first }
}

fn end(chain: u64, outcome: Outcome, draws: usize) -> ChainEnd {
    ChainEnd {
        chain,
        outcome,
        draws,
        warmup_draws: 0,
        iterations: draws + 2,
        divergences: 1,
        divergence_places: vec![Divergence {
            iteration: 7,
            energy_error: f64::INFINITY,
            start: vec![0.5; 2],
            end: vec![-1e-9, f64::INFINITY],
        }],
        warmup_divergences: 0,
        depth_limits: 0,
        accept: 0.875,
        adapted: Some(adapted()),
        ladder: None,
        evaluations: 100,
        faults: vec![fault()],
        positions: Vec::new(),
    }
}

/// Writes a run of as many draws a chain as are asked for; chains that fall short of the settings are stopped.
fn write(path: &PathBuf, info: &RunInfo, draws: usize) {
    let mut folder = RunFolder::create(path, info).unwrap();
    let outcome = if draws < info.settings.draws { Outcome::Stopped } else { Outcome::Finished };
    let walkers = info.settings.walkers(info.dim);
    let ends = (1..).zip(folder.sinks().unwrap()).map(|(chain, mut sink)| {
        if info.settings.save_warmup {
            (0..2).for_each(|i| (0..walkers).for_each(|w| put(&mut sink, &row(chain + 50, i + 10 * w), i, true, w)));
        }
        sink.warmup_done(&adapted()).unwrap();
        (0..draws).for_each(|i| (0..walkers).for_each(|w| put(&mut sink, &row(chain, i + 10 * w), i, false, w)));
        let end = end(chain, outcome.clone(), draws);
        sink.finish(&end).unwrap();
        end
    });
    let ends: Vec<ChainEnd> = ends.collect();
    folder.finish(&ends, None).unwrap();
}
