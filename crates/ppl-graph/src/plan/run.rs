//! The runner of plans, and the one place of the crate with unsafe code.
//!
//! It relies on what [`super::verify`] has checked when the plan was made: every span lies in its arena, constants are
//! never written, what an instruction writes overlaps with nothing that it reads (but for results that take the place of
//! an operand, exactly), and constant positions are in range. Debug builds check the ranges on each call too.
//!
//! Threads share a divided pass. Registers belong to a thread and accumulators to a part; of the rest, parts write only
//! the elements of streams that are theirs, and nobody reads in a part what another may write. All other steps run on the
//! owner's thread while the helpers do nothing.
#![allow(unsafe_code)]

mod crew;
mod execute;
mod memory;
mod systems;
mod turns;

use std::sync::Arc;

use ppl_math::kernels::AlignedBuffer;

use super::Plan;
use super::instruction::{Arena, Pass, Span, Step};
use crew::Crew;
use memory::{Memory, Shared};

/// A plan with memory to run it in, and threads that share long passes.
#[derive(Debug)]
pub(super) struct Machine {
    shared: Arc<Shared>,
    local: AlignedBuffer,
    threads: usize,
    /// Hired when first needed.
    crew: Option<Crew>,
}

/// A clone has memory of its own, and threads of its own once it needs them.
impl Clone for Machine {
    fn clone(&self) -> Self {
        Machine::new(self.plan().clone()).with_threads(self.threads)
    }
}

impl Machine {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        let local = AlignedBuffer::zeros(plan.local_len);
        Machine { shared: Arc::new(Shared::new(plan)), local, threads: 1, crew: None }
    }

    /// The same with as many threads, the caller's among them.
    pub(super) fn with_threads(self, threads: usize) -> Self {
        Machine { threads, crew: None, ..self }
    }

    pub(super) fn plan(&self) -> &Arc<Plan> {
        &self.shared.plan
    }

    /// Computes all outputs at a position.
    pub(super) fn run(&mut self, inputs: &[f64]) {
        self.begin(inputs);
        let Machine { shared, local, threads, crew } = self;
        let memory = Memory::new(shared, local);
        for (k, step) in shared.plan.steps.iter().enumerate() {
            match step {
                Step::Pass(pass) if pass.parts > 1 && *threads > 1 => {
                    let crew = crew.get_or_insert_with(|| hire(shared, *threads - 1));
                    // SAFETY: each part is given out once, and the helpers are done before the parts are joined.
                    unsafe {
                        crew.share(k, pass.parts, |part| memory.of_part(part).part(pass, part, &mut |_| {}));
                        memory.join(pass);
                    }
                }
                // SAFETY: no helper is at work.
                _ => unsafe { alone(&memory, &shared.plan, step, &mut |_| {}) },
            }
        }
    }

    /// The same on the calling thread alone, and calls `watch` with the step and the instruction in it after each that
    /// was run: after every block of a pass, once for a routine or all scalars of a step.
    pub(super) fn run_watched(&mut self, inputs: &[f64], watch: &mut impl FnMut(usize, usize)) {
        self.begin(inputs);
        let memory = Memory::new(&self.shared, &mut self.local);
        let plan = &self.shared.plan;
        for (k, step) in plan.steps.iter().enumerate() {
            // SAFETY: no helper is at work.
            unsafe { alone(&memory, plan, step, &mut |instruction| watch(k, instruction)) };
            if !matches!(step, Step::Pass(_)) {
                watch(k, 0);
            }
        }
    }

    fn begin(&mut self, inputs: &[f64]) {
        let Span { offset, len, .. } = self.plan().inputs;
        assert_eq!(inputs.len(), len, "the position does not fit the plan");
        // SAFETY: no helper is at work.
        unsafe { self.shared.work.write(offset, inputs) };
    }

    /// The elements of an output after a run.
    pub(super) fn output(&self, k: usize) -> &[f64] {
        let Span { arena, offset, len } = self.plan().outputs[k];
        match arena {
            Arena::Data => &self.plan().store.numbers[offset..offset + len],
            // SAFETY: only a run writes, which needs the machine for itself.
            _ => unsafe { self.shared.work.read(offset, len) },
        }
    }
}

/// Threads that take parts of passes.
fn hire(shared: &Arc<Shared>, count: usize) -> Crew {
    Crew::new((0..count).map(|_| {
        let (shared, mut local) = (shared.clone(), AlignedBuffer::zeros(shared.plan.local_len));
        move |step: usize, part: usize| {
            let Step::Pass(pass) = &shared.plan.steps[step] else { unreachable!("passes alone are shared") };
            // SAFETY: the part was given to this thread, and the owner waits for its end.
            unsafe { Memory::new(&shared, &mut local).of_part(part).part(pass, part, &mut |_| {}) };
        }
    }))
}

/// Runs a step on one thread.
///
/// # Safety
/// The memory is of the plan, and no other thread uses it.
unsafe fn alone(memory: &Memory, plan: &Plan, step: &Step, watch: &mut impl FnMut(usize)) {
    unsafe {
        match step {
            Step::Scalars(instructions) => memory.scalars(instructions),
            Step::Recurrence(step) => memory.recurrence(step),
            Step::System(step) => memory.system(step),
            Step::Loop(step) => memory.turns(step),
            Step::Join(step) => memory.lay_side_by_side(step),
            Step::Routine(step) => memory.routine(plan, step),
            Step::Pass(pass) if pass.parts == 1 => memory.part(pass, 0, watch),
            Step::Pass(pass) => whole(memory, pass, watch),
        }
    }
}

/// Runs all parts of a divided pass, as threads would.
///
/// # Safety
/// As for [`alone`].
unsafe fn whole(memory: &Memory, pass: &Pass, watch: &mut impl FnMut(usize)) {
    unsafe {
        (0..pass.parts).for_each(|part| memory.of_part(part).part(pass, part, watch));
        memory.join(pass);
    }
}
