//! A distribution: a family with its arguments, or something built from one.

mod draw;
mod ordered;
mod support;
mod truncated;
mod zero_sum;

#[cfg(test)]
mod tests;

use std::fmt;

use ppl_graph::{Graph, NodeId};

pub use support::ResolvedSupport;

use crate::{Event, Family};

/// A family with arguments that are nodes of a graph, possibly truncated or constrained.
#[derive(Clone)]
pub enum Distribution {
    /// A family; its arguments in their order.
    Family {
        /// The family.
        family: &'static dyn Family,
        /// One node an argument, with the shapes that [`Family`] states.
        arguments: Vec<NodeId>,
    },
    /// A distribution between bounds (both included), renormalised; nested truncations intersect.
    Truncated {
        /// What is truncated: a family of numbers that has a distribution function, or is improper.
        base: Box<Distribution>,
        /// The lower bound, elementwise or scalar.
        lower: Option<NodeId>,
        /// The upper bound, elementwise or scalar.
        upper: Option<NodeId>,
    },
    /// Vectors along the last axis: independent draws of a distribution of numbers, on increasing values.
    Ordered(Box<Distribution>),
    /// Vectors along the last axis: independent normal draws, given that their sum is 0.
    ZeroSum(Box<Distribution>),
}

impl Distribution {
    /// Whether a value is one number, or a vector along the last axis.
    pub fn event(&self) -> Event {
        match self {
            Distribution::Family { family, .. } => family.event(),
            Distribution::Truncated { base, .. } => base.event(),
            Distribution::Ordered(_) | Distribution::ZeroSum(_) => Event::Vector,
        }
    }

    /// Whether the density integrates to a finite number.
    pub fn is_proper(&self) -> bool {
        self.family().is_proper()
    }

    /// The family at the bottom.
    pub fn family(&self) -> &'static dyn Family {
        match self {
            Distribution::Family { family, .. } => *family,
            Distribution::Truncated { base, .. } => base.family(),
            Distribution::Ordered(base) | Distribution::ZeroSum(base) => base.family(),
        }
    }

    /// Every node that the distribution depends on: the family's arguments, then bounds from the inside out.
    pub fn arguments(&self) -> Vec<NodeId> {
        match self {
            Distribution::Family { arguments, .. } => arguments.clone(),
            Distribution::Truncated { base, lower, upper } => {
                base.arguments().into_iter().chain(*lower).chain(*upper).collect()
            }
            Distribution::Ordered(base) | Distribution::ZeroSum(base) => base.arguments(),
        }
    }

    /// The log density with all constants: one number an element, or for vectors one an event; −∞ outside the support
    /// and NaN where arguments are outside their domain.
    ///
    /// `ordered` keeps its ln K! where the distribution is known to be the same along the last axis: every argument
    /// and bound is a scalar, has the shape `[batch…]`, is repeated along that axis, or is data that does not vary
    /// along it. `zero_sum` is a density with respect to K − 1 orthonormal coordinates of the plane.
    ///
    /// # Errors
    /// Where the family does not allow what is built on it; the message says why.
    pub fn log_density(&self, graph: &mut Graph, x: NodeId) -> Result<NodeId, Unsupported> {
        match self {
            Distribution::Family { family, arguments } => Ok(family.log_density(graph, x, arguments)),
            Distribution::Truncated { .. } => truncated::log_density(self, graph, x),
            Distribution::Ordered(base) => ordered::log_density(base, graph, x),
            Distribution::ZeroSum(base) => zero_sum::log_density(base, graph, x),
        }
    }

    /// ln P(X ≤ x) of a distribution of numbers, accurate in the lower tail.
    ///
    /// # Errors
    /// For vectors, and for families without a distribution function.
    pub fn log_cdf(&self, graph: &mut Graph, x: NodeId) -> Result<NodeId, Unsupported> {
        truncated::log_cdf(self, graph, x)
    }

    /// ln P(X > x) of a distribution of numbers, accurate in the upper tail.
    ///
    /// # Errors
    /// For vectors, and for families without a distribution function.
    pub fn log_ccdf(&self, graph: &mut Graph, x: NodeId) -> Result<NodeId, Unsupported> {
        truncated::log_ccdf(self, graph, x)
    }

    /// The distribution with every argument and bound replaced.
    pub fn map(&self, replace: &mut dyn FnMut(NodeId) -> NodeId) -> Distribution {
        match self {
            Distribution::Family { family, arguments } => {
                Distribution::Family { family: *family, arguments: arguments.iter().map(|&a| replace(a)).collect() }
            }
            Distribution::Truncated { base, lower, upper } => Distribution::Truncated {
                base: Box::new(base.map(replace)),
                lower: lower.map(&mut *replace),
                upper: upper.map(&mut *replace),
            },
            Distribution::Ordered(base) => Distribution::Ordered(Box::new(base.map(replace))),
            Distribution::ZeroSum(base) => Distribution::ZeroSum(Box::new(base.map(replace))),
        }
    }
}

/// Why a distribution has no density.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// `truncated`, or a distribution function, of a family that has none.
    NoDistributionFunction {
        /// The family's name.
        family: &'static str,
    },
    /// `truncated`, or a distribution function, of vectors.
    TruncatedVector {
        /// The family's name.
        family: &'static str,
    },
    /// `ordered` of vectors or of labels.
    OrderedVector {
        /// The family's name.
        family: &'static str,
    },
    /// `zero_sum` of something other than `normal`.
    ZeroSumFamily {
        /// The family's name.
        family: &'static str,
    },
    /// `zero_sum(normal(mu, s))` with an s that varies along the vector.
    ZeroSumScale,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsupported::NoDistributionFunction { family } => {
                write!(f, "`{family}` cannot be truncated or censored: its distribution function has no usable form")
            }
            Unsupported::TruncatedVector { family } => {
                write!(f, "`{family}` cannot be truncated or censored: its values are vectors")
            }
            Unsupported::OrderedVector { family } => {
                write!(f, "`ordered` takes a distribution of single numbers, which `{family}` is not")
            }
            Unsupported::ZeroSumFamily { family } => {
                write!(f, "`zero_sum` takes `normal(0, s)` only, not `{family}`")
            }
            Unsupported::ZeroSumScale => f.write_str("`zero_sum(normal(mu, s))` needs one `s` for the whole vector"),
        }
    }
}

impl std::error::Error for Unsupported {}
