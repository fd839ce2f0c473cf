//! Expectations: what must come out of a case, line by line.

mod diagnostics;
mod numbers;

use crate::case::Case;
use crate::compile::{Compiled, compile, on_a_thread};

/// Checks a case against all its expectations.
///
/// Errors: every expectation that does not hold.
pub fn check(case: &Case) -> Result<(), String> {
    on_a_thread(|| checked(case))
}

fn checked(case: &Case) -> Result<(), String> {
    let lines: Vec<&str> = case.expectations.lines().filter(|l| !l.trim().is_empty()).collect();
    let (told, asked): (Vec<&str>, Vec<&str>) = lines.into_iter().partition(|line| diagnostics::is_about_them(line));
    let mut compiled = compile(case, !asked.is_empty());
    let mut failures = diagnostics::compare(&compiled, &told);
    for line in asked {
        if let Err(failure) = question(&mut compiled, line) {
            failures.push(format!("{line}\n    {failure}"));
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n{}\n{}", case.place, failures.join("\n"), diagnostics::listed(&compiled)))
}

fn question(compiled: &mut Compiled, line: &str) -> Result<(), String> {
    let Some(program) = &compiled.program else { return Err("there is no program".to_string()) };
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "lowers" => Ok(()),
        "dim" => numbers::same("dim", &program.dim().to_string(), rest),
        "columns" => numbers::same("columns", &numbers::columns(program), rest),
        "log_density" => numbers::log_density(program, rest),
        "unconstrained" => numbers::unconstrained(program, rest),
        "coordinates" => numbers::coordinates(program, rest),
        "output" => numbers::output(program, rest),
        "means" => numbers::means(program, rest),
        "gradient" => numbers::gradient(program),
        "round_trip" => numbers::round_trip(program),
        "prior" => numbers::prior(program),
        "refuses" => numbers::refuses(program, rest),
        other => Err(format!("there is no expectation `{other}`")),
    }
}
