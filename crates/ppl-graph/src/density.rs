//! A graph as a log density.

use std::sync::Arc;

use ppl_density::{Fault, LogDensity, Slope, Term};

use crate::passes::optimize;
use crate::{Evaluator, Graph, NodeId, Origin, gradient};

/// A summand of a log density, for messages.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedTerm {
    /// What to call it, such as `y (17:1)`.
    pub name: String,
    /// The statement that it comes from.
    pub origin: Origin,
    /// Its value; the elements of an array add up.
    pub node: NodeId,
}

/// A log density whose value, and gradient where it has one, are nodes of a graph, run by the reference interpreter.
///
/// NaN and +∞ reject the position and name the first summand to blame. A density may well be +∞ at the end of its
/// support, as beta(½, ½) is, and a coordinate far out rounds onto that end: one such position must not end a chain.
#[derive(Clone, Debug)]
pub struct GraphDensity {
    evaluator: Evaluator,
    value: NodeId,
    gradient: Option<NodeId>,
    dim: usize,
    terms: Arc<[NamedTerm]>,
    slopes: Option<Box<Slopes>>,
}

/// The gradient of each summand alone.
#[derive(Clone, Debug)]
struct Slopes {
    evaluator: Evaluator,
    gradients: Vec<NodeId>,
}

impl Slopes {
    fn of(density: &GraphDensity) -> Self {
        let mut graph = Graph::clone(density.graph());
        let gradient_of = |term: &NamedTerm| {
            let total = graph.sum(term.node);
            gradient(&mut graph, total, density.dim)
        };
        let gradients: Vec<NodeId> = density.terms.iter().map(gradient_of).collect();
        let (graph, gradients) = optimize(&graph, &gradients);
        Slopes { evaluator: Evaluator::new(Arc::new(graph)), gradients }
    }
}

impl GraphDensity {
    /// A density of `dim` numbers from a graph that holds its scalar `value` and, where it exists, its `gradient` of
    /// shape `[dim]`.
    ///
    /// # Panics
    /// Where the shapes do not fit, or the graph reads more than `dim` inputs.
    pub fn new(
        graph: Arc<Graph>,
        value: NodeId,
        gradient: Option<NodeId>,
        dim: usize,
        terms: impl Into<Arc<[NamedTerm]>>,
    ) -> Self {
        assert!(graph.shape(value).is_scalar() && graph.inputs_len() <= dim);
        assert!(gradient.is_none_or(|id| graph.shape(id)[..] == [dim]));
        GraphDensity { evaluator: Evaluator::new(graph), value, gradient, dim, terms: terms.into(), slopes: None }
    }

    /// Optimizes a graph, adds the gradient, and makes a density of it; nodes get other ids.
    pub fn differentiate(graph: &Graph, value: NodeId, dim: usize, terms: &[NamedTerm]) -> Self {
        let outputs: Vec<NodeId> = [value].into_iter().chain(terms.iter().map(|term| term.node)).collect();
        let (mut graph, mut outputs) = optimize(graph, &outputs);
        outputs.push(gradient(&mut graph, outputs[0], dim));
        let (graph, outputs) = optimize(&graph, &outputs);
        let renamed = |(term, &node): (&NamedTerm, &NodeId)| NamedTerm { node, ..term.clone() };
        let terms: Vec<NamedTerm> = terms.iter().zip(&outputs[1..]).map(renamed).collect();
        Self::new(Arc::new(graph), outputs[0], outputs.last().copied(), dim, terms)
    }

    /// The graph.
    pub fn graph(&self) -> &Arc<Graph> {
        self.evaluator.graph()
    }

    /// The summands, with the ids that they have in [`Self::graph`].
    pub fn named_terms(&self) -> &[NamedTerm] {
        &self.terms
    }

    /// The elements of any node at a position.
    pub fn value_at(&mut self, node: NodeId, position: &[f64]) -> &[f64] {
        self.evaluator.set_inputs(position);
        self.evaluator.value(node)
    }

    /// The nodes of the value and the gradient.
    pub(crate) fn outputs(&self) -> (NodeId, Option<NodeId>) {
        (self.value, self.gradient)
    }

    /// The fault of a value that is none, with the summand to blame at a position.
    pub(crate) fn judge_at(&mut self, value: f64, position: &[f64]) -> Result<f64, Fault> {
        self.evaluator.set_inputs(position);
        self.judge(value)
    }

    /// The value of a summand at the current position.
    fn term_value(&mut self, k: usize) -> f64 {
        let node = self.terms[k].node;
        self.evaluator.value(node).iter().sum()
    }

    /// The name of the first summand whose value is as told.
    fn first_term(&mut self, guilty: impl Fn(f64) -> bool) -> String {
        let found = (0..self.terms.len()).find(|&k| guilty(self.term_value(k)));
        found.map_or_else(|| "the log density".into(), |k| self.terms[k].name.clone())
    }

    /// The value, judged.
    fn judge(&mut self, value: f64) -> Result<f64, Fault> {
        if value.is_nan() {
            return Err(Fault::Reject(format!("{} is not a number", self.first_term(f64::is_nan))));
        }
        if value == f64::INFINITY {
            let name = self.first_term(|value| value == f64::INFINITY);
            return Err(Fault::Reject(format!("{name} is +∞ here")));
        }
        Ok(value)
    }
}

impl LogDensity for GraphDensity {
    fn dim(&self) -> usize {
        self.dim
    }

    fn log_density(&mut self, position: &[f64]) -> Result<f64, Fault> {
        self.evaluator.set_inputs(position);
        let value = self.evaluator.scalar(self.value);
        self.judge(value)
    }

    /// Where the log density is −∞ there is no gradient, and the buffer is NaN; [`LogDensity::slopes`] tells more of
    /// components that are not finite where it is finite.
    fn log_density_and_gradient(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        let value = self.log_density(position)?;
        let Some(node) = self.gradient.filter(|_| value.is_finite()) else {
            gradient.fill(f64::NAN);
            return Ok(value);
        };
        gradient.copy_from_slice(self.evaluator.value(node));
        Ok(value)
    }

    fn has_gradient(&self) -> bool {
        self.gradient.is_some()
    }

    fn terms(&mut self, position: &[f64]) -> Vec<Term> {
        self.evaluator.set_inputs(position);
        (0..self.terms.len())
            .map(|k| Term { name: self.terms[k].name.clone(), value: self.term_value(k), example: None })
            .collect()
    }

    fn slopes(&mut self, position: &[f64]) -> Vec<Slope> {
        let mut slopes = self.slopes.take().unwrap_or_else(|| Box::new(Slopes::of(self)));
        slopes.evaluator.set_inputs(position);
        let found = slopes.gradients.iter().zip(self.terms.iter()).filter_map(|(&node, term)| {
            let gradient = slopes.evaluator.value(node);
            let coordinate = gradient.iter().position(|component| !component.is_finite())?;
            Some(Slope { name: term.name.clone(), coordinate, unknown: None, value: gradient[coordinate] })
        });
        let found = found.collect();
        self.slopes = Some(slopes);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ln x summed over two inputs, and −y² for a third.
    fn density() -> GraphDensity {
        let mut g = Graph::new();
        let (x, y) = (g.input(0, [2]), g.input(2, []));
        let log = g.log(x);
        let square = g.square(y);
        let minus = g.neg(square);
        let total = g.sum(log);
        let value = g.add(total, minus);
        let term = |name: &str, node| NamedTerm { name: name.into(), origin: Origin(0), node };
        GraphDensity::differentiate(&g, value, 3, &[term("x (1:1)", log), term("y (2:1)", minus)])
    }

    #[test]
    fn value_and_gradient_come_together() {
        let mut density = density();
        let mut gradient = [0.0; 3];
        let value = density.log_density_and_gradient(&[1.0, 2.0, 3.0], &mut gradient).unwrap();
        assert_eq!((value, gradient), (2f64.ln() - 9.0, [1.0, 0.5, -6.0]));
        assert_eq!(density.clone().log_density(&[1.0, 1.0, 1.0]), Ok(-1.0));
    }

    #[test]
    fn zero_density_is_a_value() {
        let mut density = density();
        let mut gradient = [0.0; 3];
        assert_eq!(density.log_density_and_gradient(&[0.0, 2.0, 3.0], &mut gradient), Ok(f64::NEG_INFINITY));
        assert!(gradient.iter().all(|x| x.is_nan()));
    }

    #[test]
    fn not_a_number_rejects_and_names_the_term() {
        let mut density = density();
        let fault = density.log_density(&[-1.0, 1.0, 0.0]);
        assert_eq!(fault, Err(Fault::Reject("x (1:1) is not a number".into())));
    }

    #[test]
    fn infinite_density_rejects_and_names_the_term() {
        let mut density = density();
        let fault = density.log_density(&[f64::INFINITY, 1.0, 0.0]);
        assert_eq!(fault, Err(Fault::Reject("x (1:1) is +∞ here".into())));
    }

    #[test]
    fn terms_add_up_to_the_density() {
        let mut density = density();
        let terms = density.terms(&[2.0, 3.0, 1.0]);
        let names: Vec<&str> = terms.iter().map(|term| term.name.as_str()).collect();
        assert_eq!(names, ["x (1:1)", "y (2:1)"]);
        let total: f64 = terms.iter().map(|term| term.value).sum();
        assert_eq!(Ok(total), density.log_density(&[2.0, 3.0, 1.0]));
        let node = density.named_terms()[0].node;
        assert_eq!(density.value_at(node, &[1.0, 0.0, 1.0]), [0.0, f64::NEG_INFINITY]);
    }

    #[test]
    fn a_gradient_that_is_not_finite_has_its_term_and_coordinate() {
        let mut g = Graph::new();
        let (x, y) = (g.input(0, []), g.input(1, []));
        let (root, square) = (g.sqrt(y), g.square(x));
        let value = g.add(root, square);
        let term = |name: &str, node| NamedTerm { name: name.into(), origin: Origin(0), node };
        let mut density = GraphDensity::differentiate(&g, value, 2, &[term("x (1:1)", square), term("y (2:1)", root)]);
        let mut gradient = [0.0; 2];
        assert_eq!(density.log_density_and_gradient(&[1.0, 0.0], &mut gradient), Ok(1.0));
        assert_eq!(gradient, [2.0, f64::INFINITY]);
        let guilty = Slope { name: "y (2:1)".into(), coordinate: 1, unknown: None, value: f64::INFINITY };
        assert_eq!(density.slopes(&[1.0, 0.0]), [guilty]);
        assert_eq!(density.slopes(&[1.0, 1.0]), []);
    }

    #[test]
    fn densities_of_nothing_have_a_value() {
        let mut g = Graph::new();
        let value = g.constant(1.5);
        let mut density = GraphDensity::differentiate(&g, value, 0, &[]);
        assert_eq!(density.log_density_and_gradient(&[], &mut []), Ok(1.5));
    }

    #[test]
    fn densities_cross_threads() {
        fn sent<T: Send + Clone>(_: &T) {}
        sent(&density());
    }
}
