//! Logistic regression on a sparse matrix: few elements a row, more columns than the first cache holds.

use std::sync::Arc;

use ppl_graph::{Graph, SparseMatrix, Tensor};

use super::graph::{Built, with_standard_normal};
use super::hand::{logistic_pair, normal};
use super::simulate::Simulation;
use super::{Column, Source, Workload};

/// Elements of a row.
const FILLED: usize = 15;

pub fn workload(rows: usize, columns: usize) -> Workload {
    let mut simulation = Simulation::new(12);
    let beta: Vec<f64> = (0..columns).map(|_| 0.3 * simulation.normal()).collect();
    let column: Vec<usize> = (0..rows).flat_map(|_| distinct(&mut simulation, columns)).collect();
    let x = simulation.normals(rows * FILLED);
    let eta = |(column, x): (&[usize], &[f64])| column.iter().zip(x).map(|(&k, x)| beta[k] * x).sum();
    let pairs = column.chunks_exact(FILLED).zip(x.chunks_exact(FILLED));
    let y: Vec<f64> = pairs.map(|pair| simulation.coin(eta(pair))).collect();
    let labels = column.iter().map(|&k| (k + 1) as f64).collect();
    Workload {
        name: "sparse_logistic",
        size: format!("{rows} × {columns}, {FILLED} a row"),
        source: Source::Graph(Box::new(graph(columns, &column, &x, &y))),
        data: vec![
            Column::count("rows", rows),
            Column::count("columns", columns),
            Column::count("filled", FILLED),
            Column::matrix("column", FILLED, labels),
            Column::matrix("x", FILLED, x.clone()),
            Column::vector("y", y.clone()),
        ],
        position: beta,
        hand: Box::new(move |at, to| density(&column, &x, &y, at, to)),
    }
}

/// Some columns of many, in increasing order.
fn distinct(simulation: &mut Simulation, columns: usize) -> Vec<usize> {
    let mut found = Vec::with_capacity(FILLED);
    while found.len() < FILLED {
        let column = simulation.below(columns);
        if let Err(place) = found.binary_search(&column) {
            found.insert(place, column);
        }
    }
    found
}

/// Standard normal coefficients of a logistic regression.
fn graph(columns: usize, column: &[usize], x: &[f64], y: &[f64]) -> Built {
    let starts: Vec<u32> = (0..=y.len()).map(|row| (row * FILLED) as u32).collect();
    let indices: Vec<u32> = column.iter().map(|&k| k as u32).collect();
    let design = SparseMatrix::new(y.len(), columns, starts, indices, x.to_vec()).expect("rows by increasing column");
    let mut g = Graph::new();
    let beta = g.input(0, [columns]);
    let hits = g.data(Tensor::new([y.len()], y));
    let design = g.sparse(Arc::new(design));
    let eta = g.sparse_product(design, beta, false);
    let (cost, gain) = (g.softplus(eta), g.mul(hits, eta));
    let terms = g.sub(gain, cost);
    let likelihood = g.sum(terms);
    let value = with_standard_normal(&mut g, likelihood, &[beta]);
    Built { graph: g, value }
}

fn density(column: &[usize], x: &[f64], y: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    let mut value = normal(1.0, at, to);
    for ((column, x), y) in column.chunks_exact(FILLED).zip(x.chunks_exact(FILLED)).zip(y) {
        let eta: f64 = column.iter().zip(x).map(|(&k, x)| at[k] * x).sum();
        let (cost, p) = logistic_pair(eta);
        value += y * eta - cost;
        column.iter().zip(x).for_each(|(&k, x)| to[k] += (y - p) * x);
    }
    value
}
