//! What the tree knows about tokens and the tokens do not: where statements begin, and which braces hold statements.

use crate::ast::{Ast, Stmt, StmtKind};
use crate::scan::Tokens;

/// One flag a token.
pub(super) struct Roles {
    /// Whether a statement begins here.
    begins: Vec<bool>,
    /// Whether this brace encloses statements.
    encloses: Vec<bool>,
}

impl Roles {
    pub(super) fn of(ast: &Ast, tokens: &Tokens) -> Self {
        let length = tokens.list.len();
        let mut roles = Roles { begins: vec![false; length], encloses: vec![false; length] };
        roles.statements(&ast.items, tokens);
        roles
    }

    pub(super) fn begins(&self, index: usize) -> bool {
        self.begins[index]
    }

    pub(super) fn encloses(&self, index: usize) -> bool {
        self.encloses[index]
    }

    fn statements(&mut self, list: &[Stmt], tokens: &Tokens) {
        list.iter().for_each(|stmt| self.statement(stmt, tokens));
    }

    fn statement(&mut self, stmt: &Stmt, tokens: &Tokens) {
        let first = tokens.at(stmt.span.start as usize);
        let end = tokens.at(stmt.span.end as usize);
        self.begins[first] = true;
        match &stmt.kind {
            StmtKind::For { body, .. } => {
                self.block_ending(end - 1, tokens);
                self.statements(body, tokens);
            }
            StmtKind::If { condition, then, otherwise } => {
                self.branches(tokens.at(condition.span.end as usize), otherwise.as_deref(), tokens);
                self.statements(then, tokens);
                self.statements(otherwise.as_deref().unwrap_or_default(), tokens);
            }
            StmtKind::Fn(f) if tokens.text(end - 1) == "}" && f.value.span.end != stmt.span.end => {
                self.returning_block(end - 1, f.value.span.start as usize, tokens);
                self.statements(&f.body, tokens);
            }
            StmtKind::Dist(d) => {
                self.block_ending(end - 1, tokens);
                for item in &d.items {
                    self.begins[tokens.at(item.name.span.start as usize)] = true;
                    let value_end = tokens.at(item.value.span.end as usize);
                    let opened = tokens.at(item.param.as_ref().unwrap_or(&item.name).span.end as usize);
                    let returns = tokens.text(opened + usize::from(item.param.is_some())) == "{";
                    if returns {
                        let close = (value_end..end).find(|&i| tokens.text(i) == "}").unwrap_or(end - 1);
                        self.returning_block(close, item.value.span.start as usize, tokens);
                    }
                    self.statements(&item.body, tokens);
                }
            }
            _ => {}
        }
    }

    fn block_ending(&mut self, close: usize, tokens: &Tokens) {
        self.encloses[close] = true;
        self.encloses[tokens.list[close].partner.unwrap_or(close)] = true;
    }

    /// The braces of an `if`, and of its `else` where that is no `else if`.
    fn branches(&mut self, open: usize, otherwise: Option<&[Stmt]>, tokens: &Tokens) {
        let close = tokens.list[open].partner.unwrap_or(open);
        self.block_ending(close, tokens);
        if otherwise.is_some() && tokens.text(close + 2) == "{" {
            self.block_ending(tokens.list[close + 2].partner.unwrap_or(close), tokens);
        }
    }

    /// A block with `return`, which begins a line like a statement.
    fn returning_block(&mut self, close: usize, value: usize, tokens: &Tokens) {
        self.block_ending(close, tokens);
        self.begins[tokens.at(value) - 1] = true;
    }
}
