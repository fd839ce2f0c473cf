//! What kind of work each node is.

use crate::{Graph, NodeId, Op, Reduction, SparseId};

/// How a node is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// An input or a constant: nothing to do.
    Leaf,
    /// A view of another node's elements from `offset`: nothing to do.
    View { of: NodeId, offset: usize },
    /// A function of single numbers, or a few of them side by side.
    Scalar,
    /// A part of a pass over `length` elements.
    Stream { length: usize },
    /// A routine of its own.
    Routine,
}

/// Numbers that are put side by side one by one rather than by a routine.
const FEW: usize = 64;

/// The class of every node.
pub(super) fn classify(graph: &Graph) -> Vec<Class> {
    graph.ids().map(|id| class(graph, id)).collect()
}

fn class(graph: &Graph, id: NodeId) -> Class {
    let node = graph.node(id);
    let size = node.shape.size();
    let size_of = |id: NodeId| graph.shape(id).size();
    match &node.op {
        Op::Input { .. } | Op::Data(_) | Op::Const(_) => Class::Leaf,
        Op::Reshape(source) => Class::View { of: *source, offset: 0 },
        Op::Unary(..) | Op::Binary(..) | Op::Select(..) if size == 1 => Class::Scalar,
        Op::Concat(parts) if size <= FEW && parts.iter().all(|&part| size_of(part) == 1) => Class::Scalar,
        Op::Unary(..) | Op::Binary(..) | Op::Select(..) => Class::Stream { length: size },
        Op::Broadcast { source, .. } if size == size_of(*source) => Class::View { of: *source, offset: 0 },
        Op::Broadcast { source, .. } if size_of(*source) == 1 => Class::Stream { length: size },
        Op::Gather { source, index } => match consecutive(graph.index(*index)) {
            Some(offset) => Class::View { of: *source, offset },
            None => Class::Stream { length: size },
        },
        Op::Scatter { source, .. } => Class::Stream { length: size_of(*source) },
        Op::Reduce { kind, source, .. } => reduction(*kind, *source, size_of(*source), size),
        Op::MatMul(a, b) => product(graph, *a, *b),
        Op::SparseProduct { matrix, .. } => sparse_product(graph, *matrix),
        _ => Class::Routine,
    }
}

/// The first of positions that follow each other.
fn consecutive(positions: &[u32]) -> Option<usize> {
    let first = *positions.first()?;
    positions.iter().zip(first..).all(|(&p, expected)| p == expected).then_some(first as usize)
}

fn reduction(kind: Reduction, source: NodeId, length: usize, size: usize) -> Class {
    match kind {
        Reduction::ArgMax | Reduction::ArgMin => Class::Routine,
        _ if length == size => Class::View { of: source, offset: 0 },
        Reduction::Sum | Reduction::Max if size == 1 => Class::Stream { length },
        _ => Class::Routine,
    }
}

/// Products with a constant matrix run over its rows.
fn product(graph: &Graph, a: NodeId, b: NodeId) -> Class {
    let (left, right) = (graph.shape(a), graph.shape(b));
    let constant = |id| matches!(graph.node(id).op, Op::Data(_));
    let matrix = match (left.len(), right.len()) {
        (2, 1) if constant(a) => left,
        (1, 2) if constant(b) => right,
        _ => return Class::Routine,
    };
    if matrix.contains(&0) || matrix[0] < 2 { Class::Routine } else { Class::Stream { length: matrix[0] } }
}

fn sparse_product(graph: &Graph, matrix: SparseId) -> Class {
    let matrix = graph.sparse_matrix(matrix);
    if matrix.columns() == 0 || matrix.rows() < 2 { Class::Routine } else { Class::Stream { length: matrix.rows() } }
}

/// The node whose elements a node shows, and from where.
pub(super) fn resolve(classes: &[Class], id: NodeId) -> (NodeId, usize) {
    let (mut root, mut start) = (id, 0);
    while let Class::View { of, offset } = classes[root.0 as usize] {
        (root, start) = (of, start + offset);
    }
    (root, start)
}

/// Whether a node of a stream has its value only after the whole pass.
pub(super) fn reduces(graph: &Graph, id: NodeId) -> bool {
    match &graph.node(id).op {
        Op::Scatter { .. } | Op::Reduce { .. } => true,
        Op::MatMul(a, _) => graph.shape(*a).len() == 1,
        Op::SparseProduct { transposed, .. } => *transposed,
        _ => false,
    }
}

/// Whether a node of a stream reads the operand element by element, in step with the pass.
pub(super) fn reads_in_step(graph: &Graph, id: NodeId, operand: NodeId) -> bool {
    match &graph.node(id).op {
        Op::Unary(..) | Op::Binary(..) | Op::Select(..) => graph.shape(operand).size() == graph.shape(id).size(),
        Op::Scatter { .. } | Op::Reduce { .. } => true,
        Op::MatMul(a, b) => graph.shape(*a).len() == 1 && operand == *a && operand != *b,
        Op::SparseProduct { transposed, .. } => *transposed,
        _ => false,
    }
}
