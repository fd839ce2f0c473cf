//! Figures by posterior and sampler, one a seed.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::figures::{Figures, Mean};
use crate::samplers::Sampler;

/// Figures by posterior and sampler, one a seed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Results(BTreeMap<String, BTreeMap<String, Vec<Figures>>>);

impl Results {
    /// Figures that an earlier run wrote.
    pub fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    /// Writes them for a later run.
    pub fn write(&self, file: &Path) {
        let text = serde_json::to_string_pretty(self).expect("numbers");
        std::fs::write(file, text + "\n").unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    pub fn put(&mut self, name: &str, sampler: Sampler, runs: Vec<Figures>) {
        self.0.entry(name.to_string()).or_default().insert(sampler.name().to_string(), runs);
    }

    /// Runs of a sampler, if there are any.
    pub fn runs(&self, name: &str, sampler: Sampler) -> Option<&[Figures]> {
        self.0.get(name)?.get(sampler.name()).map(Vec::as_slice)
    }

    /// Mean rate of a sampler, warm-up included.
    pub fn rate(&self, name: &str, sampler: Sampler) -> Option<Mean> {
        self.runs(name, sampler).map(|runs| Mean::of(runs, Figures::rate))
    }

    /// The rate of the better of two samplers, or of the only one there is.
    pub fn better(&self, name: &str, samplers: [Sampler; 2]) -> Option<Mean> {
        let rates = samplers.into_iter().filter_map(|sampler| self.rate(name, sampler));
        rates.max_by(|a, b| a.log.total_cmp(&b.log))
    }

    /// Our rate over that of the better of two.
    pub fn over(&self, name: &str, samplers: [Sampler; 2]) -> Option<Mean> {
        Some(self.rate(name, Sampler::Ours)?.over(self.better(name, samplers)?))
    }
}
