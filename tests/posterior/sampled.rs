//! Draws of every model against the reference, by the rule.

use std::io::Write;
use std::time::Instant;

use libtest_mimic::Failed;
use ppl_engine::{Sampler, Settings};

use crate::cases::Case;
use crate::compiled::{Draws, compile, sample};
use crate::reference::Database;
use crate::rule::{Verdict, judge};

/// Samples a case with its own settings and applies the rule.
pub fn check(case: &Case, database: &Database) -> Result<(), Failed> {
    check_with(case, database, &case.settings())
}

/// Samples a case and applies the rule. Where the shape suits no sampler it is enough that a user is warned.
pub fn check_with(case: &Case, database: &Database, settings: &Settings) -> Result<(), Failed> {
    let began = Instant::now();
    let program = compile(&case.model()?, &database.data(case.name)?)?;
    let draws = sample(&program, settings)?;
    let verdict = judge(&database.quantities(case.name)?, |name| draws.find(name));
    if std::env::var_os("PPL_POSTERIOR_TABLE").is_some() {
        let row = row(case, settings, &draws, &verdict);
        let _ = writeln!(std::io::stderr(), "{row} {:.1} |", began.elapsed().as_secs_f64());
    }
    match verdict.faults.is_empty() || (case.funnel && is_warned_of(case, database, settings)?) {
        true => Ok(()),
        false => Err(format!("{} divergences\n{}", draws.divergences(), verdict.faults.join("\n")).into()),
    }
}

/// Whether the run, made as a user makes it, ends with the verdict that its draws are not to be trusted.
fn is_warned_of(case: &Case, database: &Database, settings: &Settings) -> Result<bool, Failed> {
    let data = ppl::Data::new().json("data.json", database.data(case.name)?);
    let fit = ppl::Model::parse(case.name, &case.model()?).bind(&data)?.sample(settings)?;
    Ok(!fit.convergence(&fit.summary()).passed())
}

/// A row of the table of figures, without the time.
fn row(case: &Case, settings: &Settings, draws: &Draws, verdict: &Verdict) -> String {
    let Settings { chains, warmup, draws: kept, sampler, .. } = settings;
    let sampler = match sampler {
        Sampler::Nuts(_) => "",
        Sampler::Ensemble(_) => "ensemble, ",
        Sampler::Metropolis(_) => "Metropolis, ",
    };
    let Verdict { least_ess, worst_rhat, worst_z, worst_d, .. } = verdict;
    let (evaluations, steps, divergences) = (draws.evaluations(), draws.steps_per_draw(), draws.divergences());
    format!(
        "| `{}` | {sampler}{chains} × {warmup} + {kept} | {evaluations} | {steps:.0} | {least_ess:.0} | \
         {worst_rhat:.3} | {worst_z:.1} | {worst_d:.3} | {divergences} |",
        case.name
    )
}
