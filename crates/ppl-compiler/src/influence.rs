//! Who influences whom: which unknowns have something observed below them.

use std::collections::HashSet;

use crate::hir::{Axis, Expr, ExprKind, GuardId, Hir, Role, Statement, StatementKind, TargetAxis, VarId};

/// For every variable, whether it is read, and whether an outcome or a factor depends on it.
#[derive(Clone, Debug)]
pub struct Influence {
    read: HashSet<VarId>,
    observed_below: HashSet<VarId>,
}

impl Influence {
    /// Follows the statements from the outcomes and factors upwards.
    pub fn of(hir: &Hir) -> Self {
        let mut read = HashSet::new();
        let mut observed_below = HashSet::new();
        for statement in hir.statements.iter().rev() {
            let sources = reads(hir, statement);
            if carries_weight(hir, statement, &observed_below) {
                observed_below.extend(sources.iter().copied());
            }
            read.extend(sources);
        }
        // A loop's statements may stand in any order relative to each other, so go on until nothing changes.
        loop {
            let before = observed_below.len();
            for statement in hir.statements.iter().rev() {
                if carries_weight(hir, statement, &observed_below) {
                    observed_below.extend(reads(hir, statement));
                }
            }
            if observed_below.len() == before {
                return Influence { read, observed_below };
            }
        }
    }

    /// Whether any statement reads the variable.
    pub fn is_read(&self, var: VarId) -> bool {
        self.read.contains(&var)
    }

    /// Whether an outcome or a factor depends on the variable.
    pub fn reaches_data(&self, var: VarId) -> bool {
        self.observed_below.contains(&var)
    }
}

/// Whether what a statement reads influences an outcome or a factor.
fn carries_weight(hir: &Hir, statement: &Statement, observed_below: &HashSet<VarId>) -> bool {
    match &statement.kind {
        StatementKind::Factor { .. } => true,
        StatementKind::Sample { var, .. } => hir.vars[var.0].role == Role::Outcome || observed_below.contains(var),
        StatementKind::Define { var, .. } => observed_below.contains(var),
        StatementKind::Data(_) | StatementKind::Require { .. } => false,
    }
}

/// The variables that a statement reads, conditions around it included.
pub fn reads(hir: &Hir, statement: &Statement) -> HashSet<VarId> {
    let mut found = HashSet::new();
    for_each_expr(hir, statement, &mut |e| collect(hir, e, &mut found));
    for index in target_of(statement) {
        if let TargetAxis::Axis(axis) = index {
            collect_bounds(hir, *axis, &mut found);
        }
    }
    found
}

fn target_of(statement: &Statement) -> &[TargetAxis] {
    match &statement.kind {
        StatementKind::Define { target, .. }
        | StatementKind::Sample { target, .. }
        | StatementKind::Factor { target, .. } => target,
        StatementKind::Data(_) | StatementKind::Require { .. } => &[],
    }
}

/// Calls `visit` for every expression of a statement: on its left and right side, and in the conditions around it.
pub(crate) fn for_each_expr(hir: &Hir, statement: &Statement, visit: &mut dyn FnMut(&Expr)) {
    for index in target_of(statement) {
        if let TargetAxis::At(e) = index {
            visit(e);
        }
    }
    match &statement.kind {
        StatementKind::Define { value, .. } | StatementKind::Factor { value, .. } => visit(value),
        StatementKind::Sample { distribution, .. } => distribution.for_each_expr(visit),
        StatementKind::Require { condition, .. } => visit(condition),
        StatementKind::Data(var) => {
            let column = hir.vars[var.0].column.as_ref();
            column.and_then(|c| c.default.as_ref()).into_iter().for_each(|d| visit(&d.value));
        }
    }
    let mut guard: Option<GuardId> = statement.guard;
    while let Some(id) = guard {
        visit(&hir.guards[id.0].condition);
        guard = hir.guards[id.0].parent;
    }
}

/// The variables that an expression reads, in the ends of ranges too.
pub fn read_by(hir: &Hir, e: &Expr) -> HashSet<VarId> {
    let mut found = HashSet::new();
    collect(hir, e, &mut found);
    found
}

fn collect(hir: &Hir, e: &Expr, found: &mut HashSet<VarId>) {
    if let ExprKind::Var(v) = e.kind {
        found.insert(v);
    }
    for &axis in &e.ty.axes {
        collect_bounds(hir, axis, found);
    }
    e.for_each_child(&mut |child| collect(hir, child, found));
}

/// The variables in the ends of a loop's or a slice's range.
fn collect_bounds(hir: &Hir, axis: Axis, found: &mut HashSet<VarId>) {
    let bounds = match axis {
        Axis::Dim(_) => return,
        Axis::Binder(binder) => &hir.binders[binder.0].range,
        Axis::Slice(slice) => &hir.slices[slice.0].bounds,
    };
    for end in bounds.start.iter().chain(&bounds.end) {
        collect(hir, end, found);
    }
}
