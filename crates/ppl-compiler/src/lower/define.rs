//! Definitions: elements of variables, and variables put together from their elements.

use std::sync::Arc;

use ppl_diagnostic::{Diagnostic, Span};
use ppl_graph::NodeId;

use super::axes::{AxisId, Env};
use super::index::{Lookup, result_axes};
use super::{Lowered, Lowering, Value};
use crate::hir::{Axis, Expr, Role, TargetAxis, VarId};

/// Elements of a variable from one statement.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Their values, in the order of `positions`.
    pub node: NodeId,
    /// Flat positions in the variable.
    pub positions: Arc<[u32]>,
    /// The statement.
    pub span: Span,
}

/// Which statement defines each element of a variable.
#[derive(Debug)]
pub(super) struct Owners {
    /// The statements.
    spans: Vec<Span>,
    /// For each element one more than its statement's place among them, or 0.
    of: Vec<u32>,
}

/// A left side as axes and flat positions.
#[derive(Clone, Debug)]
pub(super) struct Elements {
    /// What the elements vary over, in the order of the left side.
    pub axes: Vec<AxisId>,
    /// Flat positions in the variable, row-major over `axes`.
    pub positions: Vec<u32>,
}

impl Lowering<'_> {
    pub(super) fn define(
        &mut self,
        var: VarId,
        target: &[TargetAxis],
        value: &Expr,
        env: &Env,
        span: Span,
    ) -> Lowered<()> {
        let (node, positions) = self.defined_elements(var, target, value, env)?;
        self.add_part(var, Part { node, positions: positions.into(), span })
    }

    /// A value for each element of a left side, and which elements these are; all of the variable without brackets.
    pub(super) fn defined_elements(
        &mut self,
        var: VarId,
        target: &[TargetAxis],
        value: &Expr,
        env: &Env,
    ) -> Lowered<(NodeId, Vec<u32>)> {
        let value = self.expr(value, env)?;
        let record = &self.hir.vars[var.0];
        let whole: Vec<TargetAxis> = record.ty.axes.iter().map(|&a| TargetAxis::Axis(a)).collect();
        let target = if target.is_empty() { &whole } else { target };
        let elements = self.elements(var, target, env)?;
        let node = if value.axes.is_empty() && !elements.axes.is_empty() {
            let shape = self.extents(&elements.axes);
            self.graph.broadcast(value.node, &[], shape)
        } else {
            self.spread(&value, &elements.axes)
        };
        Ok((node, elements.positions))
    }

    /// Which elements of a variable a left side means.
    pub(super) fn elements(&mut self, var: VarId, target: &[TargetAxis], env: &Env) -> Lowered<Elements> {
        let own = self.hir.vars[var.0].ty.axes.clone();
        self.of_bearable_size(&own, self.hir.vars[var.0].span)?;
        let mut lookups = Vec::new();
        let mut shape = Vec::new();
        for (axis, index) in own.iter().zip(target) {
            let base = self.axis(*axis)?;
            shape.push(self.extent(base));
            lookups.push(self.target_lookup(*axis, index, env)?);
        }
        let axes = result_axes(&lookups);
        let strides = ppl_graph::Shape::from(shape).strides();
        let positions = self.flat_positions(&lookups, &strides, &axes);
        Ok(Elements { axes, positions })
    }

    fn target_lookup(&mut self, own: Axis, index: &TargetAxis, env: &Env) -> Lowered<Lookup> {
        match index {
            TargetAxis::At(e) => {
                let dim = self.hir.dim_of(own);
                let position = self.element_position(dim, e, env)?;
                Ok(Lookup { axes: Vec::new(), positions: Some(Arc::from([position])) })
            }
            TargetAxis::Axis(axis) => {
                let base = self.axis(*axis)?;
                let node = if *axis == own {
                    let len = self.extent(base);
                    self.graph.data(ppl_graph::Tensor::new(vec![len], (0..len).map(|i| i as f64).collect::<Vec<_>>()))
                } else {
                    self.dim_positions(base)
                };
                let identity = *axis == own && env.restrictions.is_empty();
                let value = self.adapt(Value { node, axes: vec![base] }, env);
                if identity {
                    return Ok(Lookup { axes: value.axes, positions: None });
                }
                let tensor = self.constant(value.node).expect("positions are data");
                Ok(Lookup { axes: value.axes, positions: Some(tensor.values.iter().map(|&p| p as u32).collect()) })
            }
        }
    }

    fn element_position(&mut self, dim: crate::hir::DimId, e: &Expr, env: &Env) -> Lowered<u32> {
        let value = self.expr(e, env)?;
        let known = self.constant(value.node).expect("a label or a number").values[0];
        let label = matches!(e.ty.scalar, crate::hir::Scalar::Label(_));
        if !label {
            self.positions_mean_something(dim, e.span)?;
        }
        let labels = &self.bound.dims[dim.0];
        let position = if label { known } else { known - labels.first() as f64 };
        if position < 0.0 || position >= labels.len() as f64 || position.fract() != 0.0 {
            let name = &self.hir.dims[dim.0].name;
            return self.fail("E0303", format!("`{name}` has no position {known}"), e.span, "out of range");
        }
        Ok(position as u32)
    }

    pub(super) fn add_part(&mut self, var: VarId, part: Part) -> Lowered<()> {
        self.defined_once(var, &part.positions, part.span)?;
        self.parts.entry(var).or_default().push(part);
        self.whole.remove(&var);
        self.gaps.remove(&var);
        Ok(())
    }

    /// Notes who defines or models the elements of a variable; each may be by one statement only.
    pub(super) fn defined_once(&mut self, var: VarId, positions: &[u32], span: Span) -> Lowered<()> {
        let size = self.size_of(var);
        let owners = self.owners.entry(var).or_insert_with(|| Owners { spans: Vec::new(), of: vec![0; size] });
        owners.spans.push(span);
        let own = owners.spans.len() as u32;
        for &position in positions {
            let earlier = std::mem::replace(&mut owners.of[position as usize], own);
            if earlier != 0 {
                let first = owners.spans[earlier as usize - 1];
                let element = self.element_name(var, position as usize);
                let error = Diagnostic::error("E0202", format!("`{element}` is defined twice"))
                    .at(span, "again here")
                    .also(first, "first defined here");
                return Err(Box::new(error));
            }
        }
        Ok(())
    }

    fn size_of(&self, var: VarId) -> usize {
        let axis_len = |axis: &Axis| match self.known_axes.get(axis) {
            Some(&known) => self.extent(known),
            None => self.bound.size(self.hir.dim_of(*axis)),
        };
        self.hir.vars[var.0].ty.axes.iter().map(axis_len).product()
    }

    /// Which elements of a variable no statement has defined yet: their flat positions, −1 elsewhere; none where all are.
    pub(super) fn gaps(&mut self, var: VarId) -> Option<Value> {
        if let Some(known) = self.gaps.get(&var) {
            return known.clone();
        }
        let gaps = self.find_gaps(var);
        self.gaps.insert(var, gaps.clone());
        gaps
    }

    fn find_gaps(&mut self, var: VarId) -> Option<Value> {
        let owners = self.owners.get(&var).filter(|_| self.parts.contains_key(&var))?;
        if !owners.of.contains(&0) {
            return None;
        }
        let flat = |(i, &owner): (usize, &u32)| if owner == 0 { i as f64 } else { -1.0 };
        let values: Vec<f64> = owners.of.iter().enumerate().map(flat).collect();
        let axes: Vec<AxisId> = self.hir.vars[var.0].ty.axes.iter().map(|a| self.known_axes[a]).collect();
        let node = self.graph.data(ppl_graph::Tensor::new(self.extents(&axes), values));
        Some(Value { node, axes })
    }

    /// What is read must have been defined; `all` is what can be read, where the read positions are not known.
    pub(super) fn no_gap(&mut self, var: VarId, read: &Value, all: &Value, span: Span) -> Lowered<()> {
        let tensor = match self.constant(read.node) {
            Some(tensor) => tensor,
            None => self.constant(all.node).expect("gaps are data"),
        };
        let Some(&gap) = tensor.values.iter().find(|&&flat| flat >= 0.0) else { return Ok(()) };
        let element = self.element_name(var, gap as usize);
        let error = Diagnostic::error("E0203", format!("`{element}` has no definition where it is read"))
            .at(span, "read here")
            .also(self.hir.vars[var.0].span, "other elements are defined here");
        Err(Box::new(error))
    }

    /// A variable as one array; elements that no statement has defined are NaN.
    pub(super) fn whole(&mut self, var: VarId, span: Span) -> Lowered<Value> {
        if let Some(known) = self.whole.get(&var) {
            return Ok(known.clone());
        }
        let record = &self.hir.vars[var.0];
        let mut axes = Vec::new();
        for &axis in &record.ty.axes {
            axes.push(self.axis(axis)?);
        }
        let Some(parts) = self.parts.get(&var).cloned() else {
            if self.extents(&axes).contains(&0) {
                let shape = self.extents(&axes);
                let node = self.graph.data(ppl_graph::Tensor::new(shape, Vec::<f64>::new()));
                return Ok(Value { node, axes });
            }
            return self.fail(
                "E0203",
                format!("`{}` has no value here", record.name),
                span,
                "no statement has defined it yet",
            );
        };
        let shape = self.extents(&axes);
        let node = self.assemble(&parts, &shape);
        let value = Value { node, axes };
        self.whole.insert(var, value.clone());
        Ok(value)
    }

    fn assemble(&mut self, parts: &[Part], shape: &[usize]) -> NodeId {
        let size: usize = shape.iter().product();
        if let [part] = parts {
            let identity =
                part.positions.len() == size && part.positions.iter().enumerate().all(|(i, &p)| i == p as usize);
            if identity {
                return self.graph.reshape(part.node, shape.to_vec());
            }
        }
        let missing = self.graph.constant(f64::NAN);
        let mut nodes: Vec<NodeId> = parts.iter().map(|p| p.node).collect();
        nodes.push(missing);
        let total = parts.iter().map(|p| p.positions.len()).sum::<usize>();
        let mut from = vec![total as u32; size];
        let mut next = 0;
        for part in parts {
            for &position in part.positions.iter() {
                from[position as usize] = next;
                next += 1;
            }
        }
        let flat = self.graph.concat(&nodes, vec![total + 1]);
        self.graph.gather(flat, from, shape.to_vec())
    }

    /// Reports variables of which elements are missing, now that all statements are lowered.
    pub(crate) fn check_coverage(&mut self) {
        let mut vars: Vec<VarId> = self.parts.keys().copied().collect();
        vars.sort();
        for var in vars {
            let record = &self.hir.vars[var.0];
            if record.role == Role::Outcome || record.local || self.failed.contains(&var) {
                continue;
            }
            let extents: Vec<usize> = record.ty.axes.iter().map(|&a| self.bound.size(self.hir.dim_of(a))).collect();
            let mut defined = vec![false; extents.iter().product()];
            for part in &self.parts[&var] {
                part.positions.iter().for_each(|&p| {
                    if let Some(slot) = defined.get_mut(p as usize) {
                        *slot = true
                    }
                });
            }
            if record.ty.axes.iter().any(|a| !matches!(a, Axis::Dim(_))) {
                continue;
            }
            if let Some(gap) = defined.iter().position(|d| !d) {
                let element = self.element_name(var, gap);
                let error = Diagnostic::error("E0203", format!("`{element}` has no definition"))
                    .at(record.span, "not every element is defined");
                self.errors.push(error);
            }
        }
    }

    /// `theta[Choate]` for a flat position.
    pub(crate) fn element_name(&self, var: VarId, flat: usize) -> String {
        self.named(var, self.element_labels(var, flat))
    }

    /// `tally[rome,…]`: the event along an axis that has the element at a flat position.
    pub(super) fn event_name(&self, var: VarId, flat: usize, axis: Axis) -> String {
        let mut labels = self.element_labels(var, flat);
        if let Some(place) = self.hir.vars[var.0].ty.axes.iter().rposition(|a| *a == axis) {
            labels[place] = "…".to_string();
        }
        self.named(var, labels)
    }

    fn named(&self, var: VarId, labels: Vec<String>) -> String {
        let name = &self.hir.vars[var.0].name;
        if labels.is_empty() { name.clone() } else { format!("{name}[{}]", labels.join(",")) }
    }

    /// The labels of an element; what varies over a part of a dim has the labels of the part.
    fn element_labels(&self, var: VarId, flat: usize) -> Vec<String> {
        let mut rest = flat;
        let mut labels: Vec<String> = Vec::new();
        for &axis in self.hir.vars[var.0].ty.axes.iter().rev() {
            let of_dim = &self.bound.dims[self.hir.dim_of(axis).0];
            let known = self.known_axes.get(&axis);
            let extent = known.map_or(of_dim.len(), |&known| self.extent(known)).max(1);
            let position = known.map_or(rest % extent, |&known| self.position_in_dim(known, rest % extent));
            labels.push(crate::names::quoted(&of_dim.name(position)));
            rest /= extent;
        }
        labels.reverse();
        labels
    }
}

impl Lowering<'_> {
    /// The node of a whole variable, in the order of its elements; none where it has no element.
    pub(crate) fn node_of(&mut self, var: VarId) -> Option<NodeId> {
        let span = self.hir.vars[var.0].span;
        self.whole(var, span).ok().map(|value| value.node)
    }
}
