//! How far a line is indented.

use super::roles::Roles;
use crate::scan::{Kind, Tokens};

/// Blanks a level.
const STEP: usize = 2;

/// An open bracket.
struct Opened {
    /// Indentation of the line on which it stands.
    indent: usize,
    /// Whether it encloses statements.
    block: bool,
}

/// Follows the brackets from line to line.
///
/// A line is one level deeper than the line that opened the bracket around it, and one more where it goes on with a
/// statement. Brackets that enclose no statements have none to go on with.
pub(super) struct Indentation<'t> {
    tokens: &'t Tokens<'t>,
    roles: &'t Roles,
    open: Vec<Opened>,
}

impl<'t> Indentation<'t> {
    pub(super) fn new(tokens: &'t Tokens<'t>, roles: &'t Roles) -> Self {
        Indentation { tokens, roles, open: Vec::new() }
    }

    /// The blanks before the line of these tokens, which may be none; lines must come in order.
    pub(super) fn of_line(&mut self, first: usize, end: usize) -> usize {
        let indent = self.indent(first, end);
        for index in first..end {
            match self.tokens.list[index].kind {
                Kind::Open => self.open.push(Opened { indent, block: self.roles.encloses(index) }),
                Kind::Close => drop(self.open.pop()),
                _ => {}
            }
        }
        indent
    }

    fn indent(&self, first: usize, end: usize) -> usize {
        let closing = self.tokens.list[first..end].iter().take_while(|t| t.kind == Kind::Close).count();
        if closing > 0 {
            return self.open.iter().rev().nth(closing - 1).map_or(0, |o| o.indent);
        }
        let (base, block) = self.open.last().map_or((0, true), |o| (o.indent + STEP, o.block));
        if block && !self.is_between_statements(first) { base + STEP } else { base }
    }

    /// Whether no statement is unfinished before this token.
    fn is_between_statements(&self, next: usize) -> bool {
        if next >= self.tokens.list.len() || self.roles.begins(next) {
            return true;
        }
        match self.tokens.text(next) {
            "}" | ";" => true,
            "{" => self.roles.encloses(next),
            "else" => self.tokens.text(next - 1) == "}" && self.roles.encloses(next - 1),
            _ => false,
        }
    }
}
