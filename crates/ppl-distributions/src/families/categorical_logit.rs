//! The categorical distribution by log weights.

use ppl_graph::{Graph, NodeId, Reduction};
use rand::Rng;

use crate::events::{is_position, pick};
use crate::expressions::Expressions;
use crate::sampling::{position, softmax};
use crate::{Domain, Family, Parameter, Support};

/// `categorical_logit(eta)`, with the categories along the last axis of eta.
pub struct CategoricalLogit;

impl Family for CategoricalLogit {
    fn name(&self) -> &'static str {
        "categorical_logit"
    }

    fn doc(&self) -> &'static str {
        "exp(eta[x]) / Σ exp(eta); Stan Functions Reference, \"Categorical distribution\", log odds form"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Domain::Vector.named("eta")] }
    }

    fn support(&self) -> Support {
        Support::LABEL
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let eta = arguments[0];
        let total = graph.reduce_last(Reduction::LogSumExp, eta);
        let chosen = pick(graph, eta, x, 0.0);
        let density = graph.sub(chosen, total);
        let count = *graph.shape(eta).last().expect("the categories' axis");
        let (inside, valid) = (is_position(graph, x, count), graph.constant(1.0));
        graph.on_support(inside, valid, density)
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let mut p = arguments[0].to_vec();
        softmax(&mut p);
        out[0] = position(&p, rng);
    }
}
