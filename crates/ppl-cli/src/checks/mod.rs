//! The checks of a run in words: what was found, where in the model, what to do.

mod chains;
mod divergences;
mod evaluations;
mod mixing;

use ppl::{Diagnosis, Place};

use crate::words::{count, percent};

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All is well.
    Passed,
    /// Worth knowing, but no reason for doubt.
    Noted,
    /// The draws cannot be trusted.
    Failed,
}

/// A check with what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What programs call it.
    pub name: &'static str,
    pub status: Status,
    /// What was found.
    pub finding: String,
    /// Where in the model and among the values.
    pub places: Vec<String>,
    /// What to do.
    pub remedy: Option<String>,
}

impl Check {
    fn passed(name: &'static str, finding: impl Into<String>) -> Check {
        Check { name, status: Status::Passed, finding: finding.into(), places: Vec::new(), remedy: None }
    }

    fn failed(name: &'static str, finding: impl Into<String>, places: Vec<String>, remedy: impl Into<String>) -> Check {
        Check { status: Status::Failed, places, remedy: Some(remedy.into()), ..Check::passed(name, finding) }
    }

    fn noted(name: &'static str, finding: impl Into<String>, places: Vec<String>, remedy: impl Into<String>) -> Check {
        Check { status: Status::Noted, ..Check::failed(name, finding, places, remedy) }
    }
}

/// All checks that there are for such a run, in the order in which they should be looked at.
pub fn checks(diagnosis: &Diagnosis) -> Vec<Check> {
    if diagnosis.convergence.draws == 0 {
        // What never happened has passed no check.
        return vec![chains::draws(diagnosis), chains::failures(diagnosis), evaluations::faults(diagnosis)];
    }
    let checks = [
        vec![chains::draws(diagnosis), chains::failures(diagnosis), chains::stuck(diagnosis)],
        Vec::from_iter(chains::stuck_walkers(diagnosis)),
        vec![evaluations::faults(diagnosis)],
        chains::integrators(diagnosis),
        mixing::checks(diagnosis),
        divergences::checks(diagnosis),
    ];
    checks.concat()
}

/// ``schools.model:7 `theta[school] ~ normal(mu, tau)` ``
fn place(diagnosis: &Diagnosis, place: &Place) -> String {
    format!("{}:{} `{}`", diagnosis.model, place.line, place.text)
}

/// The statement of a term such as `theta (7:1)`, or the term's name where it has none.
fn statement(diagnosis: &Diagnosis, term: &str) -> String {
    diagnosis.places.of_term(term).map_or_else(|| format!("`{term}`"), |found| place(diagnosis, &found))
}

/// The first columns of many with their values and statements, and how many there are more.
fn columns(diagnosis: &Diagnosis, found: &[(String, f64)], value: impl Fn(f64) -> String) -> Vec<String> {
    const SHOWN: usize = 5;
    let of = |(name, measured): &(String, f64)| {
        let stands = diagnosis.places.of_variable(name).map(|found| format!(", {}", place(diagnosis, &found)));
        format!("`{name}`: {}{}", value(*measured), stands.unwrap_or_default())
    };
    let mut lines: Vec<String> = found.iter().take(SHOWN).map(of).collect();
    if found.len() > SHOWN {
        lines.push(format!("and {} more", found.len() - SHOWN));
    }
    lines
}

/// A number to three digits or so.
fn short(value: f64) -> String {
    match value.abs() {
        _ if !value.is_finite() => value.to_string(),
        0.0 => "0".to_string(),
        a if !(1e-3..1e6).contains(&a) => format!("{value:.1e}"),
        a if a < 10.0 => format!("{value:.2}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let all = [0.0, 1.0, -3.456, 31.4, 123_456.0, 1e-7, 1e9, f64::NEG_INFINITY].map(short);
        assert_eq!(all, ["0", "1.00", "-3.46", "31", "123456", "1.0e-7", "1.0e9", "-inf"]);
    }
}
