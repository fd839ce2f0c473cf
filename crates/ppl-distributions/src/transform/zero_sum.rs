//! Vectors whose sum is 0, and simplexes as their softmax.
//!
//! The basis is Helmert's: column j = 1, …, K − 1 of V is (1, …, 1, −j, 0, …, 0) / √(j (j + 1)) with j ones. Its columns
//! are orthonormal and sum to 0, so V u is isometric.
//!
//! For the simplex x = softmax(V u): ∂x/∂u = (diag x − x xᵀ) V. Its first K − 1 rows have the determinant
//! det(diag x₋ − x₋ x₋ᵀ) · det W, where x₋ are the first K − 1 coordinates and W those of V less their last row (adding
//! a constant to the log weights changes nothing). The first factor is Π x over all K; W is V₋ + 1·1ᵀV₋, and
//! det(V₋)² = 1/K, det(I + 1·1ᵀ) = K give |det W| = √K. So ln |J| = Σ ln x + ½ ln K.

use ppl_graph::{Graph, NodeId, Reduction, Shape, Tensor};

use super::Constrained;
use super::bounded::sum_over;
use crate::events::repeat_along_events;
use crate::expressions::Expressions;

pub(super) fn zero_sum(graph: &mut Graph, u: NodeId, shape: &Shape) -> Constrained {
    Constrained { value: isometric(graph, u, shape), log_jacobian: graph.constant(0.0) }
}

pub(super) fn simplex(graph: &mut Graph, u: NodeId, shape: &Shape) -> Constrained {
    let z = isometric(graph, u, shape);
    let total = graph.reduce_last(Reduction::LogSumExp, z);
    let totals = repeat_along_events(graph, total, z);
    let log_x = graph.sub(z, totals);
    let logs = graph.sum(log_x);
    let half_log_count = graph.constant(0.5 * (shape[shape.len() - 1] as f64).ln());
    let constants = sum_over(graph, half_log_count, total);
    Constrained { value: graph.exp(log_x), log_jacobian: graph.add(logs, constants) }
}

/// V u along the last axis, in K steps by running sums.
fn isometric(graph: &mut Graph, u: NodeId, shape: &Shape) -> NodeId {
    let count = shape[shape.len() - 1];
    if count == 1 {
        return graph.filled(0.0, shape.clone());
    }
    let along = |graph: &mut Graph, row: Vec<f64>| {
        let row = graph.data(Tensor::new(vec![count - 1], row));
        let own = graph.shape(u).clone();
        graph.broadcast(row, &[own.len() - 1], own)
    };
    let lengths = along(graph, (1..count).map(column_scale).collect());
    let scaled = graph.mul(u, lengths);
    let later = graph.cumulative_sum(scaled, true);
    let weights = along(graph, (1..count).map(|j| -(j as f64)).collect());
    let own = graph.mul(scaled, weights);
    let later = graph.scatter(later, columns(shape, 0), shape.clone());
    let own = graph.scatter(own, columns(shape, 1), shape.clone());
    graph.add(later, own)
}

/// 1 / √(j (j + 1)).
pub(super) fn column_scale(j: usize) -> f64 {
    ((j * (j + 1)) as f64).sqrt().recip()
}

/// Flat positions, in an array of a shape, of its vectors without their last (`from` 0) or first (`from` 1) element.
fn columns(shape: &Shape, from: usize) -> Vec<u32> {
    let count = shape[shape.len() - 1];
    (0..shape.size()).filter(|k| (from..from + count - 1).contains(&(k % count))).map(|k| k as u32).collect()
}
