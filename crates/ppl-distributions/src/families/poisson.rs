//! The Poisson distribution.

use ppl_graph::{Binary, Graph, NodeId, Unary};
use ppl_math::{gamma_p, gamma_q};
use rand::Rng;

use crate::Domain::Positive;
use crate::expressions::Expressions;
use crate::sampling;
use crate::{Family, Parameter, Support, Tails};

/// Counts from here on are beyond every tail.
pub(crate) const ENDLESS: f64 = 9e15;

/// `poisson(rate)`.
pub struct Poisson;

impl Family for Poisson {
    fn name(&self) -> &'static str {
        "poisson"
    }

    fn doc(&self) -> &'static str {
        "rate^x exp(−rate) / x! for x = 0, 1, …; Johnson, Kemp and Kotz (2005), chapter 4"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("rate")] }
    }

    fn support(&self) -> Support {
        Support::COUNT
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        // Rate 0 is the limit in which x is 0.
        let rate = arguments[0];
        let valid = graph.at_least(rate, 0.0);
        let log_rate = graph.log(rate);
        let gain = graph.count_times_log(x, log_rate, valid);
        let kernel = graph.sub(gain, rate);
        let factorial = graph.log_factorial(x);
        let density = graph.sub(kernel, factorial);
        let inside = graph.whole(x);
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        Some(incomplete(graph, Binary::GammaQ, 0.0, x, arguments[0]))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let above = incomplete(graph, Binary::GammaP, 1.0, x, arguments[0]);
        Some(graph.log(above))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        Some(tails(x, arguments[0]))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = sampling::poisson(arguments[0][0], rng);
    }
}

/// An incomplete gamma function of the rate at shape ⌊x⌋ + 1; `before` where x < 0.
pub(crate) fn incomplete(graph: &mut Graph, side: Binary, before: f64, x: NodeId, rate: NodeId) -> NodeId {
    let valid = graph.at_least(rate, 0.0);
    let rate = graph.valid_or_nan(valid, rate);
    let from_zero = graph.at_least(x, 0.0);
    let floor = graph.unary(Unary::Floor, x);
    let next = graph.plus(floor, 1.0);
    let one = graph.constant(1.0);
    let shape = graph.max(next, one);
    let inside = graph.binary(side, shape, rate);
    let before = graph.constant(before);
    let before = graph.valid_or_nan(valid, before);
    graph.select(from_zero, inside, before)
}

/// The tails at x.
pub(crate) fn tails(x: f64, rate: f64) -> Tails {
    let k = x.floor();
    if rate.is_nan() || rate < 0.0 {
        return Tails { below: f64::NAN, above: f64::NAN };
    }
    if !(0.0..ENDLESS).contains(&k) {
        let below = f64::from(u8::from(k > 0.0));
        return Tails { below, above: 1.0 - below };
    }
    Tails { below: gamma_q(k + 1.0, rate), above: gamma_p(k + 1.0, rate) }
}
