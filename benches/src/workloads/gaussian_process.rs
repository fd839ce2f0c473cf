//! A Gaussian process: a Cholesky factor, its inverse, and sums over the matrix.

use super::simulate::{Simulation, dot, rounded};
use super::{Column, Source, Workload};

pub fn workload(rows: usize) -> Workload {
    let mut simulation = Simulation::new(7);
    let x: Vec<f64> = (0..rows).map(|i| rounded(0.1 * i as f64)).collect();
    let y: Vec<f64> = x.iter().map(|x| rounded(x.sin() + 0.3 * simulation.normal())).collect();
    Workload {
        name: "gaussian_process",
        size: format!("{rows} rows"),
        source: Source::Program(include_str!("../../workloads/gaussian_process/model.model")),
        data: vec![Column::count("rows", rows), Column::vector("x", x.clone()), Column::vector("y", y.clone())],
        position: vec![0.2, -0.1, -1.2],
        hand: Box::new(move |at, to| density(&x, &y, at, to)),
    }
}

/// Logs of length scale, amplitude and noise.
fn density(x: &[f64], y: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    let (scale, alpha, sigma) = ((-2.0 * at[0]).exp(), at[1].exp(), at[2].exp());
    let (variance, nugget) = (alpha * alpha, sigma * sigma);
    let shrunk = 5.0 * (-at[0]).exp();
    let mut value = -5.0 * at[0] - shrunk - 0.5 * (variance + nugget) + at[1] + at[2];
    to.copy_from_slice(&[shrunk - 5.0, 1.0 - variance, 1.0 - nugget]);

    let n = x.len();
    let kernel = |i: usize, j: usize| variance * (-0.5 * (x[i] - x[j]).powi(2) * scale).exp();
    let mut inverse = factor(n, |i, j| kernel(i, j) + if i == j { nugget } else { 0.0 });
    value -= (0..n).map(|i| inverse[i * n + i].ln()).sum::<f64>();
    invert(n, &mut inverse);
    let mut weights = vec![0.0; n];
    let mut precision = vec![0.0; n * n];
    for i in 0..n {
        let row = &inverse[i * n..=i * n + i];
        let z = dot(row, y);
        value -= 0.5 * z * z;
        for (k, c) in row.iter().enumerate() {
            weights[k] += c * z;
            precision[k * n..=k * n + k].iter_mut().zip(row).for_each(|(a, b)| *a += c * b);
        }
    }
    for i in 0..n {
        for j in 0..=i {
            let twice = if i == j { 1.0 } else { 2.0 };
            let pull = 0.5 * (weights[i] * weights[j] - precision[i * n + j]) * twice;
            let k = kernel(i, j);
            to[0] += pull * k * (x[i] - x[j]).powi(2) * scale;
            to[1] += 2.0 * pull * k;
            to[2] += if i == j { 2.0 * pull * nugget } else { 0.0 };
        }
    }
    value
}

/// The lower Cholesky factor of a matrix given by its elements, row-major with zeros above.
fn factor(n: usize, element: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let mut factor = vec![0.0; n * n];
    for i in 0..n {
        let (above, row) = factor.split_at_mut(i * n);
        for j in 0..i {
            row[j] = (element(i, j) - dot(&above[j * n..j * n + j], &row[..j])) / above[j * n + j];
        }
        row[i] = (element(i, i) - dot(&row[..i], &row[..i])).sqrt();
    }
    factor
}

/// The inverse of a lower triangle, in its place.
fn invert(n: usize, lower: &mut [f64]) {
    let mut inverse = vec![0.0; n * n];
    for i in 0..n {
        let (above, row) = inverse.split_at_mut(i * n);
        row[i] = 1.0;
        for j in 0..i {
            let c = lower[i * n + j];
            row[..=j].iter_mut().zip(&above[j * n..]).for_each(|(a, b)| *a -= c * b);
        }
        row[..=i].iter_mut().for_each(|a| *a /= lower[i * n + i]);
    }
    lower.copy_from_slice(&inverse);
}
