//! Names in the body of a function, resolved where it is defined, so that a function nobody calls is checked too.

use ppl_diagnostic::Span;
use ppl_syntax::ast::{self, Arg, BindingBody, ExprKind as Ast, Ident, Index, StmtKind};

use super::Checker;

/// A name that a body does not define itself.
enum Free<'a> {
    Value(&'a str, Span),
    Function(&'a Ident),
}

impl<'a> Checker<'a> {
    /// Reports names of a body that mean nothing; what they are used for is checked at the calls.
    pub(super) fn body_names(&mut self, function: &'a ast::FnDef) {
        let mut walk = Walk { bound: function.params.iter().map(|p| p.name.name.as_str()).collect(), free: Vec::new() };
        function.params.iter().filter_map(|p| p.default.as_ref()).for_each(|e| walk.expr(e));
        for statement in &function.body {
            match &statement.kind {
                StmtKind::Binding(ast::Binding { target, body: BindingBody::Define(value), .. }) => {
                    walk.expr(value);
                    walk.bound.push(&target.name.name);
                }
                StmtKind::Binding(binding) => {
                    walk.bound.push(&binding.target.name.name);
                    self.not_in_functions(statement.span).ok();
                }
                _ => drop(self.not_in_functions(statement.span)),
            }
        }
        walk.expr(&function.value);
        for free in walk.free {
            match free {
                Free::Value(name, span) if !self.means_something(name) => drop(self.unknown_name::<()>(name, span)),
                Free::Function(name) if name.name == function.name.name => drop(self.recursion::<()>(name)),
                Free::Function(name) if !self.is_callable(&name.name) => drop(self.unknown_function(name)),
                _ => {}
            }
        }
    }

    fn means_something(&self, name: &str) -> bool {
        self.scopes.get(name).is_some() || self.dims.contains_key(name) || self.is_declared_label(name)
    }

    fn is_callable(&self, name: &str) -> bool {
        let density = ["_logp", "_cdf", "_logcdf", "_logccdf"]
            .iter()
            .any(|suffix| name.strip_suffix(suffix).is_some_and(|family| ppl_distributions::family(family).is_some()));
        let family = ppl_distributions::family(name).is_some() || super::dist::is_modifier(name);
        density || family || self.functions.contains_key(name) || super::calls::is_builtin(name)
    }
}

/// A walk over a body with what is bound on the way.
struct Walk<'a> {
    bound: Vec<&'a str>,
    free: Vec<Free<'a>>,
}

impl<'a> Walk<'a> {
    fn expr(&mut self, e: &'a ast::Expr) {
        match &e.kind {
            Ast::Number(_) | Ast::Text(_) | Ast::Bool(_) => {}
            Ast::Name(name) => {
                if !self.bound.contains(&name.as_str()) {
                    self.free.push(Free::Value(name, e.span));
                }
            }
            Ast::Neg(a) | Ast::Not(a) => self.expr(a),
            Ast::Chain { first, rest } => {
                self.expr(first);
                rest.iter().for_each(|link| self.expr(&link.operand));
            }
            Ast::Index { base, indices } => {
                self.expr(base);
                indices.iter().for_each(|index| self.index(index));
            }
            Ast::Call { name, args } => {
                self.free.push(Free::Function(name));
                args.iter().for_each(|arg| self.arg(arg));
            }
            Ast::If { condition, then, otherwise } => [condition, then, otherwise].iter().for_each(|e| self.expr(e)),
            Ast::Array(elements) => elements.iter().for_each(|e| self.expr(e)),
            Ast::Record(fields) => fields.iter().for_each(|(_, e)| self.expr(e)),
            Ast::Do { value, assignments } => {
                self.expr(value);
                assignments.iter().for_each(|(_, e)| self.expr(e));
            }
        }
    }

    fn index(&mut self, index: &'a Index) {
        match index {
            Index::All(_) => {}
            Index::Range(range) => range.start.iter().chain(&range.end).for_each(|e| self.expr(e)),
            Index::Expr(e) => self.expr(e),
        }
    }

    fn arg(&mut self, arg: &'a Arg) {
        match arg {
            Arg::Positional(e) | Arg::Named(_, e) => self.expr(e),
            Arg::Generator { value, binders } => {
                let outer = self.bound.len();
                self.bound.extend(binders.iter().map(|b| b.name.name.as_str()));
                self.expr(value);
                self.bound.truncate(outer);
            }
        }
    }
}
