//! The inverse gamma distribution.

use ppl_graph::{Binary, Graph, NodeId};
use rand::Rng;

use super::gamma::tails;
use crate::Domain::Positive;
use crate::expressions::Expressions;
use crate::sampling::{gamma, positive};
use crate::{Alternate, Family, Parameter, Support, Tails};

/// `inv_gamma(shape, scale)`.
pub struct InvGamma;

impl Family for InvGamma {
    fn name(&self) -> &'static str {
        "inv_gamma"
    }

    fn doc(&self) -> &'static str {
        "scale^shape x^(−shape − 1) exp(−scale / x) / Γ(shape) for x > 0: the reciprocal of gamma(shape, scale); \
         Johnson, Kotz and Balakrishnan (1994), chapter 17"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("shape"), Positive.named("scale")] }
    }

    fn alternates(&self) -> &'static [Alternate] {
        const { &[Alternate { parameters: &[Positive.named("mean"), Positive.named("sd")], convert: from_moments }] }
    }

    fn support(&self) -> Support {
        Support::POSITIVE
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let valid = graph.all_positive(arguments);
        let shape = graph.valid_or_nan(valid, arguments[0]);
        let log_scale = graph.log(arguments[1]);
        let power = graph.mul(shape, log_scale);
        let log_gamma = graph.log_gamma(shape);
        let constant = graph.sub(power, log_gamma);
        let next = graph.plus(shape, 1.0);
        let log_x = graph.log(x);
        let fall = graph.mul(next, log_x);
        let decay = graph.div(arguments[1], x);
        let cost = graph.add(fall, decay);
        let density = graph.sub(constant, cost);
        let inside = graph.positive(x);
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        Some(incomplete(graph, Binary::GammaQ, x, arguments))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let above = incomplete(graph, Binary::GammaP, x, arguments);
        Some(graph.log(above))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        Some(tails(positive(arguments[1]) / x.max(0.0), arguments[0]).swapped())
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = positive(arguments[1][0]) / gamma(arguments[0][0], rng);
    }
}

/// An incomplete gamma function of scale / x; at x ≤ 0 its limit.
fn incomplete(graph: &mut Graph, side: Binary, x: NodeId, arguments: &[NodeId]) -> NodeId {
    let valid = graph.all_positive(arguments);
    let shape = graph.valid_or_nan(valid, arguments[0]);
    let inside = graph.positive(x);
    let reciprocal = graph.div(arguments[1], x);
    let endless = graph.constant(f64::INFINITY);
    let scaled = graph.select(inside, reciprocal, endless);
    graph.binary(side, shape, scaled)
}

fn from_moments(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    let (mean, sd) = (arguments[0], arguments[1]);
    let ratio = graph.div(mean, sd);
    let square = graph.square(ratio);
    let less = graph.plus(square, 1.0);
    vec![graph.plus(square, 2.0), graph.mul(mean, less)]
}
