//! `zero_sum(normal(mu, s))`: independent normal draws, given that their sum is 0.
//!
//! On the plane Σx = 0, with Lebesgue measure of an orthonormal basis, the conditional density is a normal of K − 1
//! independent coordinates: −½ Σ(x − m)²/s² − (K − 1)(ln s + ½ ln 2π), where m is mu less its mean over the vector. A mu
//! that is the same for all elements drops out.

use ppl_graph::{Graph, NodeId, Reduction};

use super::ordered::is_shared;
use super::{Distribution, Unsupported};
use crate::events::repeat_along_events;
use crate::expressions::Expressions;
use crate::families::half_log_two_pi;

/// How far from 0 the sum of a vector may be, relative to its size.
const TOLERANCE: f64 = 1e-8;

/// The log density of vectors along the last axis of x.
pub(super) fn log_density(base: &Distribution, graph: &mut Graph, x: NodeId) -> Result<NodeId, Unsupported> {
    let (mu, sigma) = location_and_scale(base)?;
    let rank = graph.shape(x).len();
    if !is_shared(graph, sigma, rank) {
        return Err(Unsupported::ZeroSumScale);
    }
    let centred = if is_shared(graph, mu, rank) { x } else { less_centred(graph, x, mu) };
    let scale = repeat_along_events(graph, sigma, x);
    let z = graph.div(centred, scale);
    let squares = graph.square(z);
    let squares = graph.reduce_last(Reduction::Sum, squares);
    let exponent = graph.times(squares, -0.5);
    let normaliser = log_normaliser(graph, x, sigma);
    let density = graph.sub(exponent, normaliser);
    let (inside, valid) = (sums_to_zero(graph, x), graph.least_positive(sigma));
    Ok(graph.on_support(inside, valid, density))
}

/// The arguments of the normal distribution that is conditioned.
pub(super) fn location_and_scale(base: &Distribution) -> Result<(NodeId, NodeId), Unsupported> {
    match base {
        Distribution::Family { family, arguments } if family.name() == "normal" => Ok((arguments[0], arguments[1])),
        other => Err(Unsupported::ZeroSumFamily { family: other.family().name() }),
    }
}

/// (K − 1)(ln s + ½ ln 2π), one number an event (or one for all).
fn log_normaliser(graph: &mut Graph, x: NodeId, sigma: NodeId) -> NodeId {
    let shape = graph.shape(x);
    let (rank, count) = (shape.len(), shape[shape.len() - 1] as f64);
    let mut log_sigma = graph.log(sigma);
    if graph.shape(sigma).len() == rank {
        let total = graph.reduce_last(Reduction::Sum, log_sigma);
        log_sigma = graph.times(total, count.recip());
    }
    let each = graph.plus(log_sigma, half_log_two_pi());
    graph.times(each, count - 1.0)
}

/// x − mu, less its mean over the last axis.
fn less_centred(graph: &mut Graph, x: NodeId, mu: NodeId) -> NodeId {
    let count = *graph.shape(x).last().expect("the event axis") as f64;
    let residual = graph.sub(x, mu);
    let total = graph.reduce_last(Reduction::Sum, residual);
    let mean = graph.times(total, count.recip());
    let mean = repeat_along_events(graph, mean, x);
    graph.sub(residual, mean)
}

fn sums_to_zero(graph: &mut Graph, x: NodeId) -> NodeId {
    let total = graph.reduce_last(Reduction::Sum, x);
    let distance = graph.abs(total);
    let sizes = graph.abs(x);
    let size = graph.reduce_last(Reduction::Sum, sizes);
    let size = graph.plus(size, 1.0);
    let most = graph.times(size, TOLERANCE);
    graph.le(distance, most)
}
