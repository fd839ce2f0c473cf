//! The posteriors, and the run that each of them needs.

use std::collections::BTreeSet;
use std::path::Path;

use libtest_mimic::Failed;
use ppl_engine::Settings;

/// Where the suite's models are.
const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/posterior/models");

/// A published posterior and how it is sampled here.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The name in the database, and of the model's file.
    pub name: &'static str,
    pub draws: usize,
    /// Whether a run that is wrong may pass if it warns: no fixed step suits the shape.
    pub funnel: bool,
}

impl Case {
    const fn new(name: &'static str) -> Case {
        Case { name, draws: 1000, funnel: false }
    }

    /// The model's text.
    pub fn model(&self) -> Result<String, Failed> {
        Ok(std::fs::read_to_string(format!("{MODELS}/{}.model", self.name))?)
    }

    /// Four chains with the sampler's own settings, on the thread that runs the test. `PPL_POSTERIOR_SEED` and `PPL_POSTERIOR_DRAWS` replace the
    /// seed and the number of draws a chain, for a second look at a difference.
    pub fn settings(&self) -> Settings {
        let draws = variable("PPL_POSTERIOR_DRAWS").unwrap_or(self.draws);
        let seed = variable("PPL_POSTERIOR_SEED").unwrap_or(1);
        Settings { draws, seed, threads: 1, ..Settings::default() }
    }
}

/// The number in a variable of the environment, if it holds one.
fn variable<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

/// Every model of the suite, the longest run first.
pub const CASES: [Case; 24] = [
    Case::new("diamonds-diamonds"),
    Case::new("arK-arK"),
    Case::new("earnings-earn_height"),
    Case::new("earnings-log10earn_height"),
    Case::new("earnings-logearn_height_male"),
    Case::new("earnings-logearn_interaction"),
    Case { funnel: true, ..Case::new("eight_schools-eight_schools_centered") },
    Case { draws: 2000, ..Case::new("eight_schools-eight_schools_noncentered") },
    Case::new("gp_pois_regr-gp_regr"),
    Case::new("kidiq-kidscore_interaction"),
    Case::new("kidiq-kidscore_momhs"),
    Case::new("kidiq_with_mom_work-kidscore_interaction_z"),
    Case::new("kidiq_with_mom_work-kidscore_mom_work"),
    Case::new("kilpisjarvi_mod-kilpisjarvi"),
    Case::new("low_dim_gauss_mix-low_dim_gauss_mix"),
    Case::new("mesquite-logmesquite_logvas"),
    Case::new("mesquite-logmesquite_logvolume"),
    Case::new("mesquite-mesquite"),
    Case::new("nes1972-nes"),
    Case::new("nes1980-nes"),
    Case::new("nes1988-nes"),
    Case::new("nes1996-nes"),
    Case::new("nes2000-nes"),
    Case::new("sblri-blr"),
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
