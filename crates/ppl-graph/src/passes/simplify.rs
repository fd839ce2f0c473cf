//! Algebraic rules.
//!
//! How to write one:
//! - It has a direction. The right-hand side has fewer nodes, or cheaper ones, or the same nodes with a constant further
//!   left, a scalar factor further out of an array, or a negation further out. No rule undoes another, so one pass over
//!   the nodes ends, and the result of a rule may be given to the rules again.
//! - It holds for every number, NaN and infinities among them, up to rounding, the sign of zero, and the place where
//!   products beyond 1e±150 overflow. So no `x·0 → 0`, no
//!   `x − x → 0`, no `exp(log x) → x` (x may be negative). Rules that are exact on paper and save an overflow are
//!   welcome: `log(exp x) → x`.
//! - It keeps the shape: a scalar in place of an array is a mistake even where it lifts.
//! - It looks at operands that are simplified already, and at most two levels deep.

mod arithmetic;
mod choice;
mod structure;
mod sum;

use super::Rebuild;
use crate::{Graph, NodeId, Op, Reduction, Shape};

/// Applies the rules to every node once, operands first.
pub fn simplify(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
    Rebuild::run(graph, outputs, |rebuild, id| {
        let op = rebuild.op(id);
        make(&mut rebuild.to, op, graph.shape(id))
    })
}

/// The node for an operation, by the first rule that fits, else as it is.
fn make(g: &mut Graph, op: Op, shape: &Shape) -> NodeId {
    let found = match op {
        Op::Unary(f, a) => arithmetic::unary(g, f, a, shape),
        Op::Binary(f, a, b) => arithmetic::binary(g, f, a, b, shape),
        Op::Select(c, a, b) => choice::select(g, c, a, b, shape),
        Op::Reduce { kind: Reduction::Sum, source, ref axes } => sum::sum(g, source, axes, shape),
        _ => structure::structure(g, &op, shape),
    };
    match found {
        Some(id) if g.shape(id) == shape => id,
        _ => g.push(op, shape.clone()),
    }
}
