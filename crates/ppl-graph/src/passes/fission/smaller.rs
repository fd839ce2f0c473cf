//! The loop that is left.

use std::collections::HashMap;

use super::affine::{Affine, Form, Forms};
use super::{Group, Loop};
use crate::body::{inline, lifted};
use crate::{Binary, Body, Graph, NodeId, Op};

impl Loop {
    /// A loop over the carries of one group.
    pub(super) fn smaller(&self, to: &mut Graph, group: &Group, forms: &Forms) -> NodeId {
        let mut turn =
            Turn { from: self, outside: to, forms, body: Graph::new(), others: Vec::new(), made: HashMap::new() };
        for (row, &k) in group.carries.iter().enumerate() {
            let input = |id: &&NodeId| self.body.node(**id).op == Op::Input { offset: k };
            let carry = turn.body.input(row, []);
            turn.made.extend(group.nodes.iter().find(input).map(|&id| (id, carry)));
        }
        turn.others = vec![NodeId(u32::MAX); group.carries.len()];
        for &id in &group.nodes {
            if forms[&id].base == id && !turn.made.contains_key(&id) {
                let op = self.body.node(id).op.clone().map_operands(|operand| turn.number(operand));
                let made = lifted(&mut turn.body, op);
                turn.made.insert(id, made);
            }
        }
        let outputs: Vec<NodeId> = group.carries.iter().map(|&k| turn.number(self.outputs[k])).collect();
        let (body, others) = (turn.body, turn.others);
        let initial: Vec<NodeId> = group.carries.iter().map(|&k| self.initial[k]).collect();
        let (body, [each, shared]) = sorted(to, &body, &outputs, &others, initial.len());
        to.scan(body, [&initial, &each, &shared], self.turns, self.reverse)
    }
}

/// Arrays before numbers, among the operands that a body reads beside its carries.
fn sorted(to: &Graph, body: &Graph, outputs: &[NodeId], others: &[NodeId], carries: usize) -> (Body, [Vec<NodeId>; 2]) {
    let mut read: Vec<bool> = vec![false; others.len()];
    for id in body.needs_of(outputs) {
        if let Op::Input { offset } = body.node(id).op {
            read[offset] = true;
        }
    }
    let used = (carries..others.len()).filter(|&k| read[k]);
    let (numbers, arrays): (Vec<usize>, Vec<usize>) = used.partition(|&k| to.shape(others[k]).is_scalar());
    let mut made = Graph::new();
    let mut inputs: Vec<NodeId> = vec![NodeId(u32::MAX); others.len()];
    let order = (0..carries).chain(arrays.iter().copied()).chain(numbers.iter().copied());
    for (offset, k) in order.enumerate() {
        inputs[k] = made.input(offset, []);
    }
    let outputs = inline(body, outputs, &inputs, &mut made);
    (Body::new(&made, &outputs), [arrays, numbers].map(|list| list.into_iter().map(|k| others[k]).collect()))
}

/// A turn that is being made from that of a larger loop.
struct Turn<'t> {
    from: &'t Loop,
    outside: &'t mut Graph,
    forms: &'t Forms,
    body: Graph,
    /// What it reads, by offset: nothing of meaning for the carries, then nodes outside.
    others: Vec<NodeId>,
    /// Nodes of the larger loop that have been made.
    made: HashMap<NodeId, NodeId>,
}

impl Turn<'_> {
    /// A node of the larger loop as a number of this one.
    fn number(&mut self, id: NodeId) -> NodeId {
        if let Some(&made) = self.made.get(&id) {
            return made;
        }
        let made = match self.forms.get(&id) {
            None => self.outer(self.from.hoisted[&id]),
            Some(form) => self.affine(id, form),
        };
        self.made.insert(id, made);
        made
    }

    /// What stands outside, as an input or constant.
    fn outer(&mut self, id: NodeId) -> NodeId {
        if let Some(value) = self.outside.as_constant(id) {
            return self.body.constant(value);
        }
        let known = self.others.iter().position(|&other| other == id);
        let offset = known.unwrap_or_else(|| {
            self.others.push(id);
            self.others.len() - 1
        });
        self.body.input(offset, [])
    }

    /// The operation as it stands where it reads the base itself or the base may not count, else one product and one sum
    /// with the base.
    fn affine(&mut self, id: NodeId, form: &Form) -> NodeId {
        let op = self.from.body.node(id).op.clone();
        let mut direct = !matches!(op, Op::Binary(Binary::Div, ..));
        op.for_each_operand(|operand| direct &= self.forms.get(&operand).is_none_or(|other| other.base == operand));
        if direct || form.affine.chosen {
            let op = op.map_operands(|operand| self.number(operand));
            return lifted(&mut self.body, op);
        }
        let (base, Affine { slope, rest, .. }) = (self.made[&form.base], form.affine);
        let slope = slope.expect("a node inside depends on its base");
        let rest = rest.map(|rest| self.outer(rest));
        match (self.outside.as_constant(slope), rest) {
            (Some(1.0), Some(rest)) => self.body.add(base, rest),
            (Some(1.0), None) => base,
            (Some(-1.0), Some(rest)) => self.body.sub(rest, base),
            _ => {
                let slope = self.outer(slope);
                let product = self.body.mul(base, slope);
                rest.map_or(product, |rest| self.body.add(product, rest))
            }
        }
    }
}
