//! Expressions that are linear in scalars and elements of small arrays, with data as coefficients.

use std::sync::Arc;

use super::numbers::{Numbers, constant};
use crate::{Binary, Graph, NodeId, Op, SparseMatrix, Unary};

/// offset + Σ over parts of weight · what the part reads, row by row.
#[derive(Clone, Debug)]
pub(super) struct Affine {
    pub(super) offset: Numbers,
    pub(super) parts: Vec<Part>,
}

/// A linear function of the elements of one node.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) source: NodeId,
    pub(super) read: Read,
    pub(super) weight: Numbers,
}

/// What of a node goes into a row.
#[derive(Clone, Debug)]
pub(super) enum Read {
    /// A scalar, into each.
    Scalar,
    /// One element, by position.
    Element(Arc<[u32]>),
    /// All elements, times the numbers of the row of a matrix.
    Product(Arc<[f64]>),
    /// The same of a sparse matrix.
    Sparse(Arc<SparseMatrix>),
}

/// How many parts an expression may have.
const MOST: usize = 100;

impl Affine {
    /// A flat expression as a linear one; nothing where it is not linear or a coefficient is not finite.
    pub(super) fn of(g: &mut Graph, id: NodeId) -> Option<Affine> {
        let affine = form(g, id)?;
        let finite = |part: &Part| part.weight.all(f64::is_finite) && part.read.is_finite();
        (affine.offset.all(f64::is_finite) && affine.parts.iter().all(finite)).then_some(affine)
    }

    fn map_weights(mut self, f: impl Fn(&Numbers) -> Numbers) -> Affine {
        self.offset = f(&self.offset);
        self.parts.iter_mut().for_each(|part| part.weight = f(&part.weight));
        self
    }

    fn plus(mut self, other: Affine) -> Option<Affine> {
        self.offset = self.offset.zip(&other.offset, |x, y| x + y);
        self.parts.extend(other.parts);
        (self.parts.len() <= MOST).then_some(self)
    }

    /// Every part and the offset times a scalar node.
    fn times(self, g: &mut Graph, scalar: NodeId) -> Affine {
        let mut parts: Vec<Part> =
            self.parts.into_iter().map(|part| Part { source: g.mul(scalar, part.source), ..part }).collect();
        if !self.offset.all(|x| x == 0.0) {
            parts.push(Part { source: scalar, read: Read::Scalar, weight: self.offset });
        }
        Affine { offset: Numbers::Same(0.0), parts }
    }
}

impl Read {
    fn is_finite(&self) -> bool {
        match self {
            Read::Product(matrix) => matrix.iter().all(|x| x.is_finite()),
            Read::Sparse(matrix) => matrix.values().iter().all(|x| x.is_finite()),
            Read::Scalar | Read::Element(_) => true,
        }
    }
}

fn one(source: NodeId, read: Read) -> Affine {
    Affine { offset: Numbers::Same(0.0), parts: vec![Part { source, read, weight: Numbers::Same(1.0) }] }
}

fn form(g: &mut Graph, id: NodeId) -> Option<Affine> {
    if let Some(offset) = constant(g, id) {
        return Some(Affine { offset, parts: Vec::new() });
    }
    if g.shape(id).is_scalar() {
        return Some(one(id, Read::Scalar));
    }
    match g.node(id).op.clone() {
        Op::Unary(Unary::Neg, a) => Some(form(g, a)?.map_weights(negated)),
        Op::Binary(Binary::Add, a, b) => form(g, a)?.plus(form(g, b)?),
        Op::Binary(Binary::Sub, a, b) => form(g, a)?.plus(form(g, b)?.map_weights(negated)),
        Op::Binary(Binary::Mul, a, b) => product(g, a, b),
        Op::Binary(Binary::Div, a, b) => quotient(g, a, b),
        Op::Gather { source, index } => Some(one(source, Read::Element(g.index(index).clone()))),
        Op::MatMul(a, b) if g.shape(a).len() == 2 && g.shape(b).len() == 1 => match constant(g, a)? {
            Numbers::Each(matrix) => Some(one(b, Read::Product(matrix))),
            Numbers::Same(_) => None,
        },
        Op::SparseProduct { matrix, vector, transposed } => {
            let matrix = g.sparse_matrix(matrix).clone();
            let matrix = if transposed { matrix.transposed().into() } else { matrix };
            Some(one(vector, Read::Sparse(matrix)))
        }
        _ => None,
    }
}

fn negated(x: &Numbers) -> Numbers {
    x.zip(&Numbers::Same(0.0), |x, _| -x)
}

fn product(g: &mut Graph, a: NodeId, b: NodeId) -> Option<Affine> {
    for (factor, other) in [(a, b), (b, a)] {
        if let Some(factor) = constant(g, factor) {
            return Some(form(g, other)?.map_weights(|x| x.times(&factor)));
        }
    }
    match g.shape(a).is_scalar() {
        true => Some(form(g, b)?.times(g, a)),
        false if g.shape(b).is_scalar() => Some(form(g, a)?.times(g, b)),
        false => None,
    }
}

fn quotient(g: &mut Graph, a: NodeId, b: NodeId) -> Option<Affine> {
    if let Some(divisor) = constant(g, b) {
        return Some(form(g, a)?.map_weights(|x| x.zip(&divisor, |x, y| x / y)));
    }
    if !g.shape(b).is_scalar() {
        return None;
    }
    let inverse = g.reciprocal(b);
    Some(form(g, a)?.times(g, inverse))
}
