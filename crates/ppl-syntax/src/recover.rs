//! What happens when a statement cannot be read: it is reported, and reading goes on behind it.

use crate::ast::Stmt;
use crate::errors;
use crate::foreign::shapes::{Found, Place, Resume, recognise};
use crate::grammar::Rule;
use crate::parse::{Failure, Reader};
use crate::{diagnose, resume};

impl Reader<'_> {
    /// Finds out whether the mistake lies here, or within the statement before, of which only a part has been read.
    pub(crate) fn fail_here(&mut self, start: usize, mut failure: Failure, list: &mut Vec<Stmt>) {
        if self.value_was_missing(start, &failure, list) {
            return;
        }
        let touches = |last: &&Stmt| self.tokens.at(last.span.end as usize) == start;
        let before = list.last().filter(touches).map(|last| self.tokens.at(last.span.start as usize));
        let deeper = before.and_then(|before| Some((before, self.how_far(before, Rule::complete)?)));
        match deeper {
            Some((before, deeper)) if deeper.found > failure.found => {
                list.pop();
                if self.tokens.text(before) == "if" {
                    self.at = before;
                    return self.with_body(list);
                }
                self.fail(before, &deeper, list);
            }
            Some((_, same)) if same.found == start => {
                failure.before = same.expected;
                self.fail(start, &failure, list);
            }
            _ => self.fail(start, &failure, list),
        }
    }

    /// Reports a statement that cannot be read, and goes to where reading can go on.
    pub(crate) fn fail(&mut self, start: usize, failure: &Failure, list: &[Stmt]) {
        let place = Place {
            tokens: self.tokens,
            start,
            found: failure.found,
            expected: &failure.expected,
            previous: list.last(),
            refused: &self.ignored,
        };
        let found = match failure.exhausted {
            true => None,
            false => recognise(&place),
        };
        let Found { diagnostic, resume } = found.unwrap_or_else(|| Found {
            diagnostic: diagnose::diagnose(&place, failure, self.is_glued(start, list)),
            resume: match self.tokens.text(start) {
                "for" | "if" | "else" => Resume::Body,
                _ => Resume::NextStatement,
            },
        });
        self.diagnostics.push(diagnostic);
        self.resume(start, failure.found, resume);
    }

    fn resume(&mut self, start: usize, found: usize, resume: Resume) {
        let body = (resume == Resume::Body).then(|| resume::body(self.tokens, start, found)).flatten();
        match (resume, body) {
            (Resume::At(index), _) => self.at = index,
            (Resume::Within(brace), _) => {
                self.at = brace + 1;
                self.ignored.extend(self.tokens.list[brace].partner);
            }
            (_, Some(brace)) => self.refused_body(brace),
            _ => self.at = resume::next_statement(self.tokens, start, found),
        }
    }

    /// Reads the statements of a loop whose head is wrong, for their own mistakes.
    fn refused_body(&mut self, brace: usize) {
        self.at = brace;
        self.braces();
        while self.word() == "else" && !self.is_done() {
            match resume::body(self.tokens, self.at, self.at) {
                Some(brace) => {
                    self.at = brace;
                    self.braces();
                }
                None => break,
            }
        }
    }

    /// `x =` and below it `y = 2`: the grammar has read `x = y` and fails at the second `=`. Goes back to the line
    /// that was taken for a value.
    fn value_was_missing(&mut self, start: usize, failure: &Failure, list: &mut Vec<Stmt>) -> bool {
        let defines = matches!(self.tokens.text(start), "=" | "~" | ":" | "<");
        let Some(previous) = list.last().filter(|_| defines && failure.found == start) else {
            return false;
        };
        let line = self.tokens.list[start].line;
        let first = self.tokens.list.partition_point(|t| t.line < line);
        let from = self.tokens.at(previous.span.start as usize);
        let begins_line = from < first && first < start && resume::is_outside_brackets(self.tokens, from, first);
        if !begins_line || !self.tokens.is_word(first) {
            return false;
        }
        let before = first - 1;
        self.diagnostics.push(errors::missing_value(self.tokens.text(before), self.tokens.span(before)));
        list.pop();
        self.at = first;
        true
    }
}
