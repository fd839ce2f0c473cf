//! Linear regression: a pass over a matrix that no cache near the processor holds.

use super::hand::normal;
use super::simulate::{Simulation, dot, rounded};
use super::{Column, Source, Workload};

pub fn workload(rows: usize, columns: usize) -> Workload {
    let mut simulation = Simulation::new(3);
    let x = simulation.normals(rows * columns);
    let mut position = vec![1.5];
    position.extend((0..columns).map(|_| 0.5 * simulation.normal()));
    let mean = |row: &[f64]| position[0] + dot(row, &position[1..]);
    let y: Vec<f64> = x.chunks_exact(columns).map(|row| rounded(mean(row) + 0.8 * simulation.normal())).collect();
    position.push(0.8_f64.ln());
    Workload {
        name: "linear",
        size: format!("{rows} × {columns}"),
        source: Source::Program(include_str!("../../workloads/linear/model.model")),
        data: vec![
            Column::count("rows", rows),
            Column::count("columns", columns),
            Column::matrix("X", columns, x.clone()),
            Column::vector("y", y.clone()),
        ],
        position,
        hand: Box::new(move |at, to| density(&x, &y, at, to)),
    }
}

/// Intercept, slopes, log of the residual scale.
fn density(x: &[f64], y: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    let columns = at.len() - 2;
    let (alpha, beta, log_sigma) = (at[0], &at[1..=columns], at[columns + 1]);
    let mut value = normal(5.0, &at[..1], &mut to[..1]) + normal(1.0, beta, &mut to[1..=columns]);
    let (sigma, precision) = (log_sigma.exp(), (-2.0 * log_sigma).exp());
    let (mut squares, mut sum) = (0.0, 0.0);
    let slopes = &mut to[1..=columns];
    for (row, y) in x.chunks_exact(columns).zip(y) {
        let residual = y - alpha - dot(row, beta);
        squares += residual * residual;
        sum += residual;
        slopes.iter_mut().zip(row).for_each(|(slope, x)| *slope += precision * residual * x);
    }
    let n = y.len() as f64;
    to[0] += precision * sum;
    to[columns + 1] = precision * squares - n - sigma + 1.0;
    value -= 0.5 * precision * squares + n * log_sigma + sigma - log_sigma;
    value
}
