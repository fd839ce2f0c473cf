//! Calls of functions that the program defines: expanded where they are called.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_syntax::ast::{self, Arg, BindingBody, ExprKind as Ast, StmtKind};

use super::{Checked, Checker, scope::Entry};
use crate::hir::{Axis, Dist, Expr, ExprKind, Role, Scalar, StatementKind, TargetAxis, Type, Var};

/// What a function returns.
pub(super) enum Returned {
    Value(Expr),
    Dist(Dist),
}

impl<'a> Checker<'a> {
    /// Expands a call. Values given for parameters are computed once, before the statement of the call.
    pub(super) fn expand(&mut self, function: &'a ast::FnDef, args: &'a [Arg], span: Span, want_dist: bool) -> Checked<Returned> {
        if self.calls.contains(&function.name.name) {
            let error = Diagnostic::error("E0212", format!("`{}` calls itself", function.name.name))
                .at(span, "the call")
                .help("a function cannot be recursive; write a loop");
            return self.error(error);
        }
        let entries = self.arguments(function, args, span)?;
        let floor = self.scopes.enter_function();
        self.calls.push(function.name.name.clone());
        for (name, entry) in entries {
            self.scopes.insert(&name, entry);
        }
        let returned = self.body(function, want_dist);
        self.calls.pop();
        self.scopes.leave_function(floor);
        returned
    }

    fn body(&mut self, function: &'a ast::FnDef, want_dist: bool) -> Checked<Returned> {
        for statement in &function.body {
            self.body_statement(statement)?;
        }
        if want_dist {
            return self.dist_value(&function.value).map(Returned::Dist);
        }
        let expected = self.returned_axes(function)?;
        let value = self.expr_for(&function.value, &expected)?;
        Ok(Returned::Value(value))
    }

    fn returned_axes(&mut self, function: &'a ast::FnDef) -> Checked<Vec<Axis>> {
        match &function.returns {
            Some(ast::Returns::Dims(dims)) => {
                dims.iter().map(|d| self.known_dim(&d.name, d.span).map(Axis::Dim)).collect()
            }
            _ => Ok(Vec::new()),
        }
    }

    fn body_statement(&mut self, statement: &'a ast::Stmt) -> Checked<()> {
        let StmtKind::Binding(binding) = &statement.kind else {
            return self.not_in_functions(statement.span);
        };
        let BindingBody::Define(value) = &binding.body else {
            return self.not_in_functions(statement.span);
        };
        if !binding.target.indices.is_empty() {
            return self.unsupported(binding.target.span, "brackets on the left side in a function");
        }
        let value = self.expr(value)?;
        let entry = self.held(&binding.target.name.name, value);
        self.scopes.insert(&binding.target.name.name, entry);
        Ok(())
    }

    fn not_in_functions(&mut self, span: Span) -> Checked<()> {
        let error = Diagnostic::error("E0213", "a function holds quantities (`name = e`) and `return e`")
            .at(span, "not allowed in a function");
        self.error(error)
    }

    /// Which entry stands for each parameter.
    fn arguments(&mut self, function: &'a ast::FnDef, args: &'a [Arg], span: Span) -> Checked<Vec<(String, Entry)>> {
        let mut given: Vec<Option<&'a ast::Expr>> = vec![None; function.params.len()];
        for (place, arg) in args.iter().enumerate() {
            let (slot, e) = match arg {
                Arg::Positional(e) => (Some(place), e),
                Arg::Named(name, e) => (function.params.iter().position(|p| p.name.name == name.name), e),
                Arg::Generator { .. } => return self.wrong_call(function, span),
            };
            match slot.and_then(|slot| given.get_mut(slot)) {
                Some(free @ None) => *free = Some(e),
                _ => return self.wrong_call(function, span),
            }
        }
        let mut entries = Vec::new();
        for (param, e) in function.params.iter().zip(given) {
            let Some(e) = e.or(param.default.as_ref()) else {
                return self.wrong_call(function, span);
            };
            entries.push((param.name.name.clone(), self.argument(param, e)?));
        }
        Ok(entries)
    }

    fn argument(&mut self, param: &'a ast::Param, e: &'a ast::Expr) -> Checked<Entry> {
        if let Ast::Name(name) = &e.kind {
            if let Some(Entry::Dist(dist)) = self.scopes.get(name) {
                return Ok(Entry::Dist(dist.clone()));
            }
        }
        if let Ast::Call { name, .. } = &e.kind {
            if ppl_distributions::family(&name.name).is_some() || super::dist::is_modifier(&name.name) {
                return self.dist_value(e).map(Entry::Dist);
            }
        }
        let expected: Checked<Vec<Axis>> =
            param.dims.iter().map(|d| self.known_dim(&d.name, d.span).map(Axis::Dim)).collect();
        let value = self.expr_for(e, &expected?)?;
        Ok(self.held(&param.name.name, value))
    }

    /// A value under a name: itself where that is cheap, else a quantity of its own before the statement.
    fn held(&mut self, name: &str, value: Expr) -> Entry {
        if matches!(value.kind, ExprKind::Const(_) | ExprKind::Var(_) | ExprKind::Turn(_) | ExprKind::Label(..)) {
            return Entry::Value(value);
        }
        let span = value.span;
        let (random, interval) = (self.hir.is_random(&value), self.interval(&value));
        let var = self.new_var(Var {
            name: name.to_string(),
            span,
            role: Role::Quantity,
            ty: Type { scalar: value.ty.scalar, axes: value.ty.axes.clone() },
            doc: None,
            random,
            reported: false,
            local: true,
            column: None,
            interval,
        });
        let target = value.ty.axes.iter().map(|&a| TargetAxis::Axis(a)).collect();
        self.push(StatementKind::Define { var, target, value }, span);
        Entry::Var(var)
    }

    fn wrong_call<T>(&mut self, function: &ast::FnDef, span: Span) -> Checked<T> {
        let params: Vec<String> = function
            .params
            .iter()
            .map(|p| if p.default.is_some() { format!("{} = …", p.name.name) } else { p.name.name.clone() })
            .collect();
        let error = Diagnostic::error("E0209", format!("these arguments do not fit `{}`", function.name.name))
            .at(span, "")
            .also(function.name.span, "defined here")
            .help(format!("it takes ({})", params.join(", ")));
        self.error(error)
    }

    /// A call of a program's function where a value is due.
    pub(super) fn call_function(&mut self, function: &'a ast::FnDef, args: &'a [Arg], span: Span) -> Checked<Expr> {
        match self.expand(function, args, span, false)? {
            Returned::Value(value) if value.ty.scalar == Scalar::Text => {
                let error = Diagnostic::error("E0306", "a function cannot return a text").at(span, "");
                self.error(error)
            }
            Returned::Value(value) => Ok(Expr { span, ..value }),
            Returned::Dist(_) => unreachable!("a value was asked for"),
        }
    }
}
