//! Makes equal nodes meet.

use std::collections::HashMap;

use super::Rebuild;
use crate::{Binary, Graph, NodeId, Op, Shape};

/// One node for each distinct computation: operands of commutative operations come in one order, and constant arrays
/// with the same numbers are one.
pub fn cse(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let mut arrays: HashMap<(Shape, Vec<u64>), NodeId> = HashMap::new();
    Rebuild::run(graph, outputs, |rebuild, id| match graph.node(id).op {
        Op::Data(data) => {
            let tensor = graph.tensor(data);
            let bits = tensor.values.iter().map(|x| x.to_bits()).collect();
            *arrays.entry((tensor.shape.clone(), bits)).or_insert_with(|| rebuild.copy(id))
        }
        Op::Binary(f, a, b)
            if is_commutative(f) && rank(graph, rebuild.made(a), a) > rank(graph, rebuild.made(b), b) =>
        {
            let op = Op::Binary(f, rebuild.made(b), rebuild.made(a));
            rebuild.to.push(op, graph.shape(id).clone())
        }
        _ => rebuild.copy(id),
    })
}

/// Where an operand stands: constants first, then scalars, then arrays.
fn rank(graph: &Graph, made: NodeId, id: NodeId) -> (bool, bool, NodeId) {
    (graph.as_constant(id).is_none(), !graph.shape(id).is_scalar(), made)
}

/// Whether the operands may be exchanged without changing a bit.
pub(crate) fn is_commutative(f: Binary) -> bool {
    use Binary::*;
    matches!(f, Add | Mul | Eq | Ne | And | Or)
}
