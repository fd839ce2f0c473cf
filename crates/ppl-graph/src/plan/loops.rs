//! From loops to steps.

use ppl_math::kernels::Kernels;

use super::instruction::{Carry, LoopStep, RecurrenceStep, ScalarFunction, ScalarInstruction, Span, Step};
use super::places::Places;
use super::select::{scalar_binary, scalar_unary};
use crate::{Binary, Body, NodeId, Op};

/// The most rows of running sums that are steps of their own.
const MOST_ROWS: usize = 8;

/// The steps of a node that runs along an axis; nothing for other nodes.
pub(super) fn steps(places: &mut Places, kernels: &Kernels, id: NodeId) -> Option<Vec<Step>> {
    let graph = places.graph;
    Some(match &graph.node(id).op {
        &Op::LinearRecurrence { coefficient, addend, initial, reverse } => {
            let [coefficient, addend, initial] = [coefficient, addend, initial].map(|id| places.span(id));
            let states = places.span(id);
            let after = states.offset + usize::from(!reverse);
            let first = Some(if reverse { states.offset + addend.len } else { states.offset });
            let kernel = if reverse { kernels.recurrence_reverse } else { kernels.recurrence };
            let to = Span { offset: after, len: addend.len, ..states };
            vec![Step::Recurrence(RecurrenceStep { kernel, coefficient, addend, initial, first, to })]
        }
        &Op::CumulativeSum { source, reverse } => {
            let (from, to) = (places.span(source), places.span(id));
            let row = graph.shape(id).last().copied().filter(|&row| row > 0 && to.len / row <= MOST_ROWS)?;
            let [coefficient, initial] = [1.0, 0.0].map(|value| places.layout.constant(value));
            let kernel = if reverse { kernels.recurrence_reverse } else { kernels.recurrence };
            let part = |span: Span, start: usize| Span { offset: span.offset + start, len: row, ..span };
            let step = |start: usize| {
                let (addend, to) = (part(from, start), part(to, start));
                Step::Recurrence(RecurrenceStep { kernel, coefficient, addend, initial, first: None, to })
            };
            (0..to.len).step_by(row).map(step).collect()
        }
        Op::Scan { body, initial, each, shared, reverse } => {
            let turns = graph.shape(id)[1] - 1;
            let mut turn = Turn::new(places, graph.body(*body));
            turn.code(kernels);
            let carries = turn.carries(initial);
            let each = turn.operands(each, initial.len());
            let mut shared = turn.operands(shared, initial.len() + each.1);
            shared.0.extend(turn.constants());
            let Turn { registers, code, .. } = turn;
            let (to, reverse) = (places.span(id), *reverse);
            vec![Step::Loop(LoopStep { turns, reverse, registers, shared: shared.0, each: each.0, carries, code, to })]
        }
        _ => return None,
    })
}

/// What a turn does, while it is being written.
struct Turn<'t, 'a> {
    places: &'t mut Places<'a>,
    body: &'t Body,
    /// One for each node of the body, and two for each carry.
    registers: Span,
    code: Vec<ScalarInstruction>,
}

impl<'t, 'a> Turn<'t, 'a> {
    fn new(places: &'t mut Places<'a>, body: &'t Body) -> Self {
        let registers = places.layout.own(body.graph().len() + 2 * body.outputs().len());
        Turn { places, body, registers, code: Vec::new() }
    }

    /// The register of a node.
    fn register(&self, id: NodeId) -> usize {
        self.registers.offset + id.0 as usize
    }

    /// The register of an input; nothing where the body does not read it.
    fn input(&self, offset: usize) -> Option<usize> {
        let mut ids = self.body.graph().ids();
        ids.find(|&id| self.body.graph().node(id).op == Op::Input { offset }).map(|id| self.register(id))
    }

    /// The places and registers of operands that the body reads, which are its inputs from `start` on; and how many
    /// operands there are.
    fn operands(&mut self, ids: &[NodeId], start: usize) -> (Vec<(Span, usize)>, usize) {
        let read = |(k, &id): (usize, &NodeId)| Some((self.places.span(id), self.input(start + k)?));
        (ids.iter().enumerate().filter_map(read).collect(), ids.len())
    }

    fn constants(&mut self) -> Vec<(Span, usize)> {
        let constants = self.body.graph().ids().filter_map(|id| Some((id, self.body.graph().as_constant(id)?)));
        let constants: Vec<(NodeId, f64)> = constants.collect();
        constants.into_iter().map(|(id, value)| (self.places.layout.constant(value), self.register(id))).collect()
    }

    /// Products that are used once become part of the sum which uses them.
    fn code(&mut self, kernels: &Kernels) {
        let graph = self.body.graph();
        let mut uses = vec![0; graph.len()];
        graph.nodes().iter().for_each(|node| node.op.for_each_operand(|id| uses[id.0 as usize] += 1));
        self.body.outputs().iter().for_each(|id| uses[id.0 as usize] += 1);
        let product = |id: NodeId| match graph.node(id).op {
            Op::Binary(Binary::Mul, x, y) if uses[id.0 as usize] == 1 => Some([x, y]),
            _ => None,
        };
        let mut absorbed = vec![false; graph.len()];
        for id in graph.ids() {
            let (f, operands) = match graph.node(id).op {
                Op::Binary(Binary::Add, a, b) if product(a).is_some() || product(b).is_some() => {
                    let (taken, other) = if product(a).is_some() { (a, b) } else { (b, a) };
                    absorbed[taken.0 as usize] = true;
                    let [x, y] = product(taken).unwrap_or([taken; 2]);
                    (ScalarFunction::MulAdd, [x, y, other])
                }
                Op::Binary(Binary::Sub, a, b) if product(b).is_some() => {
                    absorbed[b.0 as usize] = true;
                    let [x, y] = product(b).unwrap_or([b; 2]);
                    (ScalarFunction::NegMulAdd, [x, y, a])
                }
                Op::Unary(f, a) => (scalar_unary(kernels, f), [a, a, a]),
                Op::Binary(f, a, b) => (scalar_binary(kernels, f), [a, b, b]),
                Op::Select(c, a, b) => (ScalarFunction::Select, [c, a, b]),
                _ => continue,
            };
            let [a, b, c] = operands.map(|operand| self.register(operand));
            self.code.push(ScalarInstruction { f, a, b, c, to: self.register(id) });
        }
        let offset = self.registers.offset;
        self.code.retain(|instruction| !absorbed.get(instruction.to - offset).is_some_and(|&absorbed| absorbed));
    }

    /// The registers of the carries. A new value that is the old one of another carry is put aside first, and one that
    /// is computed takes the place of the old one where that is no longer read.
    fn carries(&mut self, initial: &[NodeId]) -> Vec<Carry> {
        let unread = self.registers.offset + self.body.graph().len();
        let before: Vec<usize> = (0..initial.len()).map(|k| self.input(k).unwrap_or(unread + k)).collect();
        let mut after: Vec<usize> = self.body.outputs().iter().map(|&id| self.register(id)).collect();
        for k in 0..after.len() {
            if after[k] != before[k] && before.contains(&after[k]) {
                let (a, to) = (after[k], unread + after.len() + k);
                self.code.insert(0, ScalarInstruction { f: ScalarFunction::Copy, a, b: a, c: a, to });
                after[k] = to;
            }
        }
        for k in 0..after.len() {
            if !before.contains(&after[k]) {
                self.write_in_place(&mut after, k, before[k]);
            }
        }
        let carry = |k: usize| Carry { initial: self.places.span(initial[k]), before: before[k], after: after[k] };
        (0..initial.len()).map(carry).collect()
    }

    /// Lets the instruction that computes carry `k` write where the old value stands, if nothing reads that later.
    fn write_in_place(&mut self, after: &mut [usize], k: usize, before: usize) {
        let old = after[k];
        let Some(at) = self.code.iter().position(|i| i.to == old) else { return };
        let (made, later) = self.code.split_at_mut(at + 1);
        if later.iter().any(|i| [i.a, i.b, i.c].contains(&before)) {
            return;
        }
        made[at].to = before;
        let operands = later.iter_mut().flat_map(|i| [&mut i.a, &mut i.b, &mut i.c]);
        operands.chain(after).filter(|register| **register == old).for_each(|register| *register = before);
    }
}
