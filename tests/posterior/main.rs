//! Posteriors with known answers: published references, closed forms, and samplers against each other.
//!
//! `cargo test -p ppl-tests --test posterior`; README.md beside this file says what is compared and what it costs.
#![forbid(unsafe_code)]

mod agreement;
mod cases;
mod closed_forms;
mod compiled;
mod formulas;
mod gradients;
mod reference;
mod rule;
mod sampled;
mod scores;

use std::io::Write;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial, run};

use crate::reference::Database;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let database = Database::find();
    if database.is_none() && !arguments.list {
        let line = "posteriordb was not found, so tests against it are ignored: set PPL_POSTERIORDB to its folder";
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    let mut trials = closed_forms::trials();
    trials.push(Trial::test("cases::every_model_is_a_case", cases::every_model_is_a_case));
    trials.extend(agreement::trials(database.as_ref()));
    for case in &cases::CASES {
        trials.push(reference::trial("sampled", case, database.as_ref(), sampled::check));
        trials.push(reference::trial("gradient", case, database.as_ref(), gradients::check));
        trials.push(reference::trial("score", case, database.as_ref(), scores::check));
        trials.push(reference::trial("formula", case, database.as_ref(), formulas::check));
    }
    run(&arguments, trials).exit_code()
}
