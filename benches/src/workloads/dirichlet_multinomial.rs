//! Counts of categories over many rows: a log-gamma and a digamma a count.

use ppl_math::{digamma, log_gamma};

use super::simulate::Simulation;
use super::{Column, Source, Workload};

pub fn workload(venues: usize) -> Workload {
    let mut simulation = Simulation::new(8);
    let rates: [f64; 3] = [2.0, 4.0, 9.0];
    let mut y = Vec::with_capacity(3 * venues);
    for _ in 0..venues {
        for rate in rates {
            let taste = 0.2 + 1.6 * simulation.uniform();
            y.push(simulation.poisson(taste * rate));
        }
    }
    let totals: Vec<f64> = y.chunks(3).map(|row| row.iter().sum()).collect();
    Workload {
        name: "dirichlet_multinomial",
        size: format!("{venues} × 3"),
        source: Source::Program(include_str!("../../workloads/dirichlet_multinomial/model.model")),
        data: vec![
            Column::count("venues", venues),
            Column::vector("reviews", totals.clone()),
            Column::matrix("tally", 3, y.clone()),
        ],
        position: vec![0.9, 1.6, 2.3],
        hand: Box::new(move |at, to| density(&y, &totals, at, to)),
    }
}

/// Log pseudo-counts.
fn density(y: &[f64], totals: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    let alpha: [f64; 3] = std::array::from_fn(|k| at[k].exp());
    let (n, mass) = (totals.len() as f64, alpha.iter().sum::<f64>());
    let (mut slopes, mut common) = ([0.0; 3], n * digamma(mass));
    let mut value = n * log_gamma(mass);
    for (row, total) in y.chunks_exact(3).zip(totals) {
        value -= log_gamma(mass + total);
        common -= digamma(mass + total);
        for k in 0..3 {
            value += log_gamma(alpha[k] + row[k]);
            slopes[k] += digamma(alpha[k] + row[k]);
        }
    }
    for k in 0..3 {
        value += at[k] - 0.1 * alpha[k] - n * log_gamma(alpha[k]);
        to[k] = 1.0 + alpha[k] * (slopes[k] - n * digamma(alpha[k]) + common - 0.1);
    }
    value
}
