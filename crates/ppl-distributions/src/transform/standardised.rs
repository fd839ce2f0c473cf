//! Non-centred coordinates: value = location + scale · coordinate.

use ppl_graph::{Graph, NodeId};

use super::Constrained;
use super::bounded::sum_over;
use crate::events::{diagonal, repeat_vector};
use crate::expressions::Expressions;
use crate::families::factor;
use crate::sampling::cholesky;
use crate::{Domain, Family};

/// The value of standardised coordinates `z`, which have the value's shape: location + scale · z, its exp for families
/// on the log scale, location + L z along the last axis for multivariate normals. None for families without location
/// and scale.
pub fn noncentered(graph: &mut Graph, family: &dyn Family, arguments: &[NodeId], z: NodeId) -> Option<Constrained> {
    let roles = family.location_scale()?;
    let location = roles.location.map(|index| arguments[index]);
    let scale = arguments[roles.scale];
    let moved = match family.parameters()[roles.scale].domain {
        Domain::Covariance => {
            let factor = factor(graph, scale);
            scale_vectors(graph, factor, z)
        }
        Domain::CholeskyFactor => scale_vectors(graph, scale, z),
        _ => scale_numbers(graph, scale, z),
    };
    let value = match location {
        Some(location) => {
            let location = repeat_vector(graph, location, z);
            graph.add(location, moved.value)
        }
        None => moved.value,
    };
    if !roles.on_log {
        return Some(Constrained { value, ..moved });
    }
    let logs = sum_over(graph, value, z);
    Some(Constrained { value: graph.exp(value), log_jacobian: graph.add(moved.log_jacobian, logs) })
}

fn scale_numbers(graph: &mut Graph, scale: NodeId, z: NodeId) -> Constrained {
    let log_scale = graph.log(scale);
    Constrained { value: graph.mul(scale, z), log_jacobian: sum_over(graph, log_scale, z) }
}

/// L z for every vector along the last axis.
fn scale_vectors(graph: &mut Graph, factor: NodeId, z: NodeId) -> Constrained {
    let shape = graph.shape(z).clone();
    let dim = shape[shape.len() - 1];
    let count = shape.size() / dim;
    let rows = graph.reshape(z, vec![count, dim]);
    let across = graph.transpose(factor, &[1, 0]);
    let scaled = graph.matmul(rows, across);
    let value = graph.reshape(scaled, shape);
    let scales = diagonal(graph, factor);
    let logs = graph.log(scales);
    let log_volume = graph.sum(logs);
    Constrained { value, log_jacobian: graph.times(log_volume, count as f64) }
}

/// The standardised coordinates of one value: of a number, or of a vector of a multivariate normal. Arguments are
/// slices as for [`Family::draw`]. None for families without location and scale.
pub fn noncentered_coordinates(family: &dyn Family, arguments: &[&[f64]], value: &[f64]) -> Option<Vec<f64>> {
    let roles = family.location_scale()?;
    let location = roles.location.map_or(&[0.0][..], |index| arguments[index]);
    let scale = arguments[roles.scale];
    let residual: Vec<f64> = value
        .iter()
        .enumerate()
        .map(|(k, &x)| (if roles.on_log { x.ln() } else { x }) - location[k.min(location.len() - 1)])
        .collect();
    Some(match family.parameters()[roles.scale].domain {
        Domain::Covariance => solve_lower(&cholesky(scale, value.len()), residual),
        Domain::CholeskyFactor => solve_lower(scale, residual),
        _ => residual.iter().map(|r| r / scale[0]).collect(),
    })
}

/// L⁻¹ r by forward substitution.
fn solve_lower(factor: &[f64], mut r: Vec<f64>) -> Vec<f64> {
    let dim = r.len();
    for i in 0..dim {
        let done: f64 = (0..i).map(|j| factor[i * dim + j] * r[j]).sum();
        r[i] = (r[i] - done) / factor[i * dim + i];
    }
    r
}
