//! Axes of arrays in the graph: dims, the turns of loops, and the turns that a static `if` leaves.

use std::sync::Arc;

use ppl_graph::{NodeId, Tensor};

use super::index::Lookup;
use super::{Lowered, Lowering, Value};
use crate::hir::{Axis, Bounds, DimId, GuardId};

/// Elements of the largest array, a gigabyte.
pub(crate) const MOST_ELEMENTS: usize = 1 << 27;

/// An axis of the arrays of one graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AxisId(usize);

/// What is known of an axis.
#[derive(Clone, Debug)]
pub(super) struct AxisInfo {
    /// How many elements it has.
    pub len: usize,
    /// Position in the dim of each element; all of it where `None`.
    pub positions: Option<Arc<[u32]>>,
    /// Axes that it is a part of, with the element of each that every element comes from.
    pub parents: Vec<(AxisId, Arc<[u32]>)>,
}

/// Which turns of the loops around a statement it holds for.
#[derive(Clone, Debug)]
pub(crate) struct Env {
    /// Restrictions from the outside inwards.
    pub restrictions: Vec<AxisId>,
    /// Whether it holds for any turn.
    pub active: bool,
}

impl Lowering<'_> {
    pub(super) fn extent(&self, axis: AxisId) -> usize {
        self.axes[axis.0].len
    }

    pub(super) fn extents(&self, axes: &[AxisId]) -> Vec<usize> {
        axes.iter().map(|&a| self.extent(a)).collect()
    }

    /// The position in its dim of an element of an axis.
    pub(super) fn position_in_dim(&self, axis: AxisId, element: usize) -> usize {
        self.axes[axis.0].positions.as_ref().map_or(element, |positions| positions[element] as usize)
    }

    /// Refuses arrays that no machine should be asked to hold.
    pub(super) fn of_bearable_size(&mut self, axes: &[Axis], span: ppl_diagnostic::Span) -> Lowered<()> {
        let mut size = 1_usize;
        for &axis in axes {
            let axis = self.axis(axis)?;
            size = size.saturating_mul(self.extent(axis));
        }
        match size > MOST_ELEMENTS {
            true => {
                self.fail("E0103", format!("an array of {size} elements"), span, format!("more than {MOST_ELEMENTS}"))
            }
            false => Ok(()),
        }
    }

    /// Whether an axis has all elements of its dim, in order.
    pub(super) fn is_whole(&self, axis: AxisId) -> bool {
        self.axes[axis.0].positions.is_none()
    }

    pub(super) fn new_axis(&mut self, info: AxisInfo) -> AxisId {
        self.axes.push(info);
        AxisId(self.axes.len() - 1)
    }

    /// An axis like another that aligns with nothing.
    pub(super) fn fresh_axis(&mut self, like: AxisId) -> AxisId {
        let info = AxisInfo { parents: Vec::new(), ..self.axes[like.0].clone() };
        self.new_axis(info)
    }

    /// The axis of a dim, of all turns of a loop, or of a slice.
    pub(super) fn axis(&mut self, axis: Axis) -> Lowered<AxisId> {
        if let Some(&known) = self.known_axes.get(&axis) {
            return Ok(known);
        }
        let (dim, bounds) = match axis {
            Axis::Dim(dim) => (dim, Bounds::default()),
            Axis::Binder(binder) => {
                let binder = &self.hir.binders[binder.0];
                (binder.dim, binder.range.clone())
            }
            Axis::Slice(slice) => {
                let slice = &self.hir.slices[slice.0];
                (slice.dim, slice.bounds.clone())
            }
        };
        let (start, end) = self.span_of(dim, &bounds)?;
        let all = self.bound.size(dim);
        let positions = (start != 0 || end != all).then(|| (start as u32..end as u32).collect());
        let id = self.new_axis(AxisInfo { len: end - start, positions, parents: Vec::new() });
        self.known_axes.insert(axis, id);
        Ok(id)
    }

    /// First position and one past the last, from 0; an empty range is none.
    fn span_of(&mut self, dim: DimId, bounds: &Bounds) -> Lowered<(usize, usize)> {
        let size = self.bound.size(dim) as i64;
        let first = self.bound.dims[dim.0].first();
        let start = match &bounds.start {
            None => 0,
            Some(e) => self.whole_number(e)? - first,
        };
        let end = match &bounds.end {
            None => size,
            Some(e) => self.whole_number(e)? - first + 1,
        };
        let span = bounds.start.as_ref().or(bounds.end.as_ref()).map(|e| e.span);
        if let Some(span) = span {
            self.positions_mean_something(dim, span)?;
        }
        if let Some(span) = span.filter(|_| start < 0 || end > size) {
            let name = &self.hir.dims[dim.0].name;
            return self.fail(
                "E0303",
                format!("the range leaves `{name}`, which has {size} labels"),
                span,
                "out of range",
            );
        }
        Ok((start as usize, end.max(start) as usize))
    }

    /// The positions in its dim of the elements of an axis, as data.
    pub(super) fn dim_positions(&mut self, axis: AxisId) -> NodeId {
        let info = self.axes[axis.0].clone();
        let values: Vec<f64> = match &info.positions {
            Some(positions) => positions.iter().map(|&p| f64::from(p)).collect(),
            None => (0..info.len).map(|i| i as f64).collect(),
        };
        self.graph.data(Tensor::new(vec![info.len], values))
    }

    /// The axis that stands for `axis` under the restrictions.
    pub(super) fn current(&mut self, axis: Axis, env: &Env) -> Lowered<AxisId> {
        let mut current = self.axis(axis)?;
        for &restriction in &env.restrictions {
            if self.axes[restriction.0].parents.iter().any(|(parent, _)| *parent == current) {
                current = restriction;
            }
        }
        Ok(current)
    }

    /// A value as the restrictions leave it.
    pub(super) fn adapt(&mut self, mut value: Value, env: &Env) -> Value {
        for &restriction in &env.restrictions {
            let parents = self.axes[restriction.0].parents.clone();
            if !parents.iter().any(|(parent, _)| value.axes.contains(parent)) {
                continue;
            }
            let mut axes: Vec<AxisId> = Vec::new();
            for &axis in &value.axes {
                let axis = if parents.iter().any(|(p, _)| *p == axis) { restriction } else { axis };
                if !axes.contains(&axis) || axis != restriction {
                    axes.push(axis);
                }
            }
            let lookups: Vec<Lookup> = value
                .axes
                .iter()
                .map(|axis| match parents.iter().find(|(p, _)| p == axis) {
                    Some((_, from)) => Lookup { axes: vec![restriction], positions: Some(from.clone()) },
                    None => Lookup { axes: vec![*axis], positions: None },
                })
                .collect();
            value = self.gather(&value, &lookups, axes);
        }
        value
    }

    /// The turns for which a statement under a guard holds.
    pub(super) fn env(&mut self, guard: Option<GuardId>) -> Lowered<Env> {
        let Some(id) = guard else {
            return Ok(Env { restrictions: Vec::new(), active: true });
        };
        if let Some(known) = self.envs.get(&guard) {
            return Ok(known.clone());
        }
        let guard_record = self.hir.guards[id.0].clone();
        let mut env = self.env(guard_record.parent)?;
        if env.active {
            let condition = self.expr(&guard_record.condition, &env)?;
            self.restrict(&mut env, &condition, guard_record.holds, guard_record.condition.span)?;
        }
        self.envs.insert(guard, env.clone());
        Ok(env)
    }

    pub(super) fn restrict(
        &mut self,
        env: &mut Env,
        condition: &Value,
        holds: bool,
        span: ppl_diagnostic::Span,
    ) -> Lowered<()> {
        let Some(truth) = self.constant(condition.node) else {
            return self.fail("E0308", "this condition is not known before sampling", span, "");
        };
        let kept: Vec<u32> =
            (0..truth.values.len() as u32).filter(|&i| (truth.values[i as usize] != 0.0) == holds).collect();
        env.active = !kept.is_empty();
        if condition.axes.is_empty() || kept.len() == truth.values.len() || !env.active {
            return Ok(());
        }
        let extents = self.extents(&condition.axes);
        let mut parents = Vec::new();
        let mut stride = truth.values.len();
        for (&axis, extent) in condition.axes.iter().zip(extents) {
            stride /= extent;
            let from: Arc<[u32]> = kept.iter().map(|&i| (i as usize / stride % extent) as u32).collect();
            parents.push((axis, from));
        }
        let positions = match &parents[..] {
            [(axis, from)] => {
                let outer = self.axes[axis.0].positions.clone();
                Some(from.iter().map(|&i| outer.as_ref().map_or(i, |p| p[i as usize])).collect())
            }
            _ => None,
        };
        let restricted = self.new_axis(AxisInfo { len: kept.len(), positions, parents });
        env.restrictions.push(restricted);
        Ok(())
    }

    /// Where the axes of an expression stand in its value; none for the turns of loops, which restrictions may merge.
    pub(super) fn places(&mut self, value: &Value, axes: &[Axis]) -> Lowered<Vec<Option<usize>>> {
        let mut places: Vec<Option<usize>> = Vec::new();
        for &axis in axes {
            if matches!(axis, Axis::Binder(_)) {
                places.push(None);
                continue;
            }
            let own = self.axis(axis)?;
            let free = (0..value.axes.len()).find(|&k| value.axes[k] == own && !places.contains(&Some(k)));
            places.push(free);
        }
        Ok(places)
    }

    /// Values over the union of their axes; single numbers stay single.
    pub(super) fn align(&mut self, values: &[Value]) -> (Vec<NodeId>, Vec<AxisId>) {
        let mut union: Vec<AxisId> = Vec::new();
        for value in values {
            if union.is_empty() {
                union = value.axes.clone();
            } else {
                let new: Vec<AxisId> = value.axes.iter().copied().filter(|a| !union.contains(a)).collect();
                union.extend(new);
            }
        }
        let nodes = values.iter().map(|v| if v.axes.is_empty() { v.node } else { self.spread(v, &union) }).collect();
        (nodes, union)
    }

    /// A value repeated over `axes`, which hold its own.
    pub(super) fn spread(&mut self, value: &Value, axes: &[AxisId]) -> NodeId {
        if value.axes == axes {
            return value.node;
        }
        let place = |axis: &AxisId| axes.iter().position(|a| a == axis).expect("the axes hold the value's own");
        let mut order: Vec<usize> = (0..value.axes.len()).collect();
        order.sort_by_key(|&k| place(&value.axes[k]));
        let node = self.graph.transpose(value.node, &order);
        let places: Vec<usize> = order.iter().map(|&k| place(&value.axes[k])).collect();
        let shape = self.extents(axes);
        self.graph.broadcast(node, &places, shape)
    }
}
