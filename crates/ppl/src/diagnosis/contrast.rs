//! What differs where trajectories diverge.

use std::collections::BTreeMap;

use ppl_density::{LogDensity, Term};
use ppl_engine::Divergence;
use ppl_store::Draws;

use crate::Program;

/// Rows compared at most, of either sort.
const ROWS: usize = 200;
/// Divergences fewer than which have no pattern.
const FEWEST: usize = 5;
/// Standard deviations from which a difference is told.
const CLEAR: f64 = 0.5;

/// What differs between the places where trajectories diverged and the draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrast {
    /// Divergences that were compared: the last good state of each.
    pub divergences: usize,
    /// Unknowns whose values differ clearly, the most different first.
    pub unknowns: Vec<Difference>,
    /// Statements whose log densities differ clearly, the most different first.
    pub statements: Vec<Difference>,
    /// Statements whose log density fell most, or was no number, in the step that diverged, with the number of
    /// divergences; the most frequent first.
    pub culprits: Vec<(String, usize)>,
}

/// How a quantity differs at divergences from what it is among the draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The unknown, such as `theta[Choate]`, or the statement, such as `theta (7:1)`.
    pub name: String,
    /// Its median at divergences.
    pub there: f64,
    /// Its median among the draws.
    pub usual: f64,
    /// Their difference in standard deviations of the draws, as half the distance of the 16 % and 84 % quantiles.
    pub deviations: f64,
}

impl Contrast {
    /// Compares divergences with draws; nothing where there are too few.
    pub(crate) fn new(program: &Program, draws: &Draws, divergences: &[Divergence]) -> Option<Self> {
        if divergences.len() < FEWEST || draws.is_empty() {
            return None;
        }
        let chosen: Vec<&Divergence> = spread(divergences.len()).map(|k| &divergences[k]).collect();
        let mut unknowns = program.unknowns();
        let there: Vec<Vec<f64>> = chosen.iter().map(|place| unknowns.of_position(&place.start)).collect();
        let usual: Option<Vec<Vec<f64>>> = rows(draws).iter().map(|row| unknowns.of_row(row)).collect();
        // Unknowns that are not stored cannot be compared, but what happened in the last steps can be told.
        let usual = usual.unwrap_or_default();
        let names = unknowns.names().to_vec();
        let mut terms = |rows: &[Vec<f64>]| -> Vec<Vec<Term>> { rows.iter().map(|row| unknowns.terms(row)).collect() };
        let (terms_there, terms_usual) = (terms(&there), terms(&usual));
        let statements = terms_there[0].iter().map(|term| term.name.clone()).collect();
        Some(Contrast {
            divergences: chosen.len(),
            unknowns: differences(names, &there, &usual),
            statements: differences(statements, &numbers(&terms_there), &numbers(&terms_usual)),
            culprits: culprits(program, &chosen),
        })
    }
}

fn numbers(terms: &[Vec<Term>]) -> Vec<Vec<f64>> {
    terms.iter().map(|terms| terms.iter().map(|term| term.value).collect()).collect()
}

/// The clear differences between the columns of two tables, the clearest first.
fn differences(names: Vec<String>, there: &[Vec<f64>], usual: &[Vec<f64>]) -> Vec<Difference> {
    let column = |rows: &[Vec<f64>], k: usize| -> Vec<f64> { rows.iter().map(|row| row[k]).collect() };
    let named = names.into_iter().enumerate();
    let mut found: Vec<Difference> =
        named.filter_map(|(k, name)| Difference::of(name, &column(there, k), &column(usual, k))).collect();
    found.sort_by(|a, b| b.deviations.abs().total_cmp(&a.deviations.abs()));
    found
}

impl Difference {
    /// The difference of two samples, unless it is not clear or has no meaning.
    fn of(name: String, there: &[f64], usual: &[f64]) -> Option<Self> {
        let quantile = |values: &[f64], p| ppl_stats::quantile(&[values], p).ok();
        let deviation = 0.5 * (quantile(usual, 0.84)? - quantile(usual, 0.16)?);
        let (there, usual) = (quantile(there, 0.5)?, quantile(usual, 0.5)?);
        let deviations = (there - usual) / deviation;
        (deviations.is_finite() && deviations.abs() >= CLEAR).then_some(Difference { name, there, usual, deviations })
    }
}

/// At most [`ROWS`] of so many numbers, evenly spread.
fn spread(length: usize) -> impl Iterator<Item = usize> {
    let taken = length.min(ROWS);
    (0..taken).map(move |k| k * length / taken)
}

/// Rows of draws, evenly spread over all chains.
fn rows(draws: &Draws) -> Vec<Vec<f64>> {
    let all: Vec<_> = draws.chains.iter().flat_map(|chain| (0..chain.len()).map(move |draw| (chain, draw))).collect();
    spread(all.len()).map(|k| all[k].0.row(all[k].1)).collect()
}

/// For each divergence the statement whose value fell most from the last good state to the next, counted by statement.
fn culprits(program: &Program, divergences: &[&Divergence]) -> Vec<(String, usize)> {
    let mut density = program.density();
    let mut counts = BTreeMap::<String, usize>::new();
    for place in divergences {
        let before = density.terms(&place.start);
        let after = density.terms(&place.end);
        let falls = before.into_iter().zip(after).map(|(before, after)| (fall(before.value, after.value), before.name));
        if let Some((_, name)) = falls.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(fall, _)| *fall > 0.0) {
            *counts.entry(name).or_default() += 1;
        }
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// What is no number has fallen without end.
fn fall(before: f64, after: f64) -> f64 {
    if after.is_nan() { f64::INFINITY } else { before - after }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Data, Model, Settings};

    const FUNNEL: &str = "dim school\nlog_tau ~ normal(0, 3)\ntheta[school] ~ normal(0, exp(log_tau))\n\
                          data y[school] ~ normal(theta, 20)\n";

    #[test]
    fn the_neck_of_a_funnel_is_named_with_its_statement() {
        let data = Data::new().json("y.json", "{\"y\": [1, 2, 3, 4, 5, 6, 7, 8]}");
        let program = Model::parse("funnel.model", FUNNEL).bind(&data).unwrap();
        let settings = Settings { chains: 2, warmup: 200, draws: 500, ..Settings::default() };
        let fit = program.sample(&settings).unwrap();
        let steps = [0.0, 0.01, 0.02, 0.03, 0.04, 0.05];
        let neck = |shift: f64| Divergence {
            iteration: 0,
            energy_error: f64::INFINITY,
            start: [&[-6.0 - shift][..], &[1e-3; 8]].concat(),
            end: [&[-8.0][..], &[2.0; 8]].concat(),
        };
        let divergences: Vec<Divergence> = steps.map(neck).to_vec();
        let contrast = Contrast::new(&program, &fit.draws, &divergences).unwrap();
        assert_eq!((contrast.unknowns[0].name.as_str(), contrast.unknowns[0].there), ("log_tau", -6.025));
        assert!(contrast.unknowns[0].deviations < -1.5, "{contrast:?}");
        assert!(contrast.statements.iter().any(|d| d.name == "theta (3:1)" && d.deviations > 1.0), "{contrast:?}");
        assert_eq!(contrast.culprits, [("theta (3:1)".to_string(), 6)]);
        assert_eq!(Contrast::new(&program, &fit.draws, &divergences[..4]), None);
    }

    #[test]
    fn rows_are_taken_evenly() {
        assert_eq!(spread(3).collect::<Vec<_>>(), [0, 1, 2]);
        let many: Vec<usize> = spread(1000).collect();
        assert_eq!((many.len(), many[1], many[ROWS - 1]), (ROWS, 5, 995));
    }
}
