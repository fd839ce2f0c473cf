//! Evaluates what depends on constants alone.

use std::sync::Arc;

use super::Rebuild;
use crate::{Evaluator, Graph, NodeId, Op};

/// Constant subgraphs become constants. Broadcasts stay, so that a repeated number does not become an array.
pub fn fold(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let depends = graph.depends_on_inputs();
    let mut evaluator = Evaluator::new(Arc::new(graph.clone()));
    Rebuild::run(graph, outputs, |rebuild, id| {
        let is_leaf = matches!(graph.node(id).op, Op::Const(_) | Op::Data(_) | Op::Broadcast { .. });
        if depends[id.0 as usize] || is_leaf {
            return rebuild.copy(id);
        }
        rebuild.to.data(evaluator.tensor(id))
    })
}
