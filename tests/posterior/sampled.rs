//! Draws of every model against the reference, by the rule.

use std::io::Write;
use std::time::Instant;

use libtest_mimic::Failed;
use ppl_engine::Settings;

use crate::cases::Case;
use crate::compiled::{compile, sample};
use crate::reference::Database;
use crate::rule::{Verdict, judge};

/// Samples a case with its settings and applies the rule.
pub fn check(case: &Case, database: &Database) -> Result<(), Failed> {
    let (verdict, divergences) = run(case, database, &case.settings())?;
    let warned = case.funnel && (divergences > 0 || verdict.warns());
    match verdict.faults.is_empty() || warned {
        true => Ok(()),
        false => Err(format!("{divergences} divergences\n{}", verdict.faults.join("\n")).into()),
    }
}

/// Samples a case, and prints its row of the table of figures where `PPL_POSTERIOR_TABLE` is set.
///
/// Returns the verdict and the number of divergences.
pub fn run(case: &Case, database: &Database, settings: &Settings) -> Result<(Verdict, usize), Failed> {
    let began = Instant::now();
    let program = compile(&case.model()?, &database.data(case.name)?)?;
    let draws = sample(&program, settings)?;
    let verdict = judge(&database.quantities(case.name)?, |name| draws.find(name));
    if std::env::var_os("PPL_POSTERIOR_TABLE").is_some() {
        let run = format!("{} × {} + {}", settings.chains, settings.warmup, settings.draws);
        let Verdict { least_ess, worst_rhat, worst_z, worst_d, .. } = verdict;
        let seconds = began.elapsed().as_secs_f64();
        let _ = writeln!(
            std::io::stderr(),
            "| `{}` | {run} | {} | {:.0} | {least_ess:.0} | {worst_rhat:.3} | {worst_z:.1} | {worst_d:.3} | {} | {seconds:.1} |",
            case.name,
            draws.evaluations(),
            draws.steps_per_draw(),
            draws.divergences(),
        );
    }
    Ok((verdict, draws.divergences()))
}
