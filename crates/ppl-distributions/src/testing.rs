//! What the tests of this crate share: evaluation of families at numbers, quadrature, a table of cases.

use std::sync::Arc;

use ppl_graph::{Evaluator, Graph, NodeId, Tensor};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::{Domain, Family, family};

/// A family with arguments (scalars, vectors, row-major matrices).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) family: &'static str,
    pub(crate) arguments: &'static [&'static [f64]],
    /// Values with a positive density, of which vectors are one after the other.
    pub(crate) inside: &'static [f64],
    /// Values outside the support.
    pub(crate) outside: &'static [f64],
}

impl Case {
    pub(crate) fn family(&self) -> &'static dyn Family {
        family(self.family).expect("the table names families")
    }

    /// The arguments of a univariate family.
    pub(crate) fn scalars(&self) -> Vec<f64> {
        self.arguments.iter().map(|a| a[0]).collect()
    }
}

pub(crate) fn rng(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// The shape of an argument of a domain that holds so many numbers.
pub(crate) fn argument_shape(domain: Domain, len: usize) -> Vec<usize> {
    match domain {
        Domain::Real | Domain::Positive | Domain::Unit | Domain::Count => vec![],
        Domain::Covariance | Domain::CholeskyFactor => vec![len.isqrt(), len.isqrt()],
        _ => vec![len],
    }
}

/// A graph in which x and the arguments are inputs, x first.
pub(crate) struct Stage {
    pub(crate) graph: Graph,
    pub(crate) x: NodeId,
    pub(crate) arguments: Vec<NodeId>,
    pub(crate) inputs: Vec<f64>,
}

impl Stage {
    pub(crate) fn new(family: &dyn Family, arguments: &[&[f64]], x: &[f64], shape: &[usize]) -> Stage {
        let mut graph = Graph::new();
        let mut inputs = x.to_vec();
        let x = graph.input(0, shape.to_vec());
        let nodes = family.parameters().iter().zip(arguments).map(|(parameter, values)| {
            let shape = argument_shape(parameter.domain, values.len());
            let node = graph.input(inputs.len(), shape);
            inputs.extend_from_slice(values);
            node
        });
        let arguments = nodes.collect();
        Stage { graph, x, arguments, inputs }
    }

    pub(crate) fn values(&self, node: NodeId) -> Vec<f64> {
        let mut evaluator = Evaluator::new(Arc::new(self.graph.clone()));
        evaluator.set_inputs(&self.inputs);
        evaluator.value(node).to_vec()
    }

    pub(crate) fn log_density(&mut self, family: &dyn Family) -> NodeId {
        family.log_density(&mut self.graph, self.x, &self.arguments)
    }
}

/// The log density of a univariate family at each x.
pub(crate) fn log_densities(family: &dyn Family, arguments: &[&[f64]], x: &[f64]) -> Vec<f64> {
    let mut stage = Stage::new(family, arguments, x, &[x.len()]);
    let density = stage.log_density(family);
    stage.values(density)
}

/// The log density at one value, a number or a vector.
pub(crate) fn log_density_at(family: &dyn Family, arguments: &[&[f64]], x: &[f64]) -> f64 {
    let shape = match family.event() {
        crate::Event::Scalar => vec![],
        crate::Event::Vector => vec![x.len()],
    };
    let mut stage = Stage::new(family, arguments, x, &shape);
    let density = stage.log_density(family);
    stage.values(density)[0]
}

/// A vector of constants.
pub(crate) fn vector(graph: &mut Graph, values: &[f64]) -> NodeId {
    graph.data(Tensor::new(vec![values.len()], values.to_vec()))
}

/// Points and weights between ends that may be infinite, by the double exponential rules (Takahasi and Mori, 1974).
pub(crate) fn quadrature(from: f64, to: f64) -> (Vec<f64>, Vec<f64>) {
    const STEP: f64 = 1.0 / 24.0;
    let steps = (-110..=110).map(|k| f64::from(k) * STEP);
    steps
        .map(|t: f64| {
            let (growth, slope) = (std::f64::consts::PI * t.sinh(), std::f64::consts::PI * t.cosh());
            if from.is_finite() && to.is_finite() {
                let share = 1.0 / (1.0 + (-growth).exp());
                let weight = slope * share / (1.0 + growth.exp());
                (from + (to - from) * share, (to - from) * weight * STEP)
            } else {
                let distance = (0.5 * growth).exp();
                let x = if from.is_finite() { from + distance } else { to - distance };
                (x, 0.5 * slope * distance * STEP)
            }
        })
        .filter(|&(x, weight)| weight > 0.0 && x.is_finite() && x != from && x != to)
        .unzip()
}

/// ∫ exp(log density) between two ends, split where the density has its kink or bulk.
pub(crate) fn integral(ends: [f64; 3], log_density: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    let pieces = ends.windows(2).filter(|piece| piece[0] < piece[1]).map(|piece| {
        let (points, weights) = quadrature(piece[0], piece[1]);
        let logs = log_density(&points);
        logs.iter().zip(&weights).map(|(log, weight)| log.exp() * weight).sum::<f64>()
    });
    pieces.sum()
}

#[track_caller]
pub(crate) fn assert_close(a: f64, b: f64, tolerance: f64, what: &str) {
    let same = a == b || (a.is_nan() && b.is_nan());
    assert!(same || (a - b).abs() <= tolerance * (1.0 + b.abs()), "{what}: {a} is not {b}");
}
