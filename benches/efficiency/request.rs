//! What the command line asks for.

use std::path::PathBuf;

use ppl::{Integrator, Metric, Nuts, Sampler as Kind, Settings};

use crate::samplers::{CHAINS, Sampler};

/// What to run, and where figures come from and go to.
pub struct Request {
    names: Vec<String>,
    ours: Settings,
    /// Seeds 1 and up.
    pub seeds: u64,
    pub samplers: Vec<Sampler>,
    /// A file with figures of earlier runs.
    pub with: Option<PathBuf>,
    /// A file for the figures.
    pub save: Option<PathBuf>,
}

impl Request {
    /// Reads the command line.
    ///
    /// # Panics
    /// An option without its value, or a value that is none.
    pub fn read() -> Self {
        let ours = Settings { chains: CHAINS, threads: 1, ..Settings::default() };
        let mut request =
            Request { names: Vec::new(), ours, seeds: 3, samplers: vec![Sampler::Ours], with: None, save: None };
        let mut nuts = Nuts::default();
        let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().expect("a value after the option");
            match argument.as_str() {
                "--warmup" => request.ours.warmup = value().parse().expect("a number"),
                "--draws" => request.ours.draws = value().parse().expect("a number"),
                "--seeds" => request.seeds = value().parse().expect("a number"),
                "--target" => nuts.target_accept = Some(value().parse().expect("a number")),
                "--metric" => nuts.metric = metric(&value()),
                "--integrator" => nuts.integrator = integrator(&value()),
                "--pool" => nuts.pool = value() != "off",
                "--samplers" => request.samplers = samplers(&value()),
                "--with" => request.with = Some(value().into()),
                "--save" => request.save = Some(value().into()),
                _ => request.names.push(argument),
            }
        }
        request.ours.sampler = Kind::Nuts(nuts);
        request
    }

    /// Whether a subject is asked for.
    pub fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| name.contains(wanted.as_str()))
    }

    /// Our settings with a seed; the others take the number of draws and the seed from it.
    pub fn settings(&self, seed: u64) -> Settings {
        Settings { seed, ..self.ours.clone() }
    }
}

fn metric(name: &str) -> Metric {
    match name {
        "dense" => Metric::Dense,
        "diagonal" => Metric::Diagonal,
        "low-rank" => Metric::LowRank,
        _ => Metric::Auto,
    }
}

fn integrator(name: &str) -> Integrator {
    match name {
        "leapfrog" => Integrator::Leapfrog,
        "walnuts" => Integrator::Walnuts,
        _ => Integrator::Auto,
    }
}

/// Those of whom a word of the list is part of the name.
fn samplers(list: &str) -> Vec<Sampler> {
    let wanted = |sampler: &Sampler| list == "all" || list.split(',').any(|word| sampler.name().contains(word));
    Sampler::ALL.into_iter().filter(wanted).collect()
}
