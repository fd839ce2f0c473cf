//! The Bernoulli distribution by the log odds.

use ppl_graph::{Graph, NodeId};
use ppl_math::sigmoid;
use rand::Rng;

use super::bernoulli::{draw, is_bit, step, tails};
use crate::Domain::Real;
use crate::expressions::Expressions;
use crate::{Family, Parameter, Support, Tails};

/// `bernoulli_logit(eta)`.
pub struct BernoulliLogit;

impl Family for BernoulliLogit {
    fn name(&self) -> &'static str {
        "bernoulli_logit"
    }

    fn doc(&self) -> &'static str {
        "bernoulli(1 / (1 + exp(−eta))), without overflow; Stan Functions Reference, \"Bernoulli-logit distribution\""
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Real.named("eta")] }
    }

    fn support(&self) -> Support {
        Support::BOOL
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let twice = graph.times(x, 2.0);
        let sign = graph.minus_from(1.0, twice);
        let against = graph.mul(sign, arguments[0]);
        let cost = graph.softplus(against);
        let density = graph.neg(cost);
        let (inside, valid) = (is_bit(graph, x), graph.constant(1.0));
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let minus = graph.neg(arguments[0]);
        let at_zero = graph.sigmoid(minus);
        Some(step(graph, x, [0.0, 1.0], at_zero))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let minus = graph.neg(arguments[0]);
        let cost = graph.softplus(minus);
        let log_p = graph.neg(cost);
        Some(step(graph, x, [0.0, f64::NEG_INFINITY], log_p))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        Some(tails(x, sigmoid(arguments[0])))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = draw(sigmoid(arguments[0][0]), rng);
    }
}
