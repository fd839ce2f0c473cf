//! The χ² distribution.

use ppl_graph::{Binary, Graph, NodeId};
use rand::Rng;

use super::gamma::{incomplete, log_density, tails};
use crate::Domain::Positive;
use crate::expressions::Expressions;
use crate::sampling::gamma;
use crate::{Family, Parameter, Support, Tails};

/// `chi_square(nu)`.
pub struct ChiSquare;

impl Family for ChiSquare {
    fn name(&self) -> &'static str {
        "chi_square"
    }

    fn doc(&self) -> &'static str {
        "gamma(nu / 2, 1/2); Johnson, Kotz and Balakrishnan (1994), chapter 18"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("nu")] }
    }

    fn support(&self) -> Support {
        Support::POSITIVE
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let [shape, rate] = as_gamma(graph, arguments);
        log_density(graph, x, shape, rate)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let [shape, rate] = as_gamma(graph, arguments);
        Some(incomplete(graph, Binary::GammaP, x, shape, rate))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let [shape, rate] = as_gamma(graph, arguments);
        let above = incomplete(graph, Binary::GammaQ, x, shape, rate);
        Some(graph.log(above))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        Some(tails(0.5 * x.max(0.0), 0.5 * arguments[0]))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = 2.0 * gamma(0.5 * arguments[0][0], rng);
    }
}

fn as_gamma(graph: &mut Graph, arguments: &[NodeId]) -> [NodeId; 2] {
    [graph.times(arguments[0], 0.5), graph.constant(0.5)]
}
