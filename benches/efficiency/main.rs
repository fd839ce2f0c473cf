//! Effective draws a gradient, warm-up included, on the published posteriors.
//!
//! `cargo bench -p ppl-benches --bench efficiency [-- --warmup 1000 --draws 1000 --seeds 3 --metric diagonal NAME…]`

#![allow(clippy::print_stdout)] // a benchmark is there to print its figures

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ppl::{Content, Metric, Nuts, Sampler, Settings};

/// What to run.
struct Request {
    names: Vec<String>,
    settings: Settings,
    seeds: u64,
}

fn main() -> ExitCode {
    let request = Request::read();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("inside the workspace").to_path_buf();
    let database = std::env::var_os("PPL_POSTERIORDB").map_or(root.join("../shared/posteriordb"), PathBuf::from);
    if !database.is_dir() {
        println!("skipped: posteriordb was not found; PPL_POSTERIORDB names its folder");
        return ExitCode::SUCCESS;
    }
    println!(
        "{:<48} {:>4} {:>9} {:>9} {:>8} {:>10} {:>10} {:>6}",
        "posterior", "dim", "warm-up", "sampling", "ESS", "ESS/kgrad", "sampling", "diverg"
    );
    let mut models: Vec<PathBuf> = std::fs::read_dir(root.join("tests/posterior/models"))
        .expect("the models are part of the project")
        .map(|entry| entry.expect("a folder that can be read").path())
        .collect();
    models.sort();
    let mut logs = [Vec::new(), Vec::new()];
    for path in models {
        let name = path.file_stem().expect("a file").to_string_lossy().into_owned();
        if !request.names.is_empty() && !request.names.iter().any(|n| name.contains(n.as_str())) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a model");
        let data = std::fs::read_to_string(database.join(&name).join("data.json")).expect("its data");
        let data = ppl::Data::new().json("data.json", data);
        let program = ppl::Model::parse(&name, &text).bind(&data).expect("the model fits the data");
        let runs: Vec<Run> = (0..request.seeds).map(|s| Run::of(&program, &request.settings, 1 + s)).collect();
        let mean = |f: &dyn Fn(&Run) -> f64| runs.iter().map(f).sum::<f64>() / runs.len() as f64;
        let (all, sampling) = (mean(&|r| r.rate().ln()).exp(), mean(&|r| r.sampling_rate().ln()).exp());
        println!(
            "{name:<48} {:>4} {:>9.0} {:>9.0} {:>8.0} {all:>10.2} {sampling:>10.2} {:>6.0}",
            program.dim(),
            mean(&|r| r.warmup),
            mean(&|r| r.sampling),
            mean(&|r| r.ess),
            mean(&|r| r.divergences),
        );
        logs[0].push(all.ln());
        logs[1].push(sampling.ln());
    }
    let geometric = |logs: &[f64]| (logs.iter().sum::<f64>() / logs.len() as f64).exp();
    println!("{:<48} {:>43.2} {:>10.2}", "geometric mean", geometric(&logs[0]), geometric(&logs[1]));
    ExitCode::SUCCESS
}

impl Request {
    fn read() -> Self {
        let mut request = Request { names: Vec::new(), settings: Settings::default(), seeds: 1 };
        let mut nuts = Nuts::default();
        let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().expect("a value after the option");
            match argument.as_str() {
                "--warmup" => request.settings.warmup = value().parse().expect("a number"),
                "--draws" => request.settings.draws = value().parse().expect("a number"),
                "--seeds" => request.seeds = value().parse().expect("a number"),
                "--target" => nuts.target_accept = value().parse().expect("a number"),
                "--metric" => {
                    nuts.metric = match value().as_str() {
                        "dense" => Metric::Dense,
                        "diagonal" => Metric::Diagonal,
                        "low-rank" => Metric::LowRank,
                        _ => Metric::Auto,
                    }
                }
                _ => request.names.push(argument),
            }
        }
        request.settings.sampler = Sampler::Nuts(nuts);
        request
    }
}

/// Figures of one run.
struct Run {
    warmup: f64,
    sampling: f64,
    /// The least of bulk and tail over all columns.
    ess: f64,
    divergences: f64,
}

impl Run {
    fn of(program: &ppl::Program, settings: &Settings, seed: u64) -> Self {
        let fit = program.sample(&Settings { seed, ..settings.clone() }).expect("the run has draws");
        let sampling: f64 =
            fit.draws.chains.iter().flat_map(|chain| &chain.stats).map(|stats| f64::from(stats.steps)).sum();
        let all: f64 = fit.chains.iter().map(|chain| chain.evaluations as f64).sum();
        let least = |row: &ppl::Row| match &row.content {
            Content::Numbers(summary) => summary.ess_bulk.min(summary.ess_tail),
            Content::Shares(_) => f64::NAN,
        };
        let ess = fit.summary().iter().map(least).fold(f64::INFINITY, f64::min);
        let divergences = fit.chains.iter().map(|chain| chain.divergences as f64).sum();
        Run { warmup: all - sampling, sampling, ess, divergences }
    }

    /// Effective draws in a thousand gradients.
    fn rate(&self) -> f64 {
        1e3 * self.ess / (self.warmup + self.sampling)
    }

    fn sampling_rate(&self) -> f64 {
        1e3 * self.ess / self.sampling
    }
}
