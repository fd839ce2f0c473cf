//! Expressions.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_graph::{Binary, Unary};
use ppl_syntax::ast::{self, BinaryOp, ExprKind as Ast, Link};

use super::{Checked, Checker, has_repeats, make, union_axes};
use crate::hir::{Axis, BinderId, DimId, Expr, ExprKind, Scalar, StackKey};

impl<'a> Checker<'a> {
    /// Checks an expression whose place expects these axes: literals `[1, 2]` and `{a: 1}` take their dim from it.
    pub(super) fn expr_for(&mut self, e: &'a ast::Expr, expected: &[Axis]) -> Checked<Expr> {
        // Nested lists are over the last dims of their place, the outermost list over the first of these.
        let depth = nesting(e).min(expected.len());
        match (&e.kind, expected[expected.len() - depth..].split_first()) {
            (Ast::Array(elements), Some((&axis, inner))) => self.array(e, elements, axis, inner),
            (Ast::Record(fields), Some((&axis, inner))) => self.record(e, fields, axis, inner),
            _ => self.expr(e),
        }
    }

    /// Checks an expression.
    pub(super) fn expr(&mut self, e: &'a ast::Expr) -> Checked<Expr> {
        match &e.kind {
            Ast::Number(value) => Ok(number(*value, e.span)),
            Ast::Bool(value) => Ok(make(ExprKind::Const(f64::from(*value)), Scalar::Bool, Vec::new(), e.span)),
            Ast::Text(text) => {
                let text = text.clone();
                Ok(make(ExprKind::Label(DimId(usize::MAX), text), Scalar::Text, Vec::new(), e.span))
            }
            Ast::Name(name) => self.name(name, e.span),
            Ast::Neg(operand) => {
                let operand = self.expr(operand).and_then(|a| self.number(a))?;
                Ok(self.negated(operand, e.span))
            }
            Ast::Not(operand) => {
                let operand = self.expr(operand).and_then(|a| self.truth(a))?;
                Ok(unary(Unary::Not, operand, Scalar::Bool, e.span))
            }
            Ast::Chain { first, rest } => self.chain(first, rest, e.span),
            Ast::Index { base, indices } => self.index(base, indices, e.span),
            Ast::Call { name, args } => self.call(name, args, e.span),
            Ast::If { condition, then, otherwise } => self.conditional(condition, then, otherwise, e.span),
            Ast::Array(_) | Ast::Record(_) => self.homeless(e),
            Ast::Do { .. } => self.unsupported(e.span, "`do`, an intervention,"),
        }
    }

    fn homeless(&mut self, e: &ast::Expr) -> Checked<Expr> {
        let error = Diagnostic::error("E0307", "a list takes its dim from its place, and this place has none")
            .at(e.span, "over which dim?")
            .help("name it first: `const m[k] = [3, 10]`");
        self.error(error)
    }

    /// A loop variable as a value: the label of its turn.
    pub(super) fn turn(&self, binder: BinderId, span: Span) -> Expr {
        let dim = self.hir.binders[binder.0].dim;
        make(ExprKind::Turn(binder), Scalar::Label(dim), vec![Axis::Binder(binder)], span)
    }

    fn negated(&self, operand: Expr, span: Span) -> Expr {
        if let ExprKind::Const(value) = operand.kind {
            return make(ExprKind::Const(-value), operand.ty.scalar, Vec::new(), span);
        }
        let scalar = if operand.ty.scalar == Scalar::Bool { Scalar::Int } else { operand.ty.scalar };
        unary(Unary::Neg, operand, scalar, span)
    }

    /// Operators of one level, left to right; a long sum becomes a balanced tree so that it has no depth.
    fn chain(&mut self, first: &'a ast::Expr, rest: &'a [Link], span: Span) -> Checked<Expr> {
        if let [link] = rest {
            match link.op {
                BinaryOp::In => return self.membership(first, &link.operand, span),
                op if is_comparison(op) => return self.comparison(op, first, &link.operand, span),
                _ => {}
            }
        }
        let first = self.expr(first);
        let operands: Vec<Checked<Expr>> = rest.iter().map(|link| self.expr(&link.operand)).collect();
        let mut left = first?;
        let operands: Vec<Expr> = operands.into_iter().collect::<Checked<_>>()?;
        if rest.len() > LONG && rest.iter().all(|l| matches!(l.op, BinaryOp::Add | BinaryOp::Sub)) {
            return self.long_sum(left, rest, operands);
        }
        if rest.len() > LONG {
            let error = Diagnostic::error("E0103", format!("more than {LONG} operators of one level"))
                .at(span, "too long")
                .help("split it into several quantities, or use an array and a reduction such as `all` or `prod`");
            return self.error(error);
        }
        for (link, right) in rest.iter().zip(operands) {
            left = self.operator(link.op, left, right, link.op_span)?;
        }
        Ok(left)
    }

    fn long_sum(&mut self, first: Expr, rest: &[Link], operands: Vec<Expr>) -> Checked<Expr> {
        let mut terms = vec![first];
        for (link, operand) in rest.iter().zip(operands) {
            let operand = self.number(operand)?;
            terms.push(if link.op == BinaryOp::Sub { self.negated(operand, link.op_span) } else { operand });
        }
        while terms.len() > 1 {
            let mut halved = Vec::with_capacity(terms.len() / 2 + 1);
            let mut pairs = terms.into_iter();
            while let Some(a) = pairs.next() {
                halved.push(match pairs.next() {
                    Some(b) => {
                        let span = a.span;
                        self.operator(BinaryOp::Add, a, b, span)?
                    }
                    None => a,
                });
            }
            terms = halved;
        }
        Ok(terms.remove(0))
    }

    fn operator(&mut self, op: BinaryOp, a: Expr, b: Expr, op_span: Span) -> Checked<Expr> {
        let span = a.span.to(b.span);
        if op == BinaryOp::MatMul {
            return self.matrix_product(a, b, op_span);
        }
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            let (a, b) = (self.truth(a)?, self.truth(b)?);
            let f = if op == BinaryOp::And { Binary::And } else { Binary::Or };
            return self.elementwise(f, a, b, Scalar::Bool, span);
        }
        let (a, b) = (self.number(a), self.number(b));
        let (a, b) = (a?, b?);
        let whole = a.ty.scalar != Scalar::Real && b.ty.scalar != Scalar::Real;
        let scalar = if whole { Scalar::Int } else { Scalar::Real };
        match op {
            BinaryOp::Add => self.elementwise(Binary::Add, a, b, scalar, span),
            BinaryOp::Sub => self.elementwise(Binary::Sub, a, b, scalar, span),
            BinaryOp::Mul => self.elementwise(Binary::Mul, a, b, scalar, span),
            BinaryOp::Div => self.elementwise(Binary::Div, a, b, Scalar::Real, span),
            BinaryOp::Pow => self.power(a, b, span),
            _ => unreachable!("comparisons have one link"),
        }
    }

    fn power(&mut self, a: Expr, b: Expr, span: Span) -> Checked<Expr> {
        let natural = matches!(b.kind, ExprKind::Const(p) if p >= 0.0 && p.fract() == 0.0);
        let scalar = if natural && a.ty.scalar != Scalar::Real { Scalar::Int } else { Scalar::Real };
        if matches!(b.kind, ExprKind::Const(p) if p == 2.0) {
            return Ok(unary(Unary::Square, a, scalar, span));
        }
        self.elementwise(Binary::Pow, a, b, scalar, span)
    }

    /// An elementwise function of two arrays, aligned by dim.
    pub(super) fn elementwise(&mut self, f: Binary, a: Expr, b: Expr, scalar: Scalar, span: Span) -> Checked<Expr> {
        let axes = self.aligned(&[&a, &b], span)?;
        Ok(make(ExprKind::Binary(f, Box::new(a), Box::new(b)), scalar, axes, span))
    }

    /// The axes of operands together. A matrix over one dim twice goes only with scalars and its like.
    pub(super) fn aligned(&mut self, operands: &[&Expr], span: Span) -> Checked<Vec<Axis>> {
        if let Some(matrix) = operands.iter().find(|e| has_repeats(&e.ty.axes)) {
            let odd = operands.iter().find(|e| !e.ty.axes.is_empty() && e.ty.axes != matrix.ty.axes);
            if let Some(odd) = odd {
                let name = self.axis_name(matrix.ty.axes[0]);
                let error =
                    Diagnostic::error("E0302", format!("a matrix over `{name}` twice cannot be combined with this"))
                        .at(odd.span, "neither a scalar nor such a matrix")
                        .also(matrix.span, "the matrix")
                        .help(format!("use two loop variables: `K[i in {name}, j in {name}] = …`"));
                return self.error(error);
            }
        }
        let _ = span;
        Ok(union_axes(operands.iter().copied()))
    }

    fn conditional(&mut self, c: &'a ast::Expr, a: &'a ast::Expr, b: &'a ast::Expr, span: Span) -> Checked<Expr> {
        let c = self.expr(c).and_then(|c| self.truth(c));
        let (a, b) = (self.expr(a), self.expr(b));
        let (c, a, b) = (c?, a?, b?);
        let (a, b, scalar) = self.same_type(a, b)?;
        if self.jumps(&c) && !self.reductions_expected {
            let warning =
                Diagnostic::warning("W0302", "the choice depends on a continuous unknown, so the density jumps")
                    .at(c.span, "gradients do not see the jump")
                    .help("NUTS mixes badly over jumps; a smooth weight such as `inv_logit` avoids them");
            self.report(warning);
        }
        let axes = self.aligned(&[&c, &a, &b], span)?;
        Ok(make(ExprKind::If(Box::new(c), Box::new(a), Box::new(b)), scalar, axes, span))
    }

    /// Whether a condition can change with a continuous unknown.
    pub(super) fn jumps(&self, c: &Expr) -> bool {
        c.any(&mut |e| matches!(e.kind, ExprKind::Var(v) if self.var(v).random && self.is_continuous(v)))
    }

    /// Whole numbers and labels are steps of continuous unknowns where they are computed rather than drawn.
    fn is_continuous(&self, var: crate::hir::VarId) -> bool {
        self.var(var).ty.scalar == Scalar::Real || self.var(var).role == crate::hir::Role::Quantity
    }

    /// Two branches must both be numbers, or labels of one dim.
    fn same_type(&mut self, a: Expr, b: Expr) -> Checked<(Expr, Expr, Scalar)> {
        match (a.ty.scalar, b.ty.scalar) {
            (Scalar::Label(x), Scalar::Label(y)) if x == y => Ok((a, b, Scalar::Label(x))),
            (Scalar::Bool, Scalar::Bool) => Ok((a, b, Scalar::Bool)),
            _ => {
                let (a, b) = (self.number(a), self.number(b));
                let (a, b) = (a?, b?);
                let whole = a.ty.scalar != Scalar::Real && b.ty.scalar != Scalar::Real;
                Ok((a, b, if whole { Scalar::Int } else { Scalar::Real }))
            }
        }
    }

    /// The expression as numbers: truth counts as 0 and 1, a label of a range or an ordered dim is its position.
    pub(super) fn number(&mut self, e: Expr) -> Checked<Expr> {
        match e.ty.scalar {
            Scalar::Real | Scalar::Int | Scalar::Bool => Ok(e),
            Scalar::Label(dim) if self.dim(dim).may_have_positions() => {
                let (axes, span) = (e.ty.axes.clone(), e.span);
                Ok(make(ExprKind::Position(Box::new(e)), Scalar::Int, axes, span))
            }
            scalar => {
                let words = self.in_words(scalar);
                let mut error = Diagnostic::error("E0306", "a number is needed here").at(e.span, words);
                if let Scalar::Label(dim) = scalar {
                    let name = &self.dim(dim).name;
                    error =
                        error.help(format!("labels of `{name}` index arrays, `theta[{name}]`, and compare by `==`"));
                }
                self.error(error)
            }
        }
    }

    /// The expression as truth values: 0 and 1 count as false and true.
    pub(super) fn truth(&mut self, e: Expr) -> Checked<Expr> {
        match e.ty.scalar {
            Scalar::Bool | Scalar::Int => Ok(e),
            scalar => {
                let words = self.in_words(scalar);
                let error = Diagnostic::error("E0306", "a condition is needed here").at(e.span, words);
                self.error(error)
            }
        }
    }

    pub(super) fn in_words(&self, scalar: Scalar) -> String {
        match scalar {
            Scalar::Real => "this is a real number".to_string(),
            Scalar::Int => "this is a whole number".to_string(),
            Scalar::Bool => "this is true or false".to_string(),
            Scalar::Label(dim) => format!("this is a label of `{}`", self.dim(dim).name),
            Scalar::Text => "this is a text".to_string(),
        }
    }

    fn array(&mut self, e: &'a ast::Expr, elements: &'a [ast::Expr], axis: Axis, inner: &[Axis]) -> Checked<Expr> {
        let Axis::Dim(dim) = axis else { return self.homeless(e) };
        if let Some(declared) = self.declared_size(dim).filter(|&n| n != elements.len()) {
            let name = &self.dim(dim).name;
            let error =
                Diagnostic::error("E0302", format!("`{name}` has {declared} labels, the list has {}", elements.len()))
                    .at(e.span, "one element for each label");
            return self.error(error);
        }
        let parts: Vec<Checked<Expr>> = elements.iter().map(|x| self.expr_for(x, inner)).collect();
        let keys = (0..elements.len()).map(StackKey::Position);
        self.stack(e, dim, keys.collect(), parts)
    }

    fn declared_size(&self, dim: DimId) -> Option<usize> {
        Some(self.dim(dim).labels().len()).filter(|&n| n > 0)
    }

    fn record(
        &mut self,
        e: &'a ast::Expr,
        fields: &'a [(ast::Label, ast::Expr)],
        axis: Axis,
        inner: &[Axis],
    ) -> Checked<Expr> {
        let Axis::Dim(dim) = axis else { return self.homeless(e) };
        let mut keys: Vec<StackKey> = Vec::new();
        for (label, _) in fields {
            self.label(dim, &label.text, label.span)?;
            keys.push(StackKey::Label(label.text.clone()));
        }
        let missing = self.dim(dim).labels().iter().find(|l| !fields.iter().any(|(f, _)| f.text == **l)).cloned();
        if let Some(missing) = missing {
            let error = Diagnostic::error("E0302", format!("the record has no `{missing}`")).at(e.span, "");
            return self.error(error);
        }
        let parts: Vec<Checked<Expr>> = fields.iter().map(|(_, x)| self.expr_for(x, inner)).collect();
        self.stack(e, dim, keys, parts)
    }

    fn stack(&mut self, e: &ast::Expr, dim: DimId, keys: Vec<StackKey>, parts: Vec<Checked<Expr>>) -> Checked<Expr> {
        let mut elements = Vec::new();
        for (key, part) in keys.into_iter().zip(parts) {
            let part = part?;
            elements.push((key, self.number(part)?));
        }
        let mut axes = vec![Axis::Dim(dim)];
        axes.extend(union_axes(elements.iter().map(|(_, x)| x)));
        let whole = elements.iter().all(|(_, x)| x.ty.scalar != Scalar::Real);
        let scalar = if whole { Scalar::Int } else { Scalar::Real };
        Ok(make(ExprKind::Stack(dim, elements), scalar, axes, e.span))
    }
}

/// How deep lists and records are nested.
fn nesting(e: &ast::Expr) -> usize {
    match &e.kind {
        Ast::Array(elements) => 1 + elements.first().map_or(0, nesting),
        Ast::Record(fields) => 1 + fields.first().map_or(0, |(_, e)| nesting(e)),
        _ => 0,
    }
}

/// Operators of one level that are kept as a nest; a longer sum is balanced, anything else is refused.
const LONG: usize = 200;

pub(super) fn number(value: f64, span: Span) -> Expr {
    let scalar = if value.fract() == 0.0 { Scalar::Int } else { Scalar::Real };
    make(ExprKind::Const(value), scalar, Vec::new(), span)
}

pub(super) fn unary(f: Unary, a: Expr, scalar: Scalar, span: Span) -> Expr {
    let axes = a.ty.axes.clone();
    make(ExprKind::Unary(f, Box::new(a)), scalar, axes, span)
}

pub(super) fn is_comparison(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge)
}
