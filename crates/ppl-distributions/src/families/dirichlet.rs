//! The Dirichlet distribution.

use ppl_graph::{Graph, NodeId, Reduction};
use rand::Rng;

use crate::Domain::{Positive, PositiveVector, Simplex};
use crate::events::{repeat_along_events, repeat_vector};
use crate::expressions::Expressions;
use crate::sampling;
use crate::{Alternate, Event, Family, Parameter, Structure, Support};

/// `dirichlet(alpha)`.
pub struct Dirichlet;

impl Family for Dirichlet {
    fn name(&self) -> &'static str {
        "dirichlet"
    }

    fn doc(&self) -> &'static str {
        "Γ(Σ alpha) / Π Γ(alpha) · Π x^(alpha − 1) on the simplex, with respect to all but one of the coordinates; \
         Kotz, Balakrishnan and Johnson (2000), chapter 49"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[PositiveVector.named("alpha")] }
    }

    fn alternates(&self) -> &'static [Alternate] {
        const { &[Alternate { parameters: &[Simplex.named("mean"), Positive.named("size")], convert: from_size }] }
    }

    fn event(&self) -> Event {
        Event::Vector
    }

    fn support(&self) -> Support {
        Support { structure: Structure::Simplex, ..Support::UNIT }
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let alpha = arguments[0];
        let valid = graph.least_positive(alpha);
        let log_normaliser = log_multivariate_beta(graph, alpha);
        let log_normaliser = graph.valid_or_nan(valid, log_normaliser);
        let powers = graph.plus(alpha, -1.0);
        let powers = repeat_vector(graph, powers, x);
        let terms = graph.x_log_y(powers, x);
        let kernel = graph.reduce_last(Reduction::Sum, terms);
        let density = graph.sub(kernel, log_normaliser);
        let inside = graph.simplex(x);
        graph.on_support(inside, valid, density)
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        sampling::dirichlet(arguments[0].iter().copied(), rng, out);
    }
}

/// Σ ln Γ(alpha) − ln Γ(Σ alpha) over the last axis.
fn log_multivariate_beta(graph: &mut Graph, alpha: NodeId) -> NodeId {
    let parts = graph.log_gamma(alpha);
    let parts = graph.reduce_last(Reduction::Sum, parts);
    let total = graph.reduce_last(Reduction::Sum, alpha);
    let whole = graph.log_gamma(total);
    graph.sub(parts, whole)
}

fn from_size(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    let size = repeat_along_events(graph, arguments[1], arguments[0]);
    vec![graph.mul(arguments[0], size)]
}
