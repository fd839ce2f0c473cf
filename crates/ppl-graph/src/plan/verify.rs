//! Checks a plan once, so that it can run without checks.

use ppl_math::kernels::{Isa, TiledMatrix};

use super::divide::MOST;
use super::instruction::{
    Accumulator, Arena, BLOCK, Instruction, JoinStep, LoopStep, Operand, Pass, Positions, RecurrenceStep, RoutineStep,
    Span, SparseRows, Step, SystemStep, Tiles,
};
use super::layout::LINE;
use super::turn::{TurnFunction, TurnInstruction};
use super::{Plan, Store, system};

/// Checks every place that a run of the plan will touch.
///
/// # Errors
/// What is wrong with the first step that is.
pub(super) fn verify(plan: &Plan) -> Result<(), String> {
    let arenas =
        Arenas { store: &plan.store, work_len: plan.work_len, local_len: plan.local_len, part_len: plan.part_len };
    arenas.writable(plan.inputs)?;
    plan.outputs.iter().try_for_each(|&span| arenas.whole(span))?;
    require(plan.constants.iter().all(|&(offset, _)| offset < plan.work_len), "a constant is outside")?;
    for (k, step) in plan.steps.iter().enumerate() {
        arenas.step(step).map_err(|reason| format!("step {k}: {reason}"))?;
    }
    Ok(())
}

struct Arenas<'a> {
    store: &'a Store,
    work_len: usize,
    local_len: usize,
    part_len: usize,
}

impl Arenas<'_> {
    fn inside(&self, span: Span) -> Result<(), String> {
        let len = match span.arena {
            Arena::Data => self.store.numbers.len(),
            Arena::Work => self.work_len,
            Arena::Local => self.local_len,
            Arena::Part => self.part_len,
        };
        let end = span.offset.checked_add(span.len).ok_or("a place is too large")?;
        require(end <= len, &format!("{span:?} is outside"))
    }

    /// An array that lives longer than a pass.
    fn whole(&self, span: Span) -> Result<(), String> {
        require(matches!(span.arena, Arena::Data | Arena::Work), "an array is of one thread or part")?;
        self.inside(span)
    }

    fn writable(&self, span: Span) -> Result<(), String> {
        require(span.arena == Arena::Work, "a constant is written")?;
        self.inside(span)
    }

    fn step(&self, step: &Step) -> Result<(), String> {
        match step {
            Step::Scalars(instructions) => instructions.iter().try_for_each(|i| {
                require([i.a, i.b, i.c, i.to].into_iter().all(|at| at < self.work_len), "a number is outside")
            }),
            Step::Pass(pass) => self.pass(pass),
            Step::Join(step) => self.join(step),
            Step::Routine(step) => self.routine(step),
            Step::Recurrence(step) => self.recurrence(step),
            Step::System(step) => self.system(step),
            Step::Loop(step) => self.loop_over_numbers(step),
        }
    }

    fn join(&self, step: &JoinStep) -> Result<(), String> {
        self.writable(step.to)?;
        let mut len = 0;
        for &part in &step.parts {
            self.whole(part)?;
            require(!overlap(part, step.to), "an operand is overwritten")?;
            len += part.len;
        }
        require(len == step.to.len, "the parts do not fill the array")
    }

    fn recurrence(&self, step: &RecurrenceStep) -> Result<(), String> {
        let RecurrenceStep { coefficient, addend, initial, first, to, .. } = *step;
        self.writable(to)?;
        let mut written = vec![to];
        if let Some(offset) = first {
            written.push(Span { offset, len: 1, ..to });
            self.writable(written[1])?;
        }
        require(addend.len == to.len && initial.len == 1, "the lengths of a recurrence differ")?;
        require(coefficient.len == 1 || coefficient.len == to.len, "the coefficients do not fit")?;
        for span in [coefficient, addend, initial] {
            self.whole(span)?;
            require(!written.iter().any(|&to| overlap(to, span)), "an operand is overwritten")?;
        }
        require(written.len() == 1 || !overlap(written[0], written[1]), "results overlap")
    }

    fn system(&self, step: &SystemStep) -> Result<(), String> {
        let (count, to) = (step.initial.len(), step.to);
        self.writable(to)?;
        require((1..=system::MOST).contains(&count), "a system has too many carries")?;
        let square = [step.factors.len(), step.products.len()] == [count * count; 2];
        require(step.added.len() == count && square, "a system is not square")?;
        let states = step.turns.checked_add(1).and_then(|states| states.checked_mul(count));
        require(states == Some(to.len), "the states do not fit the turns")?;
        for &span in &step.initial {
            self.inside(span)?;
            require(span.len == 1 && !overlap(span, to), "a carry does not begin with one number")?;
        }
        for &operand in step.added.iter().chain(&step.factors) {
            self.operand(operand, step.turns)?;
            require(!operand.is_register(), "a system reads a block")?;
            require(!overlap(operand.span(step.turns), to), "an operand is overwritten")?;
        }
        require_fused(step.fused)
    }

    fn loop_over_numbers(&self, step: &LoopStep) -> Result<(), String> {
        let LoopStep { registers, to, turns, .. } = *step;
        self.writable(registers)?;
        self.writable(to)?;
        require(!overlap(registers, to), "registers overlap with the states")?;
        let states = turns.checked_add(1).and_then(|states| states.checked_mul(step.carries.len()));
        require(states == Some(to.len), "the states do not fit the turns")?;
        let first = step.carries.iter().map(|carry| (carry.initial, 1, carry.before));
        let each = step.each.iter().map(|&(span, register)| (span, turns, register));
        let reads = step.shared.iter().map(|&(span, register)| (span, 1, register)).chain(first).chain(each);
        let is_register = |register: u32| (register as usize) < registers.len;
        for (span, len, register) in reads {
            self.whole(span)?;
            require(span.len == len && is_register(register), "a loop reads what is not there")?;
            require(!overlap(span, registers) && !overlap(span, to), "an operand is overwritten")?;
        }
        let in_registers = |i: &TurnInstruction| match i.f {
            TurnFunction::LogSumExp => i.a.checked_add(i.b).is_some_and(|end| end as usize <= registers.len),
            _ => [i.a, i.b, i.c].into_iter().all(is_register),
        };
        let code = step.code.iter().all(|i| is_register(i.to) && in_registers(i));
        require(code && step.carries.iter().all(|carry| is_register(carry.after)), "a turn leaves its registers")?;
        require_fused(step.fused)
    }

    fn routine(&self, step: &RoutineStep) -> Result<(), String> {
        self.writable(step.to)?;
        self.writable(step.scratch)?;
        require(step.scratch.len >= step.routine.scratch_len(), "the scratch is too small")?;
        require(!overlap(step.to, step.scratch), "the scratch overlaps with the result")?;
        for &(_, span) in &step.operands {
            self.whole(span)?;
            require(!overlap(span, step.to) && !overlap(span, step.scratch), "an operand is overwritten")?;
        }
        Ok(())
    }

    fn pass(&self, pass: &Pass) -> Result<(), String> {
        pass.accumulators.iter().try_for_each(|accumulator| self.accumulator(accumulator, pass.parts > 1))?;
        let results = pass.accumulators.iter().map(|accumulator| accumulator.whole);
        let (mut written, mut read): (Vec<Span>, Vec<Span>) = Default::default();
        for instruction in &pass.instructions {
            self.instruction(instruction, pass.length).map_err(|reason| format!("{instruction:?}: {reason}"))?;
            instruction.clone().for_each_operand(|operand, writes| {
                if writes { &mut written } else { &mut read }.push(operand.span(pass.length));
            });
        }
        let unfinished =
            |whole: Span| results.clone().chain(written.iter().copied()).any(|other| overlap(whole, other));
        let mut wholes = pass.instructions.iter().filter_map(|i| i.wholes().0);
        require(!wholes.any(unfinished), "an array is read as a whole while it is written")?;
        if pass.parts == 1 { Ok(()) } else { divided(pass, &written, &read) }
    }

    fn accumulator(&self, accumulator: &Accumulator, divided: bool) -> Result<(), String> {
        let Accumulator { whole, to, .. } = *accumulator;
        self.writable(whole)?;
        self.inside(to)?;
        let fits = if divided { to.arena == Arena::Part && to.len == whole.len } else { to == whole };
        require(fits, "an accumulator does not fit the pass")
    }

    fn instruction(&self, instruction: &Instruction, length: usize) -> Result<(), String> {
        let (mut reads, mut writes) = (Vec::new(), Vec::new());
        instruction.clone().for_each_operand(
            |operand, written| {
                if written { writes.push(*operand) } else { reads.push(*operand) }
            },
        );
        reads.iter().try_for_each(|operand| self.operand(*operand, length))?;
        writes.iter().try_for_each(|operand| self.result(*operand, length))?;
        for to in &writes {
            let clash =
                |a: &Operand| overlap(a.span(length), to.span(length)) && !(instruction.works_in_place() && a == to);
            require(!reads.iter().any(clash), "a result overlaps with an operand")?;
        }
        require(writes.len() < 2 || !overlap(writes[0].span(length), writes[1].span(length)), "results overlap")?;
        self.wholes(instruction, &reads, &writes, length)?;
        self.constants(instruction, length)?;
        let arrays_only =
            !matches!(instruction, Instruction::Fill { .. } | Instruction::Binary { .. } | Instruction::Ternary { .. });
        require(!arrays_only || reads.iter().all(|a| a.stride == 1), "a number stands for an array")
    }

    fn operand(&self, operand: Operand, length: usize) -> Result<(), String> {
        let shape = (operand.mask, operand.stride);
        if operand.is_register() {
            require(shape == (0, 1) && operand.offset.is_multiple_of(LINE), "a register is misshapen")?;
            return self.inside(Span { arena: operand.arena, offset: operand.offset, len: BLOCK });
        }
        require(shape == (0, 0) || shape == (usize::MAX, 1), "an operand is misshapen")?;
        self.whole(operand.span(length))
    }

    fn result(&self, operand: Operand, length: usize) -> Result<(), String> {
        require(operand.stride == 1, "a result is a number")?;
        self.operand(operand, length)?;
        if operand.is_register() { Ok(()) } else { self.writable(operand.span(length)) }
    }

    /// Arrays that are read as a whole or added to.
    fn wholes(
        &self,
        instruction: &Instruction,
        reads: &[Operand],
        writes: &[Operand],
        length: usize,
    ) -> Result<(), String> {
        let (read, added_to) = instruction.wholes();
        if let Some(span) = read {
            self.whole(span)?;
            require(writes.iter().all(|to| !overlap(to.span(length), span)), "a result overlaps with its source")?;
        }
        if let Some(span) = added_to {
            self.inside(span)?;
            require(reads.iter().all(|a| !overlap(a.span(length), span)), "a total overlaps with its operand")?;
        }
        Ok(())
    }

    fn constants(&self, instruction: &Instruction, length: usize) -> Result<(), String> {
        match *instruction {
            Instruction::Gather { source, positions, .. } => self.positions(positions, source.len, length),
            Instruction::Scatter { positions, to, .. } => self.positions(positions, to.len, length),
            Instruction::SparseRowsTimes { matrix, vector: whole, .. }
            | Instruction::TimesSparseRows { matrix, to: whole, .. } => self.sparse_rows(matrix, whole.len, length),
            Instruction::RowsTimes { matrix, vector: whole, .. } | Instruction::TimesRows { matrix, to: whole, .. } => {
                require(whole.len == matrix.columns, "the vector does not fit the matrix")?;
                self.tiles(matrix, length)
            }
            Instruction::Reduce { to, .. } | Instruction::Dot { to, .. } => require(to.len == 1, "a total is an array"),
            _ => Ok(()),
        }
    }

    fn positions(&self, positions: Positions, size: usize, length: usize) -> Result<(), String> {
        require(positions.len == length, "positions do not fit the pass")?;
        let positions = self.stored(positions)?;
        require(positions.iter().all(|&p| (p as usize) < size), "a position is out of range")
    }

    fn stored(&self, Positions { offset, len }: Positions) -> Result<&[u32], String> {
        let end = offset.checked_add(len).ok_or("positions are too many")?;
        Ok(self.store.positions.get(offset..end).ok_or("positions are outside")?)
    }

    fn sparse_rows(&self, matrix: SparseRows, columns: usize, length: usize) -> Result<(), String> {
        self.inside(matrix.values)?;
        require(matrix.starts.len == length + 1, "the rows do not fit the pass")?;
        let starts = self.stored(matrix.starts)?;
        let covered = starts.is_sorted() && starts[length] as usize <= matrix.values.len;
        require(covered, "a row is out of range")?;
        self.positions(matrix.columns, columns, matrix.values.len)
    }

    fn tiles(&self, tiles: Tiles, length: usize) -> Result<(), String> {
        self.inside(tiles.span)?;
        let rows = length.next_multiple_of(TiledMatrix::TILE);
        let fits = tiles.rows == length && tiles.span.len >= rows * tiles.columns;
        require(fits && BLOCK.is_multiple_of(TiledMatrix::TILE), "the matrix does not fit the pass")
    }
}

fn require_fused(fused: bool) -> Result<(), String> {
    require(!fused || Isa::Avx2.is_available(), "the processor does not round products and sums together")
}

/// What threads need that run parts of a pass at the same time: what one part writes, no other reads or writes. Streams
/// are at the same element wherever they overlap, accumulators belong to the part, and their results, which are written
/// after all parts, are apart from all else.
fn divided(pass: &Pass, written: &[Span], read: &[Span]) -> Result<(), String> {
    let blocks = pass.length.div_ceil(BLOCK);
    require((2..=MOST.min(blocks)).contains(&pass.parts), "the pass cannot have so many parts")?;
    let in_memory = |span: &&Span| span.arena == Arena::Work;
    for (k, &to) in written.iter().enumerate().filter(|(_, span)| in_memory(span)) {
        let in_step = |&other: &Span| to == other || !overlap(to, other);
        require(written[..k].iter().chain(read).all(in_step), "a part reads or writes what another writes")?;
    }
    for (k, accumulator) in pass.accumulators.iter().enumerate() {
        let others = &pass.accumulators[..k];
        require(!others.iter().any(|other| overlap(other.to, accumulator.to)), "accumulators overlap")?;
        let results = others.iter().map(|other| &other.whole);
        let apart = |other: &Span| !overlap(accumulator.whole, *other);
        require(results.chain(written).chain(read).all(apart), "a result overlaps with what parts use")?;
    }
    let is_accumulator = |to: Span| pass.accumulators.iter().any(|accumulator| accumulator.to == to);
    let mut totals = pass.instructions.iter().filter_map(|instruction| instruction.wholes().1);
    require(totals.all(is_accumulator), "a total is not an accumulator of the part")
}

fn overlap(a: Span, b: Span) -> bool {
    a.arena == b.arena && a.len > 0 && b.len > 0 && a.offset < b.offset + b.len && b.offset < a.offset + a.len
}

fn require(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}
