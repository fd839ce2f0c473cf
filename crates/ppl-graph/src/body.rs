//! What one turn of a loop does.

use std::hash::{Hash, Hasher};

use crate::passes::dead;
use crate::{Graph, NodeId, Op};

/// One turn of an [`Op::Scan`]: a graph of single numbers.
///
/// Its inputs are, in this order, the carried numbers, one element of each array, and the shared numbers; its outputs
/// are the carried numbers after the turn. Constants and elementwise functions are all that it may hold.
#[derive(Clone, Debug)]
pub struct Body {
    graph: Graph,
    outputs: Vec<NodeId>,
}

impl Body {
    /// The part of a graph that the outputs need.
    ///
    /// # Panics
    /// Where that part holds arrays, or anything else than elementwise functions.
    pub fn new(graph: &Graph, outputs: &[NodeId]) -> Self {
        Self::checked(graph, outputs).unwrap_or_else(|reason| panic!("{reason}"))
    }

    /// The same, with a reason where it may not be.
    pub(crate) fn checked(graph: &Graph, outputs: &[NodeId]) -> Result<Self, String> {
        let (graph, outputs) = dead(graph, outputs);
        let body = Body { graph, outputs };
        body.check()?;
        Ok(body)
    }

    /// Checks that a turn handles single numbers alone.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.graph.verify()?;
        let allowed =
            |op: &Op| matches!(op, Op::Input { .. } | Op::Const(_) | Op::Unary(..) | Op::Binary(..) | Op::Select(..));
        let fits = self.graph.nodes().iter().all(|node| node.shape.is_scalar() && allowed(&node.op));
        if fits { Ok(()) } else { Err("a body holds other things than functions of single numbers".into()) }
    }

    /// The nodes, all of them needed.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The carried numbers after the turn.
    pub fn outputs(&self) -> &[NodeId] {
        &self.outputs
    }
}

/// Bodies with equal nodes are equal, whatever statement these were made for.
impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.outputs == other.outputs && self.graph.nodes() == other.graph.nodes()
    }
}

impl Eq for Body {}

impl Hash for Body {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.graph.nodes(), &self.outputs).hash(state);
    }
}

/// Nodes of a graph of numbers as nodes of another graph, in which `inputs` stand for its inputs, by offset. Where these
/// are arrays, the functions of numbers become functions of arrays.
pub(crate) fn inline(numbers: &Graph, wanted: &[NodeId], inputs: &[NodeId], to: &mut Graph) -> Vec<NodeId> {
    let mut made = vec![NodeId(u32::MAX); numbers.len()];
    for id in numbers.needs_of(wanted) {
        made[id.0 as usize] = match &numbers.node(id).op {
            Op::Input { offset } => inputs[*offset],
            op => lifted(to, op.clone().map_operands(|operand| made[operand.0 as usize])),
        };
    }
    wanted.iter().map(|id| made[id.0 as usize]).collect()
}

/// Adds a constant or an elementwise operation, of the shape that its operands ask for.
pub(crate) fn lifted(graph: &mut Graph, op: Op) -> NodeId {
    match op {
        Op::Const(bits) => graph.constant(f64::from_bits(bits)),
        Op::Unary(f, a) => graph.unary(f, a),
        Op::Binary(f, a, b) => graph.binary(f, a, b),
        Op::Select(c, a, b) => graph.select(c, a, b),
        _ => unreachable!("a body holds elementwise functions alone"),
    }
}
