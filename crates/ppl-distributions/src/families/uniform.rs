//! The uniform distribution on an interval.

use ppl_graph::{Graph, NodeId};
use rand::Rng;

use crate::Domain::Real;
use crate::expressions::Expressions;
use crate::sampling::{positive, probability, uniform};
use crate::{Bound, Family, Parameter, Support, Tails};

/// `uniform(lower, upper)`.
pub struct Uniform;

impl Family for Uniform {
    fn name(&self) -> &'static str {
        "uniform"
    }

    fn doc(&self) -> &'static str {
        "1 / (upper − lower) for lower ≤ x ≤ upper; Johnson, Kotz and Balakrishnan (1995), chapter 26"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Real.named("lower"), Real.named("upper")] }
    }

    fn support(&self) -> Support {
        Support { lower: Bound::Argument(0), upper: Bound::Argument(1), ..Support::REAL }
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let width = graph.sub(arguments[1], arguments[0]);
        let valid = graph.positive(width);
        let log_width = graph.log(width);
        let density = graph.neg(log_width);
        let density = graph.valid_or_nan(valid, density);
        let (from, to) = (graph.le(arguments[0], x), graph.le(x, arguments[1]));
        let inside = graph.both(from, to);
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let above = graph.sub(x, arguments[0]);
        Some(share(graph, above, arguments))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let below = graph.sub(arguments[1], x);
        let share = share(graph, below, arguments);
        Some(graph.log(share))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let (lower, upper) = (arguments[0], arguments[1]);
        let width = positive(upper - lower);
        let x = x.max(lower).min(upper);
        Some(Tails { below: (x - lower) / width, above: (upper - x) / width })
    }

    fn quantile(&self, p: f64, arguments: &[f64]) -> Option<f64> {
        let (lower, upper) = (arguments[0], arguments[1]);
        let x = lower + probability(p) * positive(upper - lower);
        Some(if x > upper { upper } else { x })
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let (lower, upper) = (arguments[0][0], arguments[1][0]);
        out[0] = lower + positive(upper - lower) * uniform(rng);
    }
}

/// A length as a share of the interval, from 0 to 1.
fn share(graph: &mut Graph, length: NodeId, arguments: &[NodeId]) -> NodeId {
    let width = graph.sub(arguments[1], arguments[0]);
    let valid = graph.positive(width);
    let width = graph.valid_or_nan(valid, width);
    let share = graph.div(length, width);
    let (zero, one) = (graph.constant(0.0), graph.constant(1.0));
    let share = graph.max(share, zero);
    graph.min(share, one)
}
