//! Rules for elementwise functions.

use super::make;
use crate::{Binary, Graph, NodeId, Op, Shape, Tensor, Unary};

/// Elements of a short array.
const SHORT: usize = 1024;

/// Makes f(a) by the rules.
pub(super) fn apply(g: &mut Graph, f: Unary, a: NodeId) -> NodeId {
    let shape = g.shape(a).clone();
    make(g, Op::Unary(f, a), &shape)
}

/// Makes f(a, b) by the rules.
pub(super) fn combine(g: &mut Graph, f: Binary, a: NodeId, b: NodeId) -> NodeId {
    let shape = if g.shape(a).is_scalar() { g.shape(b) } else { g.shape(a) }.clone();
    make(g, Op::Binary(f, a, b), &shape)
}

pub(super) fn unary(g: &mut Graph, f: Unary, a: NodeId, shape: &Shape) -> Option<NodeId> {
    if let Some(x) = g.as_constant(a) {
        return Some(g.constant(f.apply(x)));
    }
    before_repeating(g, f, a, shape).or_else(|| inverse_pairs(g, f, a))
}

/// f of repeated elements is repeated f of the elements.
fn before_repeating(g: &mut Graph, f: Unary, a: NodeId, shape: &Shape) -> Option<NodeId> {
    match g.node(a).op.clone() {
        Op::Broadcast { source, axes } => {
            let inner = apply(g, f, source);
            Some(g.broadcast(inner, &axes, shape.clone()))
        }
        Op::Gather { source, index } if g.shape(source).size() < shape.size() => {
            let source = apply(g, f, source);
            Some(make(g, Op::Gather { source, index }, shape))
        }
        _ => None,
    }
}

fn inverse_pairs(g: &mut Graph, f: Unary, a: NodeId) -> Option<NodeId> {
    Some(match (f, &g.node(a).op) {
        (Unary::Neg, &Op::Unary(Unary::Neg, x)) => x,
        (Unary::Neg, &Op::Binary(Binary::Sub, x, y)) => combine(g, Binary::Sub, y, x),
        (Unary::Neg, &Op::Binary(Binary::Mul, c, x)) => {
            let c = g.as_constant(c)?;
            let minus = g.constant(-c);
            combine(g, Binary::Mul, minus, x)
        }
        (Unary::Square, &Op::Unary(Unary::Neg | Unary::Abs, x)) => apply(g, Unary::Square, x),
        (Unary::Abs, &Op::Unary(Unary::Neg | Unary::Abs, x)) => apply(g, Unary::Abs, x),
        (Unary::Square, &Op::Binary(Binary::Mul, s, x)) if is_lifted(g, s, x) => {
            let (factor, square) = (apply(g, Unary::Square, s), apply(g, Unary::Square, x));
            combine(g, Binary::Mul, factor, square)
        }
        (Unary::Square, &Op::Binary(Binary::Mul, c, x)) if g.as_constant(c).is_some() => {
            let factor = normal(g.as_constant(c)?.powi(2))?;
            let (factor, square) = (g.constant(factor), apply(g, Unary::Square, x));
            combine(g, Binary::Mul, factor, square)
        }
        (Unary::Square, &Op::Unary(Unary::Reciprocal, x)) => {
            let square = apply(g, Unary::Square, x);
            apply(g, Unary::Reciprocal, square)
        }
        (Unary::Reciprocal, &Op::Unary(Unary::Exp, x)) => {
            let minus = apply(g, Unary::Neg, x);
            apply(g, Unary::Exp, minus)
        }
        (Unary::Log, &Op::Unary(Unary::Exp, x)) => x,
        (Unary::Log1p, &Op::Unary(Unary::Exp, x)) => apply(g, Unary::Softplus, x),
        (Unary::Log, &Op::Unary(Unary::Sigmoid, x)) => {
            let minus = apply(g, Unary::Neg, x);
            let loss = apply(g, Unary::Softplus, minus);
            apply(g, Unary::Neg, loss)
        }
        (Unary::Log, &Op::Binary(Binary::Add, one, x)) if g.as_constant(one) == Some(1.0) => apply(g, Unary::Log1p, x),
        (Unary::Log1p, &Op::Unary(Unary::Neg, x)) => match g.node(x).op {
            Op::Unary(Unary::Exp, y) => apply(g, Unary::Log1mExp, y),
            Op::Unary(Unary::Sigmoid, y) => {
                let loss = apply(g, Unary::Softplus, y);
                apply(g, Unary::Neg, loss)
            }
            _ => return None,
        },
        _ => return None,
    })
}

pub(super) fn binary(g: &mut Graph, f: Binary, a: NodeId, b: NodeId, shape: &Shape) -> Option<NodeId> {
    if let (Some(x), Some(y)) = (g.as_constant(a), g.as_constant(b)) {
        return Some(g.constant(f.apply(x, y)));
    }
    if let Some(id) = lower(g, f, a, b, shape) {
        return Some(id);
    }
    match f {
        Binary::Add => add(g, a, b),
        Binary::Sub => sub(g, a, b),
        Binary::Mul => mul(g, a, b),
        Binary::Div => div(g, a, b),
        Binary::Pow => pow(g, a, b),
        Binary::And | Binary::Or => super::choice::connective(g, f, a, b, shape),
        Binary::MulOrZero => mul_or_zero(g, a, b),
        Binary::Le => super::choice::at_most(g, a, b, shape),
        _ => None,
    }
}

/// A repeated scalar beside an array of the result's shape lifts by itself; two repeated scalars are combined first.
fn lower(g: &mut Graph, f: Binary, a: NodeId, b: NodeId, shape: &Shape) -> Option<NodeId> {
    let (left, right) = (repeated(g, a), repeated(g, b));
    if left.is_none() && right.is_none() {
        return None;
    }
    let (inner_a, inner_b) = (left.unwrap_or(a), right.unwrap_or(b));
    let inner = combine(g, f, inner_a, inner_b);
    Some(g.broadcast_scalar(inner, shape))
}

/// The scalar that a node repeats.
pub(super) fn repeated(g: &Graph, id: NodeId) -> Option<NodeId> {
    match g.node(id).op {
        Op::Broadcast { source, .. } if g.shape(source).is_scalar() => Some(source),
        _ => None,
    }
}

fn add(g: &mut Graph, a: NodeId, b: NodeId) -> Option<NodeId> {
    if g.as_constant(b).is_some() {
        return Some(combine(g, Binary::Add, b, a));
    }
    if g.as_constant(a) == Some(0.0) {
        return Some(b);
    }
    let outer = g.as_constant(a);
    Some(match (&g.node(a).op, &g.node(b).op) {
        (_, &Op::Binary(Binary::Add, c, x)) if outer.is_some() => {
            let sum = g.constant(finite(outer? + g.as_constant(c)?)?);
            combine(g, Binary::Add, sum, x)
        }
        (_, &Op::Unary(Unary::Neg, y)) => combine(g, Binary::Sub, a, y),
        (&Op::Unary(Unary::Neg, x), _) => combine(g, Binary::Sub, b, x),
        _ => return None,
    })
}

fn sub(g: &mut Graph, a: NodeId, b: NodeId) -> Option<NodeId> {
    if let Some(c) = g.as_constant(b) {
        let minus = g.constant(-c);
        return Some(combine(g, Binary::Add, minus, a));
    }
    if g.as_constant(a) == Some(0.0) {
        return Some(apply(g, Unary::Neg, b));
    }
    if g.as_constant(a) == Some(1.0)
        && let Op::Unary(Unary::Sigmoid, x) = g.node(b).op
    {
        let minus = apply(g, Unary::Neg, x);
        return Some(apply(g, Unary::Sigmoid, minus));
    }
    match g.node(b).op {
        Op::Unary(Unary::Neg, y) => Some(combine(g, Binary::Add, a, y)),
        _ => None,
    }
}

fn mul(g: &mut Graph, a: NodeId, b: NodeId) -> Option<NodeId> {
    if g.as_constant(b).is_some() {
        return Some(combine(g, Binary::Mul, b, a));
    }
    let outer = g.as_constant(a);
    match outer {
        Some(1.0) => return Some(b),
        Some(-1.0) => return Some(apply(g, Unary::Neg, b)),
        _ => {}
    }
    Some(match (&g.node(a).op, &g.node(b).op) {
        (_, &Op::Binary(Binary::Mul, c, x)) if outer.is_some() && g.as_constant(c).is_some() => {
            let product = g.constant(normal(outer? * g.as_constant(c)?)?);
            combine(g, Binary::Mul, product, x)
        }
        (_, &Op::Unary(Unary::Neg, y)) => match outer {
            Some(c) => {
                let minus = g.constant(-c);
                combine(g, Binary::Mul, minus, y)
            }
            None => {
                let product = combine(g, Binary::Mul, a, y);
                apply(g, Unary::Neg, product)
            }
        },
        (&Op::Unary(Unary::Neg, x), _) => {
            let product = combine(g, Binary::Mul, x, b);
            apply(g, Unary::Neg, product)
        }
        _ if a == b => apply(g, Unary::Square, a),
        (_, &Op::Binary(Binary::Mul, c, x)) if among_scalars(g, outer, c, b) && g.shape(a).is_scalar() => {
            let product = combine(g, Binary::Mul, a, x);
            combine(g, Binary::Mul, c, product)
        }
        (&Op::Binary(Binary::Mul, c, x), _) if among_scalars(g, outer, c, a) && g.shape(b).is_scalar() => {
            let product = combine(g, Binary::Mul, x, b);
            combine(g, Binary::Mul, c, product)
        }
        // Scalar factors gather on the left, outside the arrays.
        _ if is_lifted(g, b, a) => combine(g, Binary::Mul, b, a),
        (_, &Op::Binary(Binary::Mul, s, x)) if is_lifted(g, s, x) => {
            if g.shape(a).is_scalar() {
                let factor = combine(g, Binary::Mul, a, s);
                combine(g, Binary::Mul, factor, x)
            } else {
                let product = combine(g, Binary::Mul, a, x);
                combine(g, Binary::Mul, s, product)
            }
        }
        (&Op::Binary(Binary::Mul, s, x), _) if is_lifted(g, s, x) => {
            let product = combine(g, Binary::Mul, x, b);
            combine(g, Binary::Mul, s, product)
        }
        _ => return None,
    })
}

/// Whether c is the constant factor of the scalar `product`, beside something else than a constant.
fn among_scalars(g: &Graph, outer: Option<f64>, c: NodeId, product: NodeId) -> bool {
    outer.is_none() && g.as_constant(c).is_some() && g.shape(product).is_scalar()
}

/// Whether s is a scalar and x is an array.
fn is_lifted(g: &Graph, s: NodeId, x: NodeId) -> bool {
    g.shape(s).is_scalar() && !g.shape(x).is_scalar()
}

fn div(g: &mut Graph, a: NodeId, b: NodeId) -> Option<NodeId> {
    if g.as_constant(a) == Some(1.0) {
        return Some(apply(g, Unary::Reciprocal, b));
    }
    if let Some(c) = g.as_constant(b) {
        let inverse = g.constant(normal(1.0 / normal(c)?)?);
        return Some(combine(g, Binary::Mul, inverse, a));
    }
    if let Some(inverse) = reciprocals(g, b) {
        return Some(combine(g, Binary::Mul, inverse, a));
    }
    match (&g.node(a).op, &g.node(b).op) {
        (&Op::Unary(Unary::Neg, x), _) => {
            let ratio = combine(g, Binary::Div, x, b);
            Some(apply(g, Unary::Neg, ratio))
        }
        // One exponential in place of a division.
        (_, &Op::Unary(Unary::Exp, x)) if is_lifted(g, x, a) => {
            let minus = apply(g, Unary::Neg, x);
            let factor = apply(g, Unary::Exp, minus);
            Some(combine(g, Binary::Mul, factor, a))
        }
        _ => None,
    }
}

/// The reciprocals of a short constant array; a long one would take the room twice.
fn reciprocals(g: &mut Graph, id: NodeId) -> Option<NodeId> {
    let Op::Data(data) = g.node(id).op else { return None };
    let tensor = g.tensor(data);
    if tensor.values.len() > SHORT {
        return None;
    }
    let inverses: Option<Vec<f64>> = tensor.values.iter().map(|&x| normal(1.0 / normal(x)?)).collect();
    let tensor = Tensor::new(tensor.shape.clone(), inverses?);
    Some(g.data(tensor))
}

fn pow(g: &mut Graph, a: NodeId, b: NodeId) -> Option<NodeId> {
    match g.as_constant(b)? {
        1.0 => Some(a),
        2.0 => Some(apply(g, Unary::Square, a)),
        -1.0 => Some(apply(g, Unary::Reciprocal, a)),
        _ => None,
    }
}

/// The scalar part of a masked adjoint stays outside.
fn mul_or_zero(g: &mut Graph, a: NodeId, b: NodeId) -> Option<NodeId> {
    if let Some(c) = g.as_constant(a).filter(|&c| c != 0.0) {
        let c = g.constant(c);
        return Some(combine(g, Binary::Mul, c, b));
    }
    match g.node(a).op {
        Op::Binary(Binary::MulOrZero, s, x) if is_lifted(g, s, x) => {
            let product = combine(g, Binary::MulOrZero, x, b);
            Some(combine(g, Binary::MulOrZero, s, product))
        }
        _ => None,
    }
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

/// A product of constants that neither overflowed nor underflowed.
fn normal(x: f64) -> Option<f64> {
    x.is_normal().then_some(x)
}
