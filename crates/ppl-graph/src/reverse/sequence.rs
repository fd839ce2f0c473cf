//! Adjoints of loops: loops in the opposite direction.
//!
//! The adjoint of a state is its seed and what comes back from the turn that reads it, so the adjoints of all states
//! follow by a loop that begins with the last. What the turns read gets the vector-Jacobian product of the body with
//! the adjoints of the states after the turn, for all turns at once.

use std::ops::Range;

use super::{Reverse, Seed, pull_back};
use crate::body::inline;
use crate::{Body, BodyId, Graph, NodeId, Shape};

/// Where the states of one carry stand.
struct Row {
    /// Before each turn.
    before: Range<usize>,
    /// After each turn.
    after: Range<usize>,
    first: usize,
    last: usize,
}

/// Row `k` of the states of a loop.
fn row(k: usize, turns: usize, reverse: bool) -> Row {
    let start = k * (turns + 1);
    let (low, high) = (start..start + turns, start + 1..start + turns + 1);
    let (first, last) = (start, start + turns);
    if reverse {
        Row { before: high, after: low, first: last, last: first }
    } else {
        Row { before: low, after: high, first, last }
    }
}

impl Reverse<'_> {
    pub(super) fn linear_recurrence(
        &mut self,
        [coefficient, addend, initial]: [NodeId; 3],
        reverse: bool,
        result: NodeId,
        seed: &Seed,
    ) {
        let shape = self.graph.shape(addend).clone();
        let row = row(0, shape[0], reverse);
        let full = self.full(seed);
        let (last, rest) = (self.graph.element(full, row.last), self.graph.slice(full, row.before.clone()));
        let adjoint = self.graph.linear_recurrence(coefficient, rest, last, !reverse);
        let adjoint = self.guard(seed, adjoint);
        let first = self.graph.element(adjoint, row.first);
        self.give(initial, first, seed.masked);
        let after = self.graph.slice(adjoint, row.after);
        self.give(addend, after, seed.masked);
        if self.wants(coefficient) {
            let before = self.graph.slice(result, row.before);
            let after = Seed { id: after, shape: shape.clone(), masked: seed.masked };
            let contribution = self.times(&after, before);
            self.give_lifted(coefficient, contribution, &shape, seed.masked);
        }
    }

    pub(super) fn scan(
        &mut self,
        body: BodyId,
        [initial, each, shared]: [&[NodeId]; 3],
        reverse: bool,
        result: NodeId,
        seed: &Seed,
    ) {
        let turns = seed.shape[1] - 1;
        let rows: Vec<Row> = (0..initial.len()).map(|k| row(k, turns, reverse)).collect();
        let pulled = Pulled::of(&self.graph.body(body).clone(), each.len() + shared.len());
        let full = self.full(seed);
        let before = self.slices(result, &rows, |row| &row.before);
        let seeds = self.slices(full, &rows, |row| &row.before);
        let last: Vec<NodeId> = rows.iter().map(|row| self.graph.element(full, row.last)).collect();
        let all = [&before[..], each, &seeds].concat();
        let backward = pulled.backward(each.len());
        let adjoint = self.graph.scan(backward, [&last, &all, shared], turns, !reverse);
        let adjoint = if pulled.masked { adjoint } else { self.guard(seed, adjoint) };
        let masked = seed.masked || pulled.masked;
        for (&id, row) in initial.iter().zip(&rows) {
            let first = self.graph.element(adjoint, row.first);
            self.give(id, first, masked);
        }
        let after = self.slices(adjoint, &rows, |row| &row.after);
        let inputs = [&before[..], each, shared, &after].concat();
        let operands = [each, shared].concat();
        self.give_pulled(&pulled, &operands, &inputs, &[turns].into(), masked);
    }

    fn slices(&mut self, id: NodeId, rows: &[Row], part: impl Fn(&Row) -> &Range<usize>) -> Vec<NodeId> {
        rows.iter().map(|row| self.graph.slice(id, part(row).clone())).collect()
    }

    /// Gives the operands beside the carries what comes back from all turns at once.
    fn give_pulled(&mut self, pulled: &Pulled, operands: &[NodeId], inputs: &[NodeId], turns: &Shape, masked: bool) {
        for (&operand, adjoint) in operands.iter().zip(&pulled.adjoints[pulled.carries..]) {
            let Some(adjoint) = adjoint.as_ref().filter(|_| self.wants(operand)) else { continue };
            let contribution = inline(&pulled.graph, &[adjoint.id], inputs, self.graph)[0];
            self.give_lifted(operand, contribution, turns, masked || adjoint.masked);
        }
    }
}

/// The vector-Jacobian product of a body. Its inputs are those of the body, then the adjoints of the outputs.
struct Pulled {
    graph: Graph,
    carries: usize,
    /// By input of the body.
    adjoints: Vec<Option<Seed>>,
    /// Whether a state whose adjoint is 0 does not count.
    masked: bool,
}

impl Pulled {
    /// The adjoint of a carry before a turn is that of the carry after the turn before: if one is masked, all are.
    fn of(body: &Body, others: usize) -> Self {
        let plain = Self::new(body, others, false);
        let carries = &plain.adjoints[..plain.carries];
        if carries.iter().flatten().any(|adjoint| adjoint.masked) { Self::new(body, others, true) } else { plain }
    }

    fn new(body: &Body, others: usize, masked: bool) -> Self {
        let (mut graph, carries) = (body.graph().clone(), body.outputs().len());
        let inputs = carries + others;
        let outputs: Vec<(NodeId, NodeId)> =
            body.outputs().iter().enumerate().map(|(k, &id)| (id, graph.input(inputs + k, []))).collect();
        let adjoints = pull_back(&mut graph, &outputs, inputs, masked);
        Pulled { graph, carries, adjoints, masked }
    }

    /// The turn of the loop over adjoints. Beside these it reads, for each turn, the carries before it, the arrays that
    /// the body reads, and the seeds.
    fn backward(&self, each: usize) -> Body {
        let (mut graph, carries) = (Graph::new(), self.carries);
        let shared = self.adjoints.len() - carries - each;
        // The carries and arrays of the body stand behind the adjoints, its shared numbers behind the seeds.
        let seeds = 2 * carries + each;
        let offsets = (carries..seeds).chain(seeds + carries..seeds + carries + shared).chain(0..carries);
        let inputs: Vec<NodeId> = offsets.map(|offset| graph.input(offset, [])).collect();
        let outputs: Vec<NodeId> = (0..carries)
            .map(|k| {
                let seed = graph.input(seeds + k, []);
                let Some(back) = &self.adjoints[k] else { return seed };
                let back = inline(&self.graph, &[back.id], &inputs, &mut graph)[0];
                graph.add(back, seed)
            })
            .collect();
        Body::new(&graph, &outputs)
    }
}
