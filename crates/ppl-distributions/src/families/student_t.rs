//! Student's t distribution with location and scale.

use std::f64::consts::{LN_2, PI};

use ppl_graph::{Graph, NodeId};
use ppl_math::beta_inc;
use rand::Rng;
use rand_distr::StudentT as Standard;

use super::normal::valid_score;
use crate::Domain::{Positive, Real};
use crate::expressions::Expressions;
use crate::incomplete_beta::log_tails;
use crate::sampling::{positive, sample};
use crate::{Family, LocationScale, Parameter, Support, Tails};

/// `student_t(nu, mu, sigma)`.
pub struct StudentT;

impl Family for StudentT {
    fn name(&self) -> &'static str {
        "student_t"
    }

    fn doc(&self) -> &'static str {
        "Γ((nu + 1)/2) / (Γ(nu/2) √(nu π) sigma) · (1 + ((x − mu) / sigma)² / nu)^(−(nu + 1)/2); \
         Johnson, Kotz and Balakrishnan (1995), chapter 28"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("nu"), Real.named("mu"), Positive.named("sigma")] }
    }

    fn support(&self) -> Support {
        Support::REAL
    }

    fn location_scale(&self) -> Option<LocationScale> {
        Some(LocationScale { location: Some(1), scale: 2, on_log: false })
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let z = graph.standardised(x, arguments[1], arguments[2]);
        log_density(graph, z, arguments[0], arguments[2])
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_cdf(graph, x, arguments)?;
        Some(graph.exp(log))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, &arguments[1..]);
        let half = at_centre(graph, x, arguments);
        Some(half.unwrap_or_else(|| log_cdf(graph, z, arguments[0])))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = valid_score(graph, x, &arguments[1..]);
        let minus = graph.neg(z);
        let half = at_centre(graph, x, arguments);
        Some(half.unwrap_or_else(|| log_cdf(graph, minus, arguments[0])))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let z = (x - arguments[1]) / positive(arguments[2]);
        let both = two_sided(z, arguments[0]).above;
        let upper = Tails { below: 1.0 - 0.5 * both, above: 0.5 * both };
        Some(if z < 0.0 { upper.swapped() } else { upper })
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let standard = sample(Standard::new(arguments[0][0]), rng);
        out[0] = arguments[1][0] + positive(arguments[2][0]) * standard;
    }
}

/// The log density of a score z = (x − mu) / sigma, with respect to x.
pub(crate) fn log_density(graph: &mut Graph, z: NodeId, nu: NodeId, sigma: NodeId) -> NodeId {
    let valid = graph.positive(nu);
    let nu = graph.valid_or_nan(valid, nu);
    let square = graph.square(z);
    let share = graph.div(square, nu);
    let log_kernel = graph.log1p(share);
    let half_next = {
        let next = graph.plus(nu, 1.0);
        graph.times(next, 0.5)
    };
    let tail = graph.mul(half_next, log_kernel);
    let constant = log_normaliser(graph, nu, half_next, sigma);
    graph.sub(constant, tail)
}

/// ln Γ((ν + 1)/2) − ln Γ(ν/2) − ½ ln(νπ) − ln σ.
fn log_normaliser(graph: &mut Graph, nu: NodeId, half_next: NodeId, sigma: NodeId) -> NodeId {
    let half = graph.times(nu, 0.5);
    let (upper, lower) = (graph.log_gamma(half_next), graph.log_gamma(half));
    let ratio = graph.sub(upper, lower);
    let area = graph.times(nu, PI);
    let log_area = graph.log(area);
    let spread = graph.times(log_area, 0.5);
    let log_sigma = graph.log(sigma);
    let ratio = graph.sub(ratio, spread);
    graph.sub(ratio, log_sigma)
}

/// ln ½, where x is known to be the location: the commonest truncation, which needs no integral.
fn at_centre(graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
    if x != arguments[1] || graph.as_constant(x).is_none() {
        return None;
    }
    let valid = graph.all_positive(&[arguments[0], arguments[2]]);
    let half = graph.constant(-LN_2);
    Some(graph.valid_or_nan(valid, half))
}

/// ln P(T ≤ z), accurate in the lower tail; the upper tail is that of −z.
fn log_cdf(graph: &mut Graph, z: NodeId, nu: NodeId) -> NodeId {
    let (_, beyond) = log_two_sided(graph, z, nu);
    let tail = graph.plus(beyond, -LN_2);
    let bulk = graph.log1m_exp(tail);
    let zero = graph.constant(0.0);
    let above = graph.lt(zero, z);
    graph.select(above, bulk, tail)
}

/// ln P(|T| ≤ |z|) and ln P(|T| > |z|): the incomplete beta function at z² / (ν + z²).
pub(crate) fn log_two_sided(graph: &mut Graph, z: NodeId, nu: NodeId) -> (NodeId, NodeId) {
    let valid = graph.positive(nu);
    let nu = graph.valid_or_nan(valid, nu);
    let square = graph.square(z);
    let ratio = graph.div(square, nu);
    let whole = graph.plus(ratio, 1.0);
    let outer = graph.reciprocal(whole);
    let inner = graph.mul(ratio, outer);
    let (half, half_nu) = (graph.constant(0.5), graph.times(nu, 0.5));
    log_tails(graph, half, half_nu, inner, outer)
}

/// P(|T| ≤ |z|) and P(|T| > |z|).
pub(crate) fn two_sided(z: f64, nu: f64) -> Tails {
    let ratio = z * z / positive(nu);
    let (inner, outer) = (1.0 / (1.0 + 1.0 / ratio), 1.0 / (1.0 + ratio));
    Tails { below: beta_inc(0.5, 0.5 * nu, inner), above: beta_inc(0.5 * nu, 0.5, outer) }
}
