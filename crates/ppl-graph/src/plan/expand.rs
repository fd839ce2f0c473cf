//! Operations in terms of simpler ones that fit into passes.

use crate::passes::Rebuild;
use crate::shape::positions;
use crate::{Binary, Graph, NodeId, Op, Reduction, Shape, Unary};

/// Rewrites a graph; the outputs keep their order.
pub(super) fn expand(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
    Rebuild::run(graph, outputs, |rebuild, id| {
        let op = rebuild.op(id);
        let shape = graph.shape(id).clone();
        expanded(&mut rebuild.to, &op, &shape).unwrap_or_else(|| rebuild.to.push(op, shape))
    })
}

fn expanded(g: &mut Graph, op: &Op, shape: &Shape) -> Option<NodeId> {
    match *op {
        Op::Broadcast { source, ref axes } => broadcast(g, source, axes, shape),
        Op::Transpose { source, ref permutation } => transpose(g, source, permutation, shape),
        Op::Reduce { kind: Reduction::Sum, source, ref axes } => sum(g, source, axes, shape),
        Op::Reduce { kind: Reduction::LogSumExp, source, ref axes } => log_sum_exp(g, source, axes),
        Op::MatMul(a, b) if g.shape(a).len() == 1 && g.shape(b).len() == 1 => {
            let products = g.mul(a, b);
            Some(g.sum(products))
        }
        _ => None,
    }
}

/// Repeats an array by constant positions.
fn broadcast(g: &mut Graph, source: NodeId, axes: &[usize], shape: &Shape) -> Option<NodeId> {
    let own = g.shape(source).clone();
    if own.size() == 1 || own.size() == shape.size() {
        return None;
    }
    let mut strides = vec![0; shape.len()];
    axes.iter().zip(own.strides()).for_each(|(&axis, stride)| strides[axis] = stride);
    let positions = positions(shape, &strides)?;
    Some(g.gather(source, positions, shape.clone()))
}

/// Reads an array in another order by constant positions.
fn transpose(g: &mut Graph, source: NodeId, permutation: &[usize], shape: &Shape) -> Option<NodeId> {
    let strides = g.shape(source).strides();
    let strides: Vec<usize> = permutation.iter().map(|&from| strides[from]).collect();
    let positions = positions(shape, &strides)?;
    Some(g.gather(source, positions, shape.clone()))
}

/// Sums along some axes by constant positions.
fn sum(g: &mut Graph, source: NodeId, axes: &[usize], shape: &Shape) -> Option<NodeId> {
    let own = g.shape(source).clone();
    if shape.size() == 1 || own.size() == shape.size() {
        return None;
    }
    let mut kept = shape.strides().into_iter();
    let strides: Vec<usize> =
        (0..own.len()).map(|axis| if axes.contains(&axis) { 0 } else { kept.next().unwrap_or(0) }).collect();
    let positions = positions(&own, &strides)?;
    Some(g.scatter(source, positions, shape.clone()))
}

/// The largest element is taken out first; where it is not finite nothing needs to be.
fn log_sum_exp(g: &mut Graph, source: NodeId, axes: &[usize]) -> Option<NodeId> {
    let own = g.shape(source).clone();
    if own.size() < 32 {
        return None;
    }
    let largest = g.reduce(Reduction::Max, source, axes);
    let shift = finite_or_zero(g, largest);
    let spread = if g.shape(shift).is_scalar() {
        shift
    } else {
        let kept: Vec<usize> = (0..own.len()).filter(|axis| !axes.contains(axis)).collect();
        let op = Op::Broadcast { source: shift, axes: kept.clone() };
        expanded(g, &op, &own).unwrap_or_else(|| g.broadcast(shift, &kept, own.clone()))
    };
    let shifted = g.sub(source, spread);
    let powers = g.exp(shifted);
    let op = Op::Reduce { kind: Reduction::Sum, source: powers, axes: axes.to_vec() };
    let shape = g.shape(shift).clone();
    let total = expanded(g, &op, &shape).unwrap_or_else(|| g.reduce(Reduction::Sum, powers, axes));
    let log = g.log(total);
    Some(g.add(log, shift))
}

/// Each number that is finite, 0 in place of the others.
pub(super) fn finite_or_zero(g: &mut Graph, a: NodeId) -> NodeId {
    let (infinity, zero) = (g.constant(f64::INFINITY), g.constant(0.0));
    let size = g.unary(Unary::Abs, a);
    let finite = g.binary(Binary::Lt, size, infinity);
    g.select(finite, a, zero)
}
