//! Arguments under other names give the usual ones.

use crate::families;
use crate::testing::{argument_shape, assert_close, vector};

/// Names, values under those names, and the usual arguments they stand for.
type Row = (&'static str, &'static [&'static str], &'static [&'static [f64]], &'static [&'static [f64]]);

const ROWS: &[Row] = &[
    ("normal", &["mu", "var"], &[&[1.0], &[9.0]], &[&[1.0], &[3.0]]),
    ("normal", &["mu", "precision"], &[&[1.0], &[0.25]], &[&[1.0], &[2.0]]),
    ("exponential", &["mean"], &[&[4.0]], &[&[0.25]]),
    ("gamma", &["mean", "sd"], &[&[6.0], &[2.0]], &[&[9.0], &[1.5]]),
    ("gamma", &["shape", "scale"], &[&[6.0], &[2.0]], &[&[6.0], &[0.5]]),
    // mean = scale / (shape − 1) = 2, variance = mean² / (shape − 2) = 1.
    ("inv_gamma", &["mean", "sd"], &[&[2.0], &[1.0]], &[&[6.0], &[10.0]]),
    // mean = exp(mu + sigma²/2), sd² = (exp(sigma²) − 1) mean² with sigma² = ln 2, mu = 0.
    (
        "lognormal",
        &["mean", "sd"],
        &[&[std::f64::consts::SQRT_2], &[std::f64::consts::SQRT_2]],
        &[&[0.0], &[0.832_554_611_157_697_8]],
    ),
    ("beta", &["mean", "size"], &[&[0.25], &[8.0]], &[&[2.0], &[6.0]]),
    // variance = mean (1 − mean) / (size + 1).
    ("beta", &["mean", "sd"], &[&[0.5], &[0.25]], &[&[1.5], &[1.5]]),
    ("beta_binomial", &["trials", "mean", "size"], &[&[9.0], &[0.25], &[8.0]], &[&[9.0], &[2.0], &[6.0]]),
    ("neg_binomial", &["alpha", "beta"], &[&[3.0], &[0.5]], &[&[6.0], &[3.0]]),
    ("neg_binomial", &["size", "p"], &[&[3.0], &[0.25]], &[&[9.0], &[3.0]]),
    ("neg_binomial", &["log_mean", "size"], &[&[0.0], &[3.0]], &[&[1.0], &[3.0]]),
    ("dirichlet", &["mean", "size"], &[&[0.25, 0.75], &[8.0]], &[&[2.0, 6.0]]),
    (
        "multi_normal",
        &["mu", "precision"],
        &[&[1.0, 2.0], &[0.5, 0.0, 0.0, 0.25]],
        &[&[1.0, 2.0], &[2.0, 0.0, 0.0, 4.0]],
    ),
];

#[test]
fn every_alternate_gives_the_arguments_it_stands_for() {
    for family in families() {
        for alternate in family.alternates() {
            let names: Vec<&str> = alternate.parameters.iter().map(|p| p.name).collect();
            let row = ROWS.iter().find(|row| row.0 == family.name() && row.1 == names);
            let row = row.unwrap_or_else(|| panic!("{} {names:?} is not in the table", family.name()));
            let mut graph = ppl_graph::Graph::new();
            let given: Vec<_> = alternate
                .parameters
                .iter()
                .zip(row.2)
                .map(|(parameter, values)| {
                    let flat = vector(&mut graph, values);
                    graph.reshape(flat, argument_shape(parameter.domain, values.len()))
                })
                .collect();
            let usual = (alternate.convert)(&mut graph, &given);
            assert_eq!(usual.len(), family.parameters().len());
            for (node, expected) in usual.iter().zip(row.3) {
                let values = ppl_graph::evaluate(&graph, &[], &[*node])[0].values.to_vec();
                assert_eq!(values.len(), expected.len());
                let pairs = values.iter().zip(*expected);
                pairs.for_each(|(a, b)| assert_close(*a, *b, 1e-14, family.name()));
            }
        }
    }
}

#[test]
fn no_two_ways_to_name_arguments_are_the_same() {
    for family in families() {
        let usual: Vec<_> = family.parameters().iter().map(|p| p.name).collect();
        let mut ways = vec![usual];
        ways.extend(family.alternates().iter().map(|a| a.parameters.iter().map(|p| p.name).collect()));
        ways.iter_mut().for_each(|names: &mut Vec<&str>| names.sort());
        ways.sort();
        let count = ways.len();
        ways.dedup();
        assert_eq!(ways.len(), count, "{}", family.name());
    }
}
