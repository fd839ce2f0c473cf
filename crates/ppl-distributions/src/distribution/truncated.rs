//! `truncated(d, lower, upper)`: a distribution between bounds, renormalised.

use std::f64::consts::LN_2;

use ppl_graph::{Graph, NodeId, Unary};

use super::support::{End, finite, tighter};
use super::{Distribution, Unsupported};
use crate::expressions::Expressions;
use crate::{Event, Family, Values};

/// A family with the intersection of all truncations around it.
struct Between<'a> {
    family: &'static dyn Family,
    arguments: &'a [NodeId],
    lower: Option<NodeId>,
    upper: Option<NodeId>,
}

/// ln f(x) − ln P(lower ≤ X ≤ upper) between the bounds. An improper density has nothing to renormalise.
pub(super) fn log_density(distribution: &Distribution, graph: &mut Graph, x: NodeId) -> Result<NodeId, Unsupported> {
    let between = flatten(distribution, graph)?;
    let density = between.family.log_density(graph, x, between.arguments);
    let inside = between.contains(graph, x);
    let nothing = graph.constant(f64::NEG_INFINITY);
    let density = graph.select(inside, density, nothing);
    if !between.family.is_proper() {
        return Ok(density);
    }
    // Outside the normaliser counts too, so that arguments outside their domain give NaN everywhere.
    match between.log_mass(graph)? {
        Some(mass) => Ok(graph.sub(density, mass)),
        None => Ok(density),
    }
}

/// ln P(X ≤ x) of a distribution of numbers.
pub(super) fn log_cdf(distribution: &Distribution, graph: &mut Graph, x: NodeId) -> Result<NodeId, Unsupported> {
    let between = flatten(distribution, graph)?;
    let (below, upper) = between.effective_bounds(graph);
    let end = upper.map_or(x, |upper| graph.min(x, upper));
    let part = between.log_mass_of(graph, below, Some(end))?;
    let inside = match (between.lower, between.whole()) {
        (None, _) => graph.constant(1.0),
        (Some(lower), true) => graph.le(lower, x),
        (Some(lower), false) => graph.lt(lower, x),
    };
    between.share(graph, inside, part)
}

/// ln P(X > x) of a distribution of numbers.
pub(super) fn log_ccdf(distribution: &Distribution, graph: &mut Graph, x: NodeId) -> Result<NodeId, Unsupported> {
    let between = flatten(distribution, graph)?;
    let (below, upper) = between.effective_bounds(graph);
    let start = below.map_or(x, |below| graph.max(x, below));
    let part = between.log_mass_of(graph, Some(start), upper)?;
    let inside = match between.upper {
        None => graph.constant(1.0),
        Some(upper) => graph.lt(x, upper),
    };
    between.share(graph, inside, part)
}

fn flatten<'a>(distribution: &'a Distribution, graph: &mut Graph) -> Result<Between<'a>, Unsupported> {
    match distribution {
        Distribution::Family { family, arguments } if family.event() == Event::Scalar => {
            Ok(Between { family: *family, arguments, lower: None, upper: None })
        }
        Distribution::Truncated { base, lower, upper } => {
            let inner = flatten(base, graph)?;
            let (lower, upper) = (finite(graph, *lower), finite(graph, *upper));
            Ok(Between {
                lower: tighter(graph, inner.lower, lower, End::Lower),
                upper: tighter(graph, inner.upper, upper, End::Upper),
                ..inner
            })
        }
        other => Err(Unsupported::TruncatedVector { family: other.family().name() }),
    }
}

impl Between<'_> {
    fn contains(&self, graph: &mut Graph, x: NodeId) -> NodeId {
        let all = graph.constant(1.0);
        let from = self.lower.map_or(all, |lower| graph.le(lower, x));
        let to = self.upper.map_or(all, |upper| graph.le(x, upper));
        graph.both(from, to)
    }

    fn whole(&self) -> bool {
        self.family.support().values != Values::Real
    }

    /// ln P(lower ≤ X ≤ upper); none where the bounds leave all of the support.
    fn log_mass(&self, graph: &mut Graph) -> Result<Option<NodeId>, Unsupported> {
        match self.effective_bounds(graph) {
            (None, None) => Ok(None),
            (below, upper) => self.log_mass_of(graph, below, upper).map(Some),
        }
    }

    /// ln of a probability within the bounds as a share of their mass; −∞ where not inside.
    fn share(&self, graph: &mut Graph, inside: NodeId, part: NodeId) -> Result<NodeId, Unsupported> {
        let part = if graph.as_constant(inside) == Some(1.0) {
            part
        } else {
            let nothing = graph.constant(f64::NEG_INFINITY);
            graph.select(inside, part, nothing)
        };
        Ok(self.log_mass(graph)?.map_or(part, |mass| graph.sub(part, mass)))
    }

    /// The largest value excluded below and the upper bound, where they cut into the support.
    fn effective_bounds(&self, graph: &mut Graph) -> (Option<NodeId>, Option<NodeId>) {
        let (whole_lower, whole_upper) = self.family.support().constant_interval();
        let beyond = |graph: &Graph, bound: Option<NodeId>, free: &dyn Fn(f64) -> bool| {
            bound.filter(|&node| !graph.as_constant(node).is_some_and(free))
        };
        let lower = beyond(graph, self.lower, &|value| value <= whole_lower);
        let upper = beyond(graph, self.upper, &|value| value >= whole_upper);
        (lower.map(|lower| self.last_excluded(graph, lower)), upper)
    }

    /// ln P(below < X ≤ upper).
    fn log_mass_of(
        &self,
        graph: &mut Graph,
        below: Option<NodeId>,
        upper: Option<NodeId>,
    ) -> Result<NodeId, Unsupported> {
        match (below, upper) {
            (None, None) => Ok(graph.constant(0.0)),
            (Some(below), None) => self.log_ccdf(graph, below),
            (None, Some(upper)) => self.log_cdf(graph, upper),
            (Some(below), Some(upper)) => self.log_mass_between(graph, below, upper),
        }
    }

    /// P(X ≥ lower) = P(X > this).
    fn last_excluded(&self, graph: &mut Graph, lower: NodeId) -> NodeId {
        if !self.whole() {
            return lower;
        }
        let first = graph.unary(Unary::Ceil, lower);
        graph.plus(first, -1.0)
    }

    /// ln (F(upper) − F(below)), as a difference of upper tails where `below` is past the median.
    fn log_mass_between(&self, graph: &mut Graph, below: NodeId, upper: NodeId) -> Result<NodeId, Unsupported> {
        let (low, high) = (self.log_cdf(graph, below)?, self.log_cdf(graph, upper)?);
        let from_below = graph.log_sub_exp(high, low);
        let (low_rest, high_rest) = (self.log_ccdf(graph, below)?, self.log_ccdf(graph, upper)?);
        let from_above = graph.log_sub_exp(low_rest, high_rest);
        let past_median = graph.at_least(low, -LN_2);
        let mass = graph.select(past_median, from_above, from_below);
        let some_room = graph.lt(below, upper);
        Ok(graph.valid_or_nan(some_room, mass))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId) -> Result<NodeId, Unsupported> {
        self.family.log_cdf(graph, x, self.arguments).ok_or(self.no_distribution_function())
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId) -> Result<NodeId, Unsupported> {
        self.family.log_ccdf(graph, x, self.arguments).ok_or(self.no_distribution_function())
    }

    fn no_distribution_function(&self) -> Unsupported {
        Unsupported::NoDistributionFunction { family: self.family.name() }
    }
}
