//! Calls of functions that the program defines: expanded where they are called.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_syntax::ast::{self, Arg, BindingBody, ExprKind as Ast, Ident, StmtKind};

use super::{Call, Checked, Checker, Function, scope::Entry};
use crate::hir::{Axis, Dist, Expr, ExprKind, Role, Scalar, StatementKind, TargetAxis, Var};

/// How many functions may be within each other's calls.
const DEEPEST_CALL: usize = 50;

/// More expanded calls than any model needs.
const MOST_CALLS: usize = 100_000;

/// What a function returns.
pub(super) enum Returned {
    Value(Expr),
    Dist(Dist),
}

impl<'a> Checker<'a> {
    /// Expands a call. Values given for parameters are computed once, before the statement of the call.
    pub(super) fn expand(
        &mut self,
        function: Function<'a>,
        name: &Ident,
        args: &'a [Arg],
        span: Span,
        want_dist: bool,
    ) -> Checked<Returned> {
        let definition = function.definition;
        if self.calls.iter().any(|call| call.name == name.name) {
            return self.recursion(name);
        }
        self.expansion_allowed(span)?;
        let given = self.given(definition, args, span)?;
        let mut entries = Vec::new();
        for (param, e) in definition.params.iter().zip(&given) {
            entries.push(e.map(|e| self.argument(param, e)));
        }
        let floor = self.scopes.enter_function();
        self.calls.push(Call { name: name.name.clone(), sees: function.sees, span });
        let returned = self.inside(definition, entries, want_dist);
        self.calls.pop();
        self.scopes.leave_function(floor);
        // Within another function a name keeps the tree as shallow as each body is.
        match returned? {
            Returned::Value(value) if !self.calls.is_empty() => Ok(Returned::Value(self.shared("", value))),
            returned => Ok(returned),
        }
    }

    pub(super) fn recursion<T>(&mut self, name: &Ident) -> Checked<T> {
        let error = Diagnostic::error("E0212", format!("`{}` calls itself", name.name))
            .at(name.span, "the call")
            .help("a function cannot be recursive; write a loop");
        self.error(error)
    }

    /// Functions that call each other several times double at every level, so there must be an end; it is told once.
    fn expansion_allowed(&mut self, span: Span) -> Checked<()> {
        if self.expanded > MOST_CALLS {
            return Err(super::Reported);
        }
        self.expanded += 1;
        let text = match (self.expanded > MOST_CALLS, self.calls.len() >= DEEPEST_CALL) {
            (false, false) => return Ok(()),
            (true, _) => format!("function calls expand to more than {MOST_CALLS} calls"),
            (false, true) => format!("function calls are nested more than {DEEPEST_CALL} deep"),
        };
        self.expanded = MOST_CALLS + 1;
        let error = Diagnostic::error("E0103", text)
            .at(span, "here at the latest")
            .help("give results that are used several times a name, and index them");
        self.error(error)
    }

    /// The body with the function's own names alone; defaults are told in its terms.
    fn inside(
        &mut self,
        function: &'a ast::FnDef,
        entries: Vec<Option<Checked<Entry>>>,
        want_dist: bool,
    ) -> Checked<Returned> {
        for (param, entry) in function.params.iter().zip(entries) {
            let entry = match (entry, &param.default) {
                (Some(entry), _) => entry?,
                (None, Some(default)) => self.argument(param, default)?,
                (None, None) => unreachable!("what has no default is given"),
            };
            self.scopes.insert(&param.name.name, entry);
        }
        self.body(function, want_dist)
    }

    fn body(&mut self, function: &'a ast::FnDef, want_dist: bool) -> Checked<Returned> {
        let mut failed = Ok(());
        for statement in &function.body {
            failed = self.body_statement(statement).and(failed);
        }
        failed?;
        if want_dist {
            return self.dist_value(&function.value).map(Returned::Dist);
        }
        let expected = self.returned_axes(function)?;
        let value = self.expr_for(&function.value, &expected)?;
        match &function.returns {
            Some(ast::Returns::Dims(_)) => self.has_dims(&function.name.name, &expected, &value)?,
            Some(ast::Returns::Type(ty)) => self.returns_type(ty, &value)?,
            None => {}
        }
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

    fn returns_type(&mut self, ty: &Ident, value: &Expr) -> Checked<()> {
        let fits = match (ty.name.as_str(), value.ty.scalar) {
            ("real", scalar) => matches!(scalar, Scalar::Real | Scalar::Int | Scalar::Bool),
            ("int" | "count", scalar) => matches!(scalar, Scalar::Int | Scalar::Bool),
            ("bool", scalar) => scalar == Scalar::Bool,
            (_, scalar) => scalar == Scalar::Label(self.known_dim(&ty.name, ty.span)?),
        };
        if fits {
            return Ok(());
        }
        let error = Diagnostic::error("E0306", format!("the value is not `{}`", ty.name))
            .at(value.span, self.in_words(value.ty.scalar))
            .also(ty.span, "declared here");
        self.error(error)
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
        let name = &binding.target.name.name;
        let checked = self.expr(value);
        let entry = checked.as_ref().map_or(Entry::Poisoned, |value| self.held(name, value.clone()));
        self.scopes.insert(name, entry);
        checked.map(|_| ())
    }

    pub(super) fn not_in_functions(&mut self, span: Span) -> Checked<()> {
        let error = Diagnostic::error("E0213", "a function holds quantities (`name = e`) and `return e`")
            .at(span, "not allowed in a function");
        self.error(error)
    }

    /// Which expression is given for each parameter; none where its default stands.
    fn given(&mut self, function: &'a ast::FnDef, args: &'a [Arg], span: Span) -> Checked<Vec<Option<&'a ast::Expr>>> {
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
        match function.params.iter().zip(&given).all(|(p, e)| e.is_some() || p.default.is_some()) {
            true => Ok(given),
            false => self.wrong_call(function, span),
        }
    }

    fn argument(&mut self, param: &'a ast::Param, e: &'a ast::Expr) -> Checked<Entry> {
        if self.names_distribution(e) {
            return self.dist_value(e).map(Entry::Dist);
        }
        let expected: Checked<Vec<Axis>> =
            param.dims.iter().map(|d| self.known_dim(&d.name, d.span).map(Axis::Dim)).collect();
        let expected = expected?;
        let value = self.expr_for(e, &expected)?;
        if !param.dims.is_empty() {
            self.has_dims(&param.name.name, &expected, &value)?;
        }
        Ok(self.held(&param.name.name, value))
    }

    /// Whether an expression can only be a distribution.
    fn names_distribution(&self, e: &ast::Expr) -> bool {
        match &e.kind {
            Ast::Name(name) => matches!(self.scopes.get(name), Some(Entry::Dist(_))),
            Ast::Call { name, .. } => match self.functions.get(&name.name) {
                Some(function) => {
                    let inner = &function.definition.value;
                    !matches!(&inner.kind, Ast::Call { name: n, .. } if n.name == name.name)
                        && self.names_distribution(inner)
                }
                None => ppl_distributions::family(&name.name).is_some() || super::dist::is_modifier(&name.name),
            },
            _ => false,
        }
    }

    /// What a function declares over dims must be over them, in each turn of the loops around.
    fn has_dims(&mut self, name: &str, dims: &[Axis], value: &Expr) -> Checked<()> {
        let own: Vec<Axis> = value.ty.axes.iter().copied().filter(|a| !matches!(a, Axis::Binder(_))).collect();
        if own == dims {
            return Ok(());
        }
        let words = |checker: &Self, axes: &[Axis]| {
            let names: Vec<String> = axes.iter().map(|&a| checker.axis_name(a)).collect();
            if names.is_empty() { "no dim".to_string() } else { format!("[{}]", names.join(", ")) }
        };
        let error = Diagnostic::error("E0302", format!("`{name}` is declared over {}", words(self, dims)))
            .at(value.span, format!("this varies over {}", words(self, &own)));
        self.error(error)
    }

    /// A value under a name: itself where that is cheap, else a quantity of its own before the statement.
    fn held(&mut self, name: &str, value: Expr) -> Entry {
        match self.shared(name, value) {
            Expr { kind: ExprKind::Var(var), .. } => Entry::Var(var),
            value => Entry::Value(value),
        }
    }

    /// A value that can be used several times without growing the program: a name, or a quantity before the statement.
    pub(super) fn shared(&mut self, name: &str, value: Expr) -> Expr {
        if matches!(value.kind, ExprKind::Const(_) | ExprKind::Var(_) | ExprKind::Turn(_) | ExprKind::Label(..)) {
            return value;
        }
        let Expr { span, ty, .. } = value.clone();
        let (random, interval) = (self.hir.is_random(&value), self.interval(&value));
        let var = self.new_var(Var {
            name: name.to_string(),
            span,
            role: Role::Quantity,
            ty: ty.clone(),
            doc: None,
            random,
            reported: false,
            local: true,
            column: None,
            interval,
        });
        let target = ty.axes.iter().map(|&a| TargetAxis::Axis(a)).collect();
        self.push(StatementKind::Define { var, target, value }, span);
        Expr { kind: ExprKind::Var(var), ty, span }
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
    pub(super) fn call_function(
        &mut self,
        function: Function<'a>,
        name: &Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Checked<Expr> {
        match self.expand(function, name, args, span, false)? {
            Returned::Value(value) if value.ty.scalar == Scalar::Text => {
                let error = Diagnostic::error("E0306", "a function cannot return a text").at(span, "");
                self.error(error)
            }
            Returned::Value(value) => Ok(Expr { span, ..value }),
            Returned::Dist(_) => unreachable!("a value was asked for"),
        }
    }
}
