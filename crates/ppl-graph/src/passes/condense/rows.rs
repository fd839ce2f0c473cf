//! An expression on some of its rows.

use std::collections::HashMap;

use super::flatten::elementwise;
use super::keys::row_width;
use crate::{Graph, IndexId, NodeId, Op, Shape, Tensor};

/// Rebuilds arrays whose first axis goes over `all` rows on the chosen ones.
pub(super) struct Rows<'a> {
    chosen: &'a [u32],
    all: usize,
    made: HashMap<NodeId, NodeId>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(chosen: &'a [u32], all: usize) -> Self {
        Rows { chosen, all, made: HashMap::new() }
    }

    /// The chosen rows of an array; scalars lift and stay as they are.
    pub(super) fn of(&mut self, g: &mut Graph, id: NodeId) -> NodeId {
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
        let shape = self.shape(g, id);
        match g.node(id).op.clone() {
            op @ (Op::Unary(..) | Op::Binary(..) | Op::Select(..)) => {
                let op = op.map_operands(|operand| self.of(g, operand));
                elementwise(g, op)
            }
            Op::Data(data) => {
                let values = self.pick(g, id, |at| g.tensor(data).values[at]);
                g.data(Tensor::new(shape, values))
            }
            Op::Gather { source, index } => self.gather(g, id, source, index),
            Op::Broadcast { source, axes } => {
                let source = if axes.first() == Some(&0) { self.of(g, source) } else { source };
                g.broadcast(source, &axes, shape)
            }
            op @ (Op::Transpose { .. } | Op::Reduce { .. } | Op::CumulativeSum { .. } | Op::Reshape(_))
                if self.keeps_rows(g, &op) =>
            {
                let op = op.map_operands(|operand| self.of(g, operand));
                g.push(op, shape)
            }
            op @ (Op::Sort(_) | Op::ArgSort(_)) if shape.len() > 1 => {
                let op = op.map_operands(|operand| self.of(g, operand));
                g.push(op, shape)
            }
            Op::Take { source, index } => {
                let index = self.of(g, index);
                g.take(source, index)
            }
            Op::MatMul(a, b) if g.shape(a).len() == 2 => {
                let a = self.of(g, a);
                g.matmul(a, b)
            }
            _ => {
                let positions = self.pick(g, id, |at| at as u32);
                g.gather(id, positions, shape)
            }
        }
    }

    /// Elements that each row picks: of its own row, or of an array that all rows share.
    fn gather(&mut self, g: &mut Graph, id: NodeId, source: NodeId, index: IndexId) -> NodeId {
        let shape = self.shape(g, id);
        let positions = self.pick(g, id, |at| g.index(index)[at]);
        let Some(width) = row_width(g, id, source, index) else { return g.gather(source, positions, shape) };
        let (own, source) = (positions.len() / self.chosen.len(), self.of(g, source));
        let moved = |(at, p): (usize, u32)| (at / own * width + p as usize % width) as u32;
        let positions: Vec<u32> = positions.into_iter().enumerate().map(moved).collect();
        g.gather(source, positions, shape)
    }

    /// Whether an operation works within the rows of its operand.
    fn keeps_rows(&self, g: &Graph, op: &Op) -> bool {
        match op {
            Op::Transpose { permutation, .. } => permutation[0] == 0,
            Op::Reduce { axes, .. } => !axes.contains(&0),
            Op::CumulativeSum { source, .. } => g.shape(*source).len() > 1,
            Op::Reshape(source) => g.shape(*source).first() == Some(&self.all),
            _ => false,
        }
    }

    fn shape(&self, g: &Graph, id: NodeId) -> Shape {
        let mut extents = g.shape(id).to_vec();
        extents[0] = self.chosen.len();
        extents.into()
    }

    /// What `read` gives for the elements of the chosen rows.
    fn pick<T>(&self, g: &Graph, id: NodeId, read: impl Fn(usize) -> T) -> Vec<T> {
        let width = g.shape(id).size() / self.all.max(1);
        let row = |&row: &u32| row as usize * width..(row as usize + 1) * width;
        self.chosen.iter().flat_map(row).map(read).collect()
    }
}
