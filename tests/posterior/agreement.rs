//! One posterior, several samplers; and one seed, the same bits.

use libtest_mimic::{Failed, Trial};
use ppl_engine::{Ensemble, Metropolis, Nuts, Sampler, Settings};

use crate::cases::{CASES, Case};
use crate::compiled::{compile, sample};
use crate::reference::{self, Database};
use crate::sampled::run;

/// The eight schools in the form that suits every sampler.
const SCHOOLS: &str = "eight_schools-eight_schools_noncentered";

pub fn trials(database: Option<&Database>) -> Vec<Trial> {
    let case = CASES.iter().find(|case| case.name == SCHOOLS).expect("a case of the suite");
    let trial = |what, check| reference::trial(what, case, database, check);
    vec![
        trial("agreement::ensemble", |case, database| agrees(case, database, ensemble(), 2000, 10_000)),
        trial("agreement::metropolis", |case, database| agrees(case, database, metropolis(), 5000, 50_000)),
        trial("same_bits_for_any_threads::nuts", |case, database| threads_do_not_matter(case, database, nuts())),
        trial("same_bits_for_any_threads::ensemble", |case, database| {
            threads_do_not_matter(case, database, ensemble())
        }),
        trial("same_bits_for_any_threads::metropolis", |case, database| {
            threads_do_not_matter(case, database, metropolis())
        }),
        trial("same_bits_for_the_same_seed", the_seed_decides),
    ]
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

fn agrees(case: &Case, database: &Database, sampler: Sampler, warmup: usize, draws: usize) -> Result<(), Failed> {
    let settings = Settings { sampler, warmup, draws, threads: 1, ..Settings::default() };
    let (verdict, _) = run(case, database, &settings)?;
    match verdict.faults.is_empty() {
        true => Ok(()),
        false => Err(verdict.faults.join("\n").into()),
    }
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
