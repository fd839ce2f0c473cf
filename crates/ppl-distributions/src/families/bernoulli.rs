//! The Bernoulli distribution.

use ppl_graph::{Graph, NodeId};
use rand::Rng;

use crate::Domain::Unit;
use crate::expressions::Expressions;
use crate::sampling::uniform;
use crate::{Family, Parameter, Support, Tails};

/// `bernoulli(p)`.
pub struct Bernoulli;

impl Family for Bernoulli {
    fn name(&self) -> &'static str {
        "bernoulli"
    }

    fn doc(&self) -> &'static str {
        "p for x = 1 (true), 1 − p for x = 0 (false); Johnson, Kemp and Kotz (2005), chapter 3"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Unit.named("p")] }
    }

    fn support(&self) -> Support {
        Support::BOOL
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let valid = graph.unit(arguments[0]);
        let p = graph.valid_or_nan(valid, arguments[0]);
        let density = log_chosen(graph, x, p);
        let inside = is_bit(graph, x);
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let valid = graph.unit(arguments[0]);
        let p = graph.valid_or_nan(valid, arguments[0]);
        let at_zero = graph.minus_from(1.0, p);
        Some(step(graph, x, [0.0, 1.0], at_zero))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let valid = graph.unit(arguments[0]);
        let p = graph.valid_or_nan(valid, arguments[0]);
        let above = step(graph, x, [1.0, 0.0], p);
        Some(graph.log(above))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        Some(tails(x, arguments[0]))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = draw(arguments[0][0], rng);
    }
}

/// ln p or ln(1 − p); for a scalar p two logs in all, otherwise one an element.
fn log_chosen(graph: &mut Graph, x: NodeId, p: NodeId) -> NodeId {
    if graph.shape(p).is_scalar() {
        let minus = graph.neg(p);
        let (yes, no) = (graph.log(p), graph.log1p(minus));
        return graph.select(x, yes, no);
    }
    let rest = graph.minus_from(1.0, p);
    let chosen = graph.select(x, p, rest);
    graph.log(chosen)
}

/// Whether x is 0 or 1.
pub(crate) fn is_bit(graph: &mut Graph, x: NodeId) -> NodeId {
    let (whole, unit) = (graph.whole(x), graph.unit(x));
    graph.both(whole, unit)
}

/// A step function of x: `ends[0]` below 0, `middle` from 0 to below 1, `ends[1]` from 1 on.
pub(crate) fn step(graph: &mut Graph, x: NodeId, ends: [f64; 2], middle: NodeId) -> NodeId {
    let [before, after] = ends.map(|end| graph.constant(end));
    let (from_zero, from_one) = (graph.at_least(x, 0.0), graph.at_least(x, 1.0));
    let from_zero = graph.select(from_zero, middle, before);
    graph.select(from_one, after, from_zero)
}

/// The tails at x where 1 has probability p.
pub(crate) fn tails(x: f64, p: f64) -> Tails {
    if !(0.0..=1.0).contains(&p) {
        return Tails { below: f64::NAN, above: f64::NAN };
    }
    let below = if x < 0.0 { 0.0 } else { 1.0 - p };
    if x >= 1.0 { Tails { below: 1.0, above: 0.0 } } else { Tails { below, above: if x < 0.0 { 1.0 } else { p } } }
}

/// 1 with probability p; NaN where p is none.
pub(crate) fn draw(p: f64, rng: &mut dyn Rng) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    f64::from(u8::from(uniform(rng) < p))
}
