//! Statements and declarations.

use pest::iterators::Pair;

use super::{Builder, Children, children};
use crate::ast::{
    Binder, Binding, BindingBody, DataItem, DimDecl, DimExtent, DistDef, DistItem, Expr, FnDef, Hint, Ident, Param,
    Returns, Stmt, StmtKind, Target, TargetIndex, Tilde, TypeRef,
};
use crate::foreign;
use crate::grammar::Rule;

impl<'t> Builder<'t> {
    /// One statement of any form.
    pub(crate) fn stmt(&mut self, pair: Pair<'t, Rule>) -> Stmt {
        let span = self.span(&pair);
        Stmt { kind: self.stmt_kind(pair), span, doc: None }
    }

    fn stmt_kind(&mut self, pair: Pair<'t, Rule>) -> StmtKind {
        let rule = pair.as_rule();
        let mut parts = children(pair).into_iter().peekable();
        match rule {
            Rule::use_decl => StmtKind::Use(self.text(&next(&mut parts))),
            Rule::dim_decl => StmtKind::Dim(self.dim(parts)),
            Rule::const_def => {
                let target = self.target(next(&mut parts));
                StmtKind::Const { target, value: self.define(next(&mut parts)) }
            }
            Rule::factor => {
                let target = self.target(next(&mut parts));
                StmtKind::Factor { target, value: self.define(next(&mut parts)) }
            }
            Rule::require => {
                let condition = self.expr(next(&mut parts));
                StmtKind::Require { condition, message: parts.next().map(|p| self.text(&p)) }
            }
            Rule::fn_def => StmtKind::Fn(self.function(parts)),
            Rule::dist_def => StmtKind::Dist(self.distribution(parts)),
            Rule::for_loop => {
                let binders = self.for_head(next(&mut parts));
                StmtKind::For { binders, body: self.block(next(&mut parts)) }
            }
            Rule::if_else => self.if_else(parts),
            Rule::data => StmtKind::Data(parts.map(|p| self.data_item(p)).collect()),
            Rule::report => self.report(parts),
            Rule::binding => StmtKind::Binding(self.binding(parts)),
            rule => unreachable!("{rule:?} is no statement"),
        }
    }

    /// The loop variables of a `for`.
    pub(crate) fn for_head(&mut self, pair: Pair<Rule>) -> Vec<Binder> {
        children(pair).into_iter().map(|p| self.binder(p)).collect()
    }

    /// The condition of an `if`.
    pub(crate) fn if_head(&mut self, pair: Pair<Rule>) -> Expr {
        self.expr(next(&mut children(pair).into_iter().peekable()))
    }

    fn block(&mut self, pair: Pair<'t, Rule>) -> Vec<Stmt> {
        children(pair).into_iter().map(|p| self.stmt(p)).collect()
    }

    fn if_else(&mut self, mut parts: Children<'t>) -> StmtKind {
        let condition = self.if_head(next(&mut parts));
        let then = self.block(next(&mut parts));
        let otherwise = parts.next().map(|p| match p.as_rule() {
            Rule::block => self.block(p),
            _ => vec![self.stmt(p)],
        });
        StmtKind::If { condition, then, otherwise }
    }

    fn dim(&mut self, mut parts: Children<'t>) -> DimDecl {
        let name = self.ident(&next(&mut parts));
        let within = take(&mut parts, Rule::name).map(|p| self.ident(&p));
        let ty = take(&mut parts, Rule::type_ref).map(|p| self.type_ref(p));
        if let Some(assign) = take(&mut parts, Rule::assign) {
            self.diagnostics.extend(foreign::assignment(assign.as_str(), self.span(&assign)));
        }
        let extent = parts.next().map(|p| match p.as_rule() {
            Rule::labels => DimExtent::Labels(children(p).into_iter().map(|l| self.label(l)).collect()),
            _ => {
                let first = self.expr(p);
                self.dots(&next(&mut parts));
                DimExtent::Range(first, self.expr(next(&mut parts)))
            }
        });
        DimDecl { name, within, ty, extent }
    }

    fn type_ref(&mut self, pair: Pair<Rule>) -> TypeRef {
        let mut parts = children(pair).into_iter();
        let pair = parts.next().expect("a type has a name");
        let (name, mut span) = (self.ident(&pair), self.span(&pair));
        let mut args = Vec::new();
        if let Some(arguments) = parts.next() {
            span = span.to(self.span(&arguments));
            args = self.args(arguments);
        }
        TypeRef { name, args, span }
    }

    fn target(&mut self, pair: Pair<Rule>) -> Target {
        let span = self.span(&pair);
        let mut parts = children(pair).into_iter();
        let name = self.ident(&parts.next().expect("a target has a name"));
        let indices = parts.map(|p| match p.as_rule() {
            Rule::binder => TargetIndex::Binder(self.binder(p)),
            _ => TargetIndex::Expr(self.expr(p)),
        });
        Target { name, indices: indices.collect(), span }
    }

    fn define(&mut self, pair: Pair<Rule>) -> Expr {
        let mut parts = children(pair).into_iter();
        let assign = parts.next().expect("a definition has a sign");
        self.diagnostics.extend(foreign::assignment(assign.as_str(), self.span(&assign)));
        self.expr(parts.next().expect("a definition has a value"))
    }

    fn tilde(&mut self, pair: Pair<Rule>) -> Tilde {
        let span = self.span(&pair);
        let mut parts = children(pair).into_iter();
        let distribution = self.expr(parts.next().expect("`~` has a distribution"));
        let hints = parts.next().map(children).unwrap_or_default();
        Tilde { distribution, hints: hints.into_iter().map(|p| self.hint(p)).collect(), span }
    }

    fn hint(&mut self, pair: Pair<Rule>) -> Hint {
        let mut parts = children(pair).into_iter();
        let name = self.ident(&parts.next().expect("a hint has a name"));
        Hint { name, value: parts.next().map(|p| self.expr(p)) }
    }

    fn data_item(&mut self, pair: Pair<'t, Rule>) -> DataItem {
        let span = self.span(&pair);
        let mut parts = children(pair).into_iter().peekable();
        DataItem {
            target: self.target(next(&mut parts)),
            ty: take(&mut parts, Rule::type_ref).map(|p| self.type_ref(p)),
            from: take(&mut parts, Rule::text).map(|p| self.text(&p)),
            value: take(&mut parts, Rule::define).map(|p| self.define(p)),
            tilde: take(&mut parts, Rule::tilde).map(|p| self.tilde(p)),
            span,
        }
    }

    fn report(&mut self, mut parts: Children<'t>) -> StmtKind {
        match take(&mut parts, Rule::binding) {
            Some(p) => StmtKind::ReportBinding(self.binding(children(p).into_iter().peekable())),
            None => StmtKind::ReportNames(parts.map(|p| self.ident(&p)).collect()),
        }
    }

    fn binding(&mut self, mut parts: Children<'t>) -> Binding {
        let target = self.target(next(&mut parts));
        let ty = take(&mut parts, Rule::type_ref).map(|p| self.type_ref(p));
        let body = next(&mut parts);
        if target.name.name == "target" && body.as_str().starts_with("+=") {
            let sign = self.span(&body);
            let through = target.span.to(self.tokens.place(sign.start as usize, sign.start as usize + 2));
            self.diagnostics.push(foreign::target(through));
            let value = children(body).pop().map(|p| self.expr(p)).expect("a definition has a value");
            return Binding { target, ty, body: BindingBody::Define(value) };
        }
        let body = match body.as_rule() {
            Rule::tilde => BindingBody::Tilde(self.tilde(body)),
            _ => BindingBody::Define(self.define(body)),
        };
        Binding { target, ty, body }
    }

    fn function(&mut self, mut parts: Children<'t>) -> FnDef {
        let name = self.ident(&next(&mut parts));
        let params = self.params(next(&mut parts));
        let returns = take(&mut parts, Rule::returns).map(|p| self.returns(p));
        let (body, value) = self.body(next(&mut parts));
        FnDef { name, params, returns, body, value }
    }

    fn returns(&mut self, pair: Pair<Rule>) -> Returns {
        let inner = children(pair).pop().expect("a return type is not empty");
        match inner.as_rule() {
            Rule::dims => Returns::Dims(self.idents(inner)),
            _ => Returns::Type(self.ident(&inner)),
        }
    }

    fn idents(&mut self, pair: Pair<Rule>) -> Vec<Ident> {
        children(pair).iter().map(|p| self.ident(p)).collect()
    }

    fn params(&mut self, pair: Pair<'t, Rule>) -> Vec<Param> {
        children(pair).into_iter().map(|p| self.param(p)).collect()
    }

    fn param(&mut self, pair: Pair<'t, Rule>) -> Param {
        let mut parts = children(pair).into_iter().peekable();
        Param {
            name: self.ident(&next(&mut parts)),
            dims: take(&mut parts, Rule::dims).map(|p| self.idents(p)).unwrap_or_default(),
            ty: take(&mut parts, Rule::type_ref).map(|p| self.type_ref(p)),
            default: parts.next().and_then(|p| children(p).pop()).map(|p| self.expr(p)),
        }
    }

    /// `= e`, or the statements and the value of `{ … return e }`.
    fn body(&mut self, pair: Pair<'t, Rule>) -> (Vec<Stmt>, Expr) {
        if pair.as_rule() == Rule::define {
            return (Vec::new(), self.define(pair));
        }
        let mut parts = children(pair);
        let value = parts.pop().expect("a body returns a value");
        let body = parts.into_iter().map(|p| self.stmt(p)).collect();
        (body, self.expr(value))
    }

    fn distribution(&mut self, mut parts: Children<'t>) -> DistDef {
        let name = self.ident(&next(&mut parts));
        let params = self.params(next(&mut parts));
        let on = take(&mut parts, Rule::name).map(|p| {
            let (name, mut span) = (self.ident(&p), self.span(&p));
            let arguments = take(&mut parts, Rule::arguments);
            if let Some(arguments) = &arguments {
                span = span.to(self.span(arguments));
            }
            TypeRef { name, args: arguments.map(|p| self.args(p)).unwrap_or_default(), span }
        });
        DistDef { name, params, on, items: parts.map(|p| self.dist_item(p)).collect() }
    }

    fn dist_item(&mut self, pair: Pair<'t, Rule>) -> DistItem {
        let mut parts = children(pair).into_iter().peekable();
        let name = self.ident(&next(&mut parts));
        let param = take(&mut parts, Rule::dist_arg).and_then(|p| children(p).pop()).map(|p| self.ident(&p));
        let (body, value) = self.body(next(&mut parts));
        DistItem { name, param, body, value }
    }
}

fn next<'t>(parts: &mut Children<'t>) -> Pair<'t, Rule> {
    parts.next().expect("the grammar puts a part here")
}

fn take<'t>(parts: &mut Children<'t>, rule: Rule) -> Option<Pair<'t, Rule>> {
    parts.next_if(|p| p.as_rule() == rule)
}
