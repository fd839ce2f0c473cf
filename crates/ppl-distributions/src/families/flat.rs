//! The improper flat density.

use ppl_graph::{Graph, NodeId};
use rand::Rng;

use crate::Domain::Real;
use crate::expressions::Expressions;
use crate::{Bound, Family, Parameter, Support};

/// `flat()`, `flat(lower = a, upper = b)`.
pub struct Flat;

impl Family for Flat {
    fn name(&self) -> &'static str {
        "flat"
    }

    fn doc(&self) -> &'static str {
        "1 for lower ≤ x ≤ upper, without a normalising constant even where the bounds are finite; improper"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const {
            &[
                Parameter { default: Some(f64::NEG_INFINITY), ..Real.named("lower") },
                Parameter { default: Some(f64::INFINITY), ..Real.named("upper") },
            ]
        }
    }

    fn support(&self) -> Support {
        Support { lower: Bound::Argument(0), upper: Bound::Argument(1), ..Support::REAL }
    }

    fn is_proper(&self) -> bool {
        false
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let shape = graph.shape(x).clone();
        let [from, to] = [(arguments[0], x), (x, arguments[1])].map(|(a, b)| at_most(graph, a, b));
        let inside = graph.both(from, to);
        let zero = graph.filled(0.0, shape);
        if graph.as_constant(inside) == Some(1.0) {
            return zero;
        }
        let valid = graph.le(arguments[0], arguments[1]);
        graph.on_support(inside, valid, zero)
    }

    fn draw(&self, _rng: &mut dyn Rng, _arguments: &[&[f64]], out: &mut [f64]) {
        out[0] = f64::NAN;
    }
}

/// `a ≤ b`, known to be true where either is an endless bound.
fn at_most(graph: &mut Graph, a: NodeId, b: NodeId) -> NodeId {
    let endless = graph.as_constant(a) == Some(f64::NEG_INFINITY) || graph.as_constant(b) == Some(f64::INFINITY);
    if endless { graph.constant(1.0) } else { graph.le(a, b) }
}
