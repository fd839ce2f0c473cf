//! From loops to steps.

use ppl_math::kernels::{Isa, Kernels};

use super::instruction::{Carry, LoopStep, RecurrenceStep, Span, Step};
use super::places::Places;
use super::system::system;
use super::turn::{Code, code};
use crate::{NodeId, Op};

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
            if let Some(step) = system(places, kernels, id) {
                return Some(vec![Step::System(step)]);
            }
            let code = code(graph.body(*body));
            vec![Step::Loop(loop_step(places, kernels, id, code, [initial, each, shared], *reverse))]
        }
        _ => return None,
    })
}

fn loop_step(
    places: &mut Places,
    kernels: &Kernels,
    id: NodeId,
    code: Code,
    [initial, each, shared]: [&[NodeId]; 3],
    reverse: bool,
) -> LoopStep {
    let graph = places.graph;
    let Op::Scan { body, .. } = graph.node(id).op else { unreachable!("a loop") };
    let body = graph.body(body).graph();
    let (mut streams, mut numbers) = (Vec::new(), Vec::new());
    for input in body.ids() {
        match body.node(input).op {
            Op::Const(bits) => numbers.push((places.layout.constant(f64::from_bits(bits)), input.0)),
            Op::Input { offset } if offset >= initial.len() => match each.get(offset - initial.len()) {
                Some(&array) => streams.push((places.span(array), input.0)),
                None => numbers.push((places.span(shared[offset - initial.len() - each.len()]), input.0)),
            },
            _ => {}
        }
    }
    let carry = |(&id, &(before, after)): (&NodeId, &(u32, u32))| Carry { initial: places.span(id), before, after };
    let carries = initial.iter().zip(&code.carries).map(carry).collect();
    LoopStep {
        turns: graph.shape(id)[1] - 1,
        reverse,
        fused: kernels.isa >= Isa::Avx2,
        registers: places.layout.own(code.registers),
        shared: numbers,
        each: streams,
        carries,
        code: code.instructions,
        to: places.span(id),
    }
}
