//! Comparisons, and labels beside them.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_graph::Binary;
use ppl_syntax::ast::{self, BinaryOp, ExprKind as Ast};

use super::{Checked, Checker, make};
use crate::hir::{DimId, Expr, ExprKind, Scalar};

impl<'a> Checker<'a> {
    /// `a == b`, `a < b`, …: numbers, truth values, or labels of one dim.
    pub(super) fn comparison(&mut self, op: BinaryOp, a: &'a ast::Expr, b: &'a ast::Expr, span: Span) -> Checked<Expr> {
        let (a, b) = self.comparands(a, b)?;
        if let (Scalar::Label(x), Scalar::Label(y)) = (a.ty.scalar, b.ty.scalar) {
            if x != y {
                return self.different_dims(&a, &b, x, y);
            }
            if matches!(op, BinaryOp::Eq | BinaryOp::Ne)
                || self.dim(x).may_have_positions()
                || !self.dim(x).labels().is_empty()
            {
                return self.compare(op, a, b, span);
            }
            self.positions_allowed(x, span)?;
        }
        let (a, b) = (self.number(a), self.number(b));
        self.compare(op, a?, b?, span)
    }

    fn compare(&mut self, op: BinaryOp, a: Expr, b: Expr, span: Span) -> Checked<Expr> {
        let (f, a, b) = match op {
            BinaryOp::Eq => (Binary::Eq, a, b),
            BinaryOp::Ne => (Binary::Ne, a, b),
            BinaryOp::Lt => (Binary::Lt, a, b),
            BinaryOp::Le => (Binary::Le, a, b),
            BinaryOp::Gt => (Binary::Lt, b, a),
            _ => (Binary::Le, b, a),
        };
        self.elementwise(f, a, b, Scalar::Bool, span)
    }

    fn different_dims(&mut self, a: &Expr, b: &Expr, x: DimId, y: DimId) -> Checked<Expr> {
        let error = Diagnostic::error("E0304", "labels of two dims are never equal")
            .at(a.span, format!("a label of `{}`", self.dim(x).name))
            .also(b.span, format!("a label of `{}`", self.dim(y).name));
        self.error(error)
    }

    /// Both sides, one of which may be a bare or quoted label of the other's dim.
    fn comparands(&mut self, a: &'a ast::Expr, b: &'a ast::Expr) -> Checked<(Expr, Expr)> {
        if !self.may_be_label(a) {
            let a = self.expr(a)?;
            let b = self.beside(b, a.ty.scalar)?;
            return Ok((a, b));
        }
        let b = self.expr(b)?;
        let a = self.beside(a, b.ty.scalar)?;
        Ok((a, b))
    }

    /// A quoted text, or a name that is nothing but a label.
    fn may_be_label(&self, e: &ast::Expr) -> bool {
        match &e.kind {
            Ast::Text(_) => true,
            Ast::Name(name) => self.scopes.get(name).is_none(),
            _ => false,
        }
    }

    /// An expression beside a value of the given type.
    pub(super) fn beside(&mut self, e: &'a ast::Expr, other: Scalar) -> Checked<Expr> {
        match (&e.kind, other) {
            (Ast::Text(text), Scalar::Label(dim)) => self.label(dim, text, e.span),
            (Ast::Name(name), Scalar::Label(dim)) if self.dim(dim).labels().contains(name) => {
                self.bare_label(dim, name, e.span)
            }
            (Ast::Name(name), Scalar::Label(dim)) if self.scopes.get(name).is_none() => {
                self.no_bare_label(dim, name, e.span)
            }
            _ => self.expr(e),
        }
    }

    /// A bare label must not be a variable's name too: adding a variable never changes what a line means.
    pub(super) fn bare_label(&mut self, dim: DimId, name: &str, span: Span) -> Checked<Expr> {
        if self.visible(name).is_some() {
            let error =
                Diagnostic::error("E0204", format!("`{name}` is a label of `{}` and a variable", self.dim(dim).name))
                    .at(span, "which of the two?")
                    .help(format!("write \"{name}\" for the label"))
                    .fix(span, format!("\"{name}\""));
            return self.error(error);
        }
        self.label(dim, name, span)
    }

    /// A name that is neither a variable nor a label that the program declares.
    pub(super) fn no_bare_label(&mut self, dim: DimId, name: &str, span: Span) -> Checked<Expr> {
        if !self.dim(dim).labels().is_empty() {
            return self.label(dim, name, span);
        }
        let error = Diagnostic::error(
            "E0210",
            format!("`{name}` is neither a variable nor a declared label of `{}`", self.dim(dim).name),
        )
        .at(span, "not found")
        .help(format!("a label that is only in the data stands in quotes: \"{name}\""))
        .fix(span, format!("\"{name}\""));
        self.error(error)
    }

    /// A label of a dim; checked against the program's labels where it gives them, else against the data later.
    pub(super) fn label(&mut self, dim: DimId, text: &str, span: Span) -> Checked<Expr> {
        let labels = self.dim(dim).labels();
        if !labels.is_empty() && !labels.iter().any(|l| l == text) {
            let name = self.dim(dim).name.clone();
            let similar = self.nearest(text, labels.iter().map(String::as_str));
            let more = if labels.len() > 8 { ", …" } else { "" };
            let listed = format!("{}{more}", labels[..labels.len().min(8)].join(", "));
            let mut error = Diagnostic::error("E0210", format!("`{name}` has no label `{text}`"))
                .at(span, format!("its labels are {listed}"));
            if let Some(similar) = similar {
                error = error.help(format!("did you mean `{similar}`?")).fix(span, similar);
            }
            return self.error(error);
        }
        Ok(make(ExprKind::Label(dim, text.to_string()), Scalar::Label(dim), Vec::new(), span))
    }

    /// `a in [x, y]`
    pub(super) fn membership(&mut self, a: &'a ast::Expr, list: &'a ast::Expr, span: Span) -> Checked<Expr> {
        let Ast::Array(elements) = &list.kind else {
            let error = Diagnostic::error("E0306", "behind `in` stands a list")
                .at(list.span, "not a list")
                .help("write `region in [north, south]`");
            return self.error(error);
        };
        let a = self.expr(a)?;
        let a = self.shared("", a);
        let mut any: Option<Expr> = None;
        for element in elements {
            let b = self.beside(element, a.ty.scalar)?;
            let labels = matches!((a.ty.scalar, b.ty.scalar), (Scalar::Label(x), Scalar::Label(y)) if x == y);
            let (left, right) = if labels { (a.clone(), b) } else { (self.number(a.clone())?, self.number(b)?) };
            let equal = self.compare(BinaryOp::Eq, left, right, span)?;
            any = Some(match any {
                None => equal,
                Some(so_far) => self.elementwise(Binary::Or, so_far, equal, Scalar::Bool, span)?,
            });
        }
        Ok(any.unwrap_or_else(|| make(ExprKind::Const(0.0), Scalar::Bool, Vec::new(), span)))
    }
}
