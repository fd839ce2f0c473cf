//! Sparse logistic regression as a graph.

use std::sync::Arc;

use ppl_graph::{Graph, NodeId, SparseMatrix, Tensor};

/// The log density of coefficients b with standard normal priors, up to a constant, given outcomes 0 or 1 of as many
/// observations as the design has rows: Σ y·η − ln(1 + exp η) − ½·Σ b², η = X·b. Inputs are the coefficients.
pub fn logistic(design: Arc<SparseMatrix>, outcomes: &[f64]) -> (Graph, NodeId) {
    let mut g = Graph::new();
    let coefficients = g.input(0, [design.columns()]);
    let observed = g.data(Tensor::new([outcomes.len()], outcomes));
    let design = g.sparse(design);
    let eta = g.sparse_product(design, coefficients, false);
    let (cost, gain) = (g.softplus(eta), g.mul(observed, eta));
    let terms = g.sub(gain, cost);
    let square = g.square(coefficients);
    let prior = g.scaled(-0.5, square);
    let (likelihood, prior) = (g.sum(terms), g.sum(prior));
    let value = g.add(likelihood, prior);
    (g, value)
}
