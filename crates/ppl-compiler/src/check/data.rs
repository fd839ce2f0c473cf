//! `data` statements: what is read, how, and what is modelled.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_distributions::Values;
use ppl_syntax::ast::{self, ExprKind as Ast};

use super::{Checked, Checker, scope::Entry, targets::Left};
use crate::hir::{CellKind, Column, Default, Dim, DimId, Expr, Extent, Role, Scalar, StatementKind, VarId};
use crate::interval::Interval;

/// A type as written behind a colon.
struct Declared {
    kind: CellKind,
    min: Option<f64>,
    max: Option<f64>,
}

impl Declared {
    fn of(kind: CellKind) -> Self {
        Declared { kind, min: None, max: None }
    }
}

impl<'a> Checker<'a> {
    pub(super) fn data_items(&mut self, items: &'a [ast::DataItem], statement: &'a ast::Stmt) -> Checked<()> {
        let mut outcome = Ok(());
        for item in items {
            if let Err(reported) = self.data_item(item, statement) {
                outcome = Err(reported);
            }
        }
        outcome
    }

    fn data_item(&mut self, item: &'a ast::DataItem, statement: &'a ast::Stmt) -> Checked<()> {
        self.scopes.enter();
        let checked = self.data_parts(item, statement);
        self.scopes.leave();
        checked
    }

    fn data_parts(&mut self, item: &'a ast::DataItem, statement: &'a ast::Stmt) -> Checked<()> {
        let left = self.left(&item.target)?;
        let declared = item.ty.as_ref().map(|ty| self.data_type(ty, &left)).transpose()?;
        if !self.loops.is_empty() && left.target.is_empty() {
            let error =
                Diagnostic::error("E0211", format!("in a loop `{}` must be indexed by the loop variable", left.name))
                    .at(left.span, "one value for all turns");
            return self.error(error);
        }
        let default = item
            .value
            .as_ref()
            .map(|value| self.data_value(value, &left, declared.as_ref(), item.tilde.is_some()))
            .transpose()?;
        let var = self.declare_data(&left, item, declared, default, statement)?;
        match &item.tilde {
            None => Ok(()),
            Some(tilde) => self.outcome(var, left, tilde, item),
        }
    }

    /// The default of an input, or what an outcome is computed from.
    fn data_value(
        &mut self,
        value: &'a ast::Expr,
        left: &Left,
        declared: Option<&Declared>,
        outcome: bool,
    ) -> Checked<Expr> {
        if self.guard.is_some() {
            return self.unsupported(value.span, "a data value computed under a condition");
        }
        self.reductions_expected = true;
        let checked = match declared.map(|d| d.kind) {
            Some(CellKind::Label(dim)) => self.beside(value, Scalar::Label(dim)),
            _ => self.expr_for(value, &left.axes()),
        };
        self.reductions_expected = false;
        let e = checked?;
        self.default_type(&e, declared)?;
        if self.hir.is_random(&e) {
            let what = if outcome { "an outcome is computed from data" } else { "a default is computed from data" };
            let error = Diagnostic::error("E0308", format!("{what}, never from unknowns")).at(value.span, "");
            return self.error(error);
        }
        self.fits(left, &e)?;
        Ok(e)
    }

    /// A default must be what the declared type says.
    fn default_type(&mut self, e: &Expr, declared: Option<&Declared>) -> Checked<()> {
        let fits = match (declared.map(|d| d.kind), e.ty.scalar) {
            (Some(CellKind::Label(dim)), scalar) => scalar == Scalar::Label(dim),
            (None, scalar) => scalar != Scalar::Text,
            (Some(CellKind::Bool), Scalar::Bool) => true,
            (Some(CellKind::Bool), _) => matches!(e.kind, crate::hir::ExprKind::Const(v) if v == 0.0 || v == 1.0),
            (Some(CellKind::Int | CellKind::Date), scalar) => matches!(scalar, Scalar::Int | Scalar::Bool),
            (Some(CellKind::Real), scalar) => matches!(scalar, Scalar::Real | Scalar::Int | Scalar::Bool),
        };
        if fits {
            return Ok(());
        }
        let error =
            Diagnostic::error("E0306", "the value is not of the declared type").at(e.span, self.in_words(e.ty.scalar));
        self.error(error)
    }

    fn declare_data(
        &mut self,
        left: &Left,
        item: &'a ast::DataItem,
        declared: Option<Declared>,
        default: Option<Expr>,
        statement: &'a ast::Stmt,
    ) -> Checked<VarId> {
        let role = if item.tilde.is_some() { Role::Outcome } else { Role::Input };
        let known = matches!(self.scopes.get(&left.name), Some(Entry::Var(_)));
        let kind = declared.as_ref().map(|d| d.kind).or_else(|| default.as_ref().map(|e| kind_of(e.ty.scalar)));
        let kind = kind.unwrap_or_else(|| item.tilde.as_ref().map_or(CellKind::Real, |t| provisional(&t.distribution)));
        let var = self.define(left, role, scalar_of(kind), &statement.doc)?;
        if known {
            return Ok(var);
        }
        let min = declared.as_ref().and_then(|d| d.min);
        let max = declared.as_ref().and_then(|d| d.max);
        let computed = default.is_some() && item.tilde.is_some();
        let name = item.from.as_ref().map_or(&left.name, |from| &from.value).clone();
        let span = item.ty.as_ref().map_or(left.span, |ty| ty.span);
        let record = &mut self.hir.vars[var.0];
        record.interval = Interval::between(min.unwrap_or(f64::NEG_INFINITY), max.unwrap_or(f64::INFINITY)).loosely();
        let default = default.map(|value| Default { target: left.target.clone(), value });
        // A default of 20 says nothing of the values that may take its place: `--set l1=0.5` is as good.
        let kind = if declared.is_none() && kind == CellKind::Int && default.is_some() { CellKind::Real } else { kind };
        record.column = Some(Column { name, kind, typed: declared.is_some(), min, max, default, computed, span });
        self.push(StatementKind::Data(var), item.span);
        Ok(var)
    }

    fn outcome(&mut self, var: VarId, left: Left, tilde: &'a ast::Tilde, item: &'a ast::DataItem) -> Checked<()> {
        let declared = match self.var(var).column.as_ref().map(|c| c.kind) {
            Some(CellKind::Label(dim)) if self.is_typed(var) => Some(dim),
            _ => None,
        };
        let (distribution, hints) = self.tilde(tilde, &left, declared)?;
        if let Some(carried) = self.carried_in_dist(&left.name, &distribution) {
            return self.unsupported(carried, super::statements::RECURRENCE);
        }
        if hints.noncentered || hints.init.is_some() {
            let error = Diagnostic::error("E0403", "an outcome is given, so there is nothing to ask of the sampler")
                .at(tilde.span, "no `with` here");
            return self.error(error);
        }
        self.outcome_type(var, &distribution)?;
        self.push(StatementKind::Sample { var, target: left.target, distribution, hints }, item.span);
        Ok(())
    }

    /// Whether the program declares the type of a data variable.
    fn is_typed(&self, var: VarId) -> bool {
        self.var(var).column.as_ref().is_some_and(|c| c.typed)
    }

    /// The type of an outcome follows from its distribution, and a declared one must agree.
    fn outcome_type(&mut self, var: VarId, dist: &crate::hir::Dist) -> Checked<()> {
        let scalar = self.value_type(dist);
        let values = dist.family().support().values;
        let column = self.var(var).column.clone().expect("data have a column");
        let first = !self.defined.contains(&var);
        let fits = match column.kind {
            CellKind::Label(dim) => scalar == Scalar::Label(dim),
            CellKind::Bool => matches!(values, Values::Bool | Values::Integer),
            CellKind::Int => !matches!(scalar, Scalar::Label(_)),
            CellKind::Real | CellKind::Date => {
                values == Values::Real || !(column.typed || first || matches!(scalar, Scalar::Label(_)))
            }
        };
        if !column.typed && (first || (column.kind == CellKind::Int && scalar == Scalar::Real)) {
            self.hir.vars[var.0].column.as_mut().expect("data have a column").kind = kind_of(scalar);
            self.hir.vars[var.0].ty.scalar = scalar;
            return Ok(());
        }
        if fits {
            return Ok(());
        }
        let family = dist.family().name();
        let error = Diagnostic::error("E0402", format!("the values of `{family}` are {}", values_in_words(values)))
            .at(dist.span, "")
            .also(column.span, "declared otherwise here")
            .help("leave the type out: it follows from the distribution");
        self.error(error)
    }

    /// The dim of a type on a latent (`z[obs]: k ~ …`); other types follow from the distribution.
    pub(super) fn label_type(&mut self, ty: &'a ast::TypeRef) -> Checked<Option<DimId>> {
        match ty.name.name.as_str() {
            "real" | "int" | "count" | "bool" => Ok(None),
            name => self.known_dim(name, ty.name.span).map(Some),
        }
    }

    /// The type on a quantity must be what its value is.
    pub(super) fn typed_value(&mut self, ty: &'a ast::TypeRef, value: Expr) -> Checked<Expr> {
        let declared = self.label_type(ty)?;
        let fits = match (declared, ty.name.name.as_str(), value.ty.scalar) {
            (Some(dim), _, Scalar::Label(own)) => dim == own,
            (None, "real", Scalar::Real | Scalar::Int | Scalar::Bool) => true,
            (None, "int" | "count", Scalar::Int | Scalar::Bool) => true,
            (None, "bool", Scalar::Bool) => true,
            _ => false,
        };
        if fits {
            return Ok(value);
        }
        let error = Diagnostic::error("E0306", format!("the value is not `{}`", ty.name.name))
            .at(value.span, self.in_words(value.ty.scalar))
            .also(ty.span, "declared here");
        self.error(error)
    }

    fn data_type(&mut self, ty: &'a ast::TypeRef, left: &Left) -> Checked<Declared> {
        let name = ty.name.name.as_str();
        let declared = match name {
            "real" => Declared::of(CellKind::Real),
            "int" => Declared::of(CellKind::Int),
            "count" => Declared { min: Some(0.0), ..Declared::of(CellKind::Int) },
            "bool" => Declared::of(CellKind::Bool),
            "date" => Declared::of(CellKind::Date),
            "category" => Declared::of(CellKind::Label(self.category(left, ty.span)?)),
            "sparse" => return self.unsupported(ty.span, "a sparse array"),
            "simplex" | "text" | "ordered" => return self.unsupported(ty.span, &format!("the data type `{name}`")),
            _ => Declared::of(CellKind::Label(self.known_dim(name, ty.name.span)?)),
        };
        self.type_bounds(ty, declared)
    }

    fn type_bounds(&mut self, ty: &'a ast::TypeRef, mut declared: Declared) -> Checked<Declared> {
        for arg in &ty.args {
            let bound = match arg {
                ast::Arg::Named(name, e) => literal(e).map(|value| (name.name.as_str(), value)),
                _ => None,
            };
            match bound {
                Some(("min", value)) => declared.min = Some(value),
                Some(("max", value)) => declared.max = Some(value),
                _ => {
                    let error =
                        Diagnostic::error("E0209", "a type takes `min =` and `max =` with numbers").at(ty.span, "");
                    return self.error(error);
                }
            }
        }
        Ok(declared)
    }

    /// The dim that a category column brings; labels may be declared before with `dim`.
    fn category(&mut self, left: &Left, span: Span) -> Checked<DimId> {
        if let Some(&dim) = self.dims.get(&left.name) {
            return Ok(dim);
        }
        if left.target.is_empty() {
            let error = Diagnostic::error("E0306", "a category is a column, so it needs a dim")
                .at(span, "")
                .help(format!("write `data {}[rows]: category`", left.name));
            return self.error(error);
        }
        self.declare_dim(Dim {
            name: left.name.clone(),
            span: left.span,
            ordered: false,
            category: true,
            extent: Extent::Data,
        })
    }
}

fn literal(e: &ast::Expr) -> Option<f64> {
    match &e.kind {
        Ast::Number(value) => Some(*value),
        Ast::Neg(inner) => literal(inner).map(|v| -v),
        _ => None,
    }
}

/// What the cells of an outcome are before its distribution has been checked: by the family's name alone.
fn provisional(distribution: &ast::Expr) -> CellKind {
    let Ast::Call { name, args } = &distribution.kind else {
        return CellKind::Real;
    };
    match ppl_distributions::family(&name.name) {
        Some(family) => match family.support().values {
            Values::Real => CellKind::Real,
            Values::Integer | Values::Label => CellKind::Int,
            Values::Bool => CellKind::Bool,
        },
        None => match args.first() {
            Some(ast::Arg::Positional(inner)) => provisional(inner),
            _ => CellKind::Real,
        },
    }
}

fn kind_of(scalar: Scalar) -> CellKind {
    match scalar {
        Scalar::Real | Scalar::Text => CellKind::Real,
        Scalar::Int => CellKind::Int,
        Scalar::Bool => CellKind::Bool,
        Scalar::Label(dim) => CellKind::Label(dim),
    }
}

fn scalar_of(kind: CellKind) -> Scalar {
    match kind {
        CellKind::Real => Scalar::Real,
        CellKind::Int | CellKind::Date => Scalar::Int,
        CellKind::Bool => Scalar::Bool,
        CellKind::Label(dim) => Scalar::Label(dim),
    }
}

fn values_in_words(values: Values) -> &'static str {
    match values {
        Values::Real => "real numbers",
        Values::Integer => "whole numbers",
        Values::Bool => "true or false",
        Values::Label => "labels",
    }
}
