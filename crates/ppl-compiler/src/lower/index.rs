//! Indexing: gathers by what is known, takes by what is not.

use std::sync::Arc;

use ppl_graph::Tensor;

use super::axes::{AxisId, Env};
use super::{Lowered, Lowering, Value};
use crate::hir::{Axis, DimId, Expr, ExprKind, Scalar, Subscript};

/// How one axis of an array is read: in full, or at positions that vary over other axes.
#[derive(Clone, Debug)]
pub(super) struct Lookup {
    /// What the positions vary over; where `positions` is none, the one axis that takes the place of the array's own.
    pub axes: Vec<AxisId>,
    /// Positions along the array's axis, row-major over `axes`.
    pub positions: Option<Arc<[u32]>>,
}

impl Lowering<'_> {
    /// `base[…]`
    pub(super) fn index(&mut self, base: &Expr, subscripts: &[Subscript], env: &Env) -> Lowered<Value> {
        let ExprKind::Var(var) = base.kind else {
            let value = self.expr(base, env)?;
            return self.elements_of(value, base, subscripts, env);
        };
        let value = self.whole(var, base.span)?;
        let value = self.adapt(value, env);
        if let Some(gaps) = self.gaps(var) {
            let gaps = self.adapt(gaps, env);
            let read = self.elements_of(gaps.clone(), base, subscripts, env)?;
            self.no_gap(var, &read, &gaps, base.span)?;
        }
        self.elements_of(value, base, subscripts, env)
    }

    fn elements_of(&mut self, value: Value, base: &Expr, subscripts: &[Subscript], env: &Env) -> Lowered<Value> {
        let places = self.places(&value, &base.ty.axes)?;
        let keep = |&axis: &AxisId| Some(Lookup { axes: vec![axis], positions: None });
        let mut lookups: Vec<Option<Lookup>> = value.axes.iter().map(keep).collect();
        let mut computed = Vec::new();
        for ((subscript, place), &axis) in subscripts.iter().zip(places).zip(&base.ty.axes) {
            let Some(place) = place else { continue };
            match subscript {
                Subscript::Keep => {}
                Subscript::Slice(slice) => {
                    let axis = self.axis(Axis::Slice(*slice))?;
                    let positions = self.axes_positions(axis);
                    lookups[place] = Some(Lookup { axes: vec![axis], positions: Some(positions) });
                }
                Subscript::At(e) => {
                    let at = self.position_in(self.hir.dim_of(axis), e, env)?;
                    let fixed = self.fixed_positions(&at, self.hir.dim_of(axis), e)?;
                    if fixed.is_none() {
                        computed.push((place, at.clone()));
                    }
                    lookups[place] = fixed.map(|positions| Lookup { axes: at.axes, positions: Some(positions) });
                }
            }
        }
        if !computed.is_empty() {
            return self.computed_index(&value, lookups, &computed);
        }
        let lookups: Vec<Lookup> = lookups.into_iter().flatten().collect();
        let axes = result_axes(&lookups);
        Ok(self.gather(&value, &lookups, axes))
    }

    fn axes_positions(&mut self, axis: AxisId) -> Arc<[u32]> {
        let node = self.dim_positions(axis);
        let tensor = self.constant(node).expect("positions are data");
        tensor.values.iter().map(|&p| p as u32).collect()
    }

    /// An index expression as positions from 0.
    fn position_in(&mut self, dim: DimId, e: &Expr, env: &Env) -> Lowered<Value> {
        let value = self.expr(e, env)?;
        if matches!(e.ty.scalar, Scalar::Label(_)) {
            return Ok(value);
        }
        self.positions_mean_something(dim, e.span)?;
        let first = self.graph.constant(self.bound.dims[dim.0].first() as f64);
        let node = self.graph.sub(value.node, first);
        Ok(Value { node, axes: value.axes })
    }

    /// Whole numbers stand for labels of ranges and ordered dims alone; which a dim is may depend on the data.
    pub(super) fn positions_mean_something(&self, dim: DimId, span: ppl_diagnostic::Span) -> Lowered<()> {
        let (record, labels) = (&self.hir.dims[dim.0], &self.bound.dims[dim.0]);
        if record.has_positions() || labels.is_range() {
            return Ok(());
        }
        let name = &record.name;
        let example = if labels.is_empty() { String::new() } else { labels.name(0) };
        let error = ppl_diagnostic::Diagnostic::error(
            "E0303",
            format!("`{name}` has no first element: its labels are in no order"),
        )
        .at(span, "a position")
        .help(format!("index by a label, such as [\"{example}\"], or declare `dim {name}: ordered`"));
        Err(Box::new(error))
    }

    /// Positions that are known, checked to lie within the dim.
    fn fixed_positions(&mut self, at: &Value, dim: DimId, e: &Expr) -> Lowered<Option<Arc<[u32]>>> {
        let Some(tensor) = self.constant(at.node) else { return Ok(None) };
        let size = self.bound.size(dim);
        let fits = |p: f64| p >= 0.0 && p < size as f64 && p.fract() == 0.0;
        if let Some(&wrong) = tensor.values.iter().find(|p| !fits(**p)) {
            let labels = &self.bound.dims[dim.0];
            let name = &self.hir.dims[dim.0].name;
            let shown = wrong + labels.first() as f64;
            let text = if wrong.is_nan() {
                "a blank cannot be an index".to_string()
            } else {
                format!("`{name}` has no position {shown}")
            };
            let range = format!("its positions run from {} to {}", labels.first(), labels.first() + size as i64 - 1);
            return self.fail("E0303", text, e.span, range);
        }
        Ok(Some(tensor.values.iter().map(|&p| p as u32).collect()))
    }

    /// Reads an array at known positions, one lookup for each of its axes.
    pub(super) fn gather(&mut self, value: &Value, lookups: &[Lookup], axes: Vec<AxisId>) -> Value {
        let kept = lookups.iter().all(|l| l.positions.is_none());
        if kept && lookups.len() == axes.len() {
            let node = value.node;
            return Value { node, axes };
        }
        let extents = self.extents(&axes);
        let strides = self.graph.shape(value.node).strides();
        let flat = self.flat_positions(lookups, &strides, &axes);
        let identity =
            flat.len() == self.graph.shape(value.node).size() && flat.iter().enumerate().all(|(i, &p)| i == p as usize);
        let node = match identity {
            true => self.graph.reshape(value.node, extents),
            false => self.graph.gather(value.node, flat, extents),
        };
        Value { node, axes }
    }

    /// Flat positions of an array for every element of the result.
    pub(super) fn flat_positions(&self, lookups: &[Lookup], strides: &[usize], axes: &[AxisId]) -> Vec<u32> {
        let extents = self.extents(axes);
        let size: usize = extents.iter().product();
        let mut flat = vec![0u32; size];
        let mut kept: Vec<usize> = Vec::new();
        for (lookup, &stride) in lookups.iter().zip(strides) {
            // How far apart neighbours along each of the lookup's axes lie in the result, and how many there are.
            let mut steps: Vec<(usize, usize)> = Vec::new();
            for axis in &lookup.axes {
                let free = |k: &usize| axes[*k] == *axis && !(lookup.positions.is_none() && kept.contains(k));
                let place = (0..axes.len()).find(free).expect("the result varies over the lookup's axes");
                if lookup.positions.is_none() {
                    kept.push(place);
                }
                steps.push((extents[place + 1..].iter().product(), extents[place]));
            }
            for (i, slot) in flat.iter_mut().enumerate() {
                let at = steps.iter().fold(0, |at, &(inner, extent)| at * extent + i / inner % extent);
                let position = lookup.positions.as_ref().map_or(at as u32, |p| p[at]);
                *slot += position * stride as u32;
            }
        }
        flat
    }

    /// Reads an array at positions of which some are computed.
    fn computed_index(
        &mut self,
        value: &Value,
        lookups: Vec<Option<Lookup>>,
        computed: &[(usize, Value)],
    ) -> Lowered<Value> {
        let strides = self.graph.shape(value.node).strides();
        let mut parts: Vec<Value> = Vec::new();
        for (place, lookup) in lookups.into_iter().enumerate() {
            let positions = match lookup {
                Some(lookup) => self.lookup_value(&lookup),
                None => computed.iter().find(|(p, _)| *p == place).expect("computed").1.clone(),
            };
            let stride = self.graph.constant(strides[place] as f64);
            let node = self.graph.mul(positions.node, stride);
            parts.push(Value { node, axes: positions.axes });
        }
        let (nodes, axes) = self.align(&parts);
        let shape = self.extents(&axes);
        let mut flat = nodes[0];
        for &node in &nodes[1..] {
            flat = self.graph.add(flat, node);
        }
        if self.graph.shape(flat).is_scalar() && !shape.is_empty() {
            flat = self.graph.broadcast(flat, &[], shape);
        }
        Ok(Value { node: self.graph.take(value.node, flat), axes })
    }

    fn lookup_value(&mut self, lookup: &Lookup) -> Value {
        let extents = self.extents(&lookup.axes);
        let values: Vec<f64> = match &lookup.positions {
            Some(positions) => positions.iter().map(|&p| f64::from(p)).collect(),
            None => (0..extents[0]).map(|i| i as f64).collect(),
        };
        let node = self.graph.data(Tensor::new(extents, values));
        Value { node, axes: lookup.axes.clone() }
    }
}

/// The axes of lookups in the order in which they first appear.
pub(super) fn result_axes(lookups: &[Lookup]) -> Vec<AxisId> {
    let mut axes: Vec<AxisId> = Vec::new();
    for lookup in lookups {
        let keeps = lookup.positions.is_none();
        for &axis in &lookup.axes {
            if keeps || !axes.contains(&axis) {
                axes.push(axis);
            }
        }
    }
    axes
}
