//! Which names mean what, where.

use std::collections::HashMap;

use ppl_diagnostic::{Diagnostic, Span};

use super::{Checked, Checker};
use crate::hir::{BinderId, Dist, Expr, ExprKind, Role, VarId};

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// A variable.
    Var(VarId),
    /// A loop variable.
    Binder(BinderId),
    /// A parameter of a function that was given an expression.
    Value(Expr),
    /// A parameter of a function that was given a distribution.
    Dist(Dist),
    /// A variable whose definition failed.
    Poisoned,
}

/// Names from the whole program inwards.
#[derive(Debug)]
pub(super) struct Scopes {
    stack: Vec<HashMap<String, Entry>>,
    /// Scopes below this one are hidden, but for the first: a function sees the program and its own names.
    floor: usize,
}

impl Default for Scopes {
    fn default() -> Self {
        Scopes { stack: vec![HashMap::new()], floor: 1 }
    }
}

impl Scopes {
    pub(super) fn get(&self, name: &str) -> Option<&Entry> {
        self.inner(name).or_else(|| self.stack[0].get(name))
    }

    /// Whether a name is that of a loop, a function or a parameter rather than of the whole program.
    pub(super) fn is_inner(&self, name: &str) -> bool {
        self.inner(name).is_some()
    }

    fn inner(&self, name: &str) -> Option<&Entry> {
        self.stack[self.floor.min(self.stack.len())..].iter().rev().find_map(|scope| scope.get(name))
    }

    pub(super) fn insert(&mut self, name: &str, entry: Entry) {
        self.stack.last_mut().expect("the outermost scope stays").insert(name.to_string(), entry);
    }

    pub(super) fn insert_global(&mut self, name: &str, entry: Entry) {
        self.stack[0].insert(name.to_string(), entry);
    }

    pub(super) fn is_global(&self) -> bool {
        self.stack.len() == 1
    }

    pub(super) fn enter(&mut self) {
        self.stack.push(HashMap::new());
    }

    pub(super) fn leave(&mut self) {
        self.stack.pop();
    }

    /// Opens a scope that sees only the program's own names; returns what [`Scopes::leave_function`] takes.
    pub(super) fn enter_function(&mut self) -> usize {
        let floor = std::mem::replace(&mut self.floor, self.stack.len());
        self.enter();
        floor
    }

    pub(super) fn leave_function(&mut self, floor: usize) {
        self.leave();
        self.floor = floor;
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let inner = &self.stack[self.floor.min(self.stack.len())..];
        inner.iter().chain([&self.stack[0]]).flat_map(|scope| scope.keys().map(String::as_str))
    }
}

impl Checker<'_> {
    /// What a name means outside brackets.
    pub(super) fn name(&mut self, name: &str, span: Span) -> Checked<Expr> {
        match self.scopes.get(name).cloned() {
            Some(Entry::Var(var)) if self.is_below_function(name, var) => self.below_function(name, var, span),
            Some(Entry::Var(var)) if self.var(var).role == Role::Factor => {
                let error = Diagnostic::error("E0205", format!("`{name}` is a factor, not a value"))
                    .at(span, "a value is needed here")
                    .help("give its value a name of its own: `e = …`, then `factor f = e`");
                self.error(error)
            }
            Some(Entry::Var(var)) => {
                let ty = self.var(var).ty.clone();
                Ok(Expr { kind: ExprKind::Var(var), ty, span })
            }
            Some(Entry::Binder(binder)) => Ok(self.turn(binder, span)),
            Some(Entry::Value(value)) => Ok(Expr { span, ..value }),
            Some(Entry::Dist(_)) => {
                let error = Diagnostic::error("E0405", format!("`{name}` is a distribution, not a value"))
                    .at(span, "a value is needed here");
                self.error(error)
            }
            Some(Entry::Poisoned) => Err(super::Reported),
            None => self.unknown_name(name, span),
        }
    }

    /// Whether a name means a variable of the program that stands below the function that is being expanded.
    fn is_below_function(&self, name: &str, var: VarId) -> bool {
        self.calls.last().is_some_and(|call| var.0 >= call.sees) && !self.scopes.is_inner(name)
    }

    /// What a name means where it stands: a function does not see what is defined below it.
    pub(super) fn visible(&self, name: &str) -> Option<&Entry> {
        let hidden = |entry: &&Entry| matches!(entry, Entry::Var(var) if self.is_below_function(name, *var));
        self.scopes.get(name).filter(|entry| !hidden(entry))
    }

    fn below_function(&mut self, name: &str, var: VarId, span: Span) -> Checked<Expr> {
        let error = Diagnostic::error("E0208", format!("`{name}` is used before it is defined"))
            .at(span, "a function sees what stands above it")
            .also(self.var(var).span, "defined further down")
            .help("pass it as an argument, or move the function below it");
        self.error(error)
    }

    /// A name that the loop defines further down: in this turn, or to be read at an earlier one.
    pub(super) fn not_yet_in_loop<T>(&mut self, name: &str, span: Span, same_turn: bool) -> Checked<T> {
        if same_turn {
            return self.too_early(name, span);
        }
        self.unsupported(span, super::statements::RECURRENCE)
    }

    fn too_early<T>(&mut self, name: &str, span: Span) -> Checked<T> {
        if self.target_name == name {
            let error = Diagnostic::error("E0208", format!("`{name}` is used in its own definition"))
                .at(span, "it has no value yet")
                .help("every variable is defined once; give the new value another name");
            return self.error(error);
        }
        let error = Diagnostic::error("E0208", format!("`{name}` is used before it is defined"))
            .at(span, "its definition stands further down")
            .help("move the definition above its first use");
        self.error(error)
    }

    pub(super) fn unknown_name<T>(&mut self, name: &str, span: Span) -> Checked<T> {
        if self.failed.contains(name) {
            return Err(super::Reported);
        }
        if self.dims.contains_key(name) {
            let error = Diagnostic::error("E0205", format!("`{name}` is a dim, not a value"))
                .at(span, "a value is needed here")
                .help(format!("`size({name})` is how many labels it has; `x[{name}]` indexes by it"));
            return self.error(error);
        }
        if self.pending.contains_key(name) {
            return self.not_yet_in_loop(name, span, false);
        }
        if let Some(&local) = self.local_names.get(name) {
            let error = Diagnostic::error("E0201", format!("`{name}` is not defined here"))
                .at(span, "outside the loop")
                .also(local, "local to one turn of the loop")
                .help(format!("index it by the loop variable where it is defined: `{name}[i] = …`"));
            return self.error(error);
        }
        if self.target_dims.contains_key(name) {
            return self.too_early(name, span);
        }
        let mut error = Diagnostic::error("E0201", format!("`{name}` is not defined")).at(span, "not found");
        if let Some(similar) = self.nearest(name, self.scopes.names()) {
            error = error.help(format!("did you mean `{similar}`?")).fix(span, similar);
        } else if self.functions.contains_key(name) || super::calls::is_builtin(name) {
            error = error.help(format!("`{name}` is a function: write `{name}(…)`"));
        } else if ppl_distributions::family(name).is_some() {
            error = error.help(format!("`{name}` is a distribution: write `x ~ {name}(…)`"));
        }
        self.error(error)
    }
}
