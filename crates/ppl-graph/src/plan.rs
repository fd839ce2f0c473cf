//! A graph compiled for speed: few passes over memory, in blocks that stay in cache, by vector kernels.
//!
//! The way of a graph: [`split`] takes short axes apart, [`expand`] writes operations in terms of simpler ones, [`schedule`] puts nodes that can share a
//! pass into one step, [`places`] gives those that outlive their pass a place in memory, [`select`] turns the nodes of a
//! step into instructions, [`registers`] gives the others a block each, [`divide`] cuts long passes into parts that threads
//! may share, [`verify`] checks every address once, and [`run`] runs the instructions without further checks. The order of
//! all sums is fixed by the plan: the same position gives the same bits on every thread and on any number of threads.

mod classes;
mod cost;
mod density;
mod divide;
mod expand;
mod instruction;
mod layout;
mod loops;
mod places;
mod registers;
mod run;
mod schedule;
mod select;
mod split;
mod system;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod turn;
mod verify;

use std::sync::Arc;

use ppl_math::kernels::{AlignedBuffer, Kernels};

use crate::{Graph, NodeId};
use divide::Division;
use instruction::{BLOCK, Span, Step};
use layout::Constants;
use layout::LINE;
use places::Places;
use schedule::Schedule;

pub use density::{Footprint, PlanDensity};
use run::Machine;

/// Constants that plans of one graph share.
#[derive(Debug)]
struct Store {
    numbers: AlignedBuffer,
    positions: Box<[u32]>,
}

impl Store {
    fn bytes(&self) -> usize {
        size_of_val(&self.numbers[..]) + size_of_val(&self.positions[..])
    }
}

/// What to do, in order, to compute some nodes of a graph.
#[derive(Debug)]
struct Plan {
    graph: Arc<Graph>,
    kernels: &'static Kernels,
    store: Arc<Store>,
    inputs: Span,
    outputs: Vec<Span>,
    steps: Vec<Step>,
    /// The length of the work arena, and the numbers in it that are there from the beginning.
    work_len: usize,
    constants: Vec<(usize, f64)>,
    /// The numbers that registers take on each thread, and accumulators for each part of a divided pass.
    local_len: usize,
    part_len: usize,
}

impl Plan {
    /// One plan for each list of outputs of a graph that reads at most `dim` inputs.
    ///
    /// # Panics
    /// Where a plan fails its verification, which is a mistake in this module.
    fn compile(
        graph: &Graph,
        outputs: &[&[NodeId]],
        dim: usize,
        kernels: &'static Kernels,
        division: Division,
    ) -> Vec<Arc<Plan>> {
        let all = outputs.concat();
        let (graph, renamed) = split::split(graph, &all);
        let (graph, renamed) = expand::expand(&graph, &renamed);
        let graph = Arc::new(graph);
        let (mut constants, mut renamed) = (Constants::default(), &renamed[..]);
        let mut drafts = Vec::new();
        for outputs in outputs {
            let (own, rest) = renamed.split_at(outputs.len());
            let mut draft = Draft::new(&graph, own, dim, kernels, &mut constants);
            draft.divide(division);
            drafts.push(draft);
            renamed = rest;
        }
        let numbers = constants.numbers(&graph);
        let store = Arc::new(Store { numbers, positions: constants.positions.into() });
        drafts.into_iter().map(|draft| Arc::new(draft.finish(&graph, kernels, &store))).collect()
    }
}

fn scratch_len(step: &Step) -> usize {
    if let Step::Routine(step) = step { step.scratch.len } else { 0 }
}

/// A plan without its constants.
struct Draft {
    inputs: Span,
    outputs: Vec<Span>,
    steps: Vec<Step>,
    work_len: usize,
    constants: Vec<(usize, f64)>,
    local_len: usize,
    part_len: usize,
}

impl Draft {
    fn new(graph: &Graph, outputs: &[NodeId], dim: usize, kernels: &Kernels, constants: &mut Constants) -> Self {
        let schedule = Schedule::new(graph, outputs);
        let mut places = Places::new(graph, &schedule, constants, outputs, dim);
        let mut steps: Vec<Step> =
            schedule.steps.iter().flat_map(|nodes| select::step(&mut places, kernels, nodes)).collect();
        let mut registers = 0;
        let scratch = places.layout.own(steps.iter().map(scratch_len).max().unwrap_or(0));
        for step in &mut steps {
            match step {
                Step::Pass(pass) => registers = registers.max(registers::allocate(&mut pass.instructions)),
                Step::Routine(step) => step.scratch.offset = scratch.offset,
                Step::Scalars(_) | Step::Recurrence(_) | Step::System(_) | Step::Loop(_) | Step::Join(_) => {}
            }
        }
        Draft {
            inputs: places.inputs(),
            outputs: outputs.iter().map(|&id| places.span(id)).collect(),
            steps,
            work_len: places.layout.len(),
            constants: places.layout.constants(),
            local_len: registers * BLOCK,
            part_len: 0,
        }
    }

    /// Divides passes. Parts do not share a pair of cache lines, which some processors fetch together.
    fn divide(&mut self, division: Division) {
        for step in &mut self.steps {
            if let Step::Pass(pass) = step {
                self.part_len = self.part_len.max(division.divide(pass).next_multiple_of(2 * LINE));
            }
        }
    }

    fn finish(self, graph: &Arc<Graph>, kernels: &'static Kernels, store: &Arc<Store>) -> Plan {
        let Draft { inputs, outputs, steps, work_len, constants, local_len, part_len } = self;
        let (graph, store) = (graph.clone(), store.clone());
        let plan = Plan { graph, kernels, store, inputs, outputs, steps, work_len, constants, local_len, part_len };
        if let Err(reason) = verify::verify(&plan) {
            panic!("the plan is wrong: {reason}");
        }
        plan
    }
}
