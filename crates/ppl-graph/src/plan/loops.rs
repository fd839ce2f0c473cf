//! From loops to steps.

use ppl_math::kernels::{Isa, Kernels, Recurrence};

use super::instruction::{Carry, LoopStep, RecurrenceStep, Span, Step};
use super::places::Places;
use super::system::system;
use super::turn::code;
use crate::{Body, NodeId, Op};

/// The most rows of running sums that are steps of their own.
const MOST_ROWS: usize = 8;

/// The steps of a node that runs along an axis; nothing for other nodes.
pub(super) fn steps(places: &mut Places, kernels: &Kernels, id: NodeId) -> Option<Vec<Step>> {
    if let Some(scan) = Scan::of(places, id) {
        let system = system(places, kernels, &scan).map(Step::System);
        return Some(vec![system.unwrap_or_else(|| Step::Loop(scan.step(places, kernels)))]);
    }
    match places.graph.node(id).op {
        Op::LinearRecurrence { coefficient, addend, initial, reverse } => {
            let operands = [coefficient, addend, initial].map(|id| places.span(id));
            let step = linear_recurrence(recurrence(kernels, reverse), operands, places.span(id), reverse);
            Some(vec![Step::Recurrence(step)])
        }
        Op::CumulativeSum { source, reverse } => {
            let row = places.graph.shape(id).last().copied().filter(|&row| row > 0)?;
            let (from, to) = (places.span(source), places.span(id));
            let kernel = recurrence(kernels, reverse);
            (to.len <= row * MOST_ROWS).then(|| running_sums(places, kernel, from, to, row, reverse))
        }
        _ => None,
    }
}

fn recurrence(kernels: &Kernels, reverse: bool) -> Recurrence {
    if reverse { kernels.recurrence_reverse } else { kernels.recurrence }
}

fn linear_recurrence(
    kernel: Recurrence,
    [coefficient, addend, initial]: [Span; 3],
    states: Span,
    reverse: bool,
) -> RecurrenceStep {
    let (first, after) = if reverse { (addend.len, 0) } else { (0, 1) };
    let to = Span { offset: states.offset + after, len: addend.len, ..states };
    RecurrenceStep { kernel, coefficient, addend, initial, first: Some(states.offset + first), to, reverse }
}

/// Running sums are a recurrence with coefficient 1.
fn running_sums(places: &mut Places, kernel: Recurrence, from: Span, to: Span, row: usize, reverse: bool) -> Vec<Step> {
    let [coefficient, initial] = [1.0, 0.0].map(|value| places.layout.constant(value));
    let part = |span: Span, start: usize| Span { offset: span.offset + start, len: row, ..span };
    let step = |start: usize| {
        let (addend, to) = (part(from, start), part(to, start));
        Step::Recurrence(RecurrenceStep { kernel, coefficient, addend, initial, first: None, to, reverse })
    };
    (0..to.len).step_by(row).map(step).collect()
}

/// A loop over numbers.
pub(super) struct Scan<'a> {
    pub body: &'a Body,
    pub initial: &'a [NodeId],
    each: &'a [NodeId],
    shared: &'a [NodeId],
    pub turns: usize,
    pub reverse: bool,
    /// Where the states go.
    pub to: Span,
}

/// What an input of a body reads.
pub(super) enum Reading {
    Carry,
    /// The element of the turn.
    Array(NodeId),
    Number(NodeId),
}

impl<'a> Scan<'a> {
    fn of(places: &Places<'a>, id: NodeId) -> Option<Self> {
        let graph = places.graph;
        let Op::Scan { body, initial, each, shared, reverse } = &graph.node(id).op else { return None };
        let (body, turns) = (graph.body(*body), graph.shape(id)[1] - 1);
        Some(Scan { body, initial, each, shared, turns, reverse: *reverse, to: places.span(id) })
    }

    /// What the input of the body at an offset reads.
    pub(super) fn reading(&self, offset: usize) -> Reading {
        let Some(at) = offset.checked_sub(self.initial.len()) else { return Reading::Carry };
        match self.each.get(at) {
            Some(&array) => Reading::Array(array),
            None => Reading::Number(self.shared[at - self.each.len()]),
        }
    }

    fn step(&self, places: &mut Places, kernels: &Kernels) -> LoopStep {
        let code = code(self.body);
        let (mut each, mut shared) = (Vec::new(), Vec::new());
        for input in self.body.graph().ids() {
            match self.body.graph().node(input).op {
                Op::Const(bits) => shared.push((places.layout.constant(f64::from_bits(bits)), input.0)),
                Op::Input { offset } => match self.reading(offset) {
                    Reading::Carry => {}
                    Reading::Array(array) => each.push((places.span(array), input.0)),
                    Reading::Number(number) => shared.push((places.span(number), input.0)),
                },
                _ => {}
            }
        }
        let carries = self.initial.iter().zip(code.carries);
        let carries = carries.map(|(&id, (before, after))| Carry { initial: places.span(id), before, after }).collect();
        LoopStep {
            turns: self.turns,
            reverse: self.reverse,
            fused: kernels.isa >= Isa::Avx2,
            registers: places.layout.own(code.registers),
            shared,
            each,
            carries,
            code: code.instructions,
            to: self.to,
        }
    }
}
