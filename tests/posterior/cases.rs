//! The posteriors, and the run that each of them needs.

use std::collections::BTreeSet;
use std::path::Path;

use libtest_mimic::Failed;
use ppl_engine::{Metric, Nuts, Sampler, Settings};

/// Where the suite's models are.
const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/posterior/models");

/// A published posterior and how it is sampled here.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The name in the database, and of the model's file.
    pub name: &'static str,
    pub metric: Metric,
    pub warmup: usize,
    pub draws: usize,
    /// Whether a run that is wrong may pass if it warns: no fixed step suits the shape.
    pub funnel: bool,
}

impl Case {
    const fn new(name: &'static str, metric: Metric, warmup: usize, draws: usize) -> Case {
        Case { name, metric, warmup, draws, funnel: false }
    }

    /// The model's text.
    pub fn model(&self) -> Result<String, Failed> {
        Ok(std::fs::read_to_string(format!("{MODELS}/{}.model", self.name))?)
    }

    /// Four chains of NUTS on the thread that runs the test. `PPL_POSTERIOR_SEED` and `PPL_POSTERIOR_DRAWS` replace the
    /// seed and the number of draws a chain, for a second look at a difference.
    pub fn settings(&self) -> Settings {
        let sampler = Sampler::Nuts(Nuts { metric: self.metric, ..Nuts::default() });
        let draws = variable("PPL_POSTERIOR_DRAWS").unwrap_or(self.draws);
        let seed = variable("PPL_POSTERIOR_SEED").unwrap_or(1);
        Settings { sampler, warmup: self.warmup, draws, seed, threads: 1, ..Settings::default() }
    }
}

/// The number in a variable of the environment, if it holds one.
fn variable<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

const fn diagonal(name: &'static str, warmup: usize, draws: usize) -> Case {
    Case::new(name, Metric::Diagonal, warmup, draws)
}

const fn dense(name: &'static str, warmup: usize, draws: usize) -> Case {
    Case::new(name, Metric::Dense, warmup, draws)
}

/// Every model of the suite, with the size of its run: four chains of so many warm-up iterations and draws.
pub const CASES: [Case; 24] = [
    // First, because it takes as long as all others.
    dense("diamonds-diamonds", 1000, 500),
    diagonal("arK-arK", 1000, 1000),
    dense("earnings-earn_height", 1000, 1000),
    dense("earnings-log10earn_height", 1000, 1000),
    dense("earnings-logearn_height_male", 1000, 1000),
    dense("earnings-logearn_interaction", 1000, 1000),
    Case { funnel: true, ..diagonal("eight_schools-eight_schools_centered", 1000, 1000) },
    diagonal("eight_schools-eight_schools_noncentered", 1000, 2000),
    diagonal("gp_pois_regr-gp_regr", 1000, 1000),
    dense("kidiq-kidscore_interaction", 1000, 1000),
    dense("kidiq-kidscore_momhs", 1000, 1000),
    dense("kidiq_with_mom_work-kidscore_interaction_z", 1000, 1000),
    dense("kidiq_with_mom_work-kidscore_mom_work", 1000, 1000),
    dense("kilpisjarvi_mod-kilpisjarvi", 1000, 1000),
    diagonal("low_dim_gauss_mix-low_dim_gauss_mix", 1000, 1000),
    dense("mesquite-logmesquite_logvas", 1000, 1000),
    dense("mesquite-logmesquite_logvolume", 1000, 1000),
    dense("mesquite-mesquite", 1000, 1000),
    dense("nes1972-nes", 1000, 1000),
    dense("nes1980-nes", 1000, 1000),
    dense("nes1988-nes", 1000, 1000),
    dense("nes1996-nes", 1000, 1000),
    dense("nes2000-nes", 1000, 1000),
    diagonal("sblri-blr", 1000, 1000),
];

/// No model lies beside the suite without being run.
pub fn every_model_is_a_case() -> Result<(), Failed> {
    let names: BTreeSet<String> = CASES.iter().map(|case| case.name.to_string()).collect();
    let entries = std::fs::read_dir(MODELS)?.collect::<Result<Vec<_>, _>>()?;
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let files: BTreeSet<String> = entries.iter().filter_map(|entry| stem(&entry.path())).collect();
    match files == names {
        true => Ok(()),
        false => Err(format!("models without a case, or the reverse: {:?}", &files ^ &names).into()),
    }
}
