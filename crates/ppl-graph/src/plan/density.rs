//! A compiled graph as a log density.

use std::sync::Arc;

use ppl_density::{Fault, LogDensity, Term};
use ppl_math::kernels::Kernels;

use super::{Machine, Plan};
use crate::{Graph, GraphDensity, NamedTerm, NodeId};

/// A log density with its gradient, run by a plan; a [`GraphDensity`] of the same graph says what is wrong where
/// something is.
///
/// Values and gradients are those of the interpreter up to rounding, and so are faults.
#[derive(Clone, Debug)]
pub struct PlanDensity {
    value: Machine,
    /// Value and gradient.
    both: Machine,
    reference: GraphDensity,
}

impl PlanDensity {
    /// Optimizes a graph, adds the gradient, and compiles it for kernels; nodes get other ids.
    ///
    /// # Panics
    /// Where `value` is not a scalar, or the graph reads more than `dim` inputs.
    pub fn differentiate(
        graph: &Graph,
        value: NodeId,
        dim: usize,
        terms: &[NamedTerm],
        kernels: &'static Kernels,
    ) -> Self {
        Self::of(GraphDensity::differentiate(graph, value, dim, terms), kernels)
    }

    /// Compiles the graph of a density for kernels.
    ///
    /// # Panics
    /// Where the density has no gradient.
    pub fn of(reference: GraphDensity, kernels: &'static Kernels) -> Self {
        let (value, gradient) = reference.outputs();
        let gradient = gradient.expect("a density with a gradient");
        let outputs: [&[NodeId]; 2] = [&[value], &[value, gradient]];
        let plans = Plan::compile(reference.graph(), &outputs, reference.dim(), kernels);
        let [value, both] = [0, 1].map(|k: usize| Machine::new(Arc::clone(&plans[k])));
        PlanDensity { value, both, reference }
    }

    /// The interpreter's density of the same graph.
    pub fn reference(&self) -> &GraphDensity {
        &self.reference
    }

    /// The graph, as it was before it was compiled.
    pub fn graph(&self) -> &Arc<Graph> {
        self.reference.graph()
    }

    /// The summands, with the ids that they have in [`Self::graph`].
    pub fn named_terms(&self) -> &[NamedTerm] {
        self.reference.named_terms()
    }

    /// The elements of any node of [`Self::graph`] at a position, by the interpreter.
    pub fn value_at(&mut self, node: NodeId, position: &[f64]) -> &[f64] {
        self.reference.value_at(node, position)
    }

    /// The plan of value and gradient, one line an instruction.
    pub fn plan_text(&self) -> String {
        self.both.plan().to_string()
    }

    /// Where the time of a value and gradient at a position goes: each line of the plan with the time that it took, in
    /// the unit of `clock`, which returns a growing number. A step of scalars is one line.
    pub fn profile(&mut self, position: &[f64], clock: &mut dyn FnMut() -> f64) -> Vec<(String, f64)> {
        let plan = self.both.plan().clone();
        let mut lines: Vec<Vec<(String, f64)>> = plan.steps.iter().map(|step| plan.profile_lines(step)).collect();
        let mut before = clock();
        self.both.run_watched(position, &mut |step, instruction| {
            let now = clock();
            lines[step][instruction].1 += now - before;
            before = clock();
        });
        lines.concat()
    }

    /// The value, judged; the interpreter finds the guilty summand.
    fn judge(&mut self, value: f64, position: &[f64]) -> Result<f64, Fault> {
        if value.is_nan() || value == f64::INFINITY {
            return self.reference.judge_at(value, position);
        }
        Ok(value)
    }
}

impl LogDensity for PlanDensity {
    fn dim(&self) -> usize {
        self.reference.dim()
    }

    fn log_density(&mut self, position: &[f64]) -> Result<f64, Fault> {
        self.value.run(position);
        let value = self.value.output(0)[0];
        self.judge(value, position)
    }

    /// Where the log density is −∞ there is no gradient, and the buffer is NaN.
    fn log_density_and_gradient(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        self.both.run(position);
        let value = self.both.output(0)[0];
        if !value.is_finite() {
            gradient.fill(f64::NAN);
            return self.judge(value, position);
        }
        gradient.copy_from_slice(self.both.output(1));
        match gradient.iter().position(|x| x.is_nan()) {
            Some(k) => Err(Fault::Reject(format!("the gradient is not a number in direction {k}"))),
            None => Ok(value),
        }
    }

    fn terms(&mut self, position: &[f64]) -> Vec<Term> {
        self.reference.terms(position)
    }
}
