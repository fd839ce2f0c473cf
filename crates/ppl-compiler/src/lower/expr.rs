//! Expressions to nodes.

use std::collections::{BTreeSet, HashMap};

use ppl_data::similar_name;
use ppl_diagnostic::{Diagnostic, Span};
use ppl_graph::{Graph, NodeId, Op, Tensor, evaluate};

use super::axes::Env;
use super::{Lowered, Lowering, Value};
use crate::hir::{DimId, Expr, ExprKind, StackKey};

impl Lowering<'_> {
    /// The value of an expression under the restrictions of its statement.
    pub(super) fn expr(&mut self, e: &Expr, env: &Env) -> Lowered<Value> {
        self.of_bearable_size(&e.ty.axes, e.span)?;
        match &e.kind {
            ExprKind::Const(value) => Ok(self.scalar(*value)),
            ExprKind::Label(dim, text) => self.label(*dim, text, e.span),
            ExprKind::Var(var) => {
                let value = self.whole(*var, e.span)?;
                if let Some(gaps) = self.gaps(*var) {
                    let read = self.adapt(gaps, env);
                    self.no_gap(*var, &read, &read, e.span)?;
                }
                Ok(self.adapt(value, env))
            }
            ExprKind::Turn(binder) => {
                let axis = self.axis(crate::hir::Axis::Binder(*binder))?;
                let node = self.dim_positions(axis);
                Ok(self.adapt(Value { node, axes: vec![axis] }, env))
            }
            ExprKind::Position(label) => self.position(label, env),
            ExprKind::Index(base, subscripts) => self.index(base, subscripts, env),
            ExprKind::Unary(f, a) => {
                let a = self.expr(a, env)?;
                Ok(Value { node: self.graph.unary(*f, a.node), axes: a.axes })
            }
            ExprKind::Binary(f, a, b) => {
                let values = [self.expr(a, env)?, self.expr(b, env)?];
                let (nodes, axes) = self.align(&values);
                Ok(Value { node: self.graph.binary(*f, nodes[0], nodes[1]), axes })
            }
            ExprKind::If(c, a, b) => self.choice(c, a, b, env),
            ExprKind::Reduce { kind, source, axes, filter } => {
                self.reduce(*kind, source, axes, filter.as_deref(), env, e.span)
            }
            ExprKind::Along(along, source, axis) => self.along(*along, source, *axis, env),
            ExprKind::Matrix(f, operands) => self.matrix(*f, operands, env),
            ExprKind::Stack(dim, elements) => self.stack(*dim, elements, env, e.span),
            ExprKind::Size(dim) => Ok(self.scalar(self.bound.size(*dim) as f64)),
            ExprKind::Density(kind, x, dist) => self.density(*kind, x, dist, env, e.span),
        }
    }

    pub(super) fn scalar(&mut self, value: f64) -> Value {
        Value { node: self.graph.constant(value), axes: Vec::new() }
    }

    fn label(&mut self, dim: DimId, text: &str, span: Span) -> Lowered<Value> {
        let labels = &self.bound.dims[dim.0];
        if let Some(position) = labels.position(text) {
            return Ok(self.scalar(position as f64));
        }
        let names = labels.names();
        let name = &self.hir.dims[dim.0].name;
        let shown: Vec<&str> = names.iter().take(8).map(String::as_str).collect();
        let more = if names.len() > 8 { ", …" } else { "" };
        let mut error = Diagnostic::error("E0210", format!("`{name}` has no label `{text}` in these data"))
            .at(span, format!("its labels are {}{more}", shown.join(", ")));
        if let Some(similar) = similar_name(text, names.iter().map(String::as_str)) {
            error = error.help(format!("did you mean \"{similar}\"?")).fix(span, format!("\"{similar}\""));
        }
        Err(Box::new(error))
    }

    fn position(&mut self, label: &Expr, env: &Env) -> Lowered<Value> {
        let value = self.expr(label, env)?;
        let crate::hir::Scalar::Label(dim) = label.ty.scalar else { unreachable!("only labels have positions") };
        self.positions_mean_something(dim, label.span)?;
        let first = self.graph.constant(self.bound.dims[dim.0].first() as f64);
        Ok(Value { node: self.graph.add(value.node, first), axes: value.axes })
    }

    fn stack(&mut self, dim: DimId, elements: &[(StackKey, Expr)], env: &Env, span: Span) -> Lowered<Value> {
        let size = self.bound.size(dim);
        if elements.len() != size {
            let name = self.hir.dims[dim.0].name.clone();
            return self.fail(
                "E0302",
                format!("`{name}` has {size} labels, the list has {}", elements.len()),
                span,
                "",
            );
        }
        let mut slots: Vec<Option<Value>> = vec![None; size];
        for (key, e) in elements {
            let place = match key {
                StackKey::Position(i) => *i,
                StackKey::Label(text) => match self.bound.dims[dim.0].position(text) {
                    Some(place) => place,
                    None => return self.label(dim, text, e.span),
                },
            };
            slots[place] = Some(self.expr(e, env)?);
        }
        let Some(values) = slots.into_iter().collect::<Option<Vec<Value>>>() else {
            return self.fail("E0302", "a label stands twice in the record, and another is missing", span, "");
        };
        let (nodes, inner) = self.align(&values);
        let shape = self.extents(&inner);
        let nodes: Vec<NodeId> = nodes.into_iter().map(|n| self.filled(n, &shape)).collect();
        let mut stacked = vec![size];
        stacked.extend(&shape);
        let node = self.graph.concat(&nodes, stacked);
        let mut axes = vec![self.axis(crate::hir::Axis::Dim(dim))?];
        axes.extend(inner);
        Ok(Value { node, axes })
    }

    /// A node as an array of the shape, repeated where it is one number.
    pub(super) fn filled(&mut self, node: NodeId, shape: &[usize]) -> NodeId {
        if self.graph.shape(node).is_scalar() && !shape.is_empty() {
            return self.graph.broadcast(node, &[], shape.to_vec());
        }
        node
    }

    /// The value of a node that depends on data only.
    pub(super) fn constant(&mut self, node: NodeId) -> Option<Tensor> {
        if self.depends_on_inputs(node) {
            return None;
        }
        if let Some(known) = self.constants.get(&node) {
            return Some(known.clone());
        }
        let value = self.evaluate_known(node);
        self.constants.insert(node, value.clone());
        Some(value)
    }

    /// Evaluates a node in a graph of what it needs alone, starting from values that are already known.
    fn evaluate_known(&self, node: NodeId) -> Tensor {
        let mut needed = BTreeSet::new();
        let mut stack = vec![node];
        while let Some(id) = stack.pop() {
            if needed.insert(id) && !self.constants.contains_key(&id) {
                self.graph.node(id).op.for_each_operand(|operand| stack.push(operand));
            }
        }
        let mut part = Graph::new();
        let mut renamed: HashMap<NodeId, NodeId> = HashMap::new();
        for id in needed {
            let copy = match self.constants.get(&id) {
                Some(known) => part.data(known.clone()),
                None => self.copy_node(id, &mut part, &renamed),
            };
            renamed.insert(id, copy);
        }
        evaluate(&part, &[], &[renamed[&node]]).remove(0)
    }

    fn copy_node(&self, id: NodeId, part: &mut Graph, renamed: &HashMap<NodeId, NodeId>) -> NodeId {
        let node = self.graph.node(id);
        let op = part.adopt(node.op.clone().map_operands(|operand| renamed[&operand]), &self.graph);
        part.push(op, node.shape.clone())
    }

    /// Whether a node depends on an unknown; the answers for all nodes so far are kept.
    fn depends_on_inputs(&mut self, node: NodeId) -> bool {
        for id in self.varying.len()..self.graph.len() {
            let op = &self.graph.nodes()[id].op;
            let mut varies = matches!(op, Op::Input { .. });
            op.for_each_operand(|operand| varies |= self.varying[operand.0 as usize]);
            self.varying.push(varies);
        }
        self.varying[node.0 as usize]
    }

    /// One whole number known before sampling.
    pub(super) fn whole_number(&mut self, e: &Expr) -> Lowered<i64> {
        let env = Env { restrictions: Vec::new(), active: true };
        let value = self.expr(e, &env)?;
        match self.constant(value.node).map(|t| t.values[0]) {
            Some(v) if v.fract() == 0.0 && v.abs() < 1e15 => Ok(v as i64),
            Some(v) => self.fail("E0303", format!("{v} is not a whole number"), e.span, ""),
            None => self.fail("E0308", "this must be known before sampling", e.span, ""),
        }
    }
}
