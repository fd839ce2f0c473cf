//! Parts of loops that are linear.

use std::collections::HashMap;

use super::{Group, Loop};
use crate::{Binary, Graph, NodeId, Op, Unary};

/// slope·x + rest for a number x of the loop; what is not there is 0.
#[derive(Clone, Copy)]
pub(super) struct Affine {
    pub slope: Option<NodeId>,
    pub rest: Option<NodeId>,
    /// Whether the slope is 0 where x does not count, even if it is not finite.
    pub chosen: bool,
}

/// A number of the loop as an affine function of an earlier one.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub base: NodeId,
    pub affine: Affine,
}

/// The forms of the nodes of a group.
pub(super) type Forms = HashMap<NodeId, Form>;

impl Loop {
    /// Each node of a group as an affine function of the earliest node for which there is one.
    ///
    /// States are rounded at every turn, and so it makes no difference in kind that `(x + a)·b` becomes `x·b + a·b`: the
    /// error is that of a state which was rounded a few times more.
    pub(super) fn forms(&self, to: &mut Graph, group: &Group) -> Forms {
        let mut forms = Forms::new();
        for &id in &group.nodes {
            let form = self.form(to, id, &forms);
            let itself = Affine { slope: Some(to.constant(1.0)), rest: None, chosen: false };
            forms.insert(id, form.unwrap_or(Form { base: id, affine: itself }));
        }
        forms
    }

    fn form(&self, to: &mut Graph, id: NodeId, forms: &Forms) -> Option<Form> {
        let op = &self.body.node(id).op;
        let mut bases = Vec::new();
        op.for_each_operand(|operand| bases.extend(forms.get(&operand).map(|form| form.base)));
        let &base = bases.first()?;
        if bases.iter().any(|&other| other != base) {
            return None;
        }
        let outside = |id: NodeId| Affine { slope: None, rest: self.hoisted.get(&id).copied(), chosen: false };
        let affine =
            affine(to, op, &|operand| forms.get(&operand).map_or_else(|| outside(operand), |form| form.affine))?;
        Some(Form { base, affine })
    }

    /// The states of a single carry whose new value is affine in the old one.
    pub(super) fn linear(&self, to: &mut Graph, group: &Group, forms: &Forms) -> Option<NodeId> {
        let [carry] = *group.carries else { return None };
        let Form { base, affine: Affine { slope, rest, .. } } = forms[&self.outputs[carry]];
        if !matches!(self.body.node(base).op, Op::Input { .. }) {
            return None;
        }
        let (slope, first) = (slope?, self.initial[carry]);
        if rest.is_none() && to.as_constant(slope) == Some(1.0) {
            return Some(to.broadcast_scalar(first, &[self.turns + 1].into()));
        }
        let rest = rest.unwrap_or_else(|| to.constant(0.0));
        let addend = to.broadcast_scalar(rest, &[self.turns].into());
        Some(to.linear_recurrence(slope, addend, first, self.reverse))
    }
}

/// An operation as an affine function of what its operands are such functions of.
fn affine(to: &mut Graph, op: &Op, of: &impl Fn(NodeId) -> Affine) -> Option<Affine> {
    let number = |a: Affine| if a.slope.is_none() { a.rest } else { None };
    Some(match *op {
        Op::Unary(Unary::Neg, a) => of(a).map(|part| to.neg(part)),
        Op::Binary(Binary::Add, a, b) => of(a).joined(of(b), |a, b| add(to, a, b)),
        Op::Binary(Binary::Sub, a, b) => {
            let minus = of(b).map(|part| to.neg(part));
            of(a).joined(minus, |a, b| add(to, a, b))
        }
        Op::Binary(Binary::Mul, a, b) => {
            let (factor, other) = match (number(of(a)), number(of(b))) {
                (Some(factor), _) => (factor, of(b)),
                (_, Some(factor)) => (factor, of(a)),
                _ => return None,
            };
            other.map(|part| times(to, factor, part))
        }
        Op::Binary(Binary::Div, a, b) => {
            let inverse = to.reciprocal(number(of(b))?);
            of(a).map(|part| times(to, inverse, part))
        }
        Op::Select(c, a, b) => {
            let (condition, a, b) = (number(of(c))?, of(a), of(b));
            let mut choose = |a: Option<NodeId>, b: Option<NodeId>| {
                a.or(b)?;
                let zero = to.constant(0.0);
                Some(to.select(condition, a.unwrap_or(zero), b.unwrap_or(zero)))
            };
            let chosen = a.chosen || b.chosen || a.slope.is_some() != b.slope.is_some();
            Affine { slope: choose(a.slope, b.slope), rest: choose(a.rest, b.rest), chosen }
        }
        _ => return None,
    })
}

impl Affine {
    fn map(self, mut f: impl FnMut(NodeId) -> NodeId) -> Affine {
        Affine { slope: self.slope.map(&mut f), rest: self.rest.map(&mut f), ..self }
    }

    fn joined(self, other: Affine, mut f: impl FnMut(NodeId, NodeId) -> NodeId) -> Affine {
        let mut join = |a: Option<NodeId>, b: Option<NodeId>| match (a, b) {
            (Some(a), Some(b)) => Some(f(a, b)),
            (a, b) => a.or(b),
        };
        let chosen = self.chosen || other.chosen;
        Affine { slope: join(self.slope, other.slope), rest: join(self.rest, other.rest), chosen }
    }
}

fn add(to: &mut Graph, a: NodeId, b: NodeId) -> NodeId {
    match to.node(b).op {
        Op::Unary(Unary::Neg, b) => to.sub(a, b),
        _ => to.add(a, b),
    }
}

fn times(to: &mut Graph, factor: NodeId, part: NodeId) -> NodeId {
    if to.as_constant(part) == Some(1.0) { factor } else { to.mul(factor, part) }
}
