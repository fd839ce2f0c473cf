//! The engine inside a small program: a density of our own, three samplers, one summary.
#![allow(clippy::print_stdout, reason = "a program's answer goes to standard output")]

mod challenger;

use challenger::{Challenger, Probabilities};
use ppl_engine::{Ensemble, Error, MemorySink, Metropolis, Nuts, Sampler, Settings, Starts, sample_to_memory};
use ppl_stats::{Summary, summarize, summarize_ensembles};

const NAMES: [&str; 3] = ["intercept", "slope", "at 31 °F"];

fn main() -> Result<(), Error> {
    println!("{:<11} {:<10} {:>7} {:>6} {:>7} {:>7} {:>6}", "sampler", "", "mean", "sd", "q5", "q95", "ess");
    for (name, settings) in runs() {
        let chains = sample_to_memory(&Challenger, &Probabilities, &settings, &Starts::random())?;
        for (column, quantity) in NAMES.iter().enumerate() {
            let Summary { mean, sd, q5, q95, ess_bulk, .. } = summary(&chains, column);
            println!("{name:<11} {quantity:<10} {mean:>7.2} {sd:>6.2} {q5:>7.2} {q95:>7.2} {ess_bulk:>6.0}");
        }
    }
    Ok(())
}

/// The three samplers, each with as many draws as it needs.
fn runs() -> [(&'static str, Settings); 3] {
    let with = |sampler, warmup, draws| Settings { sampler, warmup, draws, ..Settings::default() };
    [
        ("nuts", with(Sampler::Nuts(Nuts::default()), 1000, 1000)),
        ("ensemble", with(Sampler::Ensemble(Ensemble::default()), 1000, 1000)),
        ("metropolis", Settings { thin: 10, ..with(Sampler::Metropolis(Metropolis::default()), 5000, 1000) }),
    ]
}

/// Summarises one column: over chains, or over ensembles of walkers.
fn summary(chains: &[MemorySink], column: usize) -> Summary {
    let walkers = |chain: &MemorySink| -> Vec<Vec<f64>> {
        (0..chain.draws.walkers()).map(|walker| chain.draws.walker_column(walker, column)).collect()
    };
    let draws: Vec<Vec<Vec<f64>>> = chains.iter().map(walkers).collect();
    let slices: Vec<Vec<&[f64]>> = draws.iter().map(|walkers| walkers.iter().map(Vec::as_slice).collect()).collect();
    match slices.iter().all(|walkers| walkers.len() == 1) {
        true => summarize(&slices.concat()),
        false => summarize_ensembles(&slices).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_samplers_agree() {
        let means = runs().map(|(_, settings)| {
            let chains = sample_to_memory(&Challenger, &Probabilities, &settings, &Starts::random());
            let chains = chains.expect("the density is fine everywhere");
            [0, 1, 2].map(|column| summary(&chains, column).mean)
        });
        for other in &means[1..] {
            assert!((means[0][0] - other[0]).abs() < 0.1);
            assert!((means[0][1] - other[1]).abs() < 0.1);
            assert!((means[0][2] - other[2]).abs() < 0.02);
        }
    }
}
