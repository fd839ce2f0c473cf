//! Transposed expressions as expressions of transposed leaves, so that rows are rows all the way down.

use std::collections::HashMap;

use super::flatten::elementwise;
use super::numbers::strided;
use crate::{Graph, NodeId, Op, Shape, Tensor};

/// Turns expressions upright, each node once.
#[derive(Debug, Default)]
pub(super) struct Upright {
    made: HashMap<(NodeId, Vec<usize>), NodeId>,
}

impl Upright {
    /// The same array, with transpositions moved to where nothing is left to compute.
    pub(super) fn of(&mut self, g: &mut Graph, id: NodeId) -> NodeId {
        let in_order: Vec<usize> = (0..g.shape(id).len()).collect();
        self.permuted(g, id, &in_order)
    }

    /// The array whose axis `k` is axis `axes[k]` of `id`; scalars as they are.
    fn permuted(&mut self, g: &mut Graph, id: NodeId, axes: &[usize]) -> NodeId {
        if g.shape(id).is_scalar() {
            return id;
        }
        let key = (id, axes.to_vec());
        if let Some(&made) = self.made.get(&key) {
            return made;
        }
        let made = self.make(g, id, axes);
        self.made.insert(key, made);
        made
    }

    fn make(&mut self, g: &mut Graph, id: NodeId, axes: &[usize]) -> NodeId {
        let shape: Shape = axes.iter().map(|&axis| g.shape(id)[axis]).collect::<Vec<usize>>().into();
        match g.node(id).op.clone() {
            op @ (Op::Unary(..) | Op::Binary(..) | Op::Select(..)) => {
                let op = op.map_operands(|operand| self.permuted(g, operand, axes));
                elementwise(g, op)
            }
            Op::Transpose { source, permutation } => {
                let axes: Vec<usize> = axes.iter().map(|&axis| permutation[axis]).collect();
                self.permuted(g, source, &axes)
            }
            _ if axes.is_sorted() => id,
            Op::Broadcast { source, axes: own } => {
                let place = |axis: &usize| axes.iter().position(|other| other == axis);
                match own.iter().map(place).collect::<Option<Vec<usize>>>() {
                    Some(own) if own.is_sorted() => g.broadcast(source, &own, shape),
                    _ => g.transpose(id, axes),
                }
            }
            Op::Data(data) => {
                let moved = moved(g.shape(id), axes);
                let values: Vec<f64> = moved.iter().map(|&at| g.tensor(data).values[at as usize]).collect();
                g.data(Tensor::new(shape, values))
            }
            Op::Gather { source, index } => {
                let moved = moved(g.shape(id), axes);
                let positions: Vec<u32> = moved.iter().map(|&at| g.index(index)[at as usize]).collect();
                g.gather(source, positions, shape)
            }
            _ => g.transpose(id, axes),
        }
    }
}

/// For each element of the permuted array where it stands in the one of this shape.
fn moved(shape: &Shape, axes: &[usize]) -> Vec<u32> {
    let strides = shape.strides();
    let [extents, strides] = [&shape[..], &strides].map(|own| axes.iter().map(|&axis| own[axis]).collect::<Vec<_>>());
    strided(&extents, &strides)
}
