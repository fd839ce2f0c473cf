//! The logistic distribution.

use ppl_graph::{Graph, NodeId};
use ppl_math::{logit, sigmoid};
use rand::Rng;

use super::normal::valid_score;
use crate::Domain::{Positive, Real};
use crate::expressions::Expressions;
use crate::sampling::{positive, uniform};
use crate::{Family, LocationScale, Parameter, Support, Tails};

/// `logistic(mu, sigma)`.
pub struct Logistic;

impl Family for Logistic {
    fn name(&self) -> &'static str {
        "logistic"
    }

    fn doc(&self) -> &'static str {
        "exp(−z) / (sigma (1 + exp(−z))²) with z = (x − mu) / sigma; Johnson, Kotz and Balakrishnan (1995), chapter 23"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Real.named("mu"), Positive.named("sigma")] }
    }

    fn support(&self) -> Support {
        Support::REAL
    }

    fn location_scale(&self) -> Option<LocationScale> {
        Some(LocationScale { location: Some(0), scale: 1, on_log: false })
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        // Even in z, so |z| keeps exp from overflowing.
        let z = graph.standardised(x, arguments[0], arguments[1]);
        let distance = graph.abs(z);
        let exponent = graph.neg(distance);
        let softplus = graph.softplus(exponent);
        let twice = graph.times(softplus, 2.0);
        let kernel = graph.sub(exponent, twice);
        let log_sigma = graph.log(arguments[1]);
        graph.sub(kernel, log_sigma)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, arguments);
        Some(graph.sigmoid(z))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, arguments);
        let minus = graph.neg(z);
        let softplus = graph.softplus(minus);
        Some(graph.neg(softplus))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, arguments);
        let softplus = graph.softplus(z);
        Some(graph.neg(softplus))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let z = (x - arguments[0]) / positive(arguments[1]);
        Some(Tails { below: sigmoid(z), above: sigmoid(-z) })
    }

    fn quantile(&self, p: f64, arguments: &[f64]) -> Option<f64> {
        Some(arguments[0] + positive(arguments[1]) * logit(p))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = arguments[0][0] + positive(arguments[1][0]) * logit(uniform(rng));
    }
}
