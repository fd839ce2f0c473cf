//! The negative binomial distribution by its mean.

use ppl_graph::{Graph, NodeId, Unary};
use ppl_math::beta_inc;
use rand::Rng;

use super::poisson::ENDLESS;
use crate::Domain::{Positive, Real, Unit};
use crate::expressions::Expressions;
use crate::incomplete_beta::log_tails;
use crate::sampling::{gamma, poisson};
use crate::{Alternate, Family, Parameter, Support, Tails};

/// `neg_binomial(mean, size)`; Stan's `neg_binomial_2`.
pub struct NegBinomial;

impl Family for NegBinomial {
    fn name(&self) -> &'static str {
        "neg_binomial"
    }

    fn doc(&self) -> &'static str {
        "Γ(x + size) / (x! Γ(size)) · (mean / (mean + size))^x (size / (mean + size))^size for x = 0, 1, …: \
         variance mean + mean² / size; Johnson, Kemp and Kotz (2005), chapter 5"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("mean"), Positive.named("size")] }
    }

    fn alternates(&self) -> &'static [Alternate] {
        const {
            &[
                Alternate { parameters: &[Positive.named("alpha"), Positive.named("beta")], convert: from_gamma },
                Alternate { parameters: &[Positive.named("size"), Unit.named("p")], convert: from_failures },
                Alternate { parameters: &[Real.named("log_mean"), Positive.named("size")], convert: from_log_mean },
            ]
        }
    }

    fn support(&self) -> Support {
        Support::COUNT
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let (mean, size) = (arguments[0], arguments[1]);
        let valid = valid(graph, mean, size);
        let size = graph.valid_or_nan(valid, size);
        let total = graph.add(mean, size);
        let share = graph.div(mean, total);
        let log_share = graph.log(share);
        let gain = graph.count_times_log(x, log_share, valid);
        let ratio = graph.div(mean, size);
        let log_rest = graph.log1p(ratio);
        let cost = graph.mul(size, log_rest);
        let kernel = graph.sub(gain, cost);
        let ways = log_ways(graph, x, size);
        let density = graph.add(ways, kernel);
        let inside = graph.whole(x);
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_cdf(graph, x, arguments)?;
        Some(graph.exp(log))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        Some(log_cdf_and_ccdf(graph, x, arguments).0)
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        Some(log_cdf_and_ccdf(graph, x, arguments).1)
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let (k, mean, size) = (x.floor(), arguments[0], arguments[1]);
        if !(mean >= 0.0 && size > 0.0) {
            return Some(Tails { below: f64::NAN, above: f64::NAN });
        }
        if !(0.0..ENDLESS).contains(&k) {
            let below = f64::from(u8::from(k > 0.0));
            return Some(Tails { below, above: 1.0 - below });
        }
        let total = mean + size;
        Some(Tails { below: beta_inc(size, k + 1.0, size / total), above: beta_inc(k + 1.0, size, mean / total) })
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let (mean, size) = (arguments[0][0], arguments[1][0]);
        out[0] = poisson(mean * gamma(size, rng) / size, rng);
    }
}

/// A mean of 0 is the limit in which x is 0.
fn valid(graph: &mut Graph, mean: NodeId, size: NodeId) -> NodeId {
    let (from_zero, positive) = (graph.at_least(mean, 0.0), graph.positive(size));
    graph.both(from_zero, positive)
}

/// ln Γ(x + size) − ln Γ(size) − ln x!.
fn log_ways(graph: &mut Graph, x: NodeId, size: NodeId) -> NodeId {
    let total = graph.add(x, size);
    let (log_total, log_size) = (graph.log_gamma(total), graph.log_gamma(size));
    let rise = graph.sub(log_total, log_size);
    let factorial = graph.log_factorial(x);
    graph.sub(rise, factorial)
}

/// ln P(X ≤ x) and ln P(X > x), by P(X ≤ k) = I_{size / (mean + size)}(size, k + 1).
fn log_cdf_and_ccdf(graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> (NodeId, NodeId) {
    let (mean, size) = (arguments[0], arguments[1]);
    let valid = valid(graph, mean, size);
    let size = graph.valid_or_nan(valid, size);
    let total = graph.add(mean, size);
    let (rest, share) = (graph.div(size, total), graph.div(mean, total));
    let from_zero = graph.at_least(x, 0.0);
    let floor = graph.unary(Unary::Floor, x);
    let (zero, one) = (graph.constant(0.0), graph.constant(1.0));
    let next = graph.plus(floor, 1.0);
    let next = graph.max(next, one);
    let (below, above) = log_tails(graph, size, next, rest, share);
    let sure = graph.valid_or_nan(valid, zero);
    (graph.on_support(from_zero, valid, below), graph.select(from_zero, above, sure))
}

/// Stan's `neg_binomial`: poisson with rate ~ gamma(alpha, beta).
fn from_gamma(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    vec![graph.div(arguments[0], arguments[1]), arguments[0]]
}

/// Failures before the `size`-th success of probability p.
fn from_failures(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    let rest = graph.minus_from(1.0, arguments[1]);
    let odds = graph.div(rest, arguments[1]);
    vec![graph.mul(arguments[0], odds), arguments[0]]
}

/// Stan's `neg_binomial_2_log`.
fn from_log_mean(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    vec![graph.exp(arguments[0]), arguments[1]]
}
