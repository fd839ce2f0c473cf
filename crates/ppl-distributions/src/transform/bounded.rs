//! Numbers with a lower bound, an upper bound, both, or none.

use ppl_graph::{Graph, NodeId};

use super::{Constrained, unchanged};
use crate::ResolvedSupport;
use crate::expressions::Expressions;

pub(super) fn constrain(graph: &mut Graph, support: &ResolvedSupport, u: NodeId) -> Constrained {
    match (support.lower, support.upper) {
        (None, None) => unchanged(graph, u),
        (Some(lower), None) => {
            let distance = graph.exp(u);
            Constrained { value: graph.add(lower, distance), log_jacobian: graph.sum(u) }
        }
        (None, Some(upper)) => {
            let distance = graph.exp(u);
            Constrained { value: graph.sub(upper, distance), log_jacobian: graph.sum(u) }
        }
        (Some(lower), Some(upper)) => between(graph, lower, upper, u),
    }
}

fn between(graph: &mut Graph, lower: NodeId, upper: NodeId, u: NodeId) -> Constrained {
    let width = graph.sub(upper, lower);
    let share = graph.sigmoid(u);
    let distance = graph.mul(width, share);
    let value = graph.add(lower, distance);
    let log_width = graph.log(width);
    let softplus = graph.softplus(u);
    let twice = graph.times(softplus, 2.0);
    let log_slope = graph.sub(u, twice);
    let slopes = graph.sum(log_slope);
    let widths = sum_over(graph, log_width, u);
    Constrained { value, log_jacobian: graph.add(slopes, widths) }
}

/// The sum over the elements of `like` of an array of its shape, or of a scalar counted once an element.
pub(super) fn sum_over(graph: &mut Graph, a: NodeId, like: NodeId) -> NodeId {
    let size = graph.shape(like).size();
    if graph.shape(a).is_scalar() && size != 1 {
        return graph.times(a, size as f64);
    }
    graph.sum(a)
}
