//! Who needs whom in a graph.

use crate::{Graph, NodeId, Op};

impl Graph {
    /// The ids of all nodes, operands first.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator + use<> {
        (0..self.len() as u32).map(NodeId)
    }

    /// The length of the input vector that the graph reads.
    pub fn inputs_len(&self) -> usize {
        let end = |node: &crate::Node| match node.op {
            Op::Input { offset } => offset + node.shape.size(),
            _ => 0,
        };
        self.nodes().iter().map(end).max().unwrap_or(0)
    }

    /// The given nodes and all that they need, operands first.
    pub fn needs_of(&self, outputs: &[NodeId]) -> Vec<NodeId> {
        let mut needed = vec![false; self.len()];
        outputs.iter().for_each(|id| needed[id.0 as usize] = true);
        for id in self.ids().rev() {
            if needed[id.0 as usize] {
                self.node(id).op.for_each_operand(|operand| needed[operand.0 as usize] = true);
            }
        }
        self.ids().filter(|id| needed[id.0 as usize]).collect()
    }

    /// The given node and all that depend on it, operands first.
    pub fn dependents_of(&self, source: NodeId) -> Vec<NodeId> {
        let mut depends = vec![false; self.len()];
        depends[source.0 as usize] = true;
        for id in self.ids().skip(source.0 as usize + 1) {
            let mut any = false;
            self.node(id).op.for_each_operand(|operand| any |= depends[operand.0 as usize]);
            depends[id.0 as usize] = any;
        }
        self.ids().filter(|id| depends[id.0 as usize]).collect()
    }

    /// For each node, whether its value depends on the inputs.
    pub fn depends_on_inputs(&self) -> Vec<bool> {
        let mut depends = vec![false; self.len()];
        for id in self.ids() {
            let mut any = matches!(self.node(id).op, Op::Input { .. });
            self.node(id).op.for_each_operand(|operand| any |= depends[operand.0 as usize]);
            depends[id.0 as usize] = any;
        }
        depends
    }
}
