//! Ordinal outcomes: a logistic variable seen between cut points.

use ppl_graph::{Graph, NodeId, Tensor};
use ppl_math::logit;
use rand::Rng;

use crate::Domain::{Increasing, Real};
use crate::events::{is_position, neighbours, pick};
use crate::expressions::Expressions;
use crate::sampling::uniform;
use crate::{Family, Parameter, Support};

/// `ordered_logistic(eta, cuts)`, with the cut points along the last axis of `cuts`.
pub struct OrderedLogistic;

impl Family for OrderedLogistic {
    fn name(&self) -> &'static str {
        "ordered_logistic"
    }

    fn doc(&self) -> &'static str {
        "logit⁻¹(eta − cuts[x − 1]) − logit⁻¹(eta − cuts[x]), with −∞ before the first cut and ∞ after the last; \
         McCullagh (1980), section 2.3"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Real.named("eta"), Increasing.named("cuts")] }
    }

    fn support(&self) -> Support {
        Support::LABEL
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let (eta, cuts) = (arguments[0], arguments[1]);
        let valid = increasing(graph, cuts);
        let ends = with_ends(graph, cuts);
        let (low, high) = (pick(graph, ends, x, 0.0), pick(graph, ends, x, 1.0));
        let density = log_between(graph, eta, low, high);
        let density = graph.valid_or_nan(valid, density);
        let count = graph.shape(cuts).last().expect("the cuts' axis") + 1;
        let inside = is_position(graph, x, count);
        graph.on_support(inside, valid, density)
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let cuts = arguments[1];
        if !cuts.windows(2).all(|pair| pair[0] < pair[1]) {
            return out.fill(f64::NAN);
        }
        let latent = arguments[0][0] + logit(uniform(rng));
        out[0] = if latent.is_nan() { latent } else { cuts.partition_point(|&c| c < latent) as f64 };
    }
}

/// ln(logit⁻¹(eta − low) − logit⁻¹(eta − high))
/// = ln(1 − exp(low − high)) − softplus(low − eta) − softplus(eta − high), which holds at infinite ends too.
fn log_between(graph: &mut Graph, eta: NodeId, low: NodeId, high: NodeId) -> NodeId {
    let gap = graph.sub(low, high);
    let room = graph.log1m_exp(gap);
    let (under, over) = (graph.sub(low, eta), graph.sub(eta, high));
    let (under, over) = (graph.softplus(under), graph.softplus(over));
    let cost = graph.add(under, over);
    graph.sub(room, cost)
}

/// `[−∞, cuts…, ∞]` along the last axis.
fn with_ends(graph: &mut Graph, cuts: NodeId) -> NodeId {
    let mut shape = graph.shape(cuts).to_vec();
    let count = shape.pop().expect("the cuts' axis");
    let rows: usize = shape.iter().product();
    shape.push(count + 2);
    let ends: Vec<f64> = (0..rows)
        .flat_map(|_| {
            let inner = std::iter::repeat_n(0.0, count);
            [f64::NEG_INFINITY].into_iter().chain(inner).chain([f64::INFINITY])
        })
        .collect();
    let positions: Vec<u32> = (0..rows * count).map(|k| (k / count * (count + 2) + 1 + k % count) as u32).collect();
    let inner = graph.scatter(cuts, positions, shape.clone());
    let ends = graph.data(Tensor::new(shape, ends));
    graph.add(inner, ends)
}

/// Whether the last axis increases.
fn increasing(graph: &mut Graph, cuts: NodeId) -> NodeId {
    let Some((earlier, later)) = neighbours(graph, cuts) else {
        return graph.constant(1.0);
    };
    let gaps = graph.sub(later, earlier);
    graph.least_positive(gaps)
}
