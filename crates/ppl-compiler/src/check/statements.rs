//! Statements: who defines what, in which loop, under which condition.

use std::collections::HashMap;

use ppl_diagnostic::{Diagnostic, Span};
use ppl_syntax::ast::{self, BindingBody, StmtKind};

use super::{Checked, Checker, scope::Entry, targets::Left};
use crate::hir::{Axis, Expr, Guard, GuardId, Hints, Role, Scalar, StatementKind, Type, Var, VarId};

impl<'a> Checker<'a> {
    /// Checks statements one after the other; a failed one poisons the names it would have defined.
    pub(super) fn block(&mut self, items: &'a [ast::Stmt]) {
        for item in items {
            if self.statement(item).is_err() {
                self.poison(item);
            }
            if !self.loops.is_empty() {
                self.no_longer_pending(item);
            }
        }
    }

    fn no_longer_pending(&mut self, item: &ast::Stmt) {
        for name in defined_names(item) {
            if let Some(count) = self.pending.get_mut(name) {
                *count -= 1;
                if *count == 0 {
                    self.pending.remove(name);
                }
            }
        }
    }

    fn statement(&mut self, item: &'a ast::Stmt) -> Checked<()> {
        let span = item.span;
        match &item.kind {
            StmtKind::Use(path) => {
                self.foreign_functions = true;
                self.unsupported(path.span, "`use`")
            }
            StmtKind::Dist(dist) => self.unsupported(dist.name.span, "`dist`, a distribution of your own,"),
            StmtKind::Dim(dim) => self.dim_declaration(dim),
            StmtKind::Fn(function) => self.fn_definition(function),
            StmtKind::Const { target, value } => self.const_definition(target, value, item),
            StmtKind::Require { condition, message } => self.requirement(condition, message.as_ref(), span),
            StmtKind::For { binders, body } => self.for_loop(binders, body),
            StmtKind::If { condition, then, otherwise } => {
                self.static_if(condition, then, otherwise.as_deref().unwrap_or_default())
            }
            StmtKind::Factor { target, value } => self.factor(target, value, item),
            StmtKind::Data(items) => self.data_items(items, item),
            StmtKind::ReportBinding(binding) => self.report_binding(binding, item),
            StmtKind::ReportNames(names) => self.report_names(names),
            StmtKind::Binding(binding) => self.binding(binding, item).map(|_| ()),
        }
    }

    /// Makes the names of a failed statement known, so that their uses are not reported too.
    fn poison(&mut self, item: &ast::Stmt) {
        match &item.kind {
            StmtKind::Dim(dim) if !self.dims.contains_key(&dim.name.name) => {
                self.failed.insert(dim.name.name.clone());
            }
            StmtKind::Fn(function) if !self.functions.contains_key(&function.name.name) => {
                self.failed.insert(function.name.name.clone());
            }
            StmtKind::Dist(dist) => drop(self.failed.insert(dist.name.name.clone())),
            StmtKind::Data(items) => {
                let categories = items.iter().filter(|i| i.ty.as_ref().is_some_and(|ty| ty.name.name == "category"));
                let names = categories.map(|i| i.target.name.name.clone());
                let unknown: Vec<String> = names.filter(|name| !self.dims.contains_key(name)).collect();
                self.failed.extend(unknown);
            }
            _ => {}
        }
        for name in defined_names(item) {
            if self.scopes.get(name).is_none() {
                self.scopes.insert(name, Entry::Poisoned);
                self.scopes.insert_global(name, Entry::Poisoned);
            }
        }
    }

    /// Poisons all names of a block that is not checked.
    fn skip(&mut self, items: &[ast::Stmt]) {
        for item in items {
            self.poison(item);
            match &item.kind {
                StmtKind::For { body, .. } => self.skip(body),
                StmtKind::If { then, otherwise, .. } => {
                    self.skip(then);
                    self.skip(otherwise.as_deref().unwrap_or_default());
                }
                _ => {}
            }
            self.no_longer_pending(item);
        }
    }

    fn for_loop(&mut self, binders: &'a [ast::Binder], body: &'a [ast::Stmt]) -> Checked<()> {
        self.scopes.enter();
        let loops = self.loops.len();
        if self.loops.is_empty() {
            count_definitions(body, &mut self.pending);
        }
        let mut opened = Ok(());
        for binder in binders {
            match self.open_binder(binder) {
                Ok(id) => self.loops.push(id),
                Err(reported) => opened = Err(reported),
            }
        }
        if opened.is_ok() {
            self.block(body);
        } else {
            self.skip(body);
        }
        self.loops.truncate(loops);
        if self.loops.is_empty() {
            self.pending.clear();
        }
        self.scopes.leave();
        Ok(())
    }

    fn static_if(
        &mut self,
        condition: &'a ast::Expr,
        then: &'a [ast::Stmt],
        otherwise: &'a [ast::Stmt],
    ) -> Checked<()> {
        let checked = self.static_condition(condition);
        let parent = self.guard;
        for (body, holds) in [(then, true), (otherwise, false)] {
            match &checked {
                Ok(condition) => {
                    let guard = Guard { parent, condition: condition.clone(), holds };
                    self.hir.guards.push(guard);
                    self.guard = Some(GuardId(self.hir.guards.len() - 1));
                    self.block(body);
                }
                Err(_) => self.skip(body),
            }
        }
        self.guard = parent;
        Ok(())
    }

    fn static_condition(&mut self, condition: &'a ast::Expr) -> Checked<Expr> {
        self.left_dims.clear();
        let c = self.expr(condition)?;
        let c = self.truth(c)?;
        if self.hir.is_random(&c) {
            let error = Diagnostic::error("E0308", "a statement `if` cannot depend on an unknown")
                .at(condition.span, "not known before sampling")
                .help("use the expression: `x = if c then a else b`");
            return self.error(error);
        }
        if let Some(axis) = c.ty.axes.iter().find(|a| !matches!(a, Axis::Binder(_))).copied() {
            let error = Diagnostic::error("E0301", "the condition of a statement `if` must be one value")
                .at(condition.span, format!("varies over `{}`", self.axis_name(axis)))
                .help("put it in a loop over that dim, or use the expression `if c then a else b`");
            return self.error(error);
        }
        Ok(c)
    }

    fn const_definition(&mut self, target: &'a ast::Target, value: &'a ast::Expr, item: &'a ast::Stmt) -> Checked<()> {
        self.reductions_expected = true;
        let defined = self.quantity(target, None, value, Role::Const, item);
        self.reductions_expected = false;
        let var = defined?;
        if self.var(var).random {
            let error = Diagnostic::error("E0308", "a `const` cannot depend on an unknown")
                .at(value.span, "not known before sampling")
                .help(format!("write it without `const`: `{} = …`", target.name.name));
            return self.error(error);
        }
        Ok(())
    }

    fn requirement(&mut self, condition: &'a ast::Expr, message: Option<&ast::Text>, span: Span) -> Checked<()> {
        self.left_dims.clear();
        self.reductions_expected = true;
        let checked = self.expr(condition).and_then(|c| self.truth(c));
        self.reductions_expected = false;
        let checked = checked?;
        if self.hir.is_random(&checked) {
            let error = Diagnostic::error("E0308", "`require` is for what is known before sampling")
                .at(condition.span, "depends on an unknown")
                .help("a constraint on unknowns is a distribution's support, or a `factor`");
            return self.error(error);
        }
        let message = message.map(|m| m.value.clone());
        self.push(StatementKind::Require { condition: checked, message }, span);
        Ok(())
    }

    fn factor(&mut self, target: &'a ast::Target, value: &'a ast::Expr, item: &'a ast::Stmt) -> Checked<()> {
        self.scopes.enter();
        let checked = self.factor_parts(target, value);
        self.scopes.leave();
        let (left, value) = checked?;
        if !self.loops.is_empty() && left.target.is_empty() {
            return self.needs_loop_index(&left);
        }
        let var = match self.scopes.get(&left.name).cloned() {
            Some(Entry::Var(known)) if left.target.is_empty() => {
                self.define_again(known, &left, &value.ty.axes, Scalar::Real)?
            }
            _ => self.define(&left, Role::Factor, Scalar::Real, &item.doc)?,
        };
        if left.target.is_empty() {
            self.hir.vars[var.0].ty.axes = value.ty.axes.clone();
        }
        self.push(StatementKind::Factor { var, target: left.target, value }, item.span);
        Ok(())
    }

    fn factor_parts(&mut self, target: &'a ast::Target, value: &'a ast::Expr) -> Checked<(Left, Expr)> {
        let left = self.left(target)?;
        let e = self.expr(value)?;
        let e = self.number(e)?;
        if !left.target.is_empty() {
            self.fits(&left, &e)?;
        }
        if let Some(carried) = self.carried(&left.name, &e) {
            return self.unsupported(carried, RECURRENCE);
        }
        Ok((left, e))
    }

    fn needs_loop_index<T>(&mut self, left: &Left) -> Checked<T> {
        let binder = self.hir.binders[self.loops[0].0].name.clone();
        let error = Diagnostic::error("E0211", format!("in a loop `{}` must be indexed by `{binder}`", left.name))
            .at(left.span, "every turn would define it again")
            .help(format!("write `{}[{binder}]`", left.name));
        self.error(error)
    }

    fn binding(&mut self, binding: &'a ast::Binding, item: &'a ast::Stmt) -> Checked<VarId> {
        match &binding.body {
            BindingBody::Define(value) => {
                self.quantity(&binding.target, binding.ty.as_ref(), value, Role::Quantity, item)
            }
            BindingBody::Tilde(tilde) => self.latent(&binding.target, binding.ty.as_ref(), tilde, item),
        }
    }

    /// `name[…] = e`
    fn quantity(
        &mut self,
        target: &'a ast::Target,
        ty: Option<&'a ast::TypeRef>,
        value: &'a ast::Expr,
        role: Role,
        item: &'a ast::Stmt,
    ) -> Checked<VarId> {
        self.scopes.enter();
        let checked = self.quantity_parts(target, value);
        self.scopes.leave();
        let (left, value) = checked?;
        let value = match ty {
            Some(ty) => self.typed_value(ty, value)?,
            None => value,
        };
        if let Some(carried) = self.carried(&left.name, &value) {
            return self.unsupported(carried, RECURRENCE);
        }
        let value = self.beside_other_elements(&left.name, value)?;
        let random = self.hir.is_random(&value);
        let interval = self.interval(&value);
        let var = if left.target.is_empty() {
            self.whole_quantity(&left, role, &value, item)?
        } else {
            self.fits(&left, &value)?;
            self.define(&left, role, value.ty.scalar, &item.doc)?
        };
        let first = !self.defined.contains(&var);
        let defined = &mut self.hir.vars[var.0];
        defined.random |= random;
        defined.interval = if first { interval } else { defined.interval.union(interval) };
        self.push(StatementKind::Define { var, target: left.target, value }, item.span);
        Ok(var)
    }

    /// Where other elements of the variable are numbers, a loop variable stands for its position.
    fn beside_other_elements(&mut self, name: &str, value: Expr) -> Checked<Expr> {
        let known = match self.scopes.get(name) {
            Some(Entry::Var(known)) => Some(self.var(*known).ty.scalar),
            _ => None,
        };
        match (known, value.ty.scalar) {
            (Some(Scalar::Real | Scalar::Int), Scalar::Label(dim)) if self.dim(dim).may_have_positions() => {
                self.number(value)
            }
            _ => Ok(value),
        }
    }

    fn quantity_parts(&mut self, target: &'a ast::Target, value: &'a ast::Expr) -> Checked<(Left, Expr)> {
        let left = self.left(target)?;
        let value = self.expr_for(value, &left.axes())?;
        if value.ty.scalar == Scalar::Text {
            let error = Diagnostic::error("E0306", "a text is not a value of its own")
                .at(value.span, "")
                .help("texts are labels: they stand in brackets or beside `==`");
            return self.error(error);
        }
        Ok((left, value))
    }

    /// A quantity without brackets has the axes of its value; in a loop it is local to the turn.
    fn whole_quantity(&mut self, left: &Left, role: Role, value: &Expr, item: &ast::Stmt) -> Checked<VarId> {
        let local = !self.loops.is_empty();
        let axes = self.whole_axes(value);
        if let Some(Entry::Var(known)) = self.scopes.get(&left.name).cloned() {
            return self.define_again(known, left, &axes, value.ty.scalar);
        }
        self.name_is_free(&left.name, left.span)?;
        let var = self.new_var(Var {
            name: left.name.clone(),
            span: left.span,
            role,
            ty: Type { scalar: value.ty.scalar, axes },
            doc: item.doc.clone(),
            random: false,
            reported: false,
            local,
            column: None,
            interval: crate::interval::Interval::UNKNOWN,
        });
        if local {
            self.scopes.insert(&left.name, Entry::Var(var));
            self.local_names.insert(left.name.clone(), left.span);
        } else {
            self.scopes.insert_global(&left.name, Entry::Var(var));
        }
        Ok(var)
    }

    /// The axes of a value; under a condition in a loop all turns, because other turns may have another value.
    fn whole_axes(&self, value: &Expr) -> Vec<Axis> {
        if self.guard.is_none() {
            return value.ty.axes.clone();
        }
        let mut axes: Vec<Axis> = self.loops.iter().map(|&turn| Axis::Binder(turn)).collect();
        let others: Vec<Axis> = value.ty.axes.iter().copied().filter(|a| !axes.contains(a)).collect();
        axes.extend(others);
        axes
    }

    /// A whole variable may be defined in both branches of a static `if`, with the same axes.
    fn define_again(&mut self, known: VarId, left: &Left, axes: &[Axis], scalar: Scalar) -> Checked<VarId> {
        let var = self.var(known).clone();
        let same = var.ty.axes == axes;
        if self.guard.is_some()
            && same
            && matches!(var.role, Role::Quantity | Role::Const | Role::Latent | Role::Factor)
        {
            self.same_kind(known, left, scalar)?;
            return Ok(known);
        }
        let error = Diagnostic::error("E0202", format!("`{}` is already defined", left.name))
            .at(left.span, "again here")
            .also(var.span, "first defined here")
            .help("every variable is defined once; give the new value another name");
        self.error(error)
    }

    /// `name[…] ~ d`
    fn latent(
        &mut self,
        target: &'a ast::Target,
        ty: Option<&'a ast::TypeRef>,
        tilde: &'a ast::Tilde,
        item: &'a ast::Stmt,
    ) -> Checked<VarId> {
        self.scopes.enter();
        let left = self.left(target);
        let checked = left.and_then(|left| {
            let declared = ty.map(|ty| self.label_type(ty)).transpose()?.flatten();
            let (dist, hints) = self.tilde(tilde, &left, declared)?;
            Ok((left, dist, hints))
        });
        self.scopes.leave();
        let (left, distribution, hints) = checked?;
        if !self.loops.is_empty() && left.target.is_empty() {
            return self.needs_loop_index(&left);
        }
        if let Some(carried) = self.carried_in_dist(&left.name, &distribution) {
            return self.unsupported(carried, RECURRENCE);
        }
        let scalar = self.value_type(&distribution);
        let interval = self.support_interval(&distribution);
        let known = matches!(self.scopes.get(&left.name), Some(Entry::Var(_)));
        let var = self.define(&left, Role::Latent, scalar, &item.doc)?;
        let defined = &mut self.hir.vars[var.0];
        defined.random = true;
        defined.interval = if known { defined.interval.union(interval) } else { interval };
        self.push(StatementKind::Sample { var, target: left.target, distribution, hints }, item.span);
        Ok(var)
    }

    /// The distribution and the hints of a `~`.
    pub(super) fn tilde(
        &mut self,
        tilde: &'a ast::Tilde,
        left: &Left,
        declared: Option<crate::hir::DimId>,
    ) -> Checked<(crate::hir::Dist, Hints)> {
        let distribution = self.distribution(&tilde.distribution, &left.axes(), declared)?;
        let hints = self.hints(&tilde.hints, &distribution)?;
        Ok((distribution, hints))
    }

    /// The dims of a value must be among those of the left side.
    pub(super) fn fits(&mut self, left: &Left, value: &Expr) -> Checked<()> {
        self.axes_fit(&left.name, &left.axes(), value)
    }

    /// The place of a read of another turn of a variable that this loop defines.
    fn carried(&self, name: &str, value: &Expr) -> Option<Span> {
        super::index::carried_read(self, name, value)
    }

    pub(super) fn carried_in_dist(&self, name: &str, dist: &crate::hir::Dist) -> Option<Span> {
        let mut found = None;
        dist.for_each_expr(&mut |e| found = found.or_else(|| self.carried(name, e)));
        found
    }

    fn report_binding(&mut self, binding: &'a ast::Binding, item: &'a ast::Stmt) -> Checked<()> {
        self.reductions_expected = true;
        let defined = self.binding(binding, item);
        self.reductions_expected = false;
        let var = defined?;
        if self.var(var).local {
            return self.local_report(&binding.target.name);
        }
        self.reported(var, binding.target.name.span)
    }

    fn reported(&mut self, var: VarId, span: Span) -> Checked<()> {
        if self.var(var).ty.axes.iter().any(|a| matches!(a, Axis::Slice(_))) {
            return self.unsupported(span, "a report over a part of a dim");
        }
        self.hir.vars[var.0].reported = true;
        Ok(())
    }

    fn local_report(&mut self, name: &ast::Ident) -> Checked<()> {
        let binder = self.hir.binders[self.loops[0].0].name.clone();
        let error = Diagnostic::error("E0211", format!("`{}` is local to one turn of the loop", name.name))
            .at(name.span, "cannot be reported")
            .help(format!("index it: `report {}[{binder}] = …`", name.name));
        self.error(error)
    }

    fn report_names(&mut self, names: &'a [ast::Ident]) -> Checked<()> {
        for name in names {
            let Ok(e) = self.name(&name.name, name.span) else { continue };
            match e.kind {
                crate::hir::ExprKind::Var(var) if self.var(var).local => {
                    self.local_report(name).ok();
                }
                crate::hir::ExprKind::Var(var) => drop(self.reported(var, name.span)),
                _ => {
                    let error = Diagnostic::error("E0205", format!("`{}` is not a variable", name.name))
                        .at(name.span, "only variables can be reported");
                    self.report(error);
                }
            }
        }
        Ok(())
    }
}

/// What reads a value of an earlier turn before all turns have one.
pub(super) const RECURRENCE: &str = "a recurrence on a value of an earlier turn";

/// Names that a statement defines, without those in its blocks.
fn defined_names(item: &ast::Stmt) -> Vec<&str> {
    match &item.kind {
        StmtKind::Const { target, .. } | StmtKind::Factor { target, .. } => vec![&target.name.name],
        StmtKind::Binding(b) | StmtKind::ReportBinding(b) => vec![&b.target.name.name],
        StmtKind::Data(items) => items.iter().map(|i| i.target.name.name.as_str()).collect(),
        _ => Vec::new(),
    }
}

/// How many statements define each name, at any depth.
fn count_definitions(items: &[ast::Stmt], counts: &mut HashMap<String, usize>) {
    for item in items {
        match &item.kind {
            StmtKind::For { body, .. } => count_definitions(body, counts),
            StmtKind::If { then, otherwise, .. } => {
                count_definitions(then, counts);
                count_definitions(otherwise.as_deref().unwrap_or_default(), counts);
            }
            _ => {}
        }
        for name in defined_names(item) {
            *counts.entry(name.to_string()).or_default() += 1;
        }
    }
}
