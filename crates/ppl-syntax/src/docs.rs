//! `##` comments: which of them document the program or a statement.
//!
//! The first block of `##` lines in a file, if it stands before every statement, documents the program. A block
//! directly above a statement, and a `##` at the end of its last line, document the statement.

use std::collections::HashMap;

use crate::ast::{Ast, Stmt, StmtKind};
use crate::scan::{Comment, Tokens};

/// Writes the documentation into a tree.
pub(crate) fn attach(ast: &mut Ast, tokens: &Tokens) {
    let mut docs = Docs { tokens, lines: doc_lines(tokens), line_ends: line_ends(tokens) };
    ast.doc = docs.program();
    docs.statements(&mut ast.items);
}

struct Docs<'t> {
    tokens: &'t Tokens<'t>,
    /// `##` comments that have their line to themselves, by line.
    lines: HashMap<usize, String>,
    /// `##` comments behind something, by line.
    line_ends: HashMap<usize, Comment>,
}

fn is_doc(tokens: &Tokens, comment: &Comment) -> bool {
    tokens.text[comment.start..comment.end].starts_with("##")
}

fn doc_lines(tokens: &Tokens) -> HashMap<usize, String> {
    let docs = tokens.comments.iter().filter(|c| c.leads && is_doc(tokens, c));
    docs.map(|c| (c.line, said(tokens, c))).collect()
}

fn line_ends(tokens: &Tokens) -> HashMap<usize, Comment> {
    let docs = tokens.comments.iter().filter(|c| !c.leads && is_doc(tokens, c));
    docs.map(|c| (c.line, *c)).collect()
}

/// What a comment says, without its signs.
fn said(tokens: &Tokens, comment: &Comment) -> String {
    let text = tokens.text[comment.start..comment.end].trim_start_matches('#');
    text.strip_prefix(' ').unwrap_or(text).trim_end().to_string()
}

impl Docs<'_> {
    fn program(&mut self) -> Option<String> {
        let tokens = self.tokens;
        let first_token = (0..tokens.list.len()).find(|&i| tokens.text(i) != ";");
        let first_token = first_token.map_or(usize::MAX, |i| tokens.list[i].line);
        let first = self.lines.keys().copied().min().filter(|&line| line < first_token)?;
        let block: Vec<String> = (first..).map_while(|line| self.lines.remove(&line)).collect();
        Some(block.join("\n"))
    }

    fn statements(&mut self, statements: &mut [Stmt]) {
        for statement in statements {
            statement.doc =
                self.above(statement).into_iter().chain(self.behind(statement)).reduce(|a, b| a + "\n" + &b);
            match &mut statement.kind {
                StmtKind::For { body, .. } => self.statements(body),
                StmtKind::Fn(f) => self.statements(&mut f.body),
                StmtKind::Dist(d) => d.items.iter_mut().for_each(|item| self.statements(&mut item.body)),
                StmtKind::If { then, otherwise, .. } => {
                    self.statements(then);
                    self.statements(otherwise.as_deref_mut().unwrap_or_default());
                }
                _ => {}
            }
        }
    }

    fn above(&mut self, statement: &Stmt) -> Option<String> {
        let first = self.tokens.list.get(self.tokens.at(statement.span.start as usize)).filter(|t| t.leads)?;
        let mut block: Vec<String> = (0..first.line).rev().map_while(|line| self.lines.remove(&line)).collect();
        block.reverse();
        (!block.is_empty()).then(|| block.join("\n"))
    }

    /// Takes the comment, so that an `else if` does not repeat the doc of its `if`.
    fn behind(&mut self, statement: &Stmt) -> Option<String> {
        let mut next = self.tokens.at(statement.span.end as usize);
        let line = self.tokens.list.get(next.checked_sub(1)?)?.line;
        let comment = *self.line_ends.get(&line)?;
        while self.tokens.text(next) == ";" {
            next += 1;
        }
        let nothing_between = self.tokens.list.get(next).is_none_or(|t| t.start > comment.start);
        if !nothing_between || comment.start < statement.span.end as usize {
            return None;
        }
        self.line_ends.remove(&line).map(|comment| said(self.tokens, &comment))
    }
}
