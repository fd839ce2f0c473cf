//! The binomial distribution.

use ppl_graph::{Graph, NodeId, Unary};
use ppl_math::beta_inc;
use rand::Rng;

use crate::Domain::{Count, Unit};
use crate::expressions::Expressions;
use crate::incomplete_beta::log_tails;
use crate::sampling;
use crate::{Bound, Family, Parameter, Support, Tails};

/// `binomial(trials, p)`.
pub struct Binomial;

impl Family for Binomial {
    fn name(&self) -> &'static str {
        "binomial"
    }

    fn doc(&self) -> &'static str {
        "C(trials, x) p^x (1 − p)^(trials − x) for x = 0, …, trials; Johnson, Kemp and Kotz (2005), chapter 3"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Count.named("trials"), Unit.named("p")] }
    }

    fn support(&self) -> Support {
        SUPPORT
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let (trials, p) = (arguments[0], arguments[1]);
        let (whole, unit) = (graph.whole(trials), graph.unit(p));
        let valid = graph.both(whole, unit);
        let minus = graph.neg(p);
        let (log_yes, log_no) = (graph.log(p), graph.log1p(minus));
        let failures = graph.sub(trials, x);
        let yes = graph.count_times_log(x, log_yes, valid);
        let no = graph.count_times_log(failures, log_no, valid);
        let kernel = graph.add(yes, no);
        let ways = graph.log_choose(trials, x);
        let density = graph.add(ways, kernel);
        let inside = is_part(graph, x, trials);
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_cdf(graph, x, arguments)?;
        Some(graph.exp(log))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        Some(log_cdf_and_ccdf(graph, x, arguments[0], arguments[1]).0)
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        Some(log_cdf_and_ccdf(graph, x, arguments[0], arguments[1]).1)
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        Some(tails(x, arguments[0], arguments[1]))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = sampling::binomial(arguments[0][0], arguments[1][0], rng);
    }
}

/// Whole numbers from 0 to the first argument.
pub(crate) const SUPPORT: Support = Support { upper: Bound::Argument(0), ..Support::COUNT };

/// Whether x is a whole number from 0 to `trials`.
pub(crate) fn is_part(graph: &mut Graph, x: NodeId, trials: NodeId) -> NodeId {
    let whole = graph.whole(x);
    let at_most = graph.le(x, trials);
    graph.both(whole, at_most)
}

/// ln P(X ≤ x) and ln P(X > x), by P(X ≤ k) = I_{1 − p}(n − k, k + 1).
pub(crate) fn log_cdf_and_ccdf(graph: &mut Graph, x: NodeId, trials: NodeId, p: NodeId) -> (NodeId, NodeId) {
    let (whole, unit) = (graph.whole(trials), graph.unit(p));
    let valid = graph.both(whole, unit);
    let p = graph.valid_or_nan(valid, p);
    let k = graph.unary(Unary::Floor, x);
    let (from_zero, below_end) = (graph.at_least(k, 0.0), graph.lt(k, trials));
    let inner = graph.both(from_zero, below_end);
    let (zero, one) = (graph.constant(0.0), graph.constant(1.0));
    let left = graph.sub(trials, k);
    let left = graph.select(inner, left, one);
    let k = graph.select(inner, k, zero);
    let next = graph.plus(k, 1.0);
    let rest = graph.sub(one, p);
    let (below, above) = log_tails(graph, left, next, rest, p);
    let nothing = graph.constant(f64::NEG_INFINITY);
    let ends = [graph.select(from_zero, zero, nothing), graph.select(from_zero, nothing, zero)]
        .map(|end| graph.valid_or_nan(valid, end));
    (graph.select(inner, below, ends[0]), graph.select(inner, above, ends[1]))
}

/// The tails at x.
pub(crate) fn tails(x: f64, trials: f64, p: f64) -> Tails {
    let k = x.floor();
    if !(trials >= 0.0 && trials.fract() == 0.0 && (0.0..=1.0).contains(&p)) {
        return Tails { below: f64::NAN, above: f64::NAN };
    }
    if k < 0.0 {
        return Tails { below: 0.0, above: 1.0 };
    }
    if k >= trials {
        return Tails { below: 1.0, above: 0.0 };
    }
    Tails { below: beta_inc(trials - k, k + 1.0, 1.0 - p), above: beta_inc(k + 1.0, trials - k, p) }
}
