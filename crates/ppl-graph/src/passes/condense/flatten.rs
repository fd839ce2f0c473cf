//! Kernels in a form that shows their data: along one axis, upright, the data of a sum in one array.

use std::collections::HashMap;

use super::numbers::{constant, repeated_positions};
use super::separate::merged;
use super::upright::Upright;
use crate::{Graph, IndexId, NodeId, Op, Shape, Tensor};

/// Makes flat arrays, each once.
#[derive(Debug, Default)]
pub(super) struct Flatten {
    made: HashMap<NodeId, NodeId>,
    /// Elements of an array at positions.
    picked: HashMap<(NodeId, IndexId), NodeId>,
    upright: Upright,
}

impl Flatten {
    /// The elements of an array in the same order along one axis. A repeated scalar stays a scalar, which lifts.
    pub(super) fn flat(&mut self, g: &mut Graph, id: NodeId) -> NodeId {
        if g.shape(id).is_scalar() {
            return id;
        }
        if let Some(&made) = self.made.get(&id) {
            return made;
        }
        let made = self.make(g, id);
        self.made.insert(id, made);
        made
    }

    fn make(&mut self, g: &mut Graph, id: NodeId) -> NodeId {
        let (size, is_flat) = (g.shape(id).size(), g.shape(id).len() == 1);
        if let Some(numbers) = constant(g, id).filter(|_| !is_flat) {
            return numbers.node(g);
        }
        match g.node(id).op.clone() {
            op @ (Op::Unary(..) | Op::Binary(..) | Op::Select(..)) => {
                let op = op.map_operands(|operand| self.flat(g, operand));
                let made = elementwise(g, op);
                merged(g, made)
            }
            Op::Reshape(source) => self.flat(g, source),
            Op::Broadcast { source, .. } if g.shape(source).size() == 1 => g.reshape(source, Shape::scalar()),
            Op::Broadcast { source, axes } => {
                let positions = repeated_positions(g.shape(source), &axes, g.shape(id));
                let positions = g.positions(positions);
                self.pick(g, source, positions)
            }
            op @ (Op::Reduce { .. } | Op::Gather { .. }) if is_flat => {
                let op = op.map_operands(|operand| self.upright.of(g, operand));
                g.push(op, [size].into())
            }
            _ if is_flat => id,
            Op::Gather { source, index } => g.push(Op::Gather { source, index }, [size].into()),
            _ => g.reshape(id, [size]),
        }
    }
}

impl Flatten {
    /// The elements of an array at positions, taken where nothing is left to compute.
    fn pick(&mut self, g: &mut Graph, id: NodeId, positions: IndexId) -> NodeId {
        if g.shape(id).is_scalar() {
            return id;
        }
        if let Some(&made) = self.picked.get(&(id, positions)) {
            return made;
        }
        let places = g.index(positions).clone();
        let composed = |first: &[u32]| places.iter().map(|&p| first[p as usize]).collect::<Vec<u32>>();
        let made = match g.node(id).op.clone() {
            op @ (Op::Unary(..) | Op::Binary(..) | Op::Select(..)) => {
                let op = op.map_operands(|operand| self.pick(g, operand, positions));
                let made = elementwise(g, op);
                merged(g, made)
            }
            Op::Data(data) => {
                let values: Vec<f64> = places.iter().map(|&p| g.tensor(data).values[p as usize]).collect();
                g.data(Tensor::new([places.len()], values))
            }
            Op::Gather { source, index } => {
                let positions = composed(g.index(index));
                g.gather(source, positions, [places.len()])
            }
            Op::Broadcast { source, axes } => {
                let positions = composed(&repeated_positions(g.shape(source), &axes, g.shape(id)));
                let positions = g.positions(positions);
                self.pick(g, source, positions)
            }
            Op::Reshape(source) => self.pick(g, source, positions),
            _ => g.gather(id, places, [g.index(positions).len()]),
        };
        self.picked.insert((id, positions), made);
        made
    }
}

/// An elementwise operation with the shape that its operands give it.
pub(super) fn elementwise(g: &mut Graph, op: Op) -> NodeId {
    let mut shape = Shape::scalar();
    op.for_each_operand(|operand| {
        if !g.shape(operand).is_scalar() {
            shape = g.shape(operand).clone();
        }
    });
    g.push(op, shape)
}
