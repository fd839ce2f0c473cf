//! The Cauchy distribution.

use std::f64::consts::PI;

use ppl_graph::{Binary, Graph, NodeId};
use rand::Rng;

use super::normal::valid_score;
use crate::Domain::{Positive, Real};
use crate::expressions::Expressions;
use crate::sampling::{positive, probability, uniform};
use crate::{Family, LocationScale, Parameter, Support, Tails};

/// `cauchy(mu, sigma)`.
pub struct Cauchy;

impl Family for Cauchy {
    fn name(&self) -> &'static str {
        "cauchy"
    }

    fn doc(&self) -> &'static str {
        "1 / (π sigma (1 + ((x − mu) / sigma)²)); Johnson, Kotz and Balakrishnan (1994), chapter 16"
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
        log_density(graph, z, arguments[1], PI)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, arguments);
        let minus = graph.neg(z);
        let angle = angle_above(graph, minus);
        Some(graph.times(angle, PI.recip()))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, arguments);
        let angle = angle_above(graph, z);
        let log_angle = graph.log(angle);
        Some(graph.plus(log_angle, -PI.ln()))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let z = (x - arguments[0]) / positive(arguments[1]);
        Some(Tails { below: 1f64.atan2(-z) / PI, above: 1f64.atan2(z) / PI })
    }

    fn quantile(&self, p: f64, arguments: &[f64]) -> Option<f64> {
        let p = probability(p);
        let z = if p < 0.5 { -(PI * p).tan().recip() } else { (PI * (1.0 - p)).tan().recip() };
        Some(arguments[0] + positive(arguments[1]) * z)
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let angle = PI * (uniform(rng) - 0.5);
        out[0] = arguments[0][0] + positive(arguments[1][0]) * angle.tan();
    }
}

/// −ln(1 + z²) − ln σ − ln `area`, for the area under 1 / (1 + z²).
pub(crate) fn log_density(graph: &mut Graph, z: NodeId, sigma: NodeId, area: f64) -> NodeId {
    let square = graph.square(z);
    let kernel = graph.log1p(square);
    let log_sigma = graph.log(sigma);
    let normaliser = graph.plus(log_sigma, area.ln());
    let minus = graph.neg(kernel);
    graph.sub(minus, normaliser)
}

/// π P(Z > z), accurate in the upper tail.
pub(crate) fn angle_above(graph: &mut Graph, z: NodeId) -> NodeId {
    let one = graph.constant(1.0);
    graph.binary(Binary::Atan2, one, z)
}
