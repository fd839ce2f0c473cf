//! The Poisson distribution by the log of its rate.

use ppl_graph::{Binary, Graph, NodeId};
use rand::Rng;

use super::poisson::{incomplete, tails};
use crate::Domain::Real;
use crate::expressions::Expressions;
use crate::sampling::poisson;
use crate::{Family, Parameter, Support, Tails};

/// `poisson_log(eta)`.
pub struct PoissonLog;

impl Family for PoissonLog {
    fn name(&self) -> &'static str {
        "poisson_log"
    }

    fn doc(&self) -> &'static str {
        "poisson(exp(eta)); Stan Functions Reference, \"Poisson distribution, log parameterization\""
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Real.named("eta")] }
    }

    fn support(&self) -> Support {
        Support::COUNT
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        // An exposure of 0 makes eta −∞; then a count of 0 is certain.
        let (eta, valid) = (arguments[0], graph.constant(1.0));
        let gain = graph.count_times_log(x, eta, valid);
        let rate = graph.exp(eta);
        let kernel = graph.sub(gain, rate);
        let factorial = graph.log_factorial(x);
        let density = graph.sub(kernel, factorial);
        let inside = graph.whole(x);
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let rate = graph.exp(arguments[0]);
        Some(incomplete(graph, Binary::GammaQ, 0.0, x, rate))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let rate = graph.exp(arguments[0]);
        let above = incomplete(graph, Binary::GammaP, 1.0, x, rate);
        Some(graph.log(above))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        Some(tails(x, arguments[0].exp()))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = poisson(arguments[0][0].exp(), rng);
    }
}
