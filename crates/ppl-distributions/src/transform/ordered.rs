//! Vectors that increase along the last axis.

use ppl_graph::{Graph, NodeId, Tensor};

use super::Constrained;
use crate::ResolvedSupport;

pub(super) fn constrain(graph: &mut Graph, support: &ResolvedSupport, u: NodeId) -> Constrained {
    match support.upper {
        None => by_steps(graph, support.lower, u),
        Some(upper) => by_room(graph, support.lower, upper, u),
    }
}

/// Running sums of steps exp u; the first step is u itself where there is no lower bound.
fn by_steps(graph: &mut Graph, lower: Option<NodeId>, u: NodeId) -> Constrained {
    let steps = graph.exp(u);
    let Some(lower) = lower else {
        let (first, zero) = (is_first(graph, u), graph.constant(0.0));
        let steps = graph.select(first, u, steps);
        let log_steps = graph.select(first, zero, u);
        return Constrained { value: graph.cumulative_sum(steps, false), log_jacobian: graph.sum(log_steps) };
    };
    let heights = graph.cumulative_sum(steps, false);
    Constrained { value: graph.add(lower, heights), log_jacobian: graph.sum(u) }
}

/// Under an upper bound b every element takes the share logit⁻¹ u of the room r that the one before left, so that
/// ln r falls by softplus u each time. The first element leaves exp u, or its share of b − a above a lower bound a.
fn by_room(graph: &mut Graph, lower: Option<NodeId>, upper: NodeId, u: NodeId) -> Constrained {
    let first = is_first(graph, u);
    let softplus = graph.softplus(u);
    let falls = graph.neg(softplus);
    let start = match lower {
        None => u,
        Some(lower) => {
            let width = graph.sub(upper, lower);
            let log_width = graph.log(width);
            graph.add(log_width, falls)
        }
    };
    let falls = graph.select(first, start, falls);
    let log_room = graph.cumulative_sum(falls, false);
    let room = graph.exp(log_room);
    let log_slopes = log_slopes(graph, lower, first, u, log_room);
    Constrained { value: graph.sub(upper, room), log_jacobian: graph.sum(log_slopes) }
}

/// ln ∂x/∂u = ln r − softplus(−u), but ln r for a first element without a lower bound.
fn log_slopes(graph: &mut Graph, lower: Option<NodeId>, first: NodeId, u: NodeId, log_room: NodeId) -> NodeId {
    let minus = graph.neg(u);
    let mut loss = graph.softplus(minus);
    if lower.is_none() {
        let zero = graph.constant(0.0);
        loss = graph.select(first, zero, loss);
    }
    graph.sub(log_room, loss)
}

/// 1 at the first element of every vector, 0 elsewhere.
fn is_first(graph: &mut Graph, u: NodeId) -> NodeId {
    let shape = graph.shape(u).clone();
    let width = shape[shape.len() - 1];
    let marks: Vec<f64> = (0..shape.size()).map(|k| if k % width == 0 { 1.0 } else { 0.0 }).collect();
    graph.data(Tensor::new(shape, marks))
}
