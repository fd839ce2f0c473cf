//! Loops, turn by turn.

use crate::{Body, Op};

/// `x ← coefficient[t]·x + addend[t]`, one number standing for equal coefficients; 0 starts anew.
pub(super) fn linear_recurrence(coefficient: &[f64], addend: &[f64], initial: f64, reverse: bool, out: &mut [f64]) {
    let turns = addend.len();
    let coefficient = |turn: usize| coefficient[if coefficient.len() == turns { turn } else { 0 }];
    out.fill(initial);
    for_each_turn(turns, reverse, |turn, before, after| {
        let phi = coefficient(turn);
        out[after] = addend[turn] + if phi == 0.0 { 0.0 } else { phi * out[before] };
    });
}

/// Calls `visit` for each turn with the positions of the states before and after it.
fn for_each_turn(turns: usize, reverse: bool, mut visit: impl FnMut(usize, usize, usize)) {
    if reverse {
        (0..turns).rev().for_each(|turn| visit(turn, turn + 1, turn));
    } else {
        (0..turns).for_each(|turn| visit(turn, turn, turn + 1));
    }
}

/// Fills rows of states, in which the first states stand already; `operand(k, turn)` is what the body reads beside its
/// carries.
pub(super) fn scan(
    body: &Body,
    operand: impl Fn(usize, usize) -> f64,
    reverse: bool,
    out: &mut [f64],
    values: &mut [f64],
) {
    let carries = body.outputs().len();
    let states = out.len().checked_div(carries).unwrap_or(1);
    for_each_turn(states - 1, reverse, |turn, before, after| {
        for (k, node) in body.graph().nodes().iter().enumerate() {
            values[k] = match node.op {
                Op::Input { offset } if offset < carries => out[offset * states + before],
                Op::Input { offset } => operand(offset - carries, turn),
                ref op => apply(op, values),
            };
        }
        for (row, output) in body.outputs().iter().enumerate() {
            out[row * states + after] = values[output.0 as usize];
        }
    });
}

/// A constant or a function of numbers that are known.
fn apply(op: &Op, values: &[f64]) -> f64 {
    let value = |id: crate::NodeId| values[id.0 as usize];
    match *op {
        Op::Const(bits) => f64::from_bits(bits),
        Op::Unary(f, a) => f.apply(value(a)),
        Op::Binary(f, a, b) => f.apply(value(a), value(b)),
        Op::Select(c, a, b) => value(if value(c) != 0.0 { a } else { b }),
        _ => unreachable!("a body holds elementwise functions alone"),
    }
}
