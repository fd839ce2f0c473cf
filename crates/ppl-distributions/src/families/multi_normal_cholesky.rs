//! The multivariate normal distribution by the Cholesky factor of its covariance.

use ppl_graph::{Graph, NodeId, Reduction};
use rand::Rng;

use super::normal::half_log_two_pi;
use crate::Domain::{CholeskyFactor, Vector};
use crate::events::{diagonal, repeat_vector};
use crate::expressions::Expressions;
use crate::sampling::{multi_normal, positive};
use crate::{Event, Family, LocationScale, Parameter, Support};

/// `multi_normal_cholesky(mu, cholesky)`.
pub struct MultiNormalCholesky;

impl Family for MultiNormalCholesky {
    fn name(&self) -> &'static str {
        "multi_normal_cholesky"
    }

    fn doc(&self) -> &'static str {
        "multi_normal(mu, L Lᵀ) for a lower-triangular L = cholesky with a positive diagonal; \
         Stan Functions Reference, \"Multivariate normal distribution, Cholesky parameterization\""
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Vector.named("mu"), CholeskyFactor.named("cholesky")] }
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
        log_density(graph, x, arguments[0], arguments[1])
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let dim = out.len();
        if (0..dim).any(|k| positive(arguments[1][k * (dim + 1)]).is_nan()) {
            return out.fill(f64::NAN);
        }
        multi_normal(arguments[0], arguments[1], rng, out);
    }
}

/// −½ |L⁻¹ (x − mu)|² − Σ ln diag L − ½ K ln 2π, one number an event.
pub(crate) fn log_density(graph: &mut Graph, x: NodeId, mu: NodeId, factor: NodeId) -> NodeId {
    let dim = graph.shape(factor)[0];
    let mu = repeat_vector(graph, mu, x);
    let residual = graph.sub(x, mu);
    let squares = whitened_squares(graph, residual, factor);
    let exponent = graph.times(squares, -0.5);
    let scales = diagonal(graph, factor);
    let logs = graph.log(scales);
    let log_volume = graph.sum(logs);
    let valid = graph.least_positive(scales);
    let log_volume = graph.valid_or_nan(valid, log_volume);
    let normaliser = graph.plus(log_volume, dim as f64 * half_log_two_pi());
    graph.sub(exponent, normaliser)
}

/// |L⁻¹ r|² for every vector r along the last axis, with one triangular solve for all.
fn whitened_squares(graph: &mut Graph, residual: NodeId, factor: NodeId) -> NodeId {
    let mut batch = graph.shape(residual).to_vec();
    let dim = batch.pop().expect("the event axis");
    let count: usize = batch.iter().product();
    let columns = if batch.is_empty() {
        residual
    } else {
        let rows = graph.reshape(residual, vec![count, dim]);
        graph.transpose(rows, &[1, 0])
    };
    let white = graph.solve_triangular(factor, columns, false);
    let squares = graph.square(white);
    let sums = graph.reduce(Reduction::Sum, squares, &[0]);
    graph.reshape(sums, batch)
}
