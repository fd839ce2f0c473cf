//! A compiled graph as a log density.

use std::sync::Arc;

use ppl_density::{Fault, LogDensity, Slope, Term};
use ppl_math::kernels::Kernels;

use super::{Division, Machine, Plan};
use crate::passes::{Condense, CondenseNote, condense, optimize};
use crate::{Graph, GraphDensity, NamedTerm, NodeId, Origin, gradient};

/// Bytes of memory that a plan takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footprint {
    /// Data and positions, shared by all chains.
    pub constants: usize,
    /// What each chain works in.
    pub work: usize,
}

/// A log density with its gradient, run by a plan; a [`GraphDensity`] of the same graph says what is wrong where
/// something is.
///
/// Values and gradients are those of the interpreter up to rounding, and so are faults. The plan may be of a graph whose
/// data has been reduced ([`condense`]); the interpreter's graph is never reduced.
#[derive(Clone, Debug)]
pub struct PlanDensity {
    value: Machine,
    /// Value and gradient.
    both: Machine,
    reference: GraphDensity,
    notes: Arc<[CondenseNote]>,
}

impl PlanDensity {
    /// Optimizes a graph, adds the gradient, and compiles it for kernels, all data as it is; nodes get other ids.
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
        Self::of(GraphDensity::differentiate(graph, value, dim, terms), kernels, Condense::none())
    }

    /// Compiles the graph of a density for kernels, with such reductions of its data as pay.
    ///
    /// # Panics
    /// Where the density has no gradient.
    pub fn of(reference: GraphDensity, kernels: &'static Kernels, choice: Condense) -> Self {
        let (value, slope) = reference.outputs();
        let slope = slope.expect("a density with a gradient");
        let condensed = condense(reference.graph(), value, choice);
        let compile = |graph: &Graph, value: NodeId, slope: NodeId| {
            Plan::compile(graph, &[&[value], &[value, slope]], reference.dim(), kernels, Division::default())
        };
        let plans = match condensed.notes.iter().any(|note| note.rewrite.is_made()) {
            true => {
                let (graph, [value, slope]) = differentiated(&condensed.graph, condensed.value, reference.dim());
                compile(&graph, value, slope)
            }
            false => compile(reference.graph(), value, slope),
        };
        let [value, both] = [0, 1].map(|k: usize| Machine::new(Arc::clone(&plans[k])));
        PlanDensity { value, both, reference, notes: condensed.notes.into() }
    }

    /// What became of the sums over rows of data.
    pub fn notes(&self) -> &[CondenseNote] {
        &self.notes
    }

    /// The same with as many threads to share the long passes over data of one evaluation, the caller's among them; 1
    /// from the beginning.
    ///
    /// The number does not change a bit of any result. Threads start with the first evaluation that has work for them,
    /// wait busily for some tens of microseconds after their last, and sleep then; a clone has threads of its own. Where
    /// the system refuses a thread, there is one less.
    pub fn with_threads(self, threads: usize) -> Self {
        PlanDensity { value: self.value.with_threads(threads), both: self.both.with_threads(threads), ..self }
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

    /// The plan of value and gradient, one line an instruction, below a line for each reduction of data.
    pub fn plan_text(&self) -> String {
        let notes: String = self.reductions().iter().map(|note| format!("# {note}\n")).collect();
        notes + &self.both.plan().to_string()
    }

    /// The notes as text, each with the name of its summand.
    pub fn reductions(&self) -> Vec<String> {
        self.notes.iter().map(|note| format!("{}: {note}", self.name_of(note.origin))).collect()
    }

    /// The name of the summand that a statement gives, or its number.
    fn name_of(&self, origin: Origin) -> String {
        let term = self.named_terms().iter().find(|term| term.origin == origin);
        term.map_or_else(|| format!("@{}", origin.0), |term| term.name.clone())
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

    /// Bytes of memory that a plan takes.
    pub fn footprint(&self) -> Footprint {
        let [value, both] = [self.value.plan(), self.both.plan()];
        Footprint { constants: both.store.bytes(), work: (value.work_len + both.work_len) * size_of::<f64>() }
    }

    /// The value, judged; the interpreter finds the guilty summand.
    fn judge(&mut self, value: f64, position: &[f64]) -> Result<f64, Fault> {
        if value.is_nan() || value == f64::INFINITY {
            return self.reference.judge_at(value, position);
        }
        Ok(value)
    }
}

/// A graph with the gradient of its value, optimized, and the two nodes.
fn differentiated(graph: &Graph, value: NodeId, dim: usize) -> (Graph, [NodeId; 2]) {
    let (mut graph, outputs) = optimize(graph, &[value]);
    let slope = gradient(&mut graph, outputs[0], dim);
    let (graph, outputs) = optimize(&graph, &[outputs[0], slope]);
    (graph, [outputs[0], outputs[1]])
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

    fn nanoseconds(&self) -> Option<f64> {
        super::cost::of_plan(self.value.plan())
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
        Ok(value)
    }

    fn terms(&mut self, position: &[f64]) -> Vec<Term> {
        self.reference.terms(position)
    }

    fn slopes(&mut self, position: &[f64]) -> Vec<Slope> {
        self.reference.slopes(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tensor;

    /// Σ ln(1 + exp(b·x)) over rows of x, on the statement `y (2:1)`.
    fn reference(x: Vec<f64>) -> GraphDensity {
        let mut g = Graph::new();
        g.set_origin(Origin(2));
        let slope = g.input(0, []);
        let x = g.data(Tensor::new([x.len()], x));
        let line = g.mul(slope, x);
        let losses = g.softplus(line);
        let value = g.sum(losses);
        let term = NamedTerm { name: "y (2:1)".into(), origin: Origin(2), node: losses };
        GraphDensity::differentiate(&g, value, 1, &[term])
    }

    fn of(reference: &GraphDensity, choice: Condense) -> PlanDensity {
        PlanDensity::of(reference.clone(), Kernels::detect(), choice)
    }

    #[test]
    fn reductions_stand_at_the_head_of_the_plan() {
        let reference = reference((0..100).map(|row| f64::from(row % 3)).collect());
        let mut reduced = of(&reference, Condense::default());
        assert!(reduced.plan_text().starts_with("# y (2:1): 100 rows, 3 distinct\n"), "{}", reduced.plan_text());
        let mut whole = of(&reference, Condense::none());
        assert!(whole.notes().is_empty() && !whole.plan_text().contains('#'));
        let (mut slope, mut expected) = ([0.0], [0.0]);
        let value = reduced.log_density_and_gradient(&[0.3], &mut slope).unwrap();
        let direct = whole.log_density_and_gradient(&[0.3], &mut expected).unwrap();
        assert!((value - direct).abs() < 1e-10 && (slope[0] - expected[0]).abs() < 1e-10);
    }

    #[test]
    fn the_plan_of_a_model_without_equal_rows_is_the_same() {
        let reference = reference((0..100).map(|row| f64::from(row) * 0.01).collect());
        let reduced = of(&reference, Condense::default()).plan_text();
        let plan = reduced.strip_prefix("# y (2:1): 100 rows, kept: too few are equal\n");
        assert_eq!(plan, Some(&*of(&reference, Condense::none()).plan_text()));
    }
}
