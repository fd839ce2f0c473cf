//! A summand as a sum of terms, each of which may be summed over the rows on its own.

use super::flatten::Flatten;
use super::numbers::{Numbers, constant, is_constant};
use crate::{Binary, Graph, NodeId, Op, Reduction, Unary};

/// What a term is multiplied by, or guarded with, alike in every row. Sums pass through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scale {
    Neg,
    Mul(NodeId),
    Div(NodeId),
    /// The term where the first is not 0, else the second, which is not finite.
    Guard(NodeId, NodeId),
}

impl Scale {
    /// The scale of a node.
    pub(super) fn of(self, g: &mut Graph, x: NodeId) -> NodeId {
        match self {
            Scale::Neg => g.neg(x),
            Scale::Mul(s) => g.mul(s, x),
            Scale::Div(s) => g.div(x, s),
            Scale::Guard(condition, otherwise) => g.select(condition, x, otherwise),
        }
    }
}

/// Scale · Σ weight·kernel over the rows that it has a part in.
#[derive(Clone, Debug)]
pub(super) struct Term {
    /// How many rows there are.
    pub(super) rows: usize,
    /// From inside out.
    pub(super) scale: Vec<Scale>,
    /// Finite.
    pub(super) weights: Numbers,
    /// The rows it has a part in are those that are not 0.
    pub(super) active: Option<Numbers>,
    /// A flat array or a scalar; 1 where there is none.
    pub(super) kernel: Option<NodeId>,
    /// The sum of plain functions in which it stands, with its residual.
    pub(super) residual: Option<NodeId>,
}

impl Term {
    fn is_guarded(&self) -> bool {
        self.scale.iter().any(|scale| matches!(scale, Scale::Guard(..)))
    }

    /// The scale of a node.
    pub(super) fn scaled(&self, g: &mut Graph, x: NodeId) -> NodeId {
        self.scale.iter().fold(x, |x, scale| scale.of(g, x))
    }

    /// Whether it adds nothing.
    pub(super) fn is_nothing(&self) -> bool {
        self.is_constant() && self.weights.all(|w| w == 0.0)
    }

    /// Whether it is one scalar that is the same in every row, which costs nothing where it is.
    pub(super) fn is_idle(&self, g: &Graph) -> bool {
        let scalar = self.kernel.is_some_and(|kernel| g.shape(kernel).is_scalar());
        scalar && matches!(self.weights, Numbers::Same(_)) && self.active.is_none()
    }

    /// Whether it is nothing but numbers.
    pub(super) fn is_constant(&self) -> bool {
        self.kernel.is_none() && self.scale.iter().all(|&scale| scale == Scale::Neg) && self.active.is_none()
    }
}

/// How terms make up a node, so that some may be left out.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Leaf(NodeId, usize),
    /// A node that is linear in one operand.
    Through(NodeId, NodeId, Box<Tree>),
    /// A sum or difference.
    Pair(NodeId, Box<Tree>, Box<Tree>),
    /// A choice by data.
    Choice(NodeId, Box<Tree>, Box<Tree>),
}

/// The most terms of one sum.
const MOST: usize = 200;

/// Splits summands.
pub(super) struct Splitter<'a> {
    pub(super) g: &'a mut Graph,
    pub(super) flatten: &'a mut Flatten,
    pub(super) terms: Vec<Term>,
}

impl Splitter<'_> {
    /// The terms of a sum over all elements of `id`.
    pub(super) fn split(&mut self, id: NodeId) -> Tree {
        let rows = self.g.shape(id).size();
        let outer =
            Term { rows, scale: vec![], weights: Numbers::Same(1.0), active: None, kernel: None, residual: None };
        self.tree(id, outer)
    }

    fn tree(&mut self, id: NodeId, outer: Term) -> Tree {
        if self.terms.len() < MOST
            && !self.g.shape(id).is_scalar()
            && !is_constant(self.g, id)
            && let Some(tree) = self.linear(id, &outer)
        {
            return tree;
        }
        self.leaf(id, outer)
    }

    /// The parts of a node that is linear in them.
    fn linear(&mut self, id: NodeId, outer: &Term) -> Option<Tree> {
        let outer = outer.clone();
        match self.g.node(id).op.clone() {
            Op::Unary(Unary::Neg, a) => Some(self.scaled(id, a, Scale::Neg, outer)),
            Op::Binary(Binary::Mul, s, a) if self.is_scalar(s) => Some(self.scaled(id, a, Scale::Mul(s), outer)),
            Op::Binary(Binary::Mul, a, s) if self.is_scalar(s) => Some(self.scaled(id, a, Scale::Mul(s), outer)),
            Op::Binary(Binary::Div, a, s) if self.is_scalar(s) => Some(self.scaled(id, a, Scale::Div(s), outer)),
            Op::Binary(Binary::Mul, w, a) | Op::Binary(Binary::Mul, a, w) if self.is_data(w) => {
                self.weighted(id, w, a, outer, |x| x)
            }
            Op::Binary(Binary::Div, a, w) if self.is_data(w) => self.weighted(id, w, a, outer, |x| 1.0 / x),
            Op::Binary(f @ (Binary::Add | Binary::Sub), a, b) => Some(self.pair(id, f, a, b, outer)),
            Op::Select(c, a, b) if self.is_data(c) => Some(self.choice(id, c, a, b, outer)),
            Op::Select(c, a, b) if self.is_scalar(c) && self.g.as_constant(b).is_some_and(|b| !b.is_finite()) => {
                Some(self.scaled(id, a, Scale::Guard(c, b), outer))
            }
            Op::Binary(Binary::XLogY, a, y) if self.is_data(y) => self.weighted(id, y, a, outer, f64::ln),
            Op::Binary(Binary::XLog1p, a, y) if self.is_data(y) => self.weighted(id, y, a, outer, f64::ln_1p),
            Op::Reshape(a) => Some(Tree::Through(id, a, self.tree(a, outer).into())),
            Op::Reduce { kind: Reduction::Sum, source, .. }
                if outer.weights.is_one() && outer.active.is_none() && self.g.shape(source).size() > 0 =>
            {
                let outer = Term { rows: self.g.shape(source).size(), ..outer };
                Some(Tree::Through(id, source, self.tree(source, outer).into()))
            }
            _ => None,
        }
    }

    fn is_scalar(&self, id: NodeId) -> bool {
        self.g.shape(id).is_scalar()
    }

    fn is_data(&self, id: NodeId) -> bool {
        !self.is_scalar(id) && is_constant(self.g, id)
    }

    fn scaled(&mut self, id: NodeId, a: NodeId, scale: Scale, mut outer: Term) -> Tree {
        outer.scale.insert(0, scale);
        Tree::Through(id, a, self.tree(a, outer).into())
    }

    fn weighted(
        &mut self,
        id: NodeId,
        w: NodeId,
        a: NodeId,
        mut outer: Term,
        weight: impl Fn(f64) -> f64,
    ) -> Option<Tree> {
        let own = constant(self.g, w)?.zip(&Numbers::Same(0.0), |x, _| weight(x));
        outer.weights = outer.weights.times(&own);
        if !outer.weights.all(f64::is_finite) {
            return None;
        }
        Some(Tree::Through(id, a, self.tree(a, outer).into()))
    }

    /// The two sides of a sum. Where one is data and the other plain, as in a residual, neither leaves without the other.
    fn pair(&mut self, id: NodeId, f: Binary, a: NodeId, b: NodeId, mut outer: Term) -> Tree {
        if outer.residual.is_none() && is_plain(self.g, id, &mut 64) {
            outer.residual = Some(id);
        }
        let left = self.tree(a, outer.clone());
        if f == Binary::Sub {
            outer.scale.insert(0, Scale::Neg);
        }
        Tree::Pair(id, left.into(), self.tree(b, outer).into())
    }

    fn choice(&mut self, id: NodeId, c: NodeId, a: NodeId, b: NodeId, outer: Term) -> Tree {
        let chosen = constant(self.g, c).unwrap_or(Numbers::Same(1.0));
        let mut side = |branch: NodeId, holds: bool| {
            let own = chosen.zip(&Numbers::Same(0.0), |c, _| f64::from((c != 0.0) == holds));
            let active = outer.active.as_ref().map_or(own.clone(), |before| before.times(&own));
            Box::new(self.tree(branch, Term { active: Some(active), ..outer.clone() }))
        };
        let left = side(a, true);
        Tree::Choice(id, left, side(b, false))
    }

    fn leaf(&mut self, id: NodeId, mut term: Term) -> Tree {
        if let Some(values) = constant(self.g, id).filter(|values| values.all(f64::is_finite)) {
            term.weights = term.weights.times(&values);
        } else {
            term.kernel = Some(self.flatten.flat(self.g, id));
        }
        if term.kernel.is_none() && !term.is_guarded() {
            term.weights = term.weights.times(&term.active.take().unwrap_or(Numbers::Same(1.0)));
        }
        self.terms.push(term);
        Tree::Leaf(id, self.terms.len() - 1)
    }
}

/// Whether an array is a linear function of arrays without a curve, looking at so many nodes.
fn is_plain(g: &Graph, id: NodeId, left: &mut usize) -> bool {
    if g.shape(id).is_scalar() {
        return true;
    }
    *left = left.saturating_sub(1);
    if *left == 0 {
        return false;
    }
    match g.node(id).op {
        Op::Data(_) | Op::Input { .. } => true,
        Op::Unary(f, a) => f == Unary::Neg && is_plain(g, a, left),
        Op::Binary(f, a, b) => {
            let linear = matches!(f, Binary::Add | Binary::Sub | Binary::Mul | Binary::Div);
            linear && is_plain(g, a, left) && is_plain(g, b, left)
        }
        Op::MatMul(a, b) => is_plain(g, a, left) && is_plain(g, b, left),
        Op::Gather { source, .. } | Op::Broadcast { source, .. } | Op::Transpose { source, .. } => {
            is_plain(g, source, left)
        }
        Op::Reshape(source) | Op::SparseProduct { vector: source, .. } => is_plain(g, source, left),
        _ => false,
    }
}

/// A node without the terms that are `gone`, with its shape; nothing where none is left.
pub(super) fn without(g: &mut Graph, tree: &Tree, gone: &[bool]) -> Option<NodeId> {
    let shape_of = |g: &Graph, id: NodeId| g.shape(id).clone();
    match tree {
        Tree::Leaf(id, term) => (!gone[*term]).then_some(*id),
        Tree::Through(id, from, inner) => {
            let left = without(g, inner, gone)?;
            let left = g.broadcast_scalar(left, &shape_of(g, *from));
            let op = g.node(*id).op.clone().map_operands(|operand| if operand == *from { left } else { operand });
            Some(g.push(op, shape_of(g, *id)))
        }
        Tree::Pair(id, a, b) => {
            let shape = shape_of(g, *id);
            let Op::Binary(f, ..) = g.node(*id).op else { return None };
            match (without(g, a, gone), without(g, b, gone)) {
                (Some(a), Some(b)) => Some(g.push(Op::Binary(f, a, b), shape)),
                (None, Some(b)) if f == Binary::Sub => {
                    let minus = g.neg(b);
                    Some(g.broadcast_scalar(minus, &shape))
                }
                (Some(one), None) | (None, Some(one)) => Some(g.broadcast_scalar(one, &shape)),
                (None, None) => None,
            }
        }
        Tree::Choice(id, a, b) => {
            let shape = shape_of(g, *id);
            let Op::Select(c, ..) = g.node(*id).op else { return None };
            let (a, b) = (without(g, a, gone), without(g, b, gone));
            a.or(b)?;
            let zero = g.constant(0.0);
            Some(g.push(Op::Select(c, a.unwrap_or(zero), b.unwrap_or(zero)), shape))
        }
    }
}
