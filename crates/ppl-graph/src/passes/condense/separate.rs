//! Sums of data and other things, taken apart.

use super::numbers::{Numbers, constant};
use crate::{Binary, Graph, NodeId, Op, Unary};

/// A sum with all its data in one array, where that is in several: `(y + a) + (b + (n - y))` reads `n` alone.
pub(super) fn merged(g: &mut Graph, id: NodeId) -> NodeId {
    let Op::Binary(Binary::Add | Binary::Sub, a, b) = g.node(id).op else { return id };
    if arrays(g, a, &mut 64) == 0 || arrays(g, b, &mut 64) == 0 {
        return id;
    }
    let (data, rest) = separate(g, id, &mut 64);
    let Some(rest) = rest.filter(|_| data.all(f64::is_finite)) else { return id };
    let data = data.node(g);
    let made = g.add(data, rest);
    if g.shape(made) == g.shape(id) { made } else { id }
}

/// How many arrays of data a sum has, looking at so many nodes.
fn arrays(g: &Graph, id: NodeId, left: &mut usize) -> usize {
    *left = left.saturating_sub(1);
    match g.node(id).op {
        Op::Data(_) => 1,
        Op::Unary(Unary::Neg, a) if *left > 0 => arrays(g, a, left),
        Op::Binary(Binary::Add | Binary::Sub, a, b) if *left > 0 => arrays(g, a, left) + arrays(g, b, left),
        _ => 0,
    }
}

/// The data and the rest of a sum, looking at so many nodes.
pub(super) fn separate(g: &mut Graph, id: NodeId, left: &mut usize) -> (Numbers, Option<NodeId>) {
    *left = left.saturating_sub(1);
    if let Some(values) = constant(g, id) {
        return (values, None);
    }
    match g.node(id).op {
        Op::Unary(Unary::Neg, a) if *left > 0 => {
            let (offsets, rest) = separate(g, a, left);
            (offsets.zip(&Numbers::Same(0.0), |x, _| -x), rest.map(|rest| g.neg(rest)))
        }
        Op::Binary(f @ (Binary::Add | Binary::Sub), a, b) if *left > 0 => {
            let (left_data, left_rest) = separate(g, a, left);
            let (right_data, right_rest) = separate(g, b, left);
            let rest = match (left_rest, right_rest) {
                (Some(a), Some(b)) => Some(g.binary(f, a, b)),
                (None, Some(b)) if f == Binary::Sub => Some(g.neg(b)),
                (one, None) | (None, one) => one,
            };
            (left_data.zip(&right_data, f.function()), rest)
        }
        _ => (Numbers::Same(0.0), Some(id)),
    }
}
