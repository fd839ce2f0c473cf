//! The absolute value of a centred Cauchy number.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

use ppl_graph::{Graph, NodeId};
use rand::Rng;

use super::cauchy::{angle_above, log_density};
use super::half_normal::folded_score;
use crate::Domain::Positive;
use crate::expressions::Expressions;
use crate::sampling::{positive, probability, uniform};
use crate::{Family, Parameter, Support, Tails};

/// `half_cauchy(sigma)`.
pub struct HalfCauchy;

impl Family for HalfCauchy {
    fn name(&self) -> &'static str {
        "half_cauchy"
    }

    fn doc(&self) -> &'static str {
        "2 / (π sigma (1 + (x / sigma)²)) for x ≥ 0; Gelman (2006), section 3"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("sigma")] }
    }

    fn support(&self) -> Support {
        Support::POSITIVE
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let z = graph.div(x, arguments[0]);
        let density = log_density(graph, z, arguments[0], FRAC_PI_2);
        let (inside, valid) = (graph.at_least(x, 0.0), graph.positive(arguments[0]));
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = folded_score(graph, x, arguments[0]);
        let angle = graph.atan(z);
        Some(graph.times(angle, FRAC_2_PI))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = folded_score(graph, x, arguments[0]);
        let angle = angle_above(graph, z);
        let log_angle = graph.log(angle);
        Some(graph.plus(log_angle, FRAC_2_PI.ln()))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let z = x.max(0.0) / positive(arguments[0]);
        Some(Tails { below: z.atan() * FRAC_2_PI, above: 1f64.atan2(z) * FRAC_2_PI })
    }

    fn quantile(&self, p: f64, arguments: &[f64]) -> Option<f64> {
        let p = probability(p);
        let z = if p < 0.5 { (FRAC_PI_2 * p).tan() } else { (FRAC_PI_2 * (1.0 - p)).tan().recip() };
        Some(positive(arguments[0]) * z)
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = positive(arguments[0][0]) * (FRAC_PI_2 * uniform(rng)).tan();
    }
}
