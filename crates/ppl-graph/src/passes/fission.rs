//! Loops made small.
//!
//! What a turn computes without its carries leaves the loop and becomes array code for all turns at once. Carries that
//! do not depend on each other get loops of their own, one after the other, so that those of the first are arrays to
//! the next. What is left and affine in its single carry becomes a linear recurrence; elsewhere a chain of sums and
//! products with numbers from outside becomes one of each.

mod affine;
mod groups;
mod smaller;
mod system;

use std::collections::HashMap;

use super::{Rebuild, optimize};
use crate::body::lifted;
use crate::{Body, Graph, NodeId, Op};

/// Takes every loop apart.
pub fn fission(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
    if !has_loops(graph) {
        return (graph.clone(), outputs.to_vec());
    }
    Rebuild::run(graph, outputs, |rebuild, id| match rebuild.op(id) {
        Op::Scan { body, initial, each, shared, reverse } => {
            let body = rebuild.to.body(body).clone();
            let turns = graph.shape(id)[1] - 1;
            Loop::new(&body, initial, [each, shared].concat(), turns, reverse).separate(&mut rebuild.to)
        }
        op => rebuild.to.push(op, graph.shape(id).clone()),
    })
}

/// Whether there is a loop to take apart.
pub(super) fn has_loops(graph: &Graph) -> bool {
    graph.nodes().iter().any(|node| matches!(node.op, Op::Scan { .. }))
}

/// A loop that is being taken apart.
struct Loop {
    /// A turn.
    body: Graph,
    outputs: Vec<NodeId>,
    initial: Vec<NodeId>,
    /// What a turn reads beside the carries.
    others: Vec<NodeId>,
    turns: usize,
    reverse: bool,
    /// The states of the carries that have left the loop.
    states: Vec<Option<NodeId>>,
    /// The nodes of the body that have left the loop, as arrays or numbers outside.
    hoisted: HashMap<NodeId, NodeId>,
}

/// Carries that need each other, and what their part of a turn reads.
struct Group<'a> {
    carries: &'a [usize],
    /// For each node of the body, whether it depends on these carries.
    inside: Vec<bool>,
    /// The nodes of the body that the carries need and that are inside, operands first.
    nodes: Vec<NodeId>,
}

impl Loop {
    fn new(body: &Body, initial: Vec<NodeId>, others: Vec<NodeId>, turns: usize, reverse: bool) -> Self {
        let (body, outputs) = optimize(body.graph(), body.outputs());
        let states = vec![None; initial.len()];
        Loop { body, outputs, initial, others, turns, reverse, states, hoisted: HashMap::new() }
    }

    /// The states of all carries.
    fn separate(mut self, to: &mut Graph) -> NodeId {
        let depends = groups::dependencies(&self.body, self.initial.len());
        let groups = groups::groups(&self.outputs, &depends);
        for carries in &groups {
            let inside: Vec<bool> = depends.iter().map(|on| carries.iter().any(|&k| on[k])).collect();
            let outputs: Vec<NodeId> = carries.iter().map(|&k| self.outputs[k]).collect();
            let needed = self.body.needs_of(&outputs).into_iter();
            let nodes = needed.filter(|id| inside[id.0 as usize]).collect();
            let whole = self.run(to, &Group { carries, inside, nodes });
            if groups.len() == 1 && to.shape(whole).len() == 2 {
                return whole;
            }
            for (row, &k) in carries.iter().enumerate() {
                let states = self.turns + 1;
                self.states[k] = Some(to.slice(whole, row * states..(row + 1) * states));
            }
        }
        let rows: Vec<NodeId> = self.states.iter().copied().flatten().collect();
        to.concat(&rows, [rows.len(), self.turns + 1])
    }

    /// The states of the carries of one group.
    fn run(&mut self, to: &mut Graph, group: &Group) -> NodeId {
        let frontier = self.frontier(group);
        self.hoist(to, &frontier);
        if let [k] = *group.carries
            && !group.inside[self.outputs[k].0 as usize]
        {
            return self.shifted(to, k);
        }
        let forms = self.forms(to, group);
        if let Some(states) = self.linear(to, group, &forms).or_else(|| self.system(to, group)) {
            return states;
        }
        self.smaller(to, group, &forms)
    }

    /// The nodes outside that those inside read, or that are the outputs, each once.
    fn frontier(&self, group: &Group) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut visit = |id: NodeId| {
            if !group.inside[id.0 as usize] && !found.contains(&id) {
                found.push(id);
            }
        };
        group.nodes.iter().for_each(|&id| self.body.node(id).op.for_each_operand(&mut visit));
        group.carries.iter().for_each(|&k| visit(self.outputs[k]));
        found
    }

    /// Computes nodes of the body for all turns at once, or once for all turns.
    fn hoist(&mut self, to: &mut Graph, wanted: &[NodeId]) {
        for id in self.body.needs_of(wanted) {
            if self.hoisted.contains_key(&id) {
                continue;
            }
            let made = match self.body.node(id).op.clone() {
                Op::Input { offset } => match offset.checked_sub(self.initial.len()) {
                    Some(at) => self.others[at],
                    None => self.states_before(to, offset),
                },
                op => lifted(to, op.map_operands(|operand| self.hoisted[&operand])),
            };
            self.hoisted.insert(id, made);
        }
    }

    /// A carry that has left the loop, before each turn.
    fn states_before(&self, to: &mut Graph, carry: usize) -> NodeId {
        let states = self.states[carry].expect("loops come in the order in which they need each other");
        let start = usize::from(self.reverse);
        to.slice(states, start..start + self.turns)
    }

    /// The states of a carry that takes a new value at every turn.
    fn shifted(&self, to: &mut Graph, carry: usize) -> NodeId {
        let values = to.broadcast_scalar(self.hoisted[&self.outputs[carry]], &[self.turns].into());
        let first = self.initial[carry];
        let parts = if self.reverse { [values, first] } else { [first, values] };
        to.concat(&parts, [self.turns + 1])
    }
}
