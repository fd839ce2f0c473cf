//! Where a distribution lives, with bounds that are nodes.

use ppl_graph::{Graph, NodeId};

use super::Distribution;
use crate::events::known;
use crate::{Bound, Structure, Values};

/// A support whose ends are nodes; ends that are known to be infinite are none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResolvedSupport {
    /// What the values are.
    pub values: Values,
    /// The lower end, elementwise or scalar.
    pub lower: Option<NodeId>,
    /// The upper end, elementwise or scalar.
    pub upper: Option<NodeId>,
    /// How the elements of a vector hang together.
    pub structure: Structure,
}

impl Distribution {
    /// Where the density is positive. Truncation takes the tighter of its bounds and the family's; both ends belong to
    /// the support of whole numbers.
    pub fn support(&self, graph: &mut Graph) -> ResolvedSupport {
        match self {
            Distribution::Family { family, arguments } => {
                let support = family.support();
                ResolvedSupport {
                    values: support.values,
                    lower: resolve(graph, support.lower, arguments),
                    upper: resolve(graph, support.upper, arguments),
                    structure: support.structure,
                }
            }
            Distribution::Truncated { base, lower, upper } => {
                let inner = base.support(graph);
                let lower = finite(graph, *lower);
                let upper = finite(graph, *upper);
                ResolvedSupport {
                    lower: tighter(graph, inner.lower, lower, End::Lower),
                    upper: tighter(graph, inner.upper, upper, End::Upper),
                    ..inner
                }
            }
            Distribution::Ordered(base) => ResolvedSupport { structure: Structure::Ordered, ..base.support(graph) },
            Distribution::ZeroSum(base) => ResolvedSupport { structure: Structure::ZeroSum, ..base.support(graph) },
        }
    }
}

fn resolve(graph: &mut Graph, bound: Bound, arguments: &[NodeId]) -> Option<NodeId> {
    match bound {
        Bound::None => None,
        Bound::Const(value) => Some(graph.constant(value)),
        Bound::Argument(index) => finite(graph, Some(arguments[index])),
    }
}

/// The bound, unless it is known to be infinite throughout.
pub(super) fn finite(graph: &Graph, bound: Option<NodeId>) -> Option<NodeId> {
    bound.filter(|&node| known(graph, node).is_none_or(|values| values.iter().any(|value| !value.is_infinite())))
}

#[derive(Clone, Copy)]
pub(super) enum End {
    Lower,
    Upper,
}

/// The bound that leaves less room.
pub(super) fn tighter(graph: &mut Graph, a: Option<NodeId>, b: Option<NodeId>, end: End) -> Option<NodeId> {
    let (Some(a), Some(b)) = (a, b) else {
        return a.or(b);
    };
    if a == b {
        return Some(a);
    }
    Some(match (graph.as_constant(a), graph.as_constant(b), end) {
        (Some(a), Some(b), End::Lower) => graph.constant(a.max(b)),
        (Some(a), Some(b), End::Upper) => graph.constant(a.min(b)),
        (_, _, End::Lower) => graph.max(a, b),
        (_, _, End::Upper) => graph.min(a, b),
    })
}
