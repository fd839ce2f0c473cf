//! Precedence: a flat row of operators and operands becomes a tree of flat chains.

use std::vec::IntoIter;

use ppl_diagnostic::Span;

use super::Builder;
use crate::ast::{BinaryOp, Expr, ExprKind, Link};
use crate::errors;

/// A sign before an operand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    Minus,
    Not,
}

/// One part of an expression as the grammar finds it.
pub(super) enum Part {
    Prefix(Prefix, Span),
    Operand(Expr),
    Operator(BinaryOp, Span),
}

/// A row of parts, read from the left. The grammar has made sure that operands and operators alternate.
pub(super) struct Row<'b, 't> {
    builder: &'b mut Builder<'t>,
    parts: std::iter::Peekable<IntoIter<Part>>,
}

const OR: &[BinaryOp] = &[BinaryOp::Or];
const AND: &[BinaryOp] = &[BinaryOp::And];
const SUM: &[BinaryOp] = &[BinaryOp::Add, BinaryOp::Sub];
const PRODUCT: &[BinaryOp] = &[BinaryOp::Mul, BinaryOp::Div, BinaryOp::MatMul];
const COMPARISON: &[BinaryOp] =
    &[BinaryOp::Eq, BinaryOp::Ne, BinaryOp::Lt, BinaryOp::Le, BinaryOp::Gt, BinaryOp::Ge, BinaryOp::In];

impl<'b, 't> Row<'b, 't> {
    pub(super) fn new(builder: &'b mut Builder<'t>, parts: Vec<Part>) -> Self {
        Row { builder, parts: parts.into_iter().peekable() }
    }

    /// The whole row, lowest precedence first.
    pub(super) fn expression(&mut self) -> Expr {
        self.chain(OR, |row| row.chain(AND, Row::negation))
    }

    /// Operands of the next level, joined by operators of this one.
    fn chain(&mut self, level: &[BinaryOp], operand: impl Fn(&mut Self) -> Expr) -> Expr {
        let first = operand(self);
        let mut rest = Vec::new();
        while let Some((op, op_span)) = self.operator(level) {
            rest.push(Link { op, op_span, operand: operand(self) });
        }
        chained(first, rest)
    }

    fn operator(&mut self, level: &[BinaryOp]) -> Option<(BinaryOp, Span)> {
        match self.parts.peek() {
            Some(&Part::Operator(op, span)) if level.contains(&op) => {
                self.parts.next();
                Some((op, span))
            }
            _ => None,
        }
    }

    fn prefix(&mut self, wanted: Prefix) -> Option<Span> {
        match self.parts.peek() {
            Some(&Part::Prefix(prefix, span)) if prefix == wanted => {
                self.parts.next();
                Some(span)
            }
            _ => None,
        }
    }

    fn negation(&mut self) -> Expr {
        match self.prefix(Prefix::Not) {
            Some(sign) => {
                let operand = self.negation();
                Expr { span: sign.to(operand.span), kind: ExprKind::Not(Box::new(operand)) }
            }
            None => self.comparison(),
        }
    }

    fn comparison(&mut self) -> Expr {
        match self.chain(COMPARISON, Row::sum) {
            Expr { kind: ExprKind::Chain { first, rest }, span }
                if rest.len() > 1 && COMPARISON.contains(&rest[0].op) =>
            {
                self.pairwise(*first, rest, span)
            }
            other => other,
        }
    }

    /// Refuses `a < b < c`, and reads it as `a < b and b < c`.
    fn pairwise(&mut self, first: Expr, rest: Vec<Link>, span: Span) -> Expr {
        let mut left = first;
        let mut pairs = Vec::with_capacity(rest.len());
        for link in rest {
            let next = link.operand.clone();
            pairs.push((link.op_span, chained(left, vec![link])));
            left = next;
        }
        let written: Vec<&str> = pairs.iter().map(|(_, pair)| self.builder.written(pair.span)).collect();
        self.builder.diagnostics.push(errors::chained_comparison(span, written.join(" and ")));
        let mut pairs = pairs.into_iter();
        let (_, first) = pairs.next().expect("a chain has a first pair");
        chained(first, pairs.map(|(op_span, operand)| Link { op: BinaryOp::And, op_span, operand }).collect())
    }

    fn sum(&mut self) -> Expr {
        self.chain(SUM, |row| row.chain(PRODUCT, Row::signed))
    }

    fn signed(&mut self) -> Expr {
        if let Some(sign) = self.prefix(Prefix::Minus) {
            let operand = self.signed();
            return Expr { span: sign.to(operand.span), kind: ExprKind::Neg(Box::new(operand)) };
        }
        match self.prefix(Prefix::Not) {
            Some(sign) => self.tight_not(sign),
            None => self.power(),
        }
    }

    fn tight_not(&mut self, sign: Span) -> Expr {
        let operand = self.signed();
        let span = sign.to(operand.span);
        let rewritten = format!("({})", self.builder.written(span));
        self.builder.diagnostics.push(errors::tight_not(span, rewritten));
        Expr { span, kind: ExprKind::Not(Box::new(operand)) }
    }

    /// To the right: the exponent is a signed power itself.
    fn power(&mut self) -> Expr {
        let base = self.operand();
        match self.operator(&[BinaryOp::Pow]) {
            Some((op, op_span)) => chained(base, vec![Link { op, op_span, operand: self.signed() }]),
            None => base,
        }
    }

    fn operand(&mut self) -> Expr {
        match self.parts.next() {
            Some(Part::Operand(expr)) => expr,
            _ => unreachable!("the grammar puts an operand after every operator"),
        }
    }
}

fn chained(first: Expr, rest: Vec<Link>) -> Expr {
    match rest.last() {
        None => first,
        Some(last) => {
            Expr { span: first.span.to(last.operand.span), kind: ExprKind::Chain { first: Box::new(first), rest } }
        }
    }
}
