//! The instructions of a plan, run in memory.
//!
//! Every function trusts that the plan was verified, that the memory is of that plan, and that no other thread is at the
//! same part of a pass, or at anything but parts of the same pass.

use super::super::Plan;
use super::super::instruction::{
    Arena, BLOCK, Instruction, JoinStep, Pass, RecurrenceStep, RoutineStep, ScalarFunction, ScalarInstruction, Span,
    Total,
};
use super::memory::Memory;
use crate::elementwise::larger;

impl Memory<'_> {
    pub(super) unsafe fn scalars(&self, instructions: &[ScalarInstruction]) {
        for &ScalarInstruction { f, a, b, c, to } in instructions {
            unsafe {
                let at = |offset: usize| self.at(Arena::Work, offset, 1);
                let number = |offset: usize| *at(offset);
                *at(to) = match f {
                    ScalarFunction::Copy => number(a),
                    ScalarFunction::Add => number(a) + number(b),
                    ScalarFunction::Sub => number(a) - number(b),
                    ScalarFunction::Mul => number(a) * number(b),
                    ScalarFunction::Div => number(a) / number(b),
                    ScalarFunction::Neg => -number(a),
                    ScalarFunction::Square => number(a) * number(a),
                    ScalarFunction::Reciprocal => 1.0 / number(a),
                    ScalarFunction::Select if number(a) != 0.0 => number(b),
                    ScalarFunction::Select => number(c),
                    ScalarFunction::Unary(_, kernel) => {
                        (kernel.raw)(1, at(a), at(to));
                        continue;
                    }
                    ScalarFunction::Binary(_, kernel) => {
                        (kernel.raw)(1, at(a), 1, at(b), 1, at(to));
                        continue;
                    }
                };
            }
        }
    }

    pub(super) unsafe fn recurrence(&self, step: &RecurrenceStep) {
        let RecurrenceStep { kernel, coefficient, addend, initial, first, to, reverse } = *step;
        let stride = usize::from(coefficient.len == to.len);
        unsafe {
            let initial = *self.span(initial);
            if let Some(first) = first {
                *self.at(Arena::Work, first, 1) = initial;
            }
            let (coefficient, addend, out) = (self.span(coefficient), self.span(addend), self.span(to));
            (kernel.raw)(to.len, initial, coefficient, stride, addend, out);
            let last = if reverse { 0 } else { to.len.saturating_sub(1) };
            if to.len > 0 && !(*out.add(last)).is_finite() {
                // The kernel multiplies four coefficients, whose product may overflow where the states do not, and
                // it does not know that a coefficient of 0 starts anew.
                let mut x = initial;
                for count in 0..to.len {
                    let turn = if reverse { to.len - 1 - count } else { count };
                    let phi = *coefficient.add(turn * stride);
                    x = *addend.add(turn) + if phi == 0.0 { 0.0 } else { phi * x };
                    *out.add(turn) = x;
                }
            }
        }
    }

    pub(super) unsafe fn lay_side_by_side(&self, step: &JoinStep) {
        unsafe {
            let mut to = self.span(step.to);
            for &part in &step.parts {
                std::ptr::copy_nonoverlapping(self.span(part).cast_const(), to, part.len);
                to = to.add(part.len);
            }
        }
    }

    pub(super) unsafe fn routine(&self, plan: &Plan, step: &RoutineStep) {
        let of = |id| {
            let found = step.operands.binary_search_by_key(&id, |&(operand, _)| operand);
            let span = step.operands[found.expect("an operand of the routine")].1;
            unsafe { std::slice::from_raw_parts(self.span(span), span.len) }
        };
        unsafe {
            let out = std::slice::from_raw_parts_mut(self.span(step.to), step.to.len);
            let scratch = std::slice::from_raw_parts_mut(self.span(step.scratch), step.scratch.len);
            step.routine.run(&plan.graph, plan.kernels, &of, out, scratch);
        }
    }

    /// Runs a part of a pass, and calls `watch` with each instruction that was run on a block.
    pub(super) unsafe fn part(&self, pass: &Pass, part: usize, watch: &mut impl FnMut(usize)) {
        unsafe {
            for accumulator in &pass.accumulators {
                self.slice(accumulator.to).fill(accumulator.f.start());
            }
            let elements = pass.elements(part);
            for start in elements.clone().step_by(BLOCK) {
                let n = BLOCK.min(elements.end - start);
                for (k, instruction) in pass.instructions.iter().enumerate() {
                    self.execute(instruction, start, n);
                    watch(k);
                }
            }
        }
    }

    /// Joins the results of all parts of a divided pass, in order.
    pub(super) unsafe fn join(&self, pass: &Pass) {
        for part in 0..pass.parts {
            let memory = unsafe { self.of_part(part) };
            for accumulator in &pass.accumulators {
                let (whole, own) = unsafe { (self.slice(accumulator.whole), memory.slice(accumulator.to)) };
                match part {
                    0 => whole.copy_from_slice(own),
                    _ => whole.iter_mut().zip(own).for_each(|(whole, own)| *whole = accumulator.f.join(*whole, *own)),
                }
            }
        }
    }

    #[allow(clippy::mut_from_ref)] // the arenas are written by pointers
    unsafe fn slice(&self, span: Span) -> &mut [f64] {
        unsafe { std::slice::from_raw_parts_mut(self.span(span), span.len) }
    }

    /// Runs an instruction on the `n` elements from `start`.
    #[inline(always)]
    unsafe fn execute(&self, instruction: &Instruction, start: usize, n: usize) {
        unsafe {
            let at = |operand| self.operand(operand, start, n);
            match *instruction {
                Instruction::Fill { a, to } => fill(n, at(a), at(to)),
                Instruction::Unary { kernel, a, to, .. } => (kernel.raw)(n, at(a), at(to)),
                Instruction::Binary { kernel, a, b, to, .. } => {
                    (kernel.raw)(n, at(a), a.stride, at(b), b.stride, at(to));
                }
                Instruction::Ternary { kernel, a, b, c, to, .. } => {
                    (kernel.raw)(n, at(a), a.stride, at(b), b.stride, at(c), c.stride, at(to));
                }
                Instruction::Pair { kernel, a, first, second, .. } => (kernel.raw)(n, at(a), at(first), at(second)),
                Instruction::Gather { kernel, source, positions, to } => {
                    (kernel.raw)(n, self.span(source), self.positions(positions.offset + start, n), at(to));
                }
                Instruction::Scatter { kernel, a, positions, to } => {
                    (kernel.raw)(n, at(a), self.positions(positions.offset + start, n), self.span(to));
                }
                Instruction::Reduce { f, kernel, a, to } => {
                    let (total, part) = (self.span(to), (kernel.raw)(n, at(a)));
                    *total = if f == Total::Max { larger(*total, part) } else { *total + part };
                }
                Instruction::Dot { kernel, a, b, to } => *self.span(to) += (kernel.raw)(n, at(a), at(b)),
                Instruction::RowsTimes { kernel, matrix, vector, to } => {
                    (kernel.raw)(n, matrix.columns, self.tiles(matrix, start), self.span(vector), at(to));
                }
                Instruction::TimesRows { kernel, matrix, a, to } => {
                    (kernel.raw)(n, matrix.columns, self.tiles(matrix, start), at(a), self.span(to));
                }
                Instruction::SparseRowsTimes { kernel, matrix, vector, to } => {
                    let (starts, columns, values) = self.sparse_rows(matrix, start, n);
                    (kernel.raw)(n, starts, columns, values, self.span(vector), at(to));
                }
                Instruction::TimesSparseRows { kernel, matrix, a, to } => {
                    let (starts, columns, values) = self.sparse_rows(matrix, start, n);
                    (kernel.raw)(n, starts, columns, values, at(a), self.span(to));
                }
            }
        }
    }
}

unsafe fn fill(n: usize, a: *const f64, to: *mut f64) {
    unsafe { std::slice::from_raw_parts_mut(to, n).fill(*a) }
}
