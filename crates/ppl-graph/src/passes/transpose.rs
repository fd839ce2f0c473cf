//! Takes transposed arrays apart down to what they are made of.
//!
//! A transpose costs a pass of its own and keeps what stands before and after it apart. Elementwise functions of
//! transposed operands, gathers by other positions and broadcasts along other axes cost nothing more than the array in its
//! first order, so transposes move down to inputs, constants and matrix operations. Square arrays stay: they are often
//! needed in both orders.

use std::collections::HashMap;

use super::Rebuild;
use crate::shape::positions;
use crate::{Graph, NodeId, Op, Shape};

/// Moves every transpose as far down as it goes.
pub fn transposes(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let mut known = Known::default();
    Rebuild::run(graph, outputs, |rebuild, id| {
        let shape = graph.shape(id).clone();
        match rebuild.op(id) {
            Op::Transpose { source, permutation } => known.transposed(&mut rebuild.to, source, &permutation),
            op => read(&mut rebuild.to, &op, &shape).unwrap_or_else(|| rebuild.to.push(op, shape)),
        }
    })
}

/// Whether there is a transpose to move.
pub(super) fn has_transposes(graph: &Graph) -> bool {
    graph.nodes().iter().any(|node| matches!(node.op, Op::Transpose { .. }))
}

/// What reads a transpose, reading the array before it instead.
fn read(g: &mut Graph, op: &Op, shape: &Shape) -> Option<NodeId> {
    let (Op::Reduce { source, .. } | Op::Scatter { source, .. } | Op::Gather { source, .. }) = op else { return None };
    let Op::Transpose { source: inner, permutation } = g.node(*source).op.clone() else { return None };
    match op {
        Op::Gather { index, .. } => {
            let places = positions(g.shape(*source), &strides(g.shape(inner), &permutation))?;
            let index: Vec<u32> = g.index(*index).iter().map(|&p| places[p as usize]).collect();
            Some(g.gather(inner, index, shape.clone()))
        }
        Op::Scatter { index, .. } => {
            let places = positions(g.shape(inner), &strides(g.shape(*source), &inverse(&permutation)))?;
            let index: Vec<u32> = places.iter().map(|&p| g.index(*index)[p as usize]).collect();
            Some(g.scatter(inner, index, shape.clone()))
        }
        Op::Reduce { kind, axes, .. } => {
            let kept = permutation.iter().enumerate().filter(|(axis, _)| !axes.contains(axis)).map(|(_, &from)| from);
            let mut from: Vec<usize> = axes.iter().map(|&axis| permutation[axis]).collect();
            from.sort_unstable();
            // Positions of extremes count in the order of the axes.
            let keeps_order = kept.is_sorted() && (from.len() == 1 || !kind.is_position());
            keeps_order.then(|| g.reduce(*kind, inner, &from))
        }
        _ => None,
    }
}

fn inverse(permutation: &[usize]) -> Vec<usize> {
    let mut inverse = vec![0; permutation.len()];
    permutation.iter().enumerate().for_each(|(to, &from)| inverse[from] = to);
    inverse
}

/// For each axis of a transposed array, the distance of neighbours in the array before it.
fn strides(before: &Shape, permutation: &[usize]) -> Vec<usize> {
    let strides = before.strides();
    permutation.iter().map(|&from| strides[from]).collect()
}

/// Transposes made so far, so that an array with many users is transposed once.
#[derive(Default)]
struct Known(HashMap<(NodeId, Vec<usize>), NodeId>);

impl Known {
    fn transposed(&mut self, g: &mut Graph, source: NodeId, permutation: &[usize]) -> NodeId {
        let own = g.shape(source).clone();
        let shape: Shape = permutation.iter().map(|&from| own[from]).collect::<Vec<usize>>().into();
        let key = (source, permutation.to_vec());
        if let Some(&known) = self.0.get(&key) {
            return known;
        }
        let moved = if shape == own { None } else { self.moved(g, source, permutation, &shape) };
        let made = moved.unwrap_or_else(|| g.transpose(source, permutation));
        self.0.insert(key, made);
        made
    }

    /// The transposed array in terms of what the array is made of.
    fn moved(&mut self, g: &mut Graph, source: NodeId, permutation: &[usize], shape: &Shape) -> Option<NodeId> {
        match g.node(source).op.clone() {
            op @ (Op::Unary(..) | Op::Binary(..) | Op::Select(..)) => {
                let op = op.map_operands(|id| match g.shape(id).is_scalar() {
                    true => id,
                    false => self.transposed(g, id, permutation),
                });
                Some(g.push(op, shape.clone()))
            }
            Op::Transpose { source, permutation: first } => {
                let both: Vec<usize> = permutation.iter().map(|&axis| first[axis]).collect();
                Some(self.transposed(g, source, &both))
            }
            Op::Broadcast { source, axes } => Some(self.broadcast(g, source, &axes, permutation, shape)),
            Op::Gather { source: from, index } => {
                let places = positions(shape, &strides(g.shape(source), permutation))?;
                let index: Vec<u32> = places.iter().map(|&p| g.index(index)[p as usize]).collect();
                Some(g.gather(from, index, shape.clone()))
            }
            Op::Scatter { source: from, index } => {
                let places = positions(g.shape(source), &strides(shape, &inverse(permutation)))?;
                let index: Vec<u32> = g.index(index).iter().map(|&p| places[p as usize]).collect();
                Some(g.scatter(from, index, shape.clone()))
            }
            _ => None,
        }
    }

    fn broadcast(
        &mut self,
        g: &mut Graph,
        source: NodeId,
        axes: &[usize],
        permutation: &[usize],
        shape: &Shape,
    ) -> NodeId {
        let to = inverse(permutation);
        let mut order: Vec<usize> = (0..axes.len()).collect();
        order.sort_by_key(|&axis| to[axes[axis]]);
        let axes: Vec<usize> = order.iter().map(|&axis| to[axes[axis]]).collect();
        let source = if order.is_sorted() { source } else { self.transposed(g, source, &order) };
        g.broadcast(source, &axes, shape.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Reduction, Tensor, Unary, evaluate};

    fn moved(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
        let (after, renamed) = transposes(graph, outputs);
        after.verify().unwrap();
        let inputs: Vec<f64> = (0..graph.inputs_len()).map(|k| 0.25 * k as f64 - 1.0).collect();
        assert_eq!(evaluate(graph, &inputs, outputs), evaluate(&after, &inputs, &renamed));
        (after, renamed)
    }

    #[test]
    fn transposes_of_transposes_through_arithmetic_vanish() {
        let mut g = Graph::new();
        let (people, items) = (g.input(0, [4]), g.input(4, [3]));
        let (ability, hardness) = (g.broadcast(people, &[0], [4, 3]), g.gather(items, [0, 1, 2].repeat(4), [4, 3]));
        let distance = g.sub(ability, hardness);
        let turned = g.transpose(distance, &[1, 0]);
        let slopes = g.broadcast(items, &[0], [3, 4]);
        let product = g.mul(slopes, turned);
        let back = g.transpose(product, &[1, 0]);
        let (after, _) = moved(&g, &[back]);
        assert!(!has_transposes(&after));
    }

    #[test]
    fn inputs_are_transposed_where_they_are_read() {
        let mut g = Graph::new();
        let x = g.input(0, [2, 3, 4]);
        let power = g.unary(Unary::Exp, x);
        let turned = g.transpose(power, &[2, 0, 1]);
        let doubled = g.add(turned, turned);
        let (after, outputs) = moved(&g, &[doubled]);
        assert!(matches!(after.node(outputs[0]).op, Op::Binary(..)));
    }

    #[test]
    fn reductions_and_scatters_read_the_array_before() {
        let mut g = Graph::new();
        let x = g.input(0, [2, 3, 4]);
        let turned = g.transpose(x, &[2, 0, 1]);
        let sums = g.reduce(Reduction::Sum, turned, &[0, 2]);
        let farthest = g.reduce(Reduction::ArgMax, turned, &[2]);
        let pairs = g.reduce(Reduction::Max, turned, &[1]);
        let scattered = g.scatter(turned, (0..24).map(|k| k * 7 % 5).collect::<Vec<u32>>(), [5]);
        let picked = g.gather(turned, vec![5, 23, 0, 7], [4]);
        moved(&g, &[sums, farthest, pairs, scattered, picked]);
    }

    #[test]
    fn scattered_and_broadcast_arrays_move_their_places() {
        let mut g = Graph::new();
        let (x, y) = (g.input(0, [6]), g.input(6, [3, 2]));
        let scattered = g.scatter(x, vec![0, 5, 5, 7, 1, 2], [2, 4]);
        let repeated = g.broadcast(y, &[0, 2], [3, 5, 2]);
        let outputs = [g.transpose(scattered, &[1, 0]), g.transpose(repeated, &[2, 1, 0])];
        moved(&g, &outputs);
    }

    #[test]
    fn square_arrays_stay() {
        let mut g = Graph::new();
        let x = g.data(Tensor::new([2, 2], vec![1.0, 2.0, 3.0, 4.0]));
        let y = g.input(0, [2, 2]);
        let product = g.mul(x, y);
        let turned = g.transpose(product, &[1, 0]);
        let (after, outputs) = moved(&g, &[turned]);
        assert!(matches!(after.node(outputs[0]).op, Op::Transpose { .. }));
    }
}
