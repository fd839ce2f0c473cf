//! Left sides: which variable, which of its elements.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_syntax::ast::{self, ExprKind as Ast, TargetIndex};

use super::{Checked, Checker, make, scope::Entry};
use crate::hir::{Axis, Binder, BinderId, Bounds, DimId, Expr, ExprKind, Role, Scalar, TargetAxis, Type, Var, VarId};
use crate::interval::Interval;

/// A checked left side.
pub(super) struct Left {
    /// The variable's name.
    pub name: String,
    /// The place of the name.
    pub span: Span,
    /// Which elements.
    pub target: Vec<TargetAxis>,
    /// The dims of the variable, as many as `target`.
    pub dims: Vec<DimId>,
}

impl Left {
    /// The axes over which the statement runs.
    pub(super) fn axes(&self) -> Vec<Axis> {
        let axis = |t: &TargetAxis| match t {
            TargetAxis::Axis(axis) => Some(*axis),
            TargetAxis::At(_) => None,
        };
        self.target.iter().filter_map(axis).collect()
    }
}

impl<'a> Checker<'a> {
    /// Checks a left side. Its own loop variables (`t in day[2..]`) stay in scope: the caller has entered one.
    pub(super) fn left(&mut self, target: &'a ast::Target) -> Checked<Left> {
        self.left_dims.clear();
        self.left_name.clone_from(&target.name.name);
        self.target_name.clone_from(&target.name.name);
        let mut left =
            Left { name: target.name.name.clone(), span: target.name.span, target: Vec::new(), dims: Vec::new() };
        for (place, index) in target.indices.iter().enumerate() {
            let (axis, dim) = match index {
                TargetIndex::Binder(binder) => {
                    let id = self.open_binder(binder)?;
                    (TargetAxis::Axis(Axis::Binder(id)), self.hir.binders[id.0].dim)
                }
                TargetIndex::Expr(e) => self.left_index(&target.name.name, place, e)?,
            };
            left.target.push(axis);
            left.dims.push(dim);
        }
        self.all_loops_or_none(&left, target)?;
        Ok(left)
    }

    fn left_index(&mut self, var: &str, place: usize, e: &'a ast::Expr) -> Checked<(TargetAxis, DimId)> {
        if let Ast::Name(name) = &e.kind {
            if let Some(&Entry::Binder(binder)) = self.scopes.get(name) {
                return Ok((TargetAxis::Axis(Axis::Binder(binder)), self.hir.binders[binder.0].dim));
            }
            if self.failed.contains(name) {
                return Err(super::Reported);
            }
            if let Some(&dim) = self.dims.get(name) {
                self.left_dims.push(dim);
                return Ok((TargetAxis::Axis(Axis::Dim(dim)), dim));
            }
        }
        match &e.kind {
            Ast::Name(name) => {
                if self.scopes.get(name).is_some() && !self.is_declared_label(name) {
                    return self.not_on_the_left(e.span);
                }
                let dim = self.element_dim(var, place, name, e.span, false)?;
                let label = match self.dim(dim).labels().contains(name) {
                    true => self.bare_label(dim, name, e.span)?,
                    false => self.no_bare_label(dim, name, e.span)?,
                };
                Ok((TargetAxis::At(label), dim))
            }
            Ast::Text(text) => {
                let dim = self.element_dim(var, place, text, e.span, true)?;
                let label = self.label(dim, text, e.span)?;
                Ok((TargetAxis::At(label), dim))
            }
            Ast::Number(value) => {
                let dim = self.element_dim(var, place, &value.to_string(), e.span, true)?;
                self.positions_allowed(dim, e.span)?;
                Ok((TargetAxis::At(make(ExprKind::Const(*value), Scalar::Int, Vec::new(), e.span)), dim))
            }
            _ => self.not_on_the_left(e.span),
        }
    }

    pub(super) fn is_declared_label(&self, name: &str) -> bool {
        self.hir.dims.iter().any(|d| d.labels().iter().any(|l| l == name))
    }

    fn not_on_the_left<T>(&mut self, span: Span) -> Checked<T> {
        let error = Diagnostic::error("E0303", "the left side takes a dim, a loop variable, a label or a position")
            .at(span, "not allowed on the left side")
            .help("define the element of this turn, and read others on the right: `h[t] ~ normal(h[t-1], s)`");
        self.error(error)
    }

    /// The dim of `var` at an index that is an element: another statement must name it.
    fn element_dim(&mut self, var: &str, place: usize, element: &str, span: Span, certainly: bool) -> Checked<DimId> {
        let noted = self.target_dims.get(var).and_then(|dims| dims.get(place).cloned().flatten());
        if let Some(dim) = noted.and_then(|name| self.dims.get(&name).copied()) {
            return Ok(dim);
        }
        let mut holders = (0..self.hir.dims.len()).filter(|&d| self.hir.dims[d].labels().iter().any(|l| l == element));
        if let (Some(dim), None) = (holders.next(), holders.next()) {
            return Ok(DimId(dim));
        }
        if matches!(self.scopes.get(var), Some(Entry::Poisoned)) {
            return Err(super::Reported);
        }
        if !certainly {
            return self.known_dim(element, span);
        }
        let error = Diagnostic::error("E0205", format!("no statement says which dim `{var}` has here"))
            .at(span, "an element of which dim?")
            .help(format!("another statement must name the dim: `{var}[i in group] ~ …`"));
        self.error(error)
    }

    /// In loops a name is indexed by all loop variables, or by none and local to a turn.
    fn all_loops_or_none(&mut self, left: &Left, target: &ast::Target) -> Checked<()> {
        let axes = left.axes();
        let missing = self.loops.iter().find(|b| !axes.contains(&Axis::Binder(**b))).copied();
        let Some(missing) = missing.filter(|_| !left.target.is_empty()) else {
            return Ok(());
        };
        let name = &self.hir.binders[missing.0].name;
        let error = Diagnostic::error("E0211", format!("`{}` is not indexed by the loop variable `{name}`", left.name))
            .at(target.span, "every turn of the loop would define the same elements")
            .help(format!("index it by `{name}` too, or move the statement out of the loop"));
        self.error(error)
    }

    /// Declares a loop variable in the innermost scope.
    pub(super) fn open_binder(&mut self, binder: &'a ast::Binder) -> Checked<BinderId> {
        let dim = self.known_dim(&binder.dim.name, binder.dim.span)?;
        let range = match &binder.range {
            None => Bounds::default(),
            Some(range) => self.bounds(dim, range)?,
        };
        let id = BinderId(self.hir.binders.len());
        self.hir.binders.push(Binder { name: binder.name.name.clone(), dim, range, span: binder.span });
        self.scopes.insert(&binder.name.name, Entry::Binder(id));
        Ok(id)
    }

    /// The positions of a range within a dim, which must have positions.
    pub(super) fn bounds(&mut self, dim: DimId, range: &'a ast::Range) -> Checked<Bounds> {
        self.positions_allowed(dim, range.span)?;
        let start = range.start.as_deref().map(|e| self.position(dim, e)).transpose();
        let end = range.end.as_deref().map(|e| self.position(dim, e)).transpose();
        Ok(Bounds { start: start?.map(Box::new), end: end?.map(Box::new) })
    }

    fn position(&mut self, _dim: DimId, e: &'a ast::Expr) -> Checked<Expr> {
        let position = self.expr(e)?;
        let position = self.number(position)?;
        if self.hir.is_random(&position) || !position.ty.axes.is_empty() {
            let error = Diagnostic::error("E0308", "the ends of a range must be single numbers known before sampling")
                .at(e.span, "");
            return self.error(error);
        }
        Ok(position)
    }

    /// Whole numbers index ranges and ordered dims alone.
    pub(super) fn positions_allowed(&mut self, dim: DimId, span: Span) -> Checked<()> {
        let dim = self.dim(dim);
        if dim.may_have_positions() {
            return Ok(());
        }
        let name = dim.name.clone();
        let example = dim.labels().first().cloned().unwrap_or_else(|| "label".to_string());
        let error = Diagnostic::error("E0303", format!("`{name}` has no positions: its labels are in no order"))
            .at(span, "a position")
            .help(format!("index by a label, such as \"{example}\", or declare `dim {name}: ordered`"));
        self.error(error)
    }

    /// The variable of a left side, new or as defined before; `None` where its shape or role does not fit.
    pub(super) fn define(&mut self, left: &Left, role: Role, scalar: Scalar, doc: &Option<String>) -> Checked<VarId> {
        let axes: Vec<Axis> = left.dims.iter().map(|&d| Axis::Dim(d)).collect();
        if let Some(Entry::Var(known)) = self.scopes.get(&left.name).cloned() {
            self.redefine(known, left, role, &axes)?;
            self.same_kind(known, left, scalar)?;
            return Ok(known);
        }
        if scalar != self.dims.get(&left.name).map_or(Scalar::Text, |&d| Scalar::Label(d)) {
            self.name_is_free(&left.name, left.span)?;
        }
        let local = !self.scopes.is_global() && left.target.is_empty() && !self.loops.is_empty();
        let id = self.new_var(Var {
            name: left.name.clone(),
            span: left.span,
            role,
            ty: Type { scalar, axes },
            doc: doc.clone(),
            random: role == Role::Latent,
            reported: false,
            local,
            column: None,
            interval: Interval::UNKNOWN,
        });
        if local {
            self.scopes.insert(&left.name, Entry::Var(id));
        } else {
            self.scopes.insert_global(&left.name, Entry::Var(id));
        }
        Ok(id)
    }

    pub(super) fn new_var(&mut self, var: Var) -> VarId {
        self.hir.vars.push(var);
        VarId(self.hir.vars.len() - 1)
    }

    /// A name may not hide a loop variable, nor be that of a dim.
    pub(super) fn name_is_free(&mut self, name: &str, span: Span) -> Checked<()> {
        if let Some(&dim) = self.dims.get(name) {
            let error = Diagnostic::error("E0202", format!("`{name}` is a dim"))
                .at(span, "choose another name")
                .also(self.dim(dim).span, "declared here")
                .help("only a lookup into a dim, `data g[obs]: g`, may have its name");
            return self.error(error);
        }
        let Some(Entry::Binder(binder)) = self.scopes.get(name).cloned() else {
            return Ok(());
        };
        let error = Diagnostic::error("E0202", format!("`{name}` is a loop variable here"))
            .at(span, "choose another name")
            .also(self.hir.binders[binder.0].span, "the loop");
        self.error(error)
    }

    /// Elements of one array are all numbers, whole ones beside others, or all labels of one dim.
    pub(super) fn same_kind(&mut self, known: VarId, left: &Left, scalar: Scalar) -> Checked<()> {
        let var = self.var(known);
        let number = |s| matches!(s, Scalar::Real | Scalar::Int | Scalar::Bool);
        match (var.ty.scalar, scalar) {
            (a, b) if a == b || var.column.is_some() => Ok(()),
            (a, b) if number(a) && number(b) => {
                let whole = a != Scalar::Real && b != Scalar::Real;
                self.hir.vars[known.0].ty.scalar = if whole { Scalar::Int } else { Scalar::Real };
                Ok(())
            }
            (a, b) => {
                let (a, b) = (self.in_words(a), self.in_words(b));
                let error = Diagnostic::error("E0306", format!("the elements of `{}` are of two kinds", left.name))
                    .at(left.span, b)
                    .also(self.var(known).span, a);
                self.error(error)
            }
        }
    }

    fn redefine(&mut self, known: VarId, left: &Left, role: Role, axes: &[Axis]) -> Checked<()> {
        let var = self.var(known).clone();
        if var.ty.axes != axes {
            let error = Diagnostic::error("E0202", format!("`{}` is defined twice, with other dims", left.name))
                .at(left.span, "again here")
                .also(var.span, "first defined here");
            return self.error(error);
        }
        let both_data = |r| matches!(r, Role::Input | Role::Outcome);
        if both_data(var.role) != both_data(role) && (both_data(var.role) || both_data(role)) {
            return self.data_mixed_up(&var, left, role);
        }
        match (var.role, role) {
            (Role::Input, Role::Outcome) => self.hir.vars[known.0].role = Role::Outcome,
            (Role::Quantity, Role::Latent) => {
                self.hir.vars[known.0].role = Role::Latent;
                self.hir.vars[known.0].random = true;
            }
            _ => {}
        }
        if self.covers_all(left) && !(var.role == Role::Input && role == Role::Outcome) {
            return self.defined_twice(&var, left, role);
        }
        Ok(())
    }

    /// Whether a left side defines every element whatever the data are.
    fn covers_all(&self, left: &Left) -> bool {
        let whole = |t: &TargetAxis| match t {
            TargetAxis::Axis(Axis::Binder(b)) => {
                let range = &self.hir.binders[b.0].range;
                range.start.is_none() && range.end.is_none()
            }
            TargetAxis::Axis(_) => true,
            TargetAxis::At(_) => false,
        };
        self.guard.is_none() && left.target.iter().all(whole)
    }

    fn defined_twice(&mut self, var: &Var, left: &Left, role: Role) -> Checked<()> {
        let what = match var.role {
            Role::Latent | Role::Outcome => "already has a distribution",
            _ => "is already defined",
        };
        let mut error = Diagnostic::error("E0202", format!("`{}` {what}", left.name))
            .at(left.span, "again here")
            .also(var.span, "first defined here");
        if role == Role::Latent {
            error = error.help("a prior and a likelihood are written on different variables");
        }
        self.error(error)
    }

    fn data_mixed_up(&mut self, var: &Var, left: &Left, role: Role) -> Checked<()> {
        let error = Diagnostic::error("E0202", format!("`{}` is data and cannot be defined again", left.name))
            .at(left.span, "again here")
            .also(var.span, "declared as data here");
        let name = &left.name;
        let error = match role {
            Role::Latent => error.help(format!("declare and model it in one statement: `data {name}[…] ~ …`")),
            _ => error.help("give the quantity another name"),
        };
        self.error(error)
    }
}
