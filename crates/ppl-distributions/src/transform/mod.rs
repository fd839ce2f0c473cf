//! Constraining transforms: from unconstrained coordinates, one real number each, to values of a support, with the log
//! of the absolute Jacobian determinant; and back.
//!
//! | support | value of coordinates u | ln \|J\| |
//! |---|---|---|
//! | no bounds | u | 0 |
//! | above a | a + exp u | u |
//! | below b | b − exp u | u |
//! | from a to b | a + (b − a) logit⁻¹ u | ln(b − a) + u − 2 ln(1 + exp u) |
//! | increasing | the first by its bounds, then steps exp u, or under b a share logit⁻¹ u of the room left | sum |
//! | simplex | softmax of the zero-sum vector of K − 1 orthonormal coordinates | Σ ln x + ½ ln K |
//! | sum 0 | V u with orthonormal columns V, K − 1 coordinates | 0 |
//!
//! Sources: Stan Reference Manual, "Constraint transforms"; Egozcue et al. (2003), "Isometric logratio transformations
//! for compositional data analysis", for the basis.

mod bounded;
mod ordered;
mod standardised;
mod unconstrain;
mod zero_sum;

#[cfg(test)]
mod tests;

use ppl_graph::{Graph, NodeId, Shape};

pub use standardised::{noncentered, noncentered_coordinates};
pub use unconstrain::{NumericSupport, unconstrain};

use crate::{ResolvedSupport, Structure};

/// A value made from unconstrained coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Constrained {
    /// The value, in its own shape.
    pub value: NodeId,
    /// ln |det ∂value/∂coordinates|, one number for all elements.
    pub log_jacobian: NodeId,
}

/// The shape of the coordinates of values of a shape: its last axis is one shorter for simplex and zero-sum vectors.
pub fn unconstrained_shape(support: &ResolvedSupport, shape: &Shape) -> Shape {
    let mut extents = shape.to_vec();
    if matches!(support.structure, Structure::Simplex | Structure::ZeroSum) {
        let last = extents.last_mut().expect("vectors have a last axis");
        *last -= 1;
    }
    extents.into()
}

/// The value of coordinates `u`, whose shape is [`unconstrained_shape`]; `shape` is that of the value.
///
/// Bounds are scalars or have the shape of the value; for increasing vectors they must not vary along the last axis.
/// A bound that is infinite in some elements only is not allowed. Counts, labels and whole numbers have no unconstrained
/// coordinates: they stay as they are.
pub fn constrain(graph: &mut Graph, support: &ResolvedSupport, u: NodeId, shape: &Shape) -> Constrained {
    let continuous = support.values == crate::Values::Real;
    match support.structure {
        Structure::Simplex => zero_sum::simplex(graph, u, shape),
        Structure::ZeroSum => zero_sum::zero_sum(graph, u, shape),
        Structure::Ordered if continuous => ordered::constrain(graph, support, u),
        Structure::Free if continuous => bounded::constrain(graph, support, u),
        _ => unchanged(graph, u),
    }
}

fn unchanged(graph: &mut Graph, u: NodeId) -> Constrained {
    Constrained { value: u, log_jacobian: graph.constant(0.0) }
}
