//! Evaluating what is known before sampling, while data are still being read.

use std::collections::HashSet;

use ppl_diagnostic::Diagnostic;
use ppl_graph::{NodeId, Tensor};

use super::{Coordinates, Lowered, Lowering, axes::Env};
use crate::bound::Bound;
use crate::hir::{self, Axis, DimId, Expr, ExprKind, Hir, Scalar, StatementKind, VarId};
use crate::influence::reads;

/// The value of an expression over data and constants.
pub(crate) fn evaluate_static(bound: &Bound, e: &Expr) -> Lowered<Tensor> {
    let mut lowering = with_what_it_reads(bound, e)?;
    let value = lowering.expr(e, &EVERYWHERE)?;
    lowering.known(value.node, e)
}

/// The elements of a variable that its default gives; the others are NaN.
pub(crate) fn evaluate_default(bound: &Bound, var: VarId, default: &hir::Default) -> Lowered<Tensor> {
    let mut lowering = with_what_it_reads(bound, &default.value)?;
    let defined = lowering.defined_elements(var, &default.target, &default.value, &EVERYWHERE);
    let (node, positions) = defined?;
    let own = lowering.known(node, &default.value)?;
    let shape: Vec<usize> = bound.hir.vars[var.0].ty.axes.iter().map(|&a| bound.size(bound.hir.dim_of(a))).collect();
    let mut values = vec![f64::NAN; shape.iter().product()];
    for (&position, &value) in positions.iter().zip(own.values.iter()) {
        values[position as usize] = value;
    }
    Ok(Tensor::new(shape, values))
}

/// Outside every condition.
const EVERYWHERE: Env = Env { restrictions: Vec::new(), active: true };

fn with_what_it_reads<'b>(bound: &'b Bound, e: &Expr) -> Lowered<Lowering<'b>> {
    let needed = variables_read_by(&bound.hir, e);
    let mut lowering = Lowering::new(bound, Coordinates::Natural);
    lowering.define_only(&needed);
    match lowering.errors.pop() {
        Some(error) => Err(Box::new(error)),
        None => Ok(lowering),
    }
}

impl Lowering<'_> {
    fn known(&mut self, node: NodeId, e: &Expr) -> Lowered<Tensor> {
        let unknown =
            || Diagnostic::error("E0308", "this must be known before sampling").at(e.span, "depends on an unknown");
        self.constant(node).ok_or_else(|| Box::new(unknown()))
    }

    /// Lowers data and quantities among `needed` alone.
    fn define_only(&mut self, needed: &HashSet<VarId>) {
        let hir = self.hir;
        for (index, statement) in hir.statements.iter().enumerate() {
            let wanted = match &statement.kind {
                StatementKind::Data(var) | StatementKind::Define { var, .. } => needed.contains(var),
                _ => false,
            };
            if !wanted {
                continue;
            }
            if let Err(error) = self.statement(index, statement) {
                self.errors.push(*error);
            }
        }
    }
}

/// The variables that an expression depends on, through quantities.
fn variables_read_by(hir: &Hir, e: &Expr) -> HashSet<VarId> {
    let mut found = crate::influence::read_by(hir, e);
    loop {
        let before = found.len();
        for statement in &hir.statements {
            if matches!(&statement.kind, StatementKind::Define { var, .. } if found.contains(var)) {
                found.extend(reads(hir, statement));
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// The data variables that an expression depends on.
pub(crate) fn data_read_by(hir: &Hir, e: &Expr) -> Vec<VarId> {
    variables_read_by(hir, e).into_iter().filter(|v| hir.vars[v.0].column.is_some()).collect()
}

/// The dims that an expression depends on.
pub(crate) fn dims_read_by(hir: &Hir, e: &Expr) -> Vec<DimId> {
    let mut dims = Vec::new();
    let mut axes: Vec<Axis> = Vec::new();
    collect_dims(e, &mut dims, &mut axes);
    for var in variables_read_by(hir, e) {
        axes.extend(&hir.vars[var.0].ty.axes);
        for statement in &hir.statements {
            match &statement.kind {
                StatementKind::Define { var: defined, value, .. } if *defined == var => {
                    collect_dims(value, &mut dims, &mut axes);
                }
                _ => {}
            }
        }
    }
    dims.extend(axes.into_iter().map(|a| hir.dim_of(a)));
    dims.sort();
    dims.dedup();
    dims
}

/// The dims that a program says anything about beside declaring them.
pub(crate) fn used_dims(hir: &Hir) -> Vec<DimId> {
    let mut dims = Vec::new();
    let mut axes: Vec<Axis> = Vec::new();
    for var in &hir.vars {
        axes.extend(&var.ty.axes);
        dims.extend(match var.ty.scalar {
            Scalar::Label(dim) => Some(dim),
            _ => None,
        });
    }
    dims.extend(hir.binders.iter().map(|b| b.dim));
    for statement in &hir.statements {
        crate::influence::for_each_expr(hir, statement, &mut |e| collect_dims(e, &mut dims, &mut axes));
    }
    dims.extend(axes.into_iter().map(|a| hir.dim_of(a)));
    dims.sort();
    dims.dedup();
    dims
}

fn collect_dims(e: &Expr, dims: &mut Vec<DimId>, axes: &mut Vec<Axis>) {
    match &e.kind {
        ExprKind::Size(dim) | ExprKind::Label(dim, _) | ExprKind::Stack(dim, _) => dims.push(*dim),
        _ => {}
    }
    axes.extend(&e.ty.axes);
    e.for_each_child(&mut |child| collect_dims(child, dims, axes));
}
