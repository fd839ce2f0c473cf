//! Loops over single numbers.

use super::Memory;
use crate::elementwise::larger;
use crate::plan::instruction::LoopStep;
use crate::plan::turn::{TurnFunction, TurnInstruction};

impl Memory<'_> {
    /// Runs all turns; where products and sums are rounded together, as in the kernels, the processor has that.
    pub(super) unsafe fn turns(&self, step: &LoopStep) {
        unsafe {
            match step.fused {
                #[cfg(target_arch = "x86_64")]
                true => self.fused_turns(step),
                _ => self.all_turns::<false>(step),
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn fused_turns(&self, step: &LoopStep) {
        unsafe { self.all_turns::<true>(step) }
    }

    #[inline(always)]
    unsafe fn all_turns<const FUSED: bool>(&self, step: &LoopStep) {
        let (turns, states) = (step.turns, step.turns + 1);
        unsafe {
            let (registers, to) = (self.span(step.registers), self.span(step.to));
            for &(span, register) in &step.shared {
                *registers.add(register as usize) = *self.span(span);
            }
            let first = if step.reverse { turns } else { 0 };
            for (row, carry) in step.carries.iter().enumerate() {
                let value = *self.span(carry.initial);
                *registers.add(carry.before as usize) = value;
                *to.add(row * states + first) = value;
            }
            let mut last = step.code.last().map_or(0.0, |last| *registers.add(last.to as usize));
            for count in 0..turns {
                let (turn, after) =
                    if step.reverse { (turns - 1 - count, turns - 1 - count) } else { (count, count + 1) };
                for &(span, register) in &step.each {
                    *registers.add(register as usize) = *self.at(span.arena, span.offset + turn, 1);
                }
                for instruction in &step.code {
                    last = run::<FUSED>(instruction, last, registers);
                    *registers.add(instruction.to as usize) = last;
                }
                for (row, carry) in step.carries.iter().enumerate() {
                    let value = *registers.add(carry.after as usize);
                    *registers.add(carry.before as usize) = value;
                    *to.add(row * states + after) = value;
                }
            }
        }
    }
}

/// The result of an instruction; `last` is that of the one before.
#[inline(always)]
unsafe fn run<const FUSED: bool>(instruction: &TurnInstruction, last: f64, registers: *const f64) -> f64 {
    let &TurnInstruction { f, chained, a, b, c, .. } = instruction;
    let number = |register: u32| unsafe { *registers.add(register as usize) };
    let a = if chained { last } else { number(a) };
    let mul_add = |x: f64, y: f64, z: f64| if FUSED { x.mul_add(y, z) } else { x * y + z };
    match f {
        TurnFunction::Copy => a,
        TurnFunction::Neg => -a,
        TurnFunction::Square => a * a,
        TurnFunction::Reciprocal => 1.0 / a,
        TurnFunction::Exp => a.exp(),
        TurnFunction::Add => a + number(b),
        TurnFunction::Sub => a - number(b),
        TurnFunction::SubFrom => number(b) - a,
        TurnFunction::Mul => a * number(b),
        TurnFunction::MulOrZero if a == 0.0 => 0.0,
        TurnFunction::MulOrZero => a * number(b),
        TurnFunction::Div => a / number(b),
        TurnFunction::DivInto => number(b) / a,
        TurnFunction::LogAddExp => ppl_math::log_add_exp(a, number(b)),
        TurnFunction::LogSumExp => {
            let terms = unsafe { std::slice::from_raw_parts(registers.add(instruction.a as usize), b as usize) };
            log_sum_exp(terms)
        }
        TurnFunction::MulAdd => mul_add(a, number(b), number(c)),
        TurnFunction::AddMul => mul_add(number(b), number(c), a),
        TurnFunction::NegMulAdd => mul_add(-a, number(b), number(c)),
        TurnFunction::SubMul => mul_add(-number(b), number(c), a),
        TurnFunction::Select => number(if a != 0.0 { b } else { c }),
        TurnFunction::Unary(_, f) => f(a),
        TurnFunction::Binary(_, f) => f(a, number(b)),
    }
}

/// The largest is taken out first; where it is not finite nothing needs to be.
fn log_sum_exp(terms: &[f64]) -> f64 {
    let largest = terms.iter().copied().fold(f64::NEG_INFINITY, larger);
    let shift = if largest.is_finite() { largest } else { 0.0 };
    terms.iter().map(|x| (x - shift).exp()).sum::<f64>().ln() + shift
}
