//! The categorical distribution.

use ppl_graph::{Graph, NodeId};
use rand::Rng;

use crate::events::{is_position, pick};
use crate::expressions::Expressions;
use crate::sampling::position;
use crate::{Domain, Family, Parameter, Support};

/// `categorical(p)`, with the categories along the last axis of p.
pub struct Categorical;

impl Family for Categorical {
    fn name(&self) -> &'static str {
        "categorical"
    }

    fn doc(&self) -> &'static str {
        "p[x], for x among the labels of p's dim; Johnson, Kotz and Balakrishnan (1997), section 35.1"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Domain::Simplex.named("p")] }
    }

    fn support(&self) -> Support {
        Support::LABEL
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let p = arguments[0];
        let valid = graph.simplex(p);
        let density = if graph.shape(p).len() == 1 {
            let log_p = graph.log(p);
            pick(graph, log_p, x, 0.0)
        } else {
            let chosen = pick(graph, p, x, 0.0);
            graph.log(chosen)
        };
        let density = graph.valid_or_nan(valid, density);
        let count = *graph.shape(p).last().expect("the categories' axis");
        let inside = is_position(graph, x, count);
        graph.on_support(inside, valid, density)
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = position(arguments[0], rng);
    }
}
