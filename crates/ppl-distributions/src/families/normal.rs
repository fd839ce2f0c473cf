//! The normal distribution.

use std::f64::consts::PI;

use ppl_graph::{Graph, NodeId, Unary};
use ppl_math::{normal_cdf, normal_quantile};
use rand::Rng;

use crate::Domain::{Positive, Real};
use crate::expressions::Expressions;
use crate::sampling::{normal, positive};
use crate::{Alternate, Family, LocationScale, Parameter, Support, Tails};

/// ½ ln 2π.
pub(crate) fn half_log_two_pi() -> f64 {
    0.5 * (2.0 * PI).ln()
}

/// `normal(mu, sigma)`.
pub struct Normal;

impl Family for Normal {
    fn name(&self) -> &'static str {
        "normal"
    }

    fn doc(&self) -> &'static str {
        "exp(−((x − mu) / sigma)² / 2) / (sigma √(2π)); Johnson, Kotz and Balakrishnan (1994), chapter 13"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Real.named("mu"), Positive.named("sigma")] }
    }

    fn alternates(&self) -> &'static [Alternate] {
        const {
            &[
                Alternate { parameters: &[Real.named("mu"), Positive.named("var")], convert: from_variance },
                Alternate { parameters: &[Real.named("mu"), Positive.named("precision")], convert: from_precision },
            ]
        }
    }

    fn support(&self) -> Support {
        Support::REAL
    }

    fn location_scale(&self) -> Option<LocationScale> {
        Some(LocationScale { location: Some(0), scale: 1, on_log: false })
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let z = graph.standardised(x, arguments[0], arguments[1]);
        let square = graph.square(z);
        let exponent = graph.times(square, -0.5);
        let log_sigma = graph.log(arguments[1]);
        let normaliser = graph.plus(log_sigma, half_log_two_pi());
        graph.sub(exponent, normaliser)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, arguments);
        Some(graph.unary(Unary::NormalCdf, z))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, arguments);
        Some(graph.log_normal_cdf(z))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, arguments);
        let minus = graph.neg(z);
        Some(graph.log_normal_cdf(minus))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let z = (x - arguments[0]) / positive(arguments[1]);
        Some(Tails { below: normal_cdf(z), above: normal_cdf(-z) })
    }

    fn quantile(&self, p: f64, arguments: &[f64]) -> Option<f64> {
        Some(arguments[0] + positive(arguments[1]) * normal_quantile(p))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = arguments[0][0] + positive(arguments[1][0]) * normal(rng);
    }
}

/// (x − location) / scale, NaN where the scale is not positive.
pub(crate) fn valid_score(graph: &mut Graph, x: NodeId, location_scale: &[NodeId]) -> NodeId {
    let positive = graph.positive(location_scale[1]);
    let scale = graph.valid_or_nan(positive, location_scale[1]);
    let z = graph.standardised(x, location_scale[0], scale);
    // At the location itself z no longer knows the scale.
    if graph.as_constant(z).is_some() { graph.valid_or_nan(positive, z) } else { z }
}

fn from_variance(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    vec![arguments[0], graph.sqrt(arguments[1])]
}

fn from_precision(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    let root = graph.sqrt(arguments[1]);
    vec![arguments[0], graph.reciprocal(root)]
}
