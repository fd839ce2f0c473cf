//! The figures as a table.

use crate::figures::{Figures, Mean};
use crate::results::Results;
use crate::samplers::Sampler;
use crate::subject::Subject;

const NUTPIE: [Sampler; 2] = [Sampler::NutpieDiagonal, Sampler::NutpieLowRank];
const STAN: [Sampler; 2] = [Sampler::Stan1000, Sampler::Stan300];

/// How far below the better nutpie, and the better Stan, the whole interval of a ratio may lie.
const FLOORS: [f64; 2] = [0.9, 0.8];
/// The geometric mean of the ratio to the better nutpie that is wanted.
const WANTED: f64 = 1.15;

pub fn heading() {
    println!(
        "| posterior | dim | ours | {} | over the better nutpie | over the better Stan | ours, sampling only | nutpie's | divergent |",
        Sampler::ALL[1..].iter().map(|s| s.name()).collect::<Vec<_>>().join(" | ")
    );
    println!("|---|{}", "---:|".repeat(11));
}

/// One subject.
pub fn row(subject: &Subject, results: &Results) {
    let name = subject.name.as_str();
    let mut cells = vec![format!("`{name}`"), subject.dim().to_string()];
    cells.extend(Sampler::ALL.map(|sampler| results.rate(name, sampler).map_or("–".to_string(), rate)));
    cells.extend([NUTPIE, STAN].map(|peers| results.over(name, peers).map_or("–".to_string(), ratio)));
    let sampling = |sampler| results.runs(name, sampler).map(|runs| Mean::of(runs, Figures::sampling_rate));
    cells.push(sampling(Sampler::Ours).map_or("–".to_string(), rate));
    let peers = NUTPIE.into_iter().filter_map(sampling).max_by(|a, b| a.log.total_cmp(&b.log));
    cells.push(peers.map_or("–".to_string(), rate));
    let divergences = |runs: &[Figures]| runs.iter().map(|run| run.divergences).sum::<f64>() / runs.len() as f64;
    cells.push(results.runs(name, Sampler::Ours).map_or("–".to_string(), |runs| format!("{:.0}", divergences(runs))));
    println!("| {} |", cells.join(" | "));
}

/// Geometric means over all subjects, and what falls short.
pub fn means(names: &[String], results: &Results) {
    for sampler in Sampler::ALL {
        let rates: Vec<Mean> = names.iter().filter_map(|name| results.rate(name, sampler)).collect();
        summary(&format!("{}, effective draws in a thousand gradients", sampler.name()), &rates);
    }
    for (peers, called) in [(NUTPIE, "over the better nutpie"), (STAN, "over the better Stan")] {
        let ratios: Vec<Mean> = names.iter().filter_map(|name| results.over(name, peers)).collect();
        summary(&format!("ours {called}"), &ratios);
    }
    missed(names, results);
}

fn summary(title: &str, means: &[Mean]) {
    if means.is_empty() {
        return;
    }
    let n = means.len() as f64;
    let log = means.iter().map(|mean| mean.log).sum::<f64>() / n;
    let error = means.iter().map(|mean| mean.error * mean.error).sum::<f64>().sqrt() / n;
    println!("geometric mean of {title}: {}", ratio(Mean { log, error }));
}

fn missed(names: &[String], results: &Results) {
    for (peers, (floor, called)) in [NUTPIE, STAN].into_iter().zip(FLOORS.into_iter().zip(["nutpie", "Stan"])) {
        for name in names {
            if let Some(found) = results.over(name, peers).filter(|found| found.interval()[2] < floor) {
                println!("missed: {name} is {} of {called}, floor {floor}", ratio(found));
            }
        }
    }
    let ratios: Vec<f64> = names.iter().filter_map(|name| results.over(name, NUTPIE)).map(|mean| mean.log).collect();
    let mean = (ratios.iter().sum::<f64>() / ratios.len() as f64).exp();
    if mean < WANTED {
        println!("missed: the geometric mean over nutpie is {mean:.3}, wanted {WANTED}");
    }
}

fn rate(mean: Mean) -> String {
    let value = mean.log.exp();
    if value < 10.0 { format!("{value:.2}") } else { format!("{value:.1}") }
}

fn ratio(mean: Mean) -> String {
    let [value, low, high] = mean.interval();
    format!("{value:.2} ({low:.2}–{high:.2})")
}
