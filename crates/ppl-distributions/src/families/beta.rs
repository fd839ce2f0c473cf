//! The beta distribution.

use ppl_graph::{Graph, NodeId};
use ppl_math::beta_inc;
use rand::Rng;

use crate::Domain::{Positive, Unit};
use crate::expressions::Expressions;
use crate::incomplete_beta::log_tails;
use crate::sampling::{positive, sample};
use crate::{Alternate, Family, Parameter, Support, Tails};

/// `beta(alpha, beta)`.
pub struct Beta;

impl Family for Beta {
    fn name(&self) -> &'static str {
        "beta"
    }

    fn doc(&self) -> &'static str {
        "x^(alpha − 1) (1 − x)^(beta − 1) / B(alpha, beta) for 0 ≤ x ≤ 1; \
         Johnson, Kotz and Balakrishnan (1995), chapter 25"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("alpha"), Positive.named("beta")] }
    }

    fn alternates(&self) -> &'static [Alternate] {
        const {
            &[
                Alternate { parameters: &[Unit.named("mean"), Positive.named("size")], convert: from_size },
                Alternate { parameters: &[Unit.named("mean"), Positive.named("sd")], convert: from_moments },
            ]
        }
    }

    fn support(&self) -> Support {
        Support::UNIT
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let valid = graph.all_positive(arguments);
        let log_beta = graph.log_beta(arguments[0], arguments[1]);
        let log_beta = graph.valid_or_nan(valid, log_beta);
        let [a, b] = [0, 1].map(|k| graph.plus(arguments[k], -1.0));
        let rise = graph.x_log_y(a, x);
        let minus = graph.neg(x);
        let fall = graph.x_log1p(b, minus);
        let kernel = graph.add(rise, fall);
        let density = graph.sub(kernel, log_beta);
        let inside = graph.unit(x);
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_cdf(graph, x, arguments)?;
        Some(graph.exp(log))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        Some(tails(graph, x, arguments).0)
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        Some(tails(graph, x, arguments).1)
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let (a, b) = (positive(arguments[0]), positive(arguments[1]));
        let x = x.clamp(0.0, 1.0);
        Some(Tails { below: beta_inc(a, b, x), above: beta_inc(b, a, 1.0 - x) })
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = sample(rand_distr::Beta::new(arguments[0][0], arguments[1][0]), rng);
    }
}

fn tails(graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> (NodeId, NodeId) {
    let valid = graph.all_positive(arguments);
    let [a, b] = [0, 1].map(|k| graph.valid_or_nan(valid, arguments[k]));
    let (zero, one) = (graph.constant(0.0), graph.constant(1.0));
    let x = graph.max(x, zero);
    let x = graph.min(x, one);
    let rest = graph.sub(one, x);
    log_tails(graph, a, b, x, rest)
}

/// alpha = mean · size, beta = (1 − mean) · size.
pub(crate) fn from_size(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    let rest = graph.minus_from(1.0, arguments[0]);
    vec![graph.mul(arguments[0], arguments[1]), graph.mul(rest, arguments[1])]
}

fn from_moments(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    let rest = graph.minus_from(1.0, arguments[0]);
    let most = graph.mul(arguments[0], rest);
    let variance = graph.square(arguments[1]);
    let ratio = graph.div(most, variance);
    let size = graph.plus(ratio, -1.0);
    from_size(graph, &[arguments[0], size])
}
