//! Why no chain got anywhere.

use ppl::{ChainError, EngineError, InitFailure, RunError, StoreError};

use crate::failure::Failure;

/// How a run that gave no draws ends.
pub fn failure(error: RunError) -> Failure {
    match &error {
        RunError::Engine(EngineError::Setting { .. } | EngineError::NoGradient) => Failure::Usage(error.to_string()),
        RunError::Engine(error) => Failure::Wrong(message(error)),
        RunError::Store(StoreError::Exists { path }) => Failure::Wrong(format!(
            "`{}` exists and is not empty: name another folder with -o, or remove it first",
            path.display()
        )),
        RunError::Data { .. } | RunError::Store(_) => Failure::Wrong(error.to_string()),
    }
}

/// A run's failure, with a line for each statement that is to blame where no starting point was found.
fn message(error: &EngineError) -> String {
    match error {
        EngineError::Chain { source: ChainError::Initialisation(failure), .. } => no_start(failure),
        other => other.to_string(),
    }
}

fn no_start(failure: &InitFailure) -> String {
    let mut lines = vec![match failure.all_given {
        true => "the given starting values do not work".to_string(),
        false => format!("no starting point with a finite log density and gradient in {} tries", failure.attempts),
    }];
    lines.extend(failure.terms.iter().map(|term| format!("  {term}")));
    if failure.terms.is_empty() {
        lines.extend(times("the log density was −∞", failure.minus_infinity));
        lines.extend(times("the log density was NaN", failure.nan));
    }
    lines.extend(failure.slopes.iter().map(|slope| format!("  {slope}")));
    if failure.slopes.is_empty() {
        lines.extend(times("the gradient was not finite", failure.gradient_not_finite));
    }
    lines.extend(times("the gradient was zero", failure.gradient_zero));
    lines.extend(failure.rejections.iter().map(|r| format!("  {} ({} times)", r.reason, r.count)));
    lines.push(match failure.all_given {
        true => "help: give other values, or leave some of them out".to_string(),
        false if failure.is_flat() => {
            "help: the log density is the same everywhere, so the posterior is improper: give the unknowns proper priors".to_string()
        }
        false => "help: check the data against the supports, or give starting values with --init FILE".to_string(),
    });
    lines.join("\n")
}

fn times(what: &str, count: usize) -> Option<String> {
    (count > 0).then(|| format!("  {what} ({count} times)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ppl::TermFailure;

    #[test]
    fn a_flat_density_is_told_so() {
        let flat = InitFailure { attempts: 226, gradient_zero: 226, ..InitFailure::default() };
        assert!(no_start(&flat).ends_with("the posterior is improper: give the unknowns proper priors"));
        assert!(flat.to_string().ends_with("is the gradient written?"));
        let data = InitFailure { gradient_zero: 9, ..flat };
        assert!(no_start(&data).contains("check the data"));
    }

    #[test]
    fn every_term_to_blame_has_its_line() {
        let term = TermFailure { name: "y (5:6)".into(), minus_infinity: 3, nan: 0, example: Some("y[2] = 4".into()) };
        let failure = InitFailure { attempts: 3, terms: vec![term], minus_infinity: 3, ..InitFailure::default() };
        let error = EngineError::Chain { chain: 1, source: ChainError::Initialisation(Box::new(failure)) };
        let message = message(&error);
        let lines: Vec<&str> = message.lines().collect();
        assert_eq!(lines[1], "  y (5:6) was −∞ 3 times, for example y[2] = 4");
        assert_eq!(lines.len(), 3);
    }
}
