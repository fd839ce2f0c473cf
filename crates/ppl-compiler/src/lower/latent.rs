//! Unknowns: inputs of the graph, constrained to their support, with their density.

use ppl_diagnostic::Span;
use ppl_distributions::transform::{constrain, noncentered, unconstrained_shape};
use ppl_distributions::{Distribution, ResolvedSupport, Values};
use ppl_graph::NodeId;

use super::axes::Env;
use super::define::Part;
use super::{Coordinates, Lowered, LoweredDist, Lowering, Term};
use crate::hir::{Dist, Hints, TargetAxis, VarId};

/// The elements of an unknown that one statement defines.
#[derive(Clone)]
pub(crate) struct LatentBlock {
    /// The variable.
    pub var: VarId,
    /// Flat positions in the variable, in the order of the values.
    pub positions: Vec<u32>,
    /// How many numbers one event has.
    pub event: usize,
    /// The distribution.
    pub dist: LoweredDist,
    /// Where it is positive.
    pub support: ResolvedSupport,
    /// The values, events one after the other.
    pub value: NodeId,
    /// First input.
    pub offset: usize,
    /// How many inputs.
    pub len: usize,
    /// Whether the coordinate is the standardised value.
    pub noncentered: bool,
    /// A starting value.
    pub init: Option<f64>,
}

impl Lowering<'_> {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn latent(
        &mut self,
        statement: usize,
        var: VarId,
        target: &[TargetAxis],
        dist: &Dist,
        hints: &Hints,
        env: &Env,
        span: Span,
    ) -> Lowered<()> {
        let elements = self.elements(var, target, env)?;
        let (layout, order) = self.layout(dist, &elements.axes, env)?;
        let lowered = self.dist(dist, &layout, env)?;
        let shape = self.extents(&layout.axes());
        let positions = reordered(&elements.positions, &self.extents(&elements.axes), &order);
        let support = lowered.distribution.support(&mut self.graph);
        let (value, len) = match self.coordinates {
            Coordinates::Natural => self.natural(&shape),
            Coordinates::Unconstrained => {
                self.constrained(&lowered, &support, &shape, hints.noncentered, statement, var, &positions)?
            }
        };
        let offset = self.inputs - len;
        let event = layout.event.map_or(1, |e| self.extent(e));
        let standardised = hints.noncentered && self.coordinates == Coordinates::Unconstrained;
        if !standardised || !self.has_own_term(&lowered) {
            let node = self.log_density(&lowered, value, dist.span)?;
            self.term(statement, var, node, &positions, event);
        }
        let init = hints.init.as_ref().map(|e| self.known_number(e)).transpose()?;
        let block = LatentBlock {
            var,
            positions: positions.clone(),
            event,
            dist: lowered,
            support,
            value,
            offset,
            len,
            noncentered: hints.noncentered,
            init,
        };
        self.latents.push(block);
        let named = self.as_named(value, dist);
        self.add_part(var, Part { node: named, positions: positions.into(), span })
    }

    fn natural(&mut self, shape: &[usize]) -> (NodeId, usize) {
        let len = shape.iter().product();
        let node = self.graph.input(self.inputs, shape.to_vec());
        self.inputs += len;
        (node, len)
    }

    /// Coordinates made into values; for standardised ones also the density, which is that of the coordinates.
    #[allow(clippy::too_many_arguments)]
    fn constrained(
        &mut self,
        dist: &LoweredDist,
        support: &ResolvedSupport,
        shape: &[usize],
        standardised: bool,
        statement: usize,
        var: VarId,
        positions: &[u32],
    ) -> Lowered<(NodeId, usize)> {
        let value_shape = ppl_graph::Shape::from(shape.to_vec());
        let own = if standardised { value_shape.clone() } else { unconstrained_shape(support, &value_shape) };
        let len = own.size();
        let u = self.graph.input(self.inputs, own);
        self.inputs += len;
        let made = match &dist.distribution {
            Distribution::Family { family, arguments } if standardised => {
                let made = noncentered(&mut self.graph, *family, arguments, u);
                if self.has_own_term(dist) {
                    let node = self.standardised_term(dist, u);
                    self.term(statement, var, node, positions, 1);
                }
                made.expect("checked to have location and scale")
            }
            _ => constrain(&mut self.graph, support, u, &value_shape),
        };
        self.jacobians.push(made.log_jacobian);
        Ok((made.value, len))
    }

    /// Whether the density of standardised coordinates is written directly, which rounds less and costs less.
    fn has_own_term(&self, dist: &LoweredDist) -> bool {
        match &dist.distribution {
            Distribution::Family { family, .. } => {
                let location_scale = family.location_scale();
                location_scale.is_some_and(|roles| !roles.on_log) && family.event() == ppl_distributions::Event::Scalar
            }
            _ => false,
        }
    }

    /// The density of location + scale · u at that value: the standard density at u, over the scale.
    fn standardised_term(&mut self, dist: &LoweredDist, u: NodeId) -> NodeId {
        let Distribution::Family { family, arguments } = &dist.distribution else {
            unreachable!("only families are standardised")
        };
        let roles = family.location_scale().expect("checked to have a scale");
        let mut standard = arguments.clone();
        if let Some(location) = roles.location {
            standard[location] = self.graph.constant(0.0);
        }
        standard[roles.scale] = self.graph.constant(1.0);
        let density = family.log_density(&mut self.graph, u, &standard);
        let log_scale = self.graph.log(arguments[roles.scale]);
        self.graph.sub(density, log_scale)
    }

    pub(super) fn term(&mut self, statement: usize, var: VarId, node: NodeId, positions: &[u32], event: usize) {
        let positions = positions.iter().step_by(event.max(1)).copied().collect();
        self.terms.push(Term { var, statement, node, positions });
    }

    /// Values as programs see them: labels without a dim count from 1.
    fn as_named(&mut self, value: NodeId, dist: &Dist) -> NodeId {
        if dist.family().support().values != Values::Label || dist.labels.is_some() {
            return value;
        }
        let one = self.graph.constant(1.0);
        self.graph.add(value, one)
    }

    fn known_number(&mut self, e: &crate::hir::Expr) -> Lowered<f64> {
        let env = Env { restrictions: Vec::new(), active: true };
        let value = self.expr(e, &env)?;
        match self.constant(value.node) {
            Some(tensor) => Ok(tensor.values[0]),
            None => self.fail("E0308", "this must be known before sampling", e.span, ""),
        }
    }
}

/// Row-major positions over `extents` in another order of the axes.
pub(super) fn reordered(positions: &[u32], extents: &[usize], order: &[usize]) -> Vec<u32> {
    if order.iter().enumerate().all(|(k, &p)| k == p) {
        return positions.to_vec();
    }
    let strides = ppl_graph::Shape::from(extents.to_vec()).strides();
    let shape: Vec<usize> = order.iter().map(|&k| extents[k]).collect();
    (0..positions.len())
        .map(|i| {
            let mut rest = i;
            let mut flat = 0;
            for (&k, &extent) in order.iter().zip(&shape).rev() {
                flat += rest % extent * strides[k];
                rest /= extent;
            }
            positions[flat]
        })
        .collect()
}

impl LatentBlock {
    /// Every node that a draw of the block, or its way to coordinates and back, needs.
    pub(crate) fn nodes(&self) -> Vec<NodeId> {
        let mut nodes = self.dist.distribution.arguments();
        nodes.extend(self.support.lower);
        nodes.extend(self.support.upper);
        nodes
    }

    /// Takes the nodes of [`LatentBlock::nodes`] under other names.
    pub(crate) fn rename(&mut self, next: &mut dyn FnMut() -> NodeId) {
        let old = self.dist.distribution.arguments();
        let new: std::collections::HashMap<NodeId, NodeId> = old.iter().map(|&node| (node, next())).collect();
        self.dist.distribution = self.dist.distribution.map(&mut |node| new[&node]);
        self.dist.slicing = self.dist.slicing.iter().filter_map(|(node, s)| Some((*new.get(node)?, *s))).collect();
        self.support.lower = self.support.lower.map(|_| next());
        self.support.upper = self.support.upper.map(|_| next());
    }
}
