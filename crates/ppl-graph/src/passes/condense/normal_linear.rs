//! Sums of squares of linear expressions as small triangles: ‖Xθ + c‖² = ‖R(θ − θ̂) + w‖² + ρ².
//!
//! Never the textbook form c′c + 2θ′X′c + θ′X′Xθ, which cancels. θ̂ is the least-squares solution rounded to numbers, and
//! w = Rθ̂ + z, which is next to nothing, is computed without rounding its sums, so the form is exact at any θ̂. Where a
//! column is constant the others are centred first: data with a large offset keeps its digits.

use super::affine::Affine;
use super::design::Design;
use super::note::Rewrite;
use super::numbers::Numbers;
use super::split::Term;
use crate::{Binary, Graph, NodeId, Op, Unary};

/// What became of a sum of squares.
pub(super) struct Outcome {
    /// The sum, a scalar, without the scale of the term; nothing where the direct pass stays.
    pub(super) sum: Option<NodeId>,
    pub(super) rewrite: Rewrite,
}

/// How closely triangle and direct pass agree.
const TOLERANCE: f64 = 1e-8;

/// The sum of a term over its rows, where that is a normal linear model and pays, also beside `distinct` equal rows.
pub(super) fn reduce(g: &mut Graph, term: &Term, distinct: Option<usize>) -> Option<Outcome> {
    let Op::Unary(Unary::Square, inner) = g.node(term.kernel?).op else { return None };
    if term.active.is_some() || !term.weights.all(|w| w > 0.0) {
        return None;
    }
    let (scale, inner) = common_scale(g, inner);
    let affine = Affine::of(g, inner)?;
    let weights = term.weights.zip(&Numbers::Same(0.0), |w, _| w.sqrt());
    let mut design = Design::new(g, affine, weights, term.rows);
    if !design.pays(distinct) {
        return None;
    }
    let form = design.form();
    let error = design.error(&form);
    if error.is_nan() || error > TOLERANCE {
        return Some(Outcome { sum: None, rewrite: Rewrite::Inaccurate { error } });
    }
    let squares = form.node(g, &design.sources, &design.places);
    let sum = scale.into_iter().fold(squares, |sum, (f, s)| {
        let s = g.square(s);
        g.binary(f, sum, s)
    });
    Some(Outcome { sum: Some(sum), rewrite: Rewrite::NormalLinear { columns: design.columns } })
}

/// Scalar factors and divisors, and what they are taken from.
fn common_scale(g: &Graph, mut id: NodeId) -> (Vec<(Binary, NodeId)>, NodeId) {
    let mut scale = Vec::new();
    let is_scalar = |id: NodeId| g.shape(id).is_scalar();
    loop {
        match g.node(id).op {
            Op::Unary(Unary::Neg, a) => id = a,
            Op::Binary(f @ (Binary::Mul | Binary::Div), a, s) if is_scalar(s) && !is_scalar(a) => {
                scale.push((f, s));
                id = a;
            }
            Op::Binary(Binary::Mul, s, a) if is_scalar(s) && !is_scalar(a) => {
                scale.push((Binary::Mul, s));
                id = a;
            }
            _ => return (scale, id),
        }
    }
}
