//! The multivariate normal distribution by its covariance.

use ppl_graph::{Graph, NodeId, Reduction};
use rand::Rng;

use super::multi_normal_cholesky::log_density;
use crate::Domain::{Covariance, Vector};
use crate::expressions::{Expressions, SYMMETRY_TOLERANCE};
use crate::sampling::{cholesky, multi_normal};
use crate::{Alternate, Event, Family, LocationScale, Parameter, Support};

/// `multi_normal(mu, covariance)`.
pub struct MultiNormal;

impl Family for MultiNormal {
    fn name(&self) -> &'static str {
        "multi_normal"
    }

    fn doc(&self) -> &'static str {
        "exp(−(x − mu)ᵀ covariance⁻¹ (x − mu) / 2) / √det(2π covariance); \
         Kotz, Balakrishnan and Johnson (2000), chapter 45"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Vector.named("mu"), Covariance.named("covariance")] }
    }

    fn alternates(&self) -> &'static [Alternate] {
        const { &[Alternate { parameters: &[Vector.named("mu"), Covariance.named("precision")], convert: from_precision }] }
    }

    fn event(&self) -> Event {
        Event::Vector
    }

    fn support(&self) -> Support {
        Support::REAL
    }

    fn location_scale(&self) -> Option<LocationScale> {
        Some(LocationScale { location: Some(0), scale: 1, on_log: false })
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let factor = factor(graph, arguments[1]);
        log_density(graph, x, arguments[0], factor)
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let factor = cholesky(arguments[1], out.len());
        multi_normal(arguments[0], &factor, rng, out);
    }
}

/// The lower Cholesky factor of a covariance; NaN where it is not symmetric or not positive definite.
pub(crate) fn factor(graph: &mut Graph, covariance: NodeId) -> NodeId {
    let mirror = graph.transpose(covariance, &[1, 0]);
    let difference = graph.sub(covariance, mirror);
    let [difference, size] = [difference, covariance].map(|matrix| {
        let sizes = graph.abs(matrix);
        graph.reduce_all(Reduction::Max, sizes)
    });
    let most = graph.times(size, SYMMETRY_TOLERANCE);
    let symmetric = graph.le(difference, most);
    let covariance = graph.valid_or_nan(symmetric, covariance);
    graph.cholesky(covariance)
}

fn from_precision(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    vec![arguments[0], graph.inverse(arguments[1])]
}
