//! Graph to graph: each pass keeps the values of the outputs and returns their new ids.
//!
//! A pass walks the nodes that the outputs need, operands first, and makes the new graph through hash-consing, so equal
//! nodes meet by themselves. Values stay the same up to rounding; NaN and infinities stay what they are.

mod condense;
mod cse;
mod dead;
mod fission;
mod fold;
mod simplify;
mod transpose;

pub use condense::{Condense, CondenseNote, Condensed, Rewrite, condense};
pub use cse::cse;
pub(crate) use cse::is_commutative;
pub use dead::dead;
pub use fission::fission;
pub use fold::fold;
pub use simplify::simplify;
pub use transpose::transposes;

use crate::{Graph, NodeId, Op};

/// Runs all passes; the outputs keep their order.
pub fn optimize(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let (mut graph, mut outputs) = fold(graph, outputs);
    if transpose::has_transposes(&graph) {
        (graph, outputs) = transposes(&graph, &outputs);
    }
    let (mut graph, mut outputs) = simplify(&graph, &outputs);
    if fission::has_loops(&graph) {
        (graph, outputs) = fission(&graph, &outputs);
        (graph, outputs) = simplify(&graph, &outputs);
    }
    let (graph, outputs) = fold(&graph, &outputs);
    let (graph, outputs) = cse(&graph, &outputs);
    dead(&graph, &outputs)
}

/// A graph that is being made from another.
pub(crate) struct Rebuild<'a> {
    from: &'a Graph,
    pub(crate) to: Graph,
    /// New ids of the nodes passed so far.
    made: Vec<NodeId>,
}

impl<'a> Rebuild<'a> {
    /// Passes all nodes that the outputs need through `make`, which returns the node to use instead.
    pub(crate) fn run(
        from: &'a Graph,
        outputs: &[NodeId],
        mut make: impl FnMut(&mut Self, NodeId) -> NodeId,
    ) -> (Graph, Vec<NodeId>) {
        let mut rebuild = Rebuild { from, to: Graph::new(), made: vec![NodeId(u32::MAX); from.len()] };
        for id in from.needs_of(outputs) {
            rebuild.to.set_origin(from.origin(id));
            let made = make(&mut rebuild, id);
            rebuild.made[id.0 as usize] = made;
        }
        rebuild.to.set_origin(from.current_origin());
        let outputs = outputs.iter().map(|&id| rebuild.made(id)).collect();
        (rebuild.to, outputs)
    }

    /// The new id of an old node that has been passed.
    pub(crate) fn made(&self, id: NodeId) -> NodeId {
        self.made[id.0 as usize]
    }

    /// The operation of an old node on the new operands and constants.
    pub(crate) fn op(&mut self, id: NodeId) -> Op {
        let op = self.from.node(id).op.clone().map_operands(|operand| self.made(operand));
        self.to.adopt(op, self.from)
    }

    /// The old node as it is.
    pub(crate) fn copy(&mut self, id: NodeId) -> NodeId {
        let op = self.op(id);
        self.to.push(op, self.from.shape(id).clone())
    }
}

#[cfg(test)]
mod tests;
