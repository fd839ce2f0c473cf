//! The gamma distribution.

use ppl_graph::{Binary, Graph, NodeId};
use ppl_math::{gamma_p, gamma_q};
use rand::Rng;

use crate::Domain::Positive;
use crate::expressions::Expressions;
use crate::sampling::{self, positive};
use crate::{Alternate, Family, Parameter, Support, Tails};

/// `gamma(shape, rate)`.
pub struct Gamma;

impl Family for Gamma {
    fn name(&self) -> &'static str {
        "gamma"
    }

    fn doc(&self) -> &'static str {
        "rate^shape x^(shape − 1) exp(−rate x) / Γ(shape) for x ≥ 0; Johnson, Kotz and Balakrishnan (1994), chapter 17"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("shape"), Positive.named("rate")] }
    }

    fn alternates(&self) -> &'static [Alternate] {
        const {
            &[
                Alternate { parameters: &[Positive.named("mean"), Positive.named("sd")], convert: from_moments },
                Alternate { parameters: &[Positive.named("shape"), Positive.named("scale")], convert: from_scale },
            ]
        }
    }

    fn support(&self) -> Support {
        Support::POSITIVE
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        log_density(graph, x, arguments[0], arguments[1])
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        Some(incomplete(graph, Binary::GammaP, x, arguments[0], arguments[1]))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let above = incomplete(graph, Binary::GammaQ, x, arguments[0], arguments[1]);
        Some(graph.log(above))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        Some(tails(x.max(0.0) * positive(arguments[1]), arguments[0]))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = sampling::gamma(arguments[0][0], rng) / positive(arguments[1][0]);
    }
}

/// shape ln rate − ln Γ(shape) + (shape − 1) ln x − rate x, for x ≥ 0.
pub(crate) fn log_density(graph: &mut Graph, x: NodeId, shape: NodeId, rate: NodeId) -> NodeId {
    let valid = graph.all_positive(&[shape, rate]);
    let shape = graph.valid_or_nan(valid, shape);
    let log_rate = graph.log(rate);
    let power = graph.mul(shape, log_rate);
    let log_gamma = graph.log_gamma(shape);
    let constant = graph.sub(power, log_gamma);
    let less = graph.plus(shape, -1.0);
    let rise = graph.x_log_y(less, x);
    let fall = graph.mul(rate, x);
    let kernel = graph.sub(rise, fall);
    let density = graph.add(constant, kernel);
    let inside = graph.at_least(x, 0.0);
    graph.on_support(inside, valid, density)
}

/// An incomplete gamma function of rate · x, from x = 0 on.
pub(crate) fn incomplete(graph: &mut Graph, side: Binary, x: NodeId, shape: NodeId, rate: NodeId) -> NodeId {
    let valid = graph.all_positive(&[shape, rate]);
    let shape = graph.valid_or_nan(valid, shape);
    let zero = graph.constant(0.0);
    let from_zero = graph.max(x, zero);
    let scaled = graph.mul(rate, from_zero);
    graph.binary(side, shape, scaled)
}

/// The tails at x of a gamma variable of unit rate.
pub(crate) fn tails(x: f64, shape: f64) -> Tails {
    let shape = positive(shape);
    Tails { below: gamma_p(shape, x), above: gamma_q(shape, x) }
}

fn from_moments(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    let (mean, sd) = (arguments[0], arguments[1]);
    let ratio = graph.div(mean, sd);
    let variance = graph.square(sd);
    vec![graph.square(ratio), graph.div(mean, variance)]
}

fn from_scale(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    vec![arguments[0], graph.reciprocal(arguments[1])]
}
