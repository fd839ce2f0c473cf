//! `ordered(d)`: independent draws of one distribution, on increasing values.

use ppl_graph::{Graph, NodeId, Op, Reduction};
use ppl_math::log_gamma;

use super::{Distribution, Unsupported};
use crate::events::{known, neighbours, repeat_along_events};
use crate::expressions::Expressions;
use crate::{Event, Values};

/// Σ ln f(x), and ln K! where all elements share one distribution; −∞ where the values do not increase.
pub(super) fn log_density(base: &Distribution, graph: &mut Graph, x: NodeId) -> Result<NodeId, Unsupported> {
    let family = base.family();
    let labels = family.support().values == Values::Label;
    if base.event() == Event::Vector || labels {
        return Err(Unsupported::OrderedVector { family: family.name() });
    }
    let extents = graph.shape(x).to_vec();
    let (rank, count) = (extents.len(), extents[extents.len() - 1]);
    let shared = base.arguments().iter().all(|&a| is_shared(graph, a, rank));
    let elementwise = base.map(&mut |argument| repeat_along_events(graph, argument, x));
    let elements = elementwise.log_density(graph, x)?;
    let density = graph.reduce_last(Reduction::Sum, elements);
    let orders = if shared { log_gamma(count as f64 + 1.0) } else { 0.0 };
    let density = graph.plus(density, orders);
    Ok(where_increasing(graph, x, density))
}

fn where_increasing(graph: &mut Graph, x: NodeId, density: NodeId) -> NodeId {
    let Some((earlier, later)) = neighbours(graph, x) else {
        return density;
    };
    let steps = graph.le(earlier, later);
    let increasing = graph.reduce_last(Reduction::Min, steps);
    // NaN stays NaN, so that a fault in an argument is not hidden.
    let nothing = graph.plus(density, f64::NEG_INFINITY);
    graph.select(increasing, density, nothing)
}

/// Whether an argument is known not to vary along the last of `rank` axes.
pub(super) fn is_shared(graph: &Graph, argument: NodeId, rank: usize) -> bool {
    let shape = graph.shape(argument);
    if shape.len() < rank {
        return true;
    }
    if let Op::Broadcast { axes, .. } = &graph.node(argument).op {
        return !axes.contains(&(rank - 1));
    }
    let width = shape[rank - 1];
    known(graph, argument).is_some_and(|values| values.chunks(width).all(|row| row.iter().all(|v| *v == row[0])))
}
