//! The exponential distribution.

use ppl_graph::{Graph, NodeId};
use rand::Rng;

use crate::Domain::Positive;
use crate::expressions::Expressions;
use crate::sampling::{positive, probability, uniform};
use crate::{Alternate, Family, Parameter, Support, Tails};

/// `exponential(rate)`.
pub struct Exponential;

impl Family for Exponential {
    fn name(&self) -> &'static str {
        "exponential"
    }

    fn doc(&self) -> &'static str {
        "rate exp(−rate x) for x ≥ 0; Johnson, Kotz and Balakrishnan (1994), chapter 19"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("rate")] }
    }

    fn alternates(&self) -> &'static [Alternate] {
        const { &[Alternate { parameters: &[Positive.named("mean")], convert: from_mean }] }
    }

    fn support(&self) -> Support {
        Support::POSITIVE
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let rate = arguments[0];
        let log_rate = graph.log(rate);
        let fall = graph.mul(rate, x);
        let density = graph.sub(log_rate, fall);
        let (inside, valid) = (graph.at_least(x, 0.0), graph.positive(rate));
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_ccdf(graph, x, arguments)?;
        let minus = graph.expm1(log);
        Some(graph.neg(minus))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_ccdf(graph, x, arguments)?;
        Some(graph.log1m_exp(log))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let zero = graph.constant(0.0);
        let from_zero = graph.max(x, zero);
        let valid = graph.positive(arguments[0]);
        let rate = graph.valid_or_nan(valid, arguments[0]);
        let fall = graph.mul(rate, from_zero);
        Some(graph.neg(fall))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let fall = positive(arguments[0]) * x.max(0.0);
        Some(Tails { below: -(-fall).exp_m1(), above: (-fall).exp() })
    }

    fn quantile(&self, p: f64, arguments: &[f64]) -> Option<f64> {
        Some(-(-probability(p)).ln_1p() / positive(arguments[0]))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = -uniform(rng).ln() / positive(arguments[0][0]);
    }
}

fn from_mean(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    vec![graph.reciprocal(arguments[0])]
}
