//! The Laplace (double exponential) distribution.

use std::f64::consts::LN_2;

use ppl_graph::{Graph, NodeId};
use rand::Rng;

use super::normal::valid_score;
use crate::Domain::{Positive, Real};
use crate::expressions::Expressions;
use crate::sampling::{positive, uniform};
use crate::{Family, LocationScale, Parameter, Support, Tails};

/// `laplace(mu, sigma)`; Stan's `double_exponential`.
pub struct Laplace;

impl Family for Laplace {
    fn name(&self) -> &'static str {
        "laplace"
    }

    fn doc(&self) -> &'static str {
        "exp(−|x − mu| / sigma) / (2 sigma); Johnson, Kotz and Balakrishnan (1995), chapter 24"
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
        let z = graph.standardised(x, arguments[0], arguments[1]);
        let distance = graph.abs(z);
        let exponent = graph.neg(distance);
        let log_sigma = graph.log(arguments[1]);
        let normaliser = graph.plus(log_sigma, LN_2);
        graph.sub(exponent, normaliser)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_cdf(graph, x, arguments)?;
        Some(graph.exp(log))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, arguments);
        Some(log_cdf(graph, z))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, arguments);
        let minus = graph.neg(z);
        Some(log_cdf(graph, minus))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let z = (x - arguments[0]) / positive(arguments[1]);
        let tail = 0.5 * (-z.abs()).exp();
        let upper = Tails { below: 1.0 - tail, above: tail };
        Some(if z < 0.0 { upper.swapped() } else { upper })
    }

    fn quantile(&self, p: f64, arguments: &[f64]) -> Option<f64> {
        let z = if p < 0.5 { (2.0 * p).ln() } else { -(2.0 * (1.0 - p)).ln() };
        Some(arguments[0] + positive(arguments[1]) * z)
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let z = uniform(rng).ln() - uniform(rng).ln();
        out[0] = arguments[0][0] + positive(arguments[1][0]) * z;
    }
}

fn log_cdf(graph: &mut Graph, z: NodeId) -> NodeId {
    let distance = graph.abs(z);
    let exponent = graph.neg(distance);
    let tail = graph.plus(exponent, -LN_2);
    let bulk = graph.log1m_exp(tail);
    let zero = graph.constant(0.0);
    let below = graph.lt(z, zero);
    graph.select(below, tail, bulk)
}
