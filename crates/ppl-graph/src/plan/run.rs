//! The runner of plans, and the one place of the crate with unsafe code.
//!
//! It relies on what [`super::verify`] has checked when the plan was made: every span lies in its arena, only the work
//! arena is written, what an instruction writes overlaps with nothing that it reads (but for results that take the
//! place of an operand, exactly), and constant positions are in range. Debug builds check the ranges on each call too.
#![allow(unsafe_code)]

mod systems;
mod turns;

use std::sync::Arc;

use ppl_math::kernels::AlignedBuffer;

use super::instruction::{
    Arena, BLOCK, Instruction, Operand, Pass, RecurrenceStep, RoutineStep, ScalarFunction, ScalarInstruction, Span,
    SparseRows, Step, Tiles, Total,
};
use super::{Plan, Store};
use crate::elementwise::larger;

/// A plan with memory to run it in.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    plan: Arc<Plan>,
    work: AlignedBuffer,
}

impl Machine {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        let mut work = AlignedBuffer::zeros(plan.work_len);
        for &(offset, value) in &plan.constants {
            work[offset] = value;
        }
        Machine { plan, work }
    }

    pub(super) fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Computes all outputs at a position.
    pub(super) fn run(&mut self, inputs: &[f64]) {
        self.run_watched(inputs, &mut |_, _| {});
    }

    /// The same, and calls `watch` with the step and the instruction in it after each that was run: after every block
    /// of a pass, once for a routine or all scalars of a step.
    pub(super) fn run_watched(&mut self, inputs: &[f64], watch: &mut impl FnMut(usize, usize)) {
        let plan = &*self.plan;
        self.work[plan.inputs.offset..][..plan.inputs.len].copy_from_slice(inputs);
        let memory = Memory::new(&plan.store, &mut self.work);
        for (k, step) in plan.steps.iter().enumerate() {
            // SAFETY: the plan was verified against stores and arenas of these sizes.
            unsafe {
                match step {
                    Step::Scalars(instructions) => memory.scalars(instructions),
                    Step::Pass(pass) => memory.pass(pass, &mut |instruction| watch(k, instruction)),
                    Step::Recurrence(step) => memory.recurrence(step),
                    Step::System(step) => memory.system(step),
                    Step::Loop(step) => memory.turns(step),
                    Step::Routine(step) => memory.routine(plan, step),
                }
            }
            if !matches!(step, Step::Pass(_)) {
                watch(k, 0);
            }
        }
    }

    /// The elements of an output after a run.
    pub(super) fn output(&self, k: usize) -> &[f64] {
        let Span { arena, offset, len } = self.plan.outputs[k];
        match arena {
            Arena::Data => &self.plan.store.numbers[offset..offset + len],
            Arena::Work => &self.work[offset..offset + len],
        }
    }
}

/// The arenas of a run.
struct Memory<'a> {
    /// By [`Arena`]; the first is never written.
    bases: [*mut f64; 2],
    lens: [usize; 2],
    positions: &'a [u32],
}

impl<'a> Memory<'a> {
    fn new(store: &'a Store, work: &'a mut AlignedBuffer) -> Self {
        let lens = [store.numbers.len(), work.len()];
        let bases = [store.numbers.as_ptr().cast_mut(), work.as_mut_ptr()];
        Memory { bases, lens, positions: &store.positions }
    }

    /// The address of `count` numbers.
    #[inline(always)]
    unsafe fn at(&self, arena: Arena, offset: usize, count: usize) -> *mut f64 {
        debug_assert!(offset + count <= self.lens[arena as usize], "{arena:?} {offset}+{count}");
        unsafe { self.bases[arena as usize].add(offset) }
    }

    /// The address of an operand in the block that begins at element `start`.
    #[inline(always)]
    unsafe fn operand(&self, operand: Operand, start: usize, count: usize) -> *mut f64 {
        let count = if operand.stride == 0 { 1 } else { count };
        unsafe { self.at(operand.arena, operand.offset + (start & operand.mask), count) }
    }

    #[inline(always)]
    unsafe fn span(&self, span: Span) -> *mut f64 {
        unsafe { self.at(span.arena, span.offset, span.len) }
    }

    /// The address of the tiles of the block that begins at row `start`.
    unsafe fn tiles(&self, tiles: Tiles, start: usize) -> *const f64 {
        unsafe { self.span(tiles.span).add(start * tiles.columns) }
    }

    /// The starts of the `count` rows from `start`, and the columns and values that they count in.
    unsafe fn sparse_rows(
        &self,
        matrix: SparseRows,
        start: usize,
        count: usize,
    ) -> (*const u32, *const u32, *const f64) {
        let SparseRows { starts, columns, values } = matrix;
        unsafe {
            let starts = self.positions(starts.offset + start, count + 1);
            (starts, self.positions(columns.offset, columns.len), self.span(values))
        }
    }

    unsafe fn positions(&self, offset: usize, count: usize) -> *const u32 {
        debug_assert!(offset + count <= self.positions.len());
        unsafe { self.positions.as_ptr().add(offset) }
    }

    unsafe fn scalars(&self, instructions: &[ScalarInstruction]) {
        for &ScalarInstruction { f, a, b, c, to } in instructions {
            unsafe {
                let at = |offset: usize| self.at(Arena::Work, offset, 1);
                let number = |offset: usize| *at(offset);
                *at(to) = match f {
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

    unsafe fn recurrence(&self, step: &RecurrenceStep) {
        let RecurrenceStep { kernel, coefficient, addend, initial, first, to } = *step;
        let stride = usize::from(coefficient.len == to.len);
        unsafe {
            let initial = *self.span(initial);
            if let Some(first) = first {
                *self.at(Arena::Work, first, 1) = initial;
            }
            (kernel.raw)(to.len, initial, self.span(coefficient), stride, self.span(addend), self.span(to));
        }
    }

    unsafe fn routine(&self, plan: &Plan, step: &RoutineStep) {
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

    unsafe fn pass(&self, pass: &Pass, watch: &mut impl FnMut(usize)) {
        unsafe {
            for &(span, value) in &pass.starts {
                std::slice::from_raw_parts_mut(self.span(span), span.len).fill(value);
            }
            for start in (0..pass.length).step_by(BLOCK) {
                let n = BLOCK.min(pass.length - start);
                for (k, instruction) in pass.instructions.iter().enumerate() {
                    self.execute(instruction, start, n);
                    watch(k);
                }
            }
        }
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
