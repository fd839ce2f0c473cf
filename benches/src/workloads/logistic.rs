//! Logistic regression: a dense matrix and one exponential a row.

use super::hand::{logistic_pair, normal};
use super::simulate::{Simulation, dot, rounded};
use super::{Column, Source, Workload};

pub fn workload(rows: usize, columns: usize) -> Workload {
    let mut simulation = Simulation::new(2);
    let x = correlated(&mut simulation, rows, columns);
    let beta: Vec<f64> = (0..columns).map(|_| 0.3 * simulation.normal()).collect();
    let y: Vec<f64> = x.chunks_exact(columns).map(|row| simulation.coin(dot(row, &beta))).collect();
    Workload {
        name: "logistic",
        size: format!("{rows} × {columns}"),
        source: Source::Program(include_str!("../../workloads/logistic/model.model")),
        data: vec![
            Column::count("rows", rows),
            Column::count("columns", columns),
            Column::matrix("X", columns, x.clone()),
            Column::vector("y", y.clone()),
        ],
        position: beta,
        hand: Box::new(move |at, to| density(&x, &y, at, to)),
    }
}

/// Standard normal numbers, each column correlated by 0.7 with the one before.
fn correlated(simulation: &mut Simulation, rows: usize, columns: usize) -> Vec<f64> {
    let mut x = simulation.normals(rows * columns);
    for row in x.chunks_exact_mut(columns) {
        for k in 1..columns {
            row[k] = rounded(0.7 * row[k - 1] + 0.51_f64.sqrt() * row[k]);
        }
    }
    x
}

fn density(x: &[f64], y: &[f64], beta: &[f64], to: &mut [f64]) -> f64 {
    let mut value = normal(1.0, beta, to);
    for (row, y) in x.chunks_exact(beta.len()).zip(y) {
        let eta = dot(row, beta);
        let (cost, p) = logistic_pair(eta);
        value += y * eta - cost;
        to.iter_mut().zip(row).for_each(|(slope, x)| *slope += (y - p) * x);
    }
    value
}
