//! The multinomial distribution.

use ppl_graph::{Graph, NodeId, Reduction};
use rand::Rng;

use crate::Domain::{Count, Simplex};
use crate::events::repeat_vector;
use crate::expressions::Expressions;
use crate::sampling;
use crate::{Event, Family, Parameter, Structure, Support};

/// `multinomial(trials, p)`.
pub struct Multinomial;

impl Family for Multinomial {
    fn name(&self) -> &'static str {
        "multinomial"
    }

    fn doc(&self) -> &'static str {
        "trials! Π p^x / x! for counts with sum trials; Johnson, Kotz and Balakrishnan (1997), chapter 35"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Count.named("trials"), Simplex.named("p")] }
    }

    fn event(&self) -> Event {
        Event::Vector
    }

    fn support(&self) -> Support {
        SUPPORT
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let (trials, p) = (arguments[0], arguments[1]);
        let (whole, simplex) = (graph.whole(trials), graph.simplex(p));
        let valid = graph.both(whole, simplex);
        let log_p = graph.log(p);
        let log_p = repeat_vector(graph, log_p, x);
        let sure = graph.constant(1.0);
        let gains = graph.count_times_log(x, log_p, sure);
        let factorials = graph.log_factorial(x);
        let terms = graph.sub(gains, factorials);
        let kernel = graph.reduce_last(Reduction::Sum, terms);
        let ways = graph.log_factorial(trials);
        let ways = graph.valid_or_nan(valid, ways);
        let density = graph.add(ways, kernel);
        let inside = counts_sum_to(graph, x, trials);
        graph.on_support(inside, valid, density)
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        sampling::multinomial(arguments[0][0], arguments[1], rng, out);
    }
}

/// Counts whose sum is the first argument.
pub(crate) const SUPPORT: Support = Support { structure: Structure::Counts(0), ..Support::COUNT };

/// Whether the last axis holds counts with the given sum.
pub(crate) fn counts_sum_to(graph: &mut Graph, x: NodeId, trials: NodeId) -> NodeId {
    let whole = graph.whole(x);
    let all = graph.reduce_last(Reduction::Min, whole);
    let total = graph.reduce_last(Reduction::Sum, x);
    let sum = graph.eq(total, trials);
    graph.both(all, sum)
}
