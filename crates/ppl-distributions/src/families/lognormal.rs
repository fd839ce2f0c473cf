//! The log-normal distribution.

use ppl_graph::{Graph, NodeId, Unary};
use ppl_math::{normal_cdf, normal_quantile};
use rand::Rng;

use super::normal::{half_log_two_pi, valid_score};
use crate::Domain::{Positive, Real};
use crate::expressions::Expressions;
use crate::sampling::{normal, positive};
use crate::{Alternate, Family, LocationScale, Parameter, Support, Tails};

/// `lognormal(mu, sigma)`.
pub struct Lognormal;

impl Family for Lognormal {
    fn name(&self) -> &'static str {
        "lognormal"
    }

    fn doc(&self) -> &'static str {
        "exp(−((ln x − mu) / sigma)² / 2) / (x sigma √(2π)) for x > 0; Johnson, Kotz and Balakrishnan (1994), chapter 14"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Real.named("mu"), Positive.named("sigma")] }
    }

    fn alternates(&self) -> &'static [Alternate] {
        const { &[Alternate { parameters: &[Positive.named("mean"), Positive.named("sd")], convert: from_moments }] }
    }

    fn support(&self) -> Support {
        Support::POSITIVE
    }

    fn location_scale(&self) -> Option<LocationScale> {
        Some(LocationScale { location: Some(0), scale: 1, on_log: true })
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let log_x = graph.log(x);
        let z = graph.standardised(log_x, arguments[0], arguments[1]);
        let square = graph.square(z);
        let exponent = graph.times(square, -0.5);
        let kernel = graph.sub(exponent, log_x);
        let log_sigma = graph.log(arguments[1]);
        let normaliser = graph.plus(log_sigma, half_log_two_pi());
        let density = graph.sub(kernel, normaliser);
        let (inside, valid) = (graph.positive(x), graph.positive(arguments[1]));
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = log_score(graph, x, arguments);
        Some(graph.unary(Unary::NormalCdf, z))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = log_score(graph, x, arguments);
        Some(graph.log_normal_cdf(z))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = log_score(graph, x, arguments);
        let minus = graph.neg(z);
        Some(graph.log_normal_cdf(minus))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let z = (x.max(0.0).ln() - arguments[0]) / positive(arguments[1]);
        Some(Tails { below: normal_cdf(z), above: normal_cdf(-z) })
    }

    fn quantile(&self, p: f64, arguments: &[f64]) -> Option<f64> {
        Some((arguments[0] + positive(arguments[1]) * normal_quantile(p)).exp())
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = (arguments[0][0] + positive(arguments[1][0]) * normal(rng)).exp();
    }
}

/// (ln x − mu) / sigma; −∞ at x ≤ 0.
fn log_score(graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
    let inside = graph.positive(x);
    let log_x = graph.log(x);
    let z = valid_score(graph, log_x, arguments);
    let valid = graph.positive(arguments[1]);
    graph.on_support(inside, valid, z)
}

fn from_moments(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    let ratio = graph.div(arguments[1], arguments[0]);
    let square = graph.square(ratio);
    let variance = graph.log1p(square);
    let half = graph.times(variance, 0.5);
    let log_mean = graph.log(arguments[0]);
    vec![graph.sub(log_mean, half), graph.sqrt(variance)]
}
