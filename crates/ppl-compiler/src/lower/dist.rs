//! Distributions to nodes: arguments aligned with the values they are of.

use std::collections::HashMap;

use ppl_diagnostic::{Diagnostic, Span};
use ppl_distributions::{Distribution, Domain, Event, Values};
use ppl_graph::NodeId;

use super::axes::{AxisId, Env};
use super::{Coordinates, Lowered, Lowering, Value};
use crate::hir::{DensityKind, Dist, DistKind, Expr};

/// A distribution whose arguments are nodes, for values over `batch` and perhaps an event axis.
#[derive(Clone)]
pub(crate) struct LoweredDist {
    /// The distribution.
    pub distribution: Distribution,
    /// How to read the arguments of one event.
    pub slicing: HashMap<NodeId, Slicing>,
}

/// Which numbers of an argument belong to one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slicing {
    /// All, for every event.
    Whole,
    /// The next so many.
    Each(usize),
}

/// The axes of values: their batch, and the axis of an event or of what is chosen from.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Axes of the values without the event's.
    pub batch: Vec<AxisId>,
    /// The event's axis, last in the values.
    pub event: Option<AxisId>,
}

impl Layout {
    pub(super) fn axes(&self) -> Vec<AxisId> {
        self.batch.iter().copied().chain(self.event).collect()
    }
}

impl Lowering<'_> {
    /// The layout of values over `axes`, and the order in which their axes stand in it.
    pub(super) fn layout(&mut self, dist: &Dist, axes: &[AxisId], env: &Env) -> Lowered<(Layout, Vec<usize>)> {
        let all: Vec<usize> = (0..axes.len()).collect();
        let Some(axis) = dist.axis.filter(|_| dist.is_vector()) else {
            return Ok((Layout { batch: axes.to_vec(), event: None }, all));
        };
        let current = self.current(axis, env)?;
        let place = axes.iter().rposition(|a| *a == current).expect("the left side has the event's axis");
        let mut order: Vec<usize> = all.into_iter().filter(|&k| k != place).collect();
        let batch = order.iter().map(|&k| axes[k]).collect();
        order.push(place);
        let event = self.fresh_axis(current);
        Ok((Layout { batch, event: Some(event) }, order))
    }

    /// A distribution for values of a layout.
    pub(super) fn dist(&mut self, dist: &Dist, layout: &Layout, env: &Env) -> Lowered<LoweredDist> {
        self.cut_points(dist)?;
        let mut slicing = HashMap::new();
        let distribution = self.build(dist, dist, layout, env, &mut slicing)?;
        Ok(LoweredDist { distribution, slicing })
    }

    /// Labels are one more than the cut points between them.
    fn cut_points(&mut self, dist: &Dist) -> Lowered<()> {
        let (arguments, parameters) = dist.arguments();
        let cuts = parameters.iter().position(|p| p.domain == Domain::Increasing);
        let (Some(cuts), Some(axis), Some(labels)) = (cuts, dist.axis, dist.labels) else { return Ok(()) };
        let cut_axis = self.axis(axis)?;
        let (given, size) = (self.extent(cut_axis), self.bound.size(labels));
        if given + 1 == size {
            return Ok(());
        }
        let name = &self.hir.dims[labels.0].name;
        let text =
            format!("`{name}` has {size} labels, so there are {} cut points, not {given}", size.saturating_sub(1));
        let cut_dim = &self.hir.dims[self.hir.dim_of(axis).0].name;
        self.fail("E0302", text, arguments[cuts].span, format!("over `{cut_dim}`"))
    }

    fn build(
        &mut self,
        dist: &Dist,
        outer: &Dist,
        layout: &Layout,
        env: &Env,
        slicing: &mut HashMap<NodeId, Slicing>,
    ) -> Lowered<Distribution> {
        Ok(match &dist.kind {
            DistKind::Family { family, alternate, .. } => {
                let (arguments, parameters) = dist.arguments();
                let mut nodes = Vec::new();
                for (e, p) in arguments.iter().zip(parameters) {
                    let node = self.argument(e, p.domain, dist, layout, env)?;
                    self.argument_in_domain(node, e, p, dist)?;
                    nodes.push(node);
                }
                if let Some(i) = alternate {
                    nodes = (family.alternates()[*i].convert)(&mut self.graph, &nodes);
                }
                for (&node, p) in nodes.iter().zip(family.parameters()) {
                    slicing.insert(node, self.slicing_of(node, p.domain, outer, layout));
                }
                Distribution::Family { family: *family, arguments: nodes }
            }
            DistKind::Truncated { base, lower, upper } => {
                let base = Box::new(self.build(base, outer, layout, env, slicing)?);
                let mut end = |lowering: &mut Self, e: &Option<Expr>| -> Lowered<Option<NodeId>> {
                    let Some(e) = e else { return Ok(None) };
                    let node = lowering.argument(e, Domain::Real, dist, layout, env)?;
                    slicing.insert(node, lowering.slicing_of(node, Domain::Real, outer, layout));
                    Ok(Some(node))
                };
                let lower = end(self, lower)?;
                let upper = end(self, upper)?;
                Distribution::Truncated { base, lower, upper }
            }
            DistKind::Ordered(base) => Distribution::Ordered(Box::new(self.build(base, outer, layout, env, slicing)?)),
            DistKind::ZeroSum(base) => Distribution::ZeroSum(Box::new(self.build(base, outer, layout, env, slicing)?)),
        })
    }

    /// An argument in the shape that the family wants.
    fn argument(&mut self, e: &Expr, domain: Domain, dist: &Dist, layout: &Layout, env: &Env) -> Lowered<NodeId> {
        let value = self.expr(e, env)?;
        match domain {
            Domain::Real | Domain::Positive | Domain::Unit | Domain::Count => {
                let axes = match dist.family().event() {
                    Event::Scalar => self.along_event(value, e, dist, layout)?,
                    Event::Vector => value,
                };
                if axes.axes.is_empty() {
                    return Ok(axes.node);
                }
                let over = match dist.family().event() {
                    Event::Scalar => layout.axes(),
                    Event::Vector => layout.batch.clone(),
                };
                Ok(self.spread(&axes, &over))
            }
            Domain::Covariance | Domain::CholeskyFactor => match value.axes.len() {
                2 => Ok(value.node),
                _ => unreachable!("checked to be one matrix"),
            },
            _ => self.vector_argument(value, e, dist, layout),
        }
    }

    /// Under `ordered` and `zero_sum` the arguments of single numbers may vary along the event.
    fn along_event(&mut self, value: Value, e: &Expr, dist: &Dist, layout: &Layout) -> Lowered<Value> {
        match layout.event {
            Some(event) => self.renamed(value, e, dist, event),
            None => Ok(value),
        }
    }

    /// Where the axis of the distribution's events or choices stands in an argument.
    fn event_place(&mut self, value: &Value, e: &Expr, dist: &Dist) -> Lowered<Option<usize>> {
        let places = self.places(value, &e.ty.axes)?;
        let last = e.ty.axes.iter().rposition(|&a| Some(a) == dist.axis);
        Ok(last.and_then(|k| places[k]))
    }

    /// The value with the event's axis under the name that it has in the layout.
    fn renamed(&mut self, mut value: Value, e: &Expr, dist: &Dist, event: AxisId) -> Lowered<Value> {
        if let Some(place) = self.event_place(&value, e, dist)? {
            value.axes[place] = event;
        }
        Ok(value)
    }

    fn vector_argument(&mut self, value: Value, e: &Expr, dist: &Dist, layout: &Layout) -> Lowered<NodeId> {
        let event = match layout.event {
            Some(event) => event,
            None => match self.event_place(&value, e, dist)? {
                Some(place) => self.fresh_axis(value.axes[place]),
                None => return self.fail("E0404", "this argument must have one dim of its own", e.span, ""),
            },
        };
        let value = self.renamed(value, e, dist, event)?;
        if value.axes.is_empty() {
            let len = self.extent(event);
            return Ok(self.filled(value.node, &[len]));
        }
        if value.axes == [event] {
            return Ok(value.node);
        }
        let axes: Vec<AxisId> = layout.batch.iter().copied().chain([event]).collect();
        Ok(self.spread(&value, &axes))
    }

    fn slicing_of(&self, node: NodeId, domain: Domain, outer: &Dist, layout: &Layout) -> Slicing {
        let shape = self.graph.shape(node);
        let event = layout.event.map_or(1, |e| self.extent(e));
        match domain {
            _ if shape.is_scalar() => Slicing::Whole,
            Domain::Covariance | Domain::CholeskyFactor => Slicing::Whole,
            Domain::Real | Domain::Positive | Domain::Unit | Domain::Count => {
                let inside = matches!(outer.kind, DistKind::Ordered(_) | DistKind::ZeroSum(_));
                Slicing::Each(if inside { event } else { 1 })
            }
            _ if shape.len() == layout.batch.len() + 1 && !layout.batch.is_empty() => {
                Slicing::Each(shape[shape.len() - 1])
            }
            _ => Slicing::Whole,
        }
    }

    /// Arguments that are data must be in their domain.
    fn argument_in_domain(
        &mut self,
        node: NodeId,
        e: &Expr,
        p: &ppl_distributions::Parameter,
        dist: &Dist,
    ) -> Lowered<()> {
        if self.coordinates != Coordinates::Natural || matches!(p.domain, Domain::Real | Domain::Vector) {
            return Ok(());
        }
        let Some(tensor) = self.constant(node) else { return Ok(()) };
        let (wanted, fits): (&str, fn(f64) -> bool) = match p.domain {
            Domain::Positive | Domain::PositiveVector => ("positive", |v| v > 0.0 && v < f64::INFINITY),
            Domain::Unit | Domain::Simplex => ("from 0 to 1", |v| (0.0..=1.0).contains(&v)),
            Domain::Count => ("a whole number from 0", |v| v >= 0.0 && v.fract() == 0.0),
            _ => return Ok(()),
        };
        let Some(wrong) = tensor.values.iter().position(|&v| !fits(v)) else { return Ok(()) };
        let family = dist.family().name();
        let text = format!("argument `{}` of `{family}` must be {wanted}", p.name);
        let place = if tensor.values.len() > 1 { format!(" (element {})", wrong + 1) } else { String::new() };
        let error = Diagnostic::error("E0532", text).at(e.span, format!("is {} here{place}", tensor.values[wrong]));
        Err(Box::new(error))
    }

    /// `NAME_logp(x, …)` and its sisters.
    pub(super) fn density(
        &mut self,
        kind: DensityKind,
        x: &Expr,
        dist: &Dist,
        env: &Env,
        span: Span,
    ) -> Lowered<Value> {
        let value = self.expr(x, env)?;
        let mut axes = value.axes.clone();
        if !dist.is_vector() {
            axes = self.scalar_density_axes(&value, dist, env)?;
        }
        let (layout, order) = self.layout(dist, &axes, env)?;
        let lowered = self.dist(dist, &layout, env)?;
        let node = if value.axes.is_empty() { value.node } else { self.spread(&value, &axes) };
        let node = if order.len() > 1 { self.graph.transpose(node, &order) } else { node };
        let node = self.counted_from_zero(node, dist);
        let node = self.density_node(kind, &lowered.distribution, node, span)?;
        let axes = if self.graph.shape(node).is_scalar() { Vec::new() } else { layout.batch };
        Ok(Value { node, axes })
    }

    /// Values and arguments of single numbers together.
    fn scalar_density_axes(&mut self, value: &Value, dist: &Dist, env: &Env) -> Lowered<Vec<AxisId>> {
        let mut values = vec![value.clone()];
        let (arguments, parameters) = dist.arguments();
        for (e, p) in arguments.iter().zip(parameters) {
            if matches!(p.domain, Domain::Real | Domain::Positive | Domain::Unit | Domain::Count) {
                values.push(self.expr(e, env)?);
            }
        }
        Ok(self.align(&values).1)
    }

    /// Labels without a dim are 1, 2, … in programs and 0, 1, … in densities.
    pub(super) fn counted_from_zero(&mut self, x: NodeId, dist: &Dist) -> NodeId {
        if dist.family().support().values != Values::Label || dist.labels.is_some() {
            return x;
        }
        let one = self.graph.constant(1.0);
        self.graph.sub(x, one)
    }

    fn density_node(
        &mut self,
        kind: DensityKind,
        distribution: &Distribution,
        x: NodeId,
        span: Span,
    ) -> Lowered<NodeId> {
        let Distribution::Family { family, arguments } = distribution else {
            unreachable!("densities are called by a family's name")
        };
        let g = &mut self.graph;
        let node = match kind {
            DensityKind::LogDensity => Some(family.log_density(g, x, arguments)),
            DensityKind::Cdf => family.cdf(g, x, arguments),
            DensityKind::LogCdf => family.log_cdf(g, x, arguments),
            DensityKind::LogCcdf => family.log_ccdf(g, x, arguments),
        };
        match node {
            Some(node) => Ok(node),
            None => self.fail("E0407", format!("`{}` has no distribution function", family.name()), span, ""),
        }
    }

    /// The log density of values in layout order.
    pub(super) fn log_density(&mut self, dist: &LoweredDist, x: NodeId, span: Span) -> Lowered<NodeId> {
        match dist.distribution.log_density(&mut self.graph, x) {
            Ok(node) => Ok(node),
            Err(unsupported) => self.fail("E0407", unsupported.to_string(), span, ""),
        }
    }
}
