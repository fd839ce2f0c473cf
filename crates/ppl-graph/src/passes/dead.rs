//! Leaves out what no output needs.

use super::Rebuild;
use crate::{Graph, NodeId};

/// The nodes that the outputs need, in the same order, and nothing else.
pub fn dead(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
    Rebuild::run(graph, outputs, |rebuild, id| rebuild.copy(id))
}
