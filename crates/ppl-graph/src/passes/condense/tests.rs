//! Reduced sums beside the sums over all rows.

mod extremes;
mod numerics;
mod pieces;
mod rewrites;
mod statistics;

use super::*;
use crate::passes::{fold, optimize};
use crate::testing::{random_graph, tall_random_graph};
use crate::{Tensor, evaluate, gradient};

/// Value and gradient.
fn both(graph: &Graph, value: NodeId, at: &[f64]) -> (f64, Vec<f64>) {
    let mut graph = graph.clone();
    let slope = gradient(&mut graph, value, at.len());
    let [value, slope] = [0, 1].map(|k| evaluate(&graph, at, &[value, slope]).swap_remove(k));
    (value.values[0], slope.values.to_vec())
}

/// The condensed graph of a value, as a density has it: optimized before.
fn condensed(graph: &Graph, value: NodeId, choice: Condense) -> Condensed {
    let (graph, outputs) = optimize(graph, &[value]);
    let condensed = condense(&graph, outputs[0], choice);
    condensed.graph.verify().unwrap();
    condensed
}

/// Asserts that reductions keep value and gradient, to a share of `scale` and of the numbers themselves.
#[track_caller]
fn assert_kept(graph: &Graph, value: NodeId, at: &[f64], scale: f64, what: &str) -> Vec<CondenseNote> {
    let result = condensed(graph, value, Condense::default());
    let ((before, slopes), (after, condensed_slopes)) = (both(graph, value, at), both(&result.graph, result.value, at));
    let close = |x: f64, y: f64, bound: f64| x == y || (x.is_nan() && y.is_nan()) || (x - y).abs() <= 1e-8 * bound;
    assert!(close(before, after, scale.max(before.abs())), "{what}: value {before} became {after}");
    let largest = slopes.iter().filter(|x| x.is_finite()).fold(scale, |most, x| most.max(x.abs()));
    for (k, (x, y)) in slopes.iter().zip(&condensed_slopes).enumerate() {
        assert!(close(*x, *y, largest), "{what}: slope {k} was {x} and became {y}");
    }
    result.notes
}

fn rewrites(graph: &Graph, value: NodeId, choice: Condense) -> Vec<Rewrite> {
    condensed(graph, value, choice).notes.into_iter().map(|note| note.rewrite).collect()
}

#[test]
fn random_graphs_keep_value_and_gradient() {
    for seed in 0..300 {
        let random = random_graph(seed, 5 + seed as usize % 25);
        assert_kept(&random.graph, random.output, &random.inputs, 1.0, &format!("seed {seed}"));
    }
    for seed in 0..40 {
        let random = tall_random_graph(seed, 12);
        assert_kept(&random.graph, random.output, &random.inputs, 1.0, &format!("tall, seed {seed}"));
    }
}

#[test]
fn random_sums_over_rows_keep_value_and_gradient_and_many_are_reduced() {
    let mut made = 0;
    for seed in 0..400 {
        let random = statistics::random_sum(seed);
        let notes = assert_kept(&random.graph, random.output, &random.inputs, 1.0, &format!("seed {seed}"));
        made += usize::from(notes.iter().any(|note| note.rewrite.is_made()));
    }
    assert!(made > 200, "{made} of 400");
}

#[test]
fn nothing_is_reduced_where_all_is_switched_off() {
    for seed in 0..50 {
        let random = statistics::random_sum(seed);
        let (graph, outputs) = fold(&random.graph, &[random.output]);
        let (graph, outputs) = dead(&graph, &outputs);
        let result = condense(&graph, outputs[0], Condense::none());
        assert!(result.graph.nodes() == graph.nodes() && result.notes.is_empty(), "seed {seed}");
    }
}
