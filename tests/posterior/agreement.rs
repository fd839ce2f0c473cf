//! One posterior, several samplers; and one seed, the same bits.

use libtest_mimic::{Failed, Trial};
use ppl_engine::{Ensemble, Metropolis, Nuts, Sampler, Settings};

use crate::cases::{CASES, Case};
use crate::compiled::{compile, sample};
use crate::reference::{self, Database};
use crate::sampled::check_with;

/// The eight schools in the form that suits every sampler, and in the form that suits none and of which all must warn.
const NONCENTERED: &str = "eight_schools-eight_schools_noncentered";
const CENTERED: &str = "eight_schools-eight_schools_centered";

type Check = fn(&Case, &Database) -> Result<(), Failed>;

pub fn trials(database: Option<&Database>) -> Vec<Trial> {
    let checks: [(&str, &str, Check); 8] = [
        ("ensemble", NONCENTERED, ensemble_agrees),
        ("ensemble", CENTERED, ensemble_agrees),
        ("metropolis", NONCENTERED, metropolis_agrees),
        ("metropolis", CENTERED, metropolis_agrees),
        ("same_bits_for_any_threads::nuts", NONCENTERED, |case, database| {
            threads_do_not_matter(case, database, nuts())
        }),
        ("same_bits_for_any_threads::ensemble", NONCENTERED, |case, database| {
            threads_do_not_matter(case, database, ensemble())
        }),
        ("same_bits_for_any_threads::metropolis", NONCENTERED, |case, database| {
            threads_do_not_matter(case, database, metropolis())
        }),
        ("same_bits_for_the_same_seed", NONCENTERED, the_seed_decides),
    ];
    let find = |name| CASES.iter().find(|case| case.name == name).expect("a case of the suite");
    checks.into_iter().map(|(what, name, check)| reference::trial(what, find(name), database, check)).collect()
}

fn nuts() -> Sampler {
    Sampler::Nuts(Nuts::default())
}

fn ensemble() -> Sampler {
    Sampler::Ensemble(Ensemble::default())
}

fn metropolis() -> Sampler {
    Sampler::Metropolis(Metropolis::default())
}

fn ensemble_agrees(case: &Case, database: &Database) -> Result<(), Failed> {
    check_with(case, database, &Settings { sampler: ensemble(), warmup: 1000, draws: 4000, ..case.settings() })
}

fn metropolis_agrees(case: &Case, database: &Database) -> Result<(), Failed> {
    check_with(case, database, &Settings { sampler: metropolis(), warmup: 5000, draws: 50_000, ..case.settings() })
}

/// A run short enough to make several times.
fn short(sampler: Sampler) -> Settings {
    Settings { sampler, chains: 3, warmup: 150, draws: 50, threads: 1, ..Settings::default() }
}

/// The bits of all draws of all chains, in order.
fn bits(case: &Case, database: &Database, settings: &Settings) -> Result<Vec<u64>, Failed> {
    let program = compile(&case.model()?, &database.data(case.name)?)?;
    let draws = sample(&program, settings)?;
    Ok(draws.chains.iter().flat_map(|chain| chain.draws.values()).map(|value| value.to_bits()).collect())
}

fn threads_do_not_matter(case: &Case, database: &Database, sampler: Sampler) -> Result<(), Failed> {
    let one = short(sampler);
    let two = Settings { threads: 2, ..one.clone() };
    match bits(case, database, &one)? == bits(case, database, &two)? {
        true => Ok(()),
        false => Err("one thread and two give different draws".into()),
    }
}

fn the_seed_decides(case: &Case, database: &Database) -> Result<(), Failed> {
    for sampler in [nuts(), ensemble(), metropolis()] {
        let settings = short(sampler);
        let other = Settings { seed: 2, ..settings.clone() };
        let draws = bits(case, database, &settings)?;
        if draws != bits(case, database, &settings)? {
            return Err(format!("{:?}: the same seed gives different draws", settings.sampler).into());
        }
        if draws == bits(case, database, &other)? {
            return Err(format!("{:?}: two seeds give the same draws", settings.sampler).into());
        }
    }
    Ok(())
}
