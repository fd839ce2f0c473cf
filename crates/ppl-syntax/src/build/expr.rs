//! Expressions.

use pest::iterators::Pair;
use ppl_diagnostic::Span;

use super::operators::{Part, Prefix, Row};
use super::{Builder, children, normalised, unquoted};
use crate::ast::{Arg, BinaryOp, Binder, Expr, ExprKind, Ident, Index, Label, Range};
use crate::errors;
use crate::foreign;
use crate::grammar::Rule;
use crate::scan::is_name_char;

impl Builder<'_> {
    pub(super) fn expr(&mut self, pair: Pair<Rule>) -> Expr {
        let mut parts: Vec<Part> = Vec::new();
        let mut callable = None;
        for part in pair.into_inner() {
            let name = (part.as_rule() == Rule::name).then(|| self.ident(&part));
            self.part(part, &mut parts, callable.take());
            callable = name;
        }
        match parts.as_slice() {
            [Part::Operand(_)] => match parts.pop() {
                Some(Part::Operand(expr)) => expr,
                _ => unreachable!("just matched"),
            },
            _ => Row::new(self, parts).expression(),
        }
    }

    /// Adds one part of an expression; `callable` is the name directly before it.
    fn part(&mut self, pair: Pair<Rule>, parts: &mut Vec<Part>, callable: Option<Ident>) {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::prefix => parts.push(self.prefix(pair.as_str(), span)),
            Rule::operator => parts.push(self.operator(pair.as_str(), span)),
            Rule::index => {
                let base = last_operand(parts);
                let indices = children(pair).into_iter().map(|p| self.index(p)).collect();
                let span = base.span.to(span);
                parts.push(Part::Operand(Expr { kind: ExprKind::Index { base: Box::new(base), indices }, span }));
            }
            Rule::arguments => {
                let base = last_operand(parts);
                let args = self.args(pair);
                parts.push(Part::Operand(self.call(base, callable, args, span)));
            }
            _ => {
                let operand = self.primary(pair, span);
                parts.push(Part::Operand(operand));
            }
        }
    }

    fn call(&mut self, base: Expr, callable: Option<Ident>, args: Vec<Arg>, brackets: Span) -> Expr {
        match callable {
            Some(name) => {
                self.diagnostics.extend(foreign::called(&name));
                Expr { span: base.span.to(brackets), kind: ExprKind::Call { name, args } }
            }
            None => {
                self.diagnostics.push(errors::not_callable(base.span, brackets));
                base
            }
        }
    }

    fn prefix(&mut self, written: &str, span: Span) -> Part {
        if written == "!" {
            self.diagnostics.push(foreign::operator(written, "not", &self.spaced("not", span), span));
        }
        Part::Prefix(if written == "-" { Prefix::Minus } else { Prefix::Not }, span)
    }

    fn operator(&mut self, written: &str, span: Span) -> Part {
        let (op, meant) = operator(written);
        if let Some(meant) = meant {
            self.diagnostics.push(foreign::operator(written, meant, &self.spaced(meant, span), span));
        }
        Part::Operator(op, span)
    }

    /// A word in place of a sign, with the blanks that a sign does not need.
    fn spaced(&self, word: &str, place: Span) -> String {
        let (before, behind) = (&self.tokens.text[..place.start as usize], &self.tokens.text[place.end as usize..]);
        let is_word = word.starts_with(is_name_char);
        let left = if is_word && before.ends_with(is_name_char) { " " } else { "" };
        let right = if is_word && behind.starts_with(is_name_char) { " " } else { "" };
        format!("{left}{word}{right}")
    }

    fn primary(&mut self, pair: Pair<Rule>, span: Span) -> Expr {
        let kind = match pair.as_rule() {
            Rule::paren => return self.paren(pair, span),
            Rule::name => self.name(pair.as_str(), span),
            Rule::number => ExprKind::Number(self.number(pair.as_str(), span)),
            Rule::malformed_number => {
                self.diagnostics.push(errors::bad_number(pair.as_str(), span));
                ExprKind::Number(f64::NAN)
            }
            Rule::text => ExprKind::Text(unquoted(pair.as_str())),
            Rule::boolean => ExprKind::Bool(pair.as_str() == "true"),
            Rule::cond => self.cond(pair),
            Rule::array => ExprKind::Array(children(pair).into_iter().map(|p| self.expr(p)).collect()),
            Rule::record => ExprKind::Record(children(pair).into_iter().map(|p| self.field(p)).collect()),
            rule => unreachable!("{rule:?} is no operand"),
        };
        Expr { kind, span }
    }

    fn name(&mut self, written: &str, span: Span) -> ExprKind {
        self.diagnostics.extend(foreign::constant(written, span));
        ExprKind::Name(normalised(written))
    }

    fn number(&mut self, written: &str, span: Span) -> f64 {
        let value: f64 = written.replace('_', "").parse().unwrap_or(f64::NAN);
        if value.is_infinite() {
            self.diagnostics.push(errors::huge_number(span));
        }
        value
    }

    /// Parentheses leave no node, but the place of the value includes them.
    fn paren(&mut self, pair: Pair<Rule>, span: Span) -> Expr {
        let mut parts = children(pair).into_iter();
        let value = self.expr(parts.next().expect("parentheses hold an expression"));
        match parts.next() {
            Some(clause) => self.do_clause(value, clause, span),
            None => Expr { span, ..value },
        }
    }

    fn do_clause(&mut self, value: Expr, clause: Pair<Rule>, span: Span) -> Expr {
        let assignments = children(clause).into_iter().map(|p| self.named(p)).collect();
        Expr { kind: ExprKind::Do { value: Box::new(value), assignments }, span }
    }

    fn cond(&mut self, pair: Pair<Rule>) -> ExprKind {
        let mut parts = children(pair).into_iter().map(|p| Box::new(self.expr(p)));
        let mut next = || parts.next().expect("`if` has three parts");
        ExprKind::If { condition: next(), then: next(), otherwise: next() }
    }

    fn field(&mut self, pair: Pair<Rule>) -> (Label, Expr) {
        let mut parts = children(pair).into_iter();
        let label = self.label(parts.next().expect("a field has a label"));
        (label, self.expr(parts.next().expect("a field has a value")))
    }

    pub(super) fn label(&mut self, pair: Pair<Rule>) -> Label {
        let span = self.span(&pair);
        let inner = pair.into_inner().next().expect("a label is a name or a text");
        match inner.as_rule() {
            Rule::text => Label { text: unquoted(inner.as_str()), span, quoted: true },
            _ => Label { text: normalised(inner.as_str()), span, quoted: false },
        }
    }

    fn named(&mut self, pair: Pair<Rule>) -> (Ident, Expr) {
        let mut parts = children(pair).into_iter();
        let name = self.ident(&parts.next().expect("a named argument has a name"));
        (name, self.expr(parts.next().expect("a named argument has a value")))
    }

    pub(super) fn args(&mut self, pair: Pair<Rule>) -> Vec<Arg> {
        children(pair).into_iter().map(|p| self.arg(p)).collect()
    }

    fn arg(&mut self, pair: Pair<Rule>) -> Arg {
        let span = self.span(&pair);
        let mut parts = children(pair).into_iter();
        let first = parts.next().expect("an argument is not empty");
        if first.as_rule() == Rule::named {
            let (name, value) = self.named(first);
            return Arg::Named(name, value);
        }
        let value = self.expr(first);
        match parts.next() {
            Some(p) if p.as_rule() == Rule::generator => {
                let binders = children(p).into_iter().map(|p| self.binder(p)).collect();
                Arg::Generator { value, binders }
            }
            Some(clause) => Arg::Positional(self.do_clause(value, clause, span)),
            None => Arg::Positional(value),
        }
    }

    fn index(&mut self, pair: Pair<Rule>) -> Index {
        let span = self.span(&pair);
        let range = pair.clone().into_inner().any(|p| p.as_rule() == Rule::dots);
        let first = pair.clone().into_inner().next().expect("an index is not empty");
        match (first.as_rule(), range) {
            (Rule::whole_axis, _) => Index::All(span),
            (_, false) => Index::Expr(self.expr(first)),
            _ => match self.range(pair) {
                // `x[..]` is all of it, too.
                Range { start: None, end: None, span } => Index::All(span),
                range => Index::Range(range),
            },
        }
    }

    fn range(&mut self, pair: Pair<Rule>) -> Range {
        let span = self.span(&pair);
        let (mut start, mut end, mut behind) = (None, None, false);
        for part in children(pair) {
            match part.as_rule() {
                Rule::dots => {
                    self.dots(&part);
                    behind = true;
                }
                _ if behind => end = Some(Box::new(self.expr(part))),
                _ => start = Some(Box::new(self.expr(part))),
            }
        }
        Range { start, end, span }
    }

    /// Refuses `:` in place of `..`.
    pub(super) fn dots(&mut self, pair: &Pair<Rule>) {
        if pair.as_str() == ":" {
            self.diagnostics.push(foreign::colon(self.span(pair)));
        }
    }

    pub(super) fn binder(&mut self, pair: Pair<Rule>) -> Binder {
        let span = self.span(&pair);
        let mut parts = children(pair).into_iter();
        let name = self.ident(&parts.next().expect("a binder has a variable"));
        let dim = self.ident(&parts.next().expect("a binder has a dim"));
        let range = parts.next().map(|p| self.range(p));
        Binder { name, dim, range, span }
    }
}

fn last_operand(parts: &mut Vec<Part>) -> Expr {
    match parts.pop() {
        Some(Part::Operand(expr)) => expr,
        _ => unreachable!("brackets follow an operand"),
    }
}

/// An operator, and how it is spelled here where it was written in a foreign way.
fn operator(written: &str) -> (BinaryOp, Option<&'static str>) {
    use BinaryOp::*;
    match written {
        "or" => (Or, None),
        "||" => (Or, Some("or")),
        "and" => (And, None),
        "&&" => (And, Some("and")),
        "==" => (Eq, None),
        "!=" => (Ne, None),
        "<" => (Lt, None),
        "<=" => (Le, None),
        ">" => (Gt, None),
        ">=" => (Ge, None),
        "in" => (In, None),
        "%in%" => (In, Some("in")),
        "+" => (Add, None),
        "-" => (Sub, None),
        "*" => (Mul, None),
        ".*" => (Mul, Some("*")),
        "/" => (Div, None),
        "./" => (Div, Some("/")),
        "%/%" => (Div, Some("div(a, b)")),
        "%%" => (Div, Some("mod(a, b)")),
        "@" => (MatMul, None),
        "%*%" => (MatMul, Some("@")),
        "^" => (Pow, None),
        ".^" | "**" => (Pow, Some("^")),
        other => unreachable!("`{other}` is no operator of the grammar"),
    }
}
