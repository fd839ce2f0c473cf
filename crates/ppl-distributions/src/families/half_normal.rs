//! The absolute value of a centred normal number.

use std::f64::consts::{FRAC_1_SQRT_2, LN_2};

use ppl_graph::{Graph, NodeId, Unary};
use ppl_math::{erf, erfc};
use rand::Rng;

use super::normal::half_log_two_pi;
use crate::Domain::Positive;
use crate::expressions::Expressions;
use crate::sampling::{normal, positive};
use crate::{Family, Parameter, Support, Tails};

/// `half_normal(sigma)`.
pub struct HalfNormal;

impl Family for HalfNormal {
    fn name(&self) -> &'static str {
        "half_normal"
    }

    fn doc(&self) -> &'static str {
        "√(2/π) exp(−(x / sigma)² / 2) / sigma for x ≥ 0: normal(0, sigma) folded at 0; Gelman (2006), section 3"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("sigma")] }
    }

    fn support(&self) -> Support {
        Support::POSITIVE
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let sigma = arguments[0];
        let z = graph.div(x, sigma);
        let square = graph.square(z);
        let exponent = graph.times(square, -0.5);
        let log_sigma = graph.log(sigma);
        let normaliser = graph.plus(log_sigma, half_log_two_pi() - LN_2);
        let density = graph.sub(exponent, normaliser);
        let (inside, valid) = (graph.at_least(x, 0.0), graph.positive(sigma));
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = folded_score(graph, x, arguments[0]);
        let z = graph.times(z, FRAC_1_SQRT_2);
        Some(graph.unary(Unary::Erf, z))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = folded_score(graph, x, arguments[0]);
        let minus = graph.neg(z);
        let half = graph.log_normal_cdf(minus);
        Some(graph.plus(half, LN_2))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let z = x.max(0.0) / positive(arguments[0]) * FRAC_1_SQRT_2;
        Some(Tails { below: erf(z), above: erfc(z) })
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = positive(arguments[0][0]) * normal(rng).abs();
    }
}

/// x / scale from 0 on, NaN where the scale is not positive.
pub(crate) fn folded_score(graph: &mut Graph, x: NodeId, scale: NodeId) -> NodeId {
    let valid = graph.positive(scale);
    let scale = graph.valid_or_nan(valid, scale);
    let zero = graph.constant(0.0);
    let x = graph.max(x, zero);
    graph.div(x, scale)
}
