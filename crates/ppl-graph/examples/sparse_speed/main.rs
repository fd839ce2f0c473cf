//! Microseconds per value and gradient of a sparse logistic regression: the plan on each instruction set, and plain Rust.
//!
//! `cargo run --release -p ppl-graph --example sparse_speed [rows] [columns] [elements a row]`
#![allow(clippy::print_stdout)]

mod hand;
mod model;

use std::sync::Arc;
use std::time::Instant;

use ppl_density::LogDensity;
use ppl_graph::testing::SplitMix;
use ppl_graph::{PlanDensity, SparseMatrix};
use ppl_math::kernels::{Isa, Kernels};

/// A call of value and gradient.
type Call = Box<dyn FnMut(&[f64], &mut [f64]) -> f64>;

const SAMPLES: usize = 40;
/// Calls of a sample: as in a chain, most find their data in cache.
const CALLS: u32 = 16;

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).map(|size| size.parse().expect("a size")).collect();
    let size = |k: usize, otherwise| sizes.get(k).copied().unwrap_or(otherwise);
    let (rows, columns, elements) = (size(0, 20_000), size(1, 10_000), size(2, 15));
    let mut random = SplitMix(1);
    let design = Arc::new(design(&mut random, rows, columns, elements));
    let outcomes: Vec<f64> = (0..rows).map(|_| random.below(2) as f64).collect();
    let position: Vec<f64> = (0..columns).map(|_| random.uniform(-1.0, 1.0)).collect();
    let (graph, value) = model::logistic(design.clone(), &outcomes);
    let mut ways: Vec<(&str, Call)> = Vec::new();
    for isa in Isa::available() {
        let mut plan = PlanDensity::differentiate(&graph, value, columns, &[], Kernels::for_isa(isa));
        ways.push((isa.name(), Box::new(move |at, to| plan.log_density_and_gradient(at, to).expect("finite"))));
    }
    ways.push(("hand", Box::new(move |at, to| hand::logistic(&design, &outcomes, at, to))));
    compare(&mut ways, &position);
}

/// Elements of ±½ at random columns.
fn design(random: &mut SplitMix, rows: usize, columns: usize, elements: usize) -> SparseMatrix {
    let (mut starts, mut indices) = (vec![0], Vec::new());
    for _ in 0..rows {
        let mut own: Vec<u32> = (0..elements).map(|_| random.below(columns) as u32).collect();
        own.sort_unstable();
        own.dedup();
        indices.extend(own);
        starts.push(indices.len() as u32);
    }
    let values = indices.iter().map(|_| random.pick(&[-0.5, 0.5])).collect();
    SparseMatrix::new(rows, columns, starts, indices, values).expect("rows by increasing column")
}

/// Times all ways in turn; the last is the yardstick.
fn compare(ways: &mut [(&str, Call)], position: &[f64]) {
    let mut times = vec![Vec::new(); ways.len()];
    let mut gradients = vec![vec![0.0; position.len()]; ways.len()];
    for _ in 0..SAMPLES {
        for (k, (_, call)) in ways.iter_mut().enumerate() {
            let start = Instant::now();
            for _ in 0..CALLS {
                std::hint::black_box(call(position, &mut gradients[k]));
            }
            times[k].push(1e6 * start.elapsed().as_secs_f64() / f64::from(CALLS));
        }
    }
    times.iter_mut().for_each(|times| times.sort_by(f64::total_cmp));
    let (hand, expected) = (times[ways.len() - 1][0], &gradients[ways.len() - 1]);
    for ((name, _), (times, gradient)) in ways.iter().zip(times.iter().zip(&gradients)) {
        assert!(gradient.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-9), "{name}: the gradient is off");
        println!("{name:10} {:8.1} {:8.1} µs   {:5.2} × hand", times[0], times[SAMPLES / 2], times[0] / hand);
    }
}
