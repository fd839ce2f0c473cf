//! The samplers that are compared, each with settings of its own.

use std::path::Path;

use ppl_engine::{MemorySink, Positions, Settings, Starts, sample_to_memory};

use crate::figures::Figures;
use crate::subject::Subject;
use crate::{nutpie, stan};

/// Chains of every run.
pub const CHAINS: usize = 4;

/// A sampler with its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampler {
    /// Ours, as the command line sets it.
    Ours,
    /// nutpie's with the variances as metric, 400 iterations of warm-up.
    NutpieDiagonal,
    /// nutpie's with the low-rank metric, 800 iterations of warm-up.
    NutpieLowRank,
    /// Stan's, with 1000 iterations of warm-up, as Stan sets it.
    Stan1000,
    /// Stan's with 300.
    Stan300,
}

impl Sampler {
    pub const ALL: [Sampler; 5] =
        [Sampler::Ours, Sampler::NutpieDiagonal, Sampler::NutpieLowRank, Sampler::Stan1000, Sampler::Stan300];

    /// What it is called in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Sampler::Ours => "ours",
            Sampler::NutpieDiagonal => "nutpie diagonal",
            Sampler::NutpieLowRank => "nutpie low-rank",
            Sampler::Stan1000 => "Stan 1000",
            Sampler::Stan300 => "Stan 300",
        }
    }

    /// Samples a subject.
    ///
    /// # Errors
    /// Why there are no draws.
    pub fn run(self, subject: &mut Subject, settings: &Settings, root: &Path) -> Result<Figures, String> {
        match self {
            Sampler::Ours => ours(subject, settings),
            Sampler::NutpieDiagonal => nutpie::diagonal(subject, settings),
            Sampler::NutpieLowRank => nutpie::low_rank(subject, settings),
            Sampler::Stan1000 => stan::run(subject, 1000, settings, root),
            Sampler::Stan300 => stan::run(subject, 300, settings, root),
        }
    }
}

fn ours(subject: &mut Subject, settings: &Settings) -> Result<Figures, String> {
    let output = Positions { dim: subject.dim() };
    let chains = sample_to_memory(&subject.density, &output, settings, &Starts::random());
    let chains = chains.map_err(|error| error.to_string())?;
    let sampling = steps(&chains);
    let ends = || chains.iter().filter_map(|chain| chain.end.as_ref());
    let all: f64 = ends().map(|end| end.evaluations as f64).sum();
    let divergences = ends().map(|end| end.divergences as f64).sum();
    let positions: Vec<Vec<f64>> = chains.iter().map(|chain| chain.draws.values().to_vec()).collect();
    Ok(Figures::new(&subject.columns(&positions), [all - sampling, sampling], divergences))
}

/// Gradients of the draws.
fn steps(chains: &[MemorySink]) -> f64 {
    chains.iter().flat_map(|chain| chain.draws.stats()).map(|stats| f64::from(stats.steps)).sum()
}
