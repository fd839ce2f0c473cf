//! The log density over unconstrained coordinates, with terms that name elements.

use std::sync::Arc;

use ppl_density::{Fault, LogDensity, Slope, Term};
use ppl_graph::passes::Condense;
use ppl_graph::{Evaluator, Graph, GraphDensity, NodeId, PlanDensity};
use ppl_math::kernels::{Isa, Kernels};

use super::Natural;
use super::draws;
use crate::bound::Bound;
use crate::hir::VarId;
use crate::names::element_name;

/// What a message needs to name an element of a term.
#[derive(Clone, Debug)]
pub(super) struct TermSource {
    /// The elements.
    pub elements: Elements,
    /// The text of the distribution.
    pub distribution: Option<String>,
}

/// The elements of a term.
#[derive(Clone, Debug)]
pub(super) enum Elements {
    /// Of a variable, at flat positions.
    Of(VarId, Arc<[u32]>),
    /// By name.
    Named(Vec<String>),
}

/// What evaluates a log density.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// Node by node, without fusion: the reference that says what is right.
    Interpreter,
    /// The graph compiled to a plan for an instruction set.
    Plan(Isa),
}

impl Machine {
    /// A short name, such as `avx512`.
    pub fn name(self) -> &'static str {
        match self {
            Machine::Interpreter => "interpreter",
            Machine::Plan(isa) => isa.name(),
        }
    }

    /// Whether this computer can be one.
    pub fn is_available(self) -> bool {
        match self {
            Machine::Interpreter => true,
            Machine::Plan(isa) => isa.is_available(),
        }
    }

    /// The machine of such a name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "interpreter" => Some(Machine::Interpreter),
            _ => Isa::from_name(name).map(Machine::Plan),
        }
    }
}

impl Default for Machine {
    /// A plan for the widest instruction set that this machine has.
    fn default() -> Self {
        Machine::Plan(Isa::detect())
    }
}

/// The log density of a program at its data.
#[derive(Clone)]
pub struct ModelDensity {
    graph: GraphDensity,
    /// Where there is one, the plan evaluates, and the graph says what is wrong.
    plan: Option<PlanDensity>,
    machine: Machine,
    condense: Condense,
    sources: Arc<[TermSource]>,
    /// The graph of the unknowns' values alone.
    values: Evaluator,
    value_nodes: Arc<[NodeId]>,
    natural: Option<Arc<Natural>>,
    bound: Arc<Bound>,
}

impl ModelDensity {
    pub(super) fn new(
        bound: Arc<Bound>,
        graph: GraphDensity,
        sources: Vec<TermSource>,
        values: Arc<Graph>,
        value_nodes: Vec<NodeId>,
    ) -> Self {
        ModelDensity {
            bound,
            graph,
            plan: None,
            machine: Machine::Interpreter,
            condense: Condense::default(),
            sources: sources.into(),
            values: Evaluator::new(values),
            value_nodes: value_nodes.into(),
            natural: None,
        }
    }

    /// Lets the density draw from the prior.
    pub(super) fn with_prior(mut self, natural: Arc<Natural>) -> Self {
        self.natural = Some(natural);
        self
    }

    /// What evaluates it.
    pub(super) fn machine(&self) -> Machine {
        self.machine
    }

    pub(super) fn condense(&self) -> Condense {
        self.condense
    }

    /// The plan, unless the interpreter evaluates.
    pub(super) fn plan(&self) -> Option<&PlanDensity> {
        self.plan.as_ref()
    }

    pub(super) fn plan_mut(&mut self) -> Option<&mut PlanDensity> {
        self.plan.as_mut()
    }

    /// The same density, evaluated by another machine.
    pub(super) fn on(mut self, machine: Machine) -> Self {
        if machine != self.machine {
            self.machine = machine;
            self.compile();
        }
        self
    }

    /// The same density, its plan compiled with other reductions of the data.
    pub(super) fn condensed(mut self, condense: Condense) -> Self {
        if condense != self.condense {
            self.condense = condense;
            self.compile();
        }
        self
    }

    fn compile(&mut self) {
        let plan = |isa| PlanDensity::of(self.graph.clone(), Kernels::for_isa(isa), self.condense);
        self.plan = match self.machine {
            Machine::Interpreter => None,
            Machine::Plan(isa) => Some(plan(isa)),
        };
    }

    /// The same density, with as many threads to share long passes over the data; results stay the same to the last bit.
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.plan = self.plan.map(|plan| plan.with_threads(threads));
        self
    }

    /// The plan, one line an instruction; nothing for the interpreter.
    pub(super) fn plan_text(&self) -> String {
        self.plan().map_or(String::new(), PlanDensity::plan_text)
    }

    pub(super) fn graph_text(&self) -> String {
        let outputs: Vec<NodeId> = self.graph.named_terms().iter().map(|t| t.node).collect();
        ppl_graph::text::print(self.graph.graph(), &outputs)
    }

    /// Calls `visit` with the values of each sampled block of unknowns at a position.
    pub(super) fn for_each_value(&mut self, position: &[f64], mut visit: impl FnMut(usize, &[f64])) {
        self.values.set_inputs(position);
        for (k, &node) in self.value_nodes.clone().iter().enumerate() {
            visit(k, self.values.value(node));
        }
    }

    /// The element of a term to blame for a value that is not finite.
    fn example(&mut self, k: usize, position: &[f64]) -> Option<String> {
        let node = self.graph.named_terms()[k].node;
        let elements = self.graph.value_at(node, position);
        let guilty = elements.iter().position(|v| !v.is_finite())?;
        let source = self.sources.get(k)?;
        let (name, value) = match &source.elements {
            Elements::Named(names) => (names.get(guilty)?.clone(), None),
            Elements::Of(var, positions) => {
                let position = *positions.get(guilty)? as usize;
                let value = self.bound.data.get(var).map(|t| t.values[position]);
                (element_name(&self.bound, *var, position), value)
            }
        };
        let value = value.map_or(String::new(), |v| format!(" = {}", readable(v)));
        let under = source.distribution.as_ref().map_or(String::new(), |d| format!(" under {d}"));
        Some(format!("{name}{value}{under}"))
    }
}

/// A value as people write it: in powers of ten where there would be many zeros.
fn readable(value: f64) -> String {
    match value.abs() {
        0.0 => value.to_string(),
        size if (1e-5..1e15).contains(&size) => value.to_string(),
        _ => format!("{value:e}"),
    }
}

impl LogDensity for ModelDensity {
    fn dim(&self) -> usize {
        self.graph.dim()
    }

    fn log_density(&mut self, position: &[f64]) -> Result<f64, Fault> {
        match &mut self.plan {
            Some(plan) => plan.log_density(position),
            None => self.graph.log_density(position),
        }
    }

    fn log_density_and_gradient(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        match &mut self.plan {
            Some(plan) => plan.log_density_and_gradient(position, gradient),
            None => self.graph.log_density_and_gradient(position, gradient),
        }
    }

    fn nanoseconds(&self) -> Option<f64> {
        self.plan.as_ref()?.nanoseconds()
    }

    fn terms(&mut self, position: &[f64]) -> Vec<Term> {
        let mut terms = self.graph.terms(position);
        for (k, term) in terms.iter_mut().enumerate() {
            if !term.value.is_finite() {
                term.example = self.example(k, position);
            }
        }
        terms
    }

    fn slopes(&mut self, position: &[f64]) -> Vec<Slope> {
        let mut slopes = self.graph.slopes(position);
        for slope in &mut slopes {
            slope.unknown = self.natural.as_ref().and_then(|natural| natural.moved_by(slope.coordinate, &self.bound));
        }
        slopes
    }

    fn draw_prior(&mut self, uniform: &mut dyn FnMut() -> f64, position: &mut [f64]) -> bool {
        match self.natural.clone() {
            Some(natural) => draws::prior(&natural, &mut draws::Uniforms(uniform), position),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_many_zeros_is_told_in_powers_of_ten() {
        let all = [0.0, -2.5, 1e-5, 1e-6, 1e308, f64::INFINITY].map(readable);
        assert_eq!(all, ["0", "-2.5", "0.00001", "1e-6", "1e308", "inf"]);
    }
}
