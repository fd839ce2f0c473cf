//! The language, told and tested: every block of the pages beside this file is a test.
//!
//! README.md says how a page is written. `cargo test -p ppl-tests --test lang PAGE` runs one page.
#![forbid(unsafe_code)]

mod case;
mod compile;
mod expect;
mod mutations;
mod page;
mod scale;

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial, run};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lang");
    let cases = page::read_all(&folder);
    let mut trials = mutations::trials(&cases);
    trials.extend(cases.into_iter().map(case_trial));
    trials.extend(scale::trials());
    run(&arguments, trials).exit_code()
}

fn case_trial(case: case::Case) -> Trial {
    Trial::test(case.name.clone(), move || expect::check(&case).map_err(Into::into))
}
