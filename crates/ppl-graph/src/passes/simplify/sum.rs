//! Rules for sums: scalar factors, choices and negations leave them.

use super::arithmetic::{apply, combine};
use super::make;
use crate::{Binary, Graph, NodeId, Op, Reduction, Shape, Unary};

/// A sum over axes, as the rules see it.
struct Sum<'a> {
    axes: &'a [usize],
    /// How many elements go into one.
    count: f64,
    /// The shape of the result.
    shape: Shape,
}

pub(super) fn sum(g: &mut Graph, source: NodeId, axes: &[usize], shape: &Shape) -> Option<NodeId> {
    let own = g.shape(source);
    let count: usize = axes.iter().map(|&axis| own[axis]).product();
    let sum = Sum { axes, count: count as f64, shape: shape.clone() };
    if count == 0 {
        return None;
    }
    match g.node(source).op {
        Op::Unary(Unary::Neg, x) => {
            let total = sum.of(g, x);
            Some(apply(g, Unary::Neg, total))
        }
        Op::Binary(f @ (Binary::Mul | Binary::MulOrZero), s, x) if g.shape(s).is_scalar() => {
            let total = sum.of(g, x);
            Some(combine(g, f, s, total))
        }
        Op::Binary(Binary::Div, x, s) if g.shape(s).is_scalar() => {
            let total = sum.of(g, x);
            Some(combine(g, Binary::Div, total, s))
        }
        Op::Binary(f @ (Binary::Add | Binary::Sub), a, b) if may_split(g, a, b) => {
            let (a, b) = (sum.of(g, a), sum.of(g, b));
            Some(combine(g, f, a, b))
        }
        Op::Select(c, a, b) if g.shape(c).is_scalar() => {
            let (a, b) = (sum.of(g, a), sum.of(g, b));
            Some(make(g, Op::Select(c, a, b), shape))
        }
        Op::Broadcast { source: scalar, .. } if g.shape(scalar).is_scalar() => {
            let total = sum.of(g, scalar);
            Some(g.broadcast_scalar(total, shape))
        }
        _ => None,
    }
}

impl Sum<'_> {
    /// The sum of an array of the source's shape; a scalar that is lifted to it counts as often as it is added.
    fn of(&self, g: &mut Graph, id: NodeId) -> NodeId {
        if g.shape(id).is_scalar() {
            let count = g.constant(self.count);
            return combine(g, Binary::Mul, count, id);
        }
        let op = Op::Reduce { kind: Reduction::Sum, source: id, axes: self.axes.to_vec() };
        make(g, op, &self.shape)
    }
}

/// Whether one summand is a scalar and the other an array of curved terms, such as squares. The sum of residuals
/// `y − mu` stays whole: its two halves would cancel, and take the digits with them.
fn may_split(g: &Graph, a: NodeId, b: NodeId) -> bool {
    match (g.shape(a).is_scalar(), g.shape(b).is_scalar()) {
        (true, false) => is_curved(g, b, 4),
        (false, true) => is_curved(g, a, 4),
        _ => false,
    }
}

/// Whether a node is, up to factors and summands, a curved function of something; looks so many levels deep.
fn is_curved(g: &Graph, id: NodeId, levels: usize) -> bool {
    use Unary::*;
    let deeper = |id: NodeId| levels > 0 && is_curved(g, id, levels - 1);
    match g.node(id).op {
        Op::Unary(Neg | Reciprocal, a) => deeper(a),
        Op::Unary(f, _) => matches!(f, Square | Log | Log1p | Log1mExp | Softplus | LogGamma | LogNormalCdf),
        Op::Binary(Binary::Add | Binary::Sub | Binary::Mul, a, b) => deeper(a) || deeper(b),
        Op::Binary(f, ..) => matches!(f, Binary::XLogY | Binary::XLog1p | Binary::LogAddExp | Binary::LogSubExp),
        Op::Gather { source, .. } => deeper(source),
        _ => false,
    }
}
