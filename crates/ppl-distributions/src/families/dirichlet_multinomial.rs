//! The Dirichlet-multinomial distribution.

use ppl_graph::{Graph, NodeId, Reduction};
use rand::Rng;

use super::multinomial::{SUPPORT, counts_sum_to};
use crate::Domain::{Count, PositiveVector};
use crate::events::repeat_vector;
use crate::expressions::Expressions;
use crate::sampling::{dirichlet, multinomial};
use crate::{Event, Family, Parameter, Support};

/// `dirichlet_multinomial(trials, alpha)`.
pub struct DirichletMultinomial;

impl Family for DirichletMultinomial {
    fn name(&self) -> &'static str {
        "dirichlet_multinomial"
    }

    fn doc(&self) -> &'static str {
        "trials! Γ(A) / Γ(trials + A) · Π Γ(x + alpha) / (x! Γ(alpha)) with A = Σ alpha: \
         multinomial with p ~ dirichlet(alpha); Johnson, Kotz and Balakrishnan (1997), section 35.13"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Count.named("trials"), PositiveVector.named("alpha")] }
    }

    fn event(&self) -> Event {
        Event::Vector
    }

    fn support(&self) -> Support {
        SUPPORT
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let (trials, alpha) = (arguments[0], arguments[1]);
        let (whole, positive) = (graph.whole(trials), graph.least_positive(alpha));
        let valid = graph.both(whole, positive);
        let parts = log_parts(graph, x, alpha);
        let total = graph.reduce_last(Reduction::Sum, alpha);
        let after = graph.add(trials, total);
        let (log_total, log_after) = (graph.log_gamma(total), graph.log_gamma(after));
        let ratio = graph.sub(log_total, log_after);
        let ways = graph.log_factorial(trials);
        let ways = graph.valid_or_nan(valid, ways);
        let constant = graph.add(ways, ratio);
        let density = graph.add(constant, parts);
        let inside = counts_sum_to(graph, x, trials);
        graph.on_support(inside, valid, density)
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let mut p = vec![0.0; out.len()];
        dirichlet(arguments[1].iter().copied(), rng, &mut p);
        multinomial(arguments[0][0], &p, rng, out);
    }
}

/// Σ (ln Γ(x + alpha) − ln Γ(alpha) − ln x!) over the last axis.
fn log_parts(graph: &mut Graph, x: NodeId, alpha: NodeId) -> NodeId {
    let log_alpha = graph.log_gamma(alpha);
    let before = graph.reduce_last(Reduction::Sum, log_alpha);
    let alpha = repeat_vector(graph, alpha, x);
    let after = graph.add(x, alpha);
    let after = graph.log_gamma(after);
    let factorials = graph.log_factorial(x);
    let terms = graph.sub(after, factorials);
    let after = graph.reduce_last(Reduction::Sum, terms);
    graph.sub(after, before)
}
