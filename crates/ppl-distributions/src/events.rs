//! Arrays `[batch…, K]`: vectors along the last axis, with arguments that may be shared by all of them.

use ppl_graph::{Graph, NodeId, Op, Tensor};

use crate::expressions::Expressions;

/// The numbers of a node that is constant as written.
pub(crate) fn known(graph: &Graph, node: NodeId) -> Option<Vec<f64>> {
    match graph.node(node).op {
        Op::Const(bits) => Some(vec![f64::from_bits(bits)]),
        Op::Data(id) => Some(graph.tensor(id).values.to_vec()),
        _ => None,
    }
}

/// A vector argument under the shape of `like`, `[batch…, K]`; scalars stay scalars.
pub(crate) fn repeat_vector(graph: &mut Graph, argument: NodeId, like: NodeId) -> NodeId {
    let shape = graph.shape(like).clone();
    if graph.shape(argument).len() != 1 || shape.len() == 1 {
        return argument;
    }
    graph.broadcast(argument, &[shape.len() - 1], shape)
}

/// An argument of one number an event, `[batch…]`, repeated along the last axis of `like`; others stay as they are.
pub(crate) fn repeat_along_events(graph: &mut Graph, argument: NodeId, like: NodeId) -> NodeId {
    let shape = graph.shape(like).clone();
    let rank = graph.shape(argument).len();
    if rank == 0 || rank + 1 != shape.len() {
        return argument;
    }
    let axes: Vec<usize> = (0..rank).collect();
    graph.broadcast(argument, &axes, shape)
}

/// `table[…, x + offset]`: picks along the last axis of a table of `[K]` (shared) or `[batch…, K]` by positions from 0
/// of shape `[]` or `[batch…]`. What is picked at a position that is no whole number from 0 to K − 1 has no meaning.
pub(crate) fn pick(graph: &mut Graph, table: NodeId, x: NodeId, offset: f64) -> NodeId {
    let extents = graph.shape(table).clone();
    let (&width, batch) = extents.split_last().expect("a table has a last axis");
    let shape = if batch.is_empty() { graph.shape(x).to_vec() } else { batch.to_vec() };
    let step = if batch.is_empty() { 0 } else { width };
    match known(graph, x) {
        Some(values) => {
            let rows = values.iter().cycle().take(shape.iter().product()).enumerate();
            let positions: Vec<u32> = rows.map(|(row, x)| (row * step) as u32 + within(x + offset, width)).collect();
            graph.gather(table, positions, shape)
        }
        None => {
            let index = flat_index(graph, x, offset, shape, step);
            graph.take(table, index)
        }
    }
}

fn flat_index(graph: &mut Graph, x: NodeId, offset: f64, shape: Vec<usize>, step: usize) -> NodeId {
    if step == 0 {
        return if offset == 0.0 { x } else { graph.plus(x, offset) };
    }
    let size = shape.iter().product();
    let starts: Vec<f64> = (0..size).map(|row| offset + (row * step) as f64).collect();
    let starts = graph.data(Tensor::new(shape, starts));
    graph.add(x, starts)
}

fn within(position: f64, width: usize) -> u32 {
    if position >= 0.0 && position < width as f64 { position as u32 } else { 0 }
}

/// Whether x is a position from 0 to `count` − 1.
pub(crate) fn is_position(graph: &mut Graph, x: NodeId, count: usize) -> NodeId {
    let whole = graph.whole(x);
    let count = graph.constant(count as f64);
    let below = graph.lt(x, count);
    graph.both(whole, below)
}

/// The diagonal of a square matrix.
pub(crate) fn diagonal(graph: &mut Graph, matrix: NodeId) -> NodeId {
    let dim = graph.shape(matrix)[0];
    let positions: Vec<u32> = (0..dim).map(|k| (k * (dim + 1)) as u32).collect();
    graph.gather(matrix, positions, vec![dim])
}

/// The last axis without its last and without its first element; none where it has fewer than two.
pub(crate) fn neighbours(graph: &mut Graph, a: NodeId) -> Option<(NodeId, NodeId)> {
    let mut shape = graph.shape(a).to_vec();
    let width = shape.pop()?;
    if width < 2 {
        return None;
    }
    let rows: usize = shape.iter().product();
    shape.push(width - 1);
    let [earlier, later] = [0, 1].map(|step| {
        let flat = |k: usize| (k / (width - 1) * width + k % (width - 1) + step) as u32;
        let positions: Vec<u32> = (0..rows * (width - 1)).map(flat).collect();
        graph.gather(a, positions, shape.clone())
    });
    Some((earlier, later))
}
