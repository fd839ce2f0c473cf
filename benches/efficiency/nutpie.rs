//! nutpie's sampler, the crate nuts-rs, on our log densities.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nuts_rs::rand::rngs::ChaCha8Rng;
use nuts_rs::rand::{Rng, RngExt, SeedableRng};
use nuts_rs::{
    Chain, CpuLogpFunc, CpuMath, CpuMathError, DiagNutsSettings, HasDims, LogpError, LowRankNutsSettings,
    Settings as NutpieSettings,
};
use ppl::{Fault, LogDensity};
use ppl_benches::Density;
use ppl_engine::Settings;

use crate::figures::Figures;
use crate::samplers::CHAINS;
use crate::subject::Subject;

/// Starting points that are tried, as in nutpie.
const STARTS: usize = 500;

/// nutpie's default: variances, 400 iterations of warm-up.
pub fn diagonal(subject: &mut Subject, settings: &Settings) -> Result<Figures, String> {
    let DiagNutsSettings { num_tune, .. } = DiagNutsSettings::default();
    run(subject, DiagNutsSettings { num_draws: settings.draws as u64, ..Default::default() }, num_tune, settings)
}

/// nutpie's low-rank metric, 800 iterations of warm-up.
pub fn low_rank(subject: &mut Subject, settings: &Settings) -> Result<Figures, String> {
    let LowRankNutsSettings { num_tune, .. } = LowRankNutsSettings::default();
    run(subject, LowRankNutsSettings { num_draws: settings.draws as u64, ..Default::default() }, num_tune, settings)
}

fn run<S: NutpieSettings>(subject: &mut Subject, nutpie: S, tune: u64, ours: &Settings) -> Result<Figures, String> {
    let mut run = Run { gradients: [0.0; 2], divergences: 0.0, chains: Vec::new() };
    for chain in 0..CHAINS as u64 {
        run.chain(subject, &nutpie, [tune, ours.draws as u64], ours.seed, chain).map_err(|error| error.to_string())?;
    }
    Ok(Figures::new(&subject.columns(&run.chains), run.gradients, run.divergences))
}

struct Run {
    gradients: [f64; 2],
    divergences: f64,
    chains: Vec<Vec<f64>>,
}

impl Run {
    /// One chain, its random numbers as in nutpie, its start where ours are: uniform on (−2, 2).
    fn chain<S: NutpieSettings>(
        &mut self,
        subject: &Subject,
        settings: &S,
        [tune, draws]: [u64; 2],
        seed: u64,
        chain: u64,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(chain + 1);
        let gradients = Arc::new(AtomicU64::new(0));
        let density = Counted { density: subject.density.clone(), gradients: gradients.clone() };
        let mut sampler = settings.new_chain(chain, CpuMath::new(density), &mut rng)?;
        let mut start = || (0..subject.dim()).map(|_| rng.random_range(-2.0..2.0)).collect::<Vec<f64>>();
        if !(0..STARTS).any(|_| sampler.set_position(&start()).is_ok()) {
            return Err("no starting point".into());
        }
        let mut kept = Vec::with_capacity(draws as usize * subject.dim());
        for iteration in 0..tune + draws {
            let (position, progress) = sampler.draw()?;
            if iteration >= tune {
                kept.extend_from_slice(&position);
                self.divergences += f64::from(u8::from(progress.diverging));
            }
            self.gradients[usize::from(iteration >= tune)] += gradients.swap(0, Ordering::Relaxed) as f64;
        }
        self.chains.push(kept);
        Ok(())
    }
}

/// A density that counts its gradients.
struct Counted {
    density: Density,
    gradients: Arc<AtomicU64>,
}

impl HasDims for Counted {
    fn dim_sizes(&self) -> HashMap<String, u64> {
        HashMap::from([("unconstrained_parameter".to_string(), self.density.dim() as u64)])
    }
}

/// A fault of the density, or a value that is not finite.
#[derive(Debug)]
struct Rejected(Fault);

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Rejected {}

impl LogpError for Rejected {
    fn is_recoverable(&self) -> bool {
        matches!(self.0, Fault::Reject(_))
    }
}

impl CpuLogpFunc for Counted {
    type LogpError = Rejected;
    type FlowParameters = ();
    type ExpandedVector = Vec<f64>;

    fn dim(&self) -> usize {
        self.density.dim()
    }

    fn logp(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Rejected> {
        self.gradients.fetch_add(1, Ordering::Relaxed);
        let value = self.density.log_density_and_gradient(position, gradient).map_err(Rejected)?;
        match value.is_finite() && gradient.iter().all(|g| g.is_finite()) {
            true => Ok(value),
            false => Err(Rejected(Fault::Reject("the log density is not finite".to_string()))),
        }
    }

    fn expand_vector<R: Rng + ?Sized>(&mut self, _: &mut R, position: &[f64]) -> Result<Vec<f64>, CpuMathError> {
        Ok(position.to_vec())
    }
}
