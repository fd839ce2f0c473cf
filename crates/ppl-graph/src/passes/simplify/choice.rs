//! Rules for choices and conditions.

use super::arithmetic::repeated;
use super::make;
use crate::{Binary, Graph, NodeId, Op, Shape, Unary};

pub(super) fn select(g: &mut Graph, c: NodeId, a: NodeId, b: NodeId, shape: &Shape) -> Option<NodeId> {
    if a == b {
        return Some(g.broadcast_scalar(a, shape)).filter(|_| g.shape(a) == shape || g.shape(a).is_scalar());
    }
    if let Some(holds) = same_everywhere(g, c) {
        let chosen = if holds { a } else { b };
        return Some(g.broadcast_scalar(chosen, shape));
    }
    lower(g, c, a, b, shape)
}

/// Repeated scalars lift by themselves where one operand keeps the shape.
fn lower(g: &mut Graph, c: NodeId, a: NodeId, b: NodeId, shape: &Shape) -> Option<NodeId> {
    let operands = [c, a, b];
    let inner = operands.map(|id| repeated(g, id).unwrap_or(id));
    if inner == operands {
        return None;
    }
    let [c, a, b] = inner;
    if inner.iter().any(|&id| g.shape(id) == shape) {
        return Some(make(g, Op::Select(c, a, b), shape));
    }
    let scalar = make(g, Op::Select(c, a, b), &Shape::scalar());
    Some(g.broadcast(scalar, &[], shape.clone()))
}

/// Whether a constant condition holds for all elements, or for none; nothing where it differs or is not constant.
fn same_everywhere(g: &Graph, c: NodeId) -> Option<bool> {
    if let Some(c) = g.as_constant(c) {
        return Some(c != 0.0);
    }
    let Op::Data(data) = g.node(c).op else { return None };
    let values = &g.tensor(data).values;
    let first = *values.first()? != 0.0;
    values.iter().all(|&c| (c != 0.0) == first).then_some(first)
}

/// A condition that always holds leaves the other of an `and`; one that never holds leaves the other of an `or`.
pub(super) fn connective(g: &mut Graph, f: Binary, a: NodeId, b: NodeId, shape: &Shape) -> Option<NodeId> {
    for (condition, other) in [(a, b), (b, a)] {
        if same_everywhere(g, condition) == Some(f == Binary::And) && is_truth(g, other) {
            return Some(g.broadcast_scalar(other, shape));
        }
    }
    None
}

/// c ≤ exp u for c ≤ 0 and an input u: a number that is made to lie on its support is not asked whether it does. Inputs
/// are numbers; what is computed may be NaN, of which nothing holds.
pub(super) fn at_most(g: &mut Graph, a: NodeId, b: NodeId, shape: &Shape) -> Option<NodeId> {
    let Op::Unary(Unary::Exp, u) = g.node(b).op else { return None };
    let holds = g.as_constant(a)? <= 0.0 && matches!(g.node(u).op, Op::Input { .. });
    let one = g.constant(1.0);
    holds.then(|| g.broadcast_scalar(one, shape))
}

/// Whether a node is 0 or 1 for sure.
fn is_truth(g: &Graph, id: NodeId) -> bool {
    use Binary::*;
    match g.node(id).op {
        Op::Unary(f, _) => f == Unary::Not,
        Op::Binary(f, ..) => matches!(f, Lt | Le | Eq | Ne | And | Or),
        _ => false,
    }
}
