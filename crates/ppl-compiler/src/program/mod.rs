//! A program with its data, ready to run: a log density, the rows it stores, and points by name.

mod build;
mod columns;
mod density;
mod draws;
mod evaluation;
mod output;
mod places;
mod point;
mod start;
mod unknowns;

use std::sync::Arc;

use ppl_diagnostic::{Diagnosed, Diagnostic, Sources};
use ppl_graph::passes::Condense;
use ppl_graph::{Footprint, Graph, NodeId, PlanDensity};

use crate::bound::Bound;
use crate::hir::VarId;
use crate::lower::LatentBlock;
pub use columns::{ColumnKind, OutputColumn};
pub use density::{Machine, ModelDensity};
pub use evaluation::Evaluation;
pub use output::ModelOutput;
pub use unknowns::Unknowns;

/// A program with its data.
#[derive(Clone)]
pub struct Program {
    bound: Arc<Bound>,
    natural: Arc<Natural>,
    density: ModelDensity,
    columns: Arc<[OutputColumn]>,
    /// The graph over unconstrained coordinates as lowered, with its terms.
    raw: Arc<(Graph, Vec<NodeId>)>,
}

/// The graph over all unknowns as they are named.
struct Natural {
    graph: Arc<Graph>,
    /// How many inputs it has.
    inputs: usize,
    /// The unknowns; where they are sampled, with their place among the coordinates.
    unknowns: Vec<Unknown>,
    /// Summands of the log density of sampled unknowns and outcomes.
    terms: Vec<ppl_graph::NamedTerm>,
    /// The gradient of their sum in all inputs.
    gradient: NodeId,
    /// One node a variable of the output.
    reports: Vec<(VarId, NodeId)>,
}

/// One block of unknowns.
struct Unknown {
    block: LatentBlock,
    /// First coordinate and number of coordinates; none where it is simulated.
    coordinates: Option<(usize, usize)>,
}

/// Which graph to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// As lowered from the program.
    Graph,
    /// After the passes, with the gradient.
    Optimized,
    /// The instructions that compute value and gradient.
    Plan,
}

/// Lowers a bound program to its graphs, its log density to be evaluated by `machine`.
///
/// Errors: what only the data show (an outcome outside its support, an index out of range, a requirement that does
/// not hold), and programs with nothing to sample.
pub fn lower(bound: Bound, sources: &Sources, machine: Machine) -> Diagnosed<Program> {
    build::program(bound, sources, machine)
}

impl Program {
    /// How many unconstrained coordinates there are.
    pub fn dim(&self) -> usize {
        ppl_density::LogDensity::dim(&self.density)
    }

    /// The same program, its log density evaluated by another machine.
    pub fn on(mut self, machine: Machine) -> Self {
        self.density = self.density.on(machine);
        self
    }

    /// The same program, with such reductions of its data in the plan; by default all of them. Values stay the same up to
    /// rounding, and [`Machine::Interpreter`] knows none.
    pub fn condensed(mut self, condense: Condense) -> Self {
        self.density = self.density.condensed(condense);
        self
    }

    /// What evaluates the log density.
    pub fn machine(&self) -> Machine {
        self.density.machine()
    }

    /// The reductions of data in the plan.
    pub fn condense(&self) -> Condense {
        self.density.condense()
    }

    /// Bytes of memory that the plan takes; none for the interpreter.
    pub fn footprint(&self) -> Option<Footprint> {
        self.density.plan().map(PlanDensity::footprint)
    }

    /// What became of each sum over rows of data, one a line; nothing for the interpreter.
    pub fn reductions(&self) -> Vec<String> {
        self.density.plan().map_or(Vec::new(), PlanDensity::reductions)
    }

    /// Where the time of a value and gradient at a position goes: each line of the plan with the time that it took, in
    /// the unit of `clock`, which returns a growing number. Nothing for the interpreter.
    pub fn profile(&mut self, position: &[f64], clock: &mut dyn FnMut() -> f64) -> Vec<(String, f64)> {
        self.density.plan_mut().map_or(Vec::new(), |plan| plan.profile(position, clock))
    }

    /// The log density over unconstrained coordinates.
    pub fn density(&self) -> ModelDensity {
        self.density.clone()
    }

    /// What a draw stores: one number for each of [`Program::columns`].
    pub fn output(&self) -> ModelOutput {
        ModelOutput::new(self)
    }

    /// The columns of a stored draw.
    pub fn columns(&self) -> &[OutputColumn] {
        &self.columns
    }

    /// The program's own documentation.
    pub fn doc(&self) -> Option<&str> {
        self.bound.hir.doc.as_deref()
    }

    /// The textual form of the graph.
    pub fn graph_text(&self, stage: Stage) -> String {
        match stage {
            Stage::Graph => ppl_graph::text::print(&self.raw.0, &self.raw.1),
            Stage::Optimized => self.density.graph_text(),
            Stage::Plan => self.density.plan_text(),
        }
    }

    /// Names of the sampled unknowns' elements, in the order of their natural values.
    fn names_of(&self, unknown: &Unknown) -> Vec<String> {
        let block = &unknown.block;
        block.positions.iter().map(|&p| crate::names::element_name(&self.bound, block.var, p as usize)).collect()
    }
}

impl Natural {
    /// The sampled unknowns, in the order of their coordinates.
    fn sampled(&self) -> impl Iterator<Item = (&LatentBlock, (usize, usize))> {
        self.unknowns.iter().filter_map(|u| u.coordinates.map(|c| (&u.block, c)))
    }

    /// The name of the unknown that moves with a coordinate: an element, or where each element depends on several
    /// coordinates, as those of a simplex do, the variable.
    fn moved_by(&self, coordinate: usize, bound: &Bound) -> Option<String> {
        let (block, (offset, len)) =
            self.sampled().find(|&(_, (offset, len))| (offset..offset + len).contains(&coordinate))?;
        match block.positions.get(coordinate - offset).filter(|_| block.len == len) {
            Some(&position) => Some(crate::names::element_name(bound, block.var, position as usize)),
            None => Some(bound.hir.vars[block.var.0].name.clone()),
        }
    }
}

/// A diagnosis without a value.
fn refused<T>(diagnostics: Vec<Diagnostic>) -> Diagnosed<T> {
    Diagnosed { value: None, diagnostics }
}
