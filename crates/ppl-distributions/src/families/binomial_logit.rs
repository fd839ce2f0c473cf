//! The binomial distribution by the log odds.

use ppl_graph::{Graph, NodeId};
use ppl_math::sigmoid;
use rand::Rng;

use super::binomial::{SUPPORT, is_part, log_cdf_and_ccdf, tails};
use crate::Domain::{Count, Real};
use crate::expressions::Expressions;
use crate::sampling::binomial;
use crate::{Family, Parameter, Support, Tails};

/// `binomial_logit(trials, eta)`.
pub struct BinomialLogit;

impl Family for BinomialLogit {
    fn name(&self) -> &'static str {
        "binomial_logit"
    }

    fn doc(&self) -> &'static str {
        "binomial(trials, 1 / (1 + exp(−eta))), without overflow; \
         Stan Functions Reference, \"Binomial distribution, logit parameterization\""
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Count.named("trials"), Real.named("eta")] }
    }

    fn support(&self) -> Support {
        SUPPORT
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let (trials, eta) = (arguments[0], arguments[1]);
        let valid = graph.whole(trials);
        let gain = graph.mul(x, eta);
        let softplus = graph.softplus(eta);
        let cost = graph.mul(trials, softplus);
        let cost = graph.valid_or_nan(valid, cost);
        let kernel = graph.sub(gain, cost);
        let ways = graph.log_choose(trials, x);
        let density = graph.add(ways, kernel);
        let inside = is_part(graph, x, trials);
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_cdf(graph, x, arguments)?;
        Some(graph.exp(log))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let p = graph.sigmoid(arguments[1]);
        Some(log_cdf_and_ccdf(graph, x, arguments[0], p).0)
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let p = graph.sigmoid(arguments[1]);
        Some(log_cdf_and_ccdf(graph, x, arguments[0], p).1)
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        Some(tails(x, arguments[0], sigmoid(arguments[1])))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = binomial(arguments[0][0], sigmoid(arguments[1][0]), rng);
    }
}
