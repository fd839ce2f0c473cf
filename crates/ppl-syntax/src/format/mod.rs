//! A model in the one style.
//!
//! Lines stay lines: what changes is the space within a line, the indentation, runs of blank lines, and semicolons at
//! line ends. So comments stay where they stand, one-line blocks stay on one line, and the tree cannot change.

mod indent;
mod roles;
mod spacing;

use ppl_diagnostic::{Diagnostic, SourceId};

use crate::scan::{Comment, Tokens, scan};
use roles::Roles;

/// Lays a model out; formatting the result again changes nothing, and neither formatting changes the tree.
///
/// # Errors
///
/// Everything that is wrong with a model that cannot be read; such a text is left alone.
pub fn format(source: SourceId, text: &str) -> Result<String, Vec<Diagnostic>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let parsed = crate::parse(source, text);
    match parsed.value {
        Some(ast) if parsed.diagnostics.is_empty() => {
            let tokens = scan(source, text, text);
            let roles = Roles::of(&ast, &tokens);
            Ok(Lines::of(&tokens).write(&roles))
        }
        _ => Err(parsed.diagnostics),
    }
}

/// The tokens and the comment of one line.
struct Line<'t> {
    number: usize,
    /// First token.
    first: usize,
    /// One past the last token.
    end: usize,
    comment: Option<&'t Comment>,
}

/// The lines that hold anything.
struct Lines<'t> {
    tokens: &'t Tokens<'t>,
    list: Vec<Line<'t>>,
}

impl<'t> Lines<'t> {
    fn of(tokens: &'t Tokens<'t>) -> Self {
        let mut list = Vec::new();
        let (mut first, mut comments) = (0, tokens.comments.iter().peekable());
        loop {
            let token_line = tokens.list.get(first).map(|t| t.line);
            let comment_line = comments.peek().map(|c| c.line);
            let Some(number) = token_line.into_iter().chain(comment_line).min() else {
                break;
            };
            let length = tokens.list[first..].iter().take_while(|t| t.line == number).count();
            let comment = comments.next_if(|c| c.line == number);
            list.push(Line { number, first, end: first + length, comment });
            first += length;
        }
        Lines { tokens, list }
    }

    fn write(&self, roles: &Roles) -> String {
        let mut out = String::with_capacity(self.tokens.text.len() + 64);
        let mut indentation = indent::Indentation::new(self.tokens, roles);
        let mut last = None;
        for line in &self.list {
            let (first, end) = self.without_semicolons(line);
            let indent = indentation.of_line(first, end);
            if first == end && line.comment.is_none() {
                continue;
            }
            if last.is_some_and(|last| line.number > last + 1) {
                out.push('\n');
            }
            last = Some(line.number);
            self.write_line(&mut out, indent, first..end, line.comment, roles);
        }
        out
    }

    /// The tokens of a line without the semicolons that no statement follows or precedes on it.
    fn without_semicolons(&self, line: &Line) -> (usize, usize) {
        let (mut first, mut end) = (line.first, line.end);
        while first < end && self.tokens.text(end - 1) == ";" {
            end -= 1;
        }
        while first < end && self.tokens.text(first) == ";" {
            first += 1;
        }
        (first, end)
    }

    /// How many characters stand before a comment on its line: comments behind code keep their column where they can, so
    /// that those a writer has aligned stay aligned.
    fn column(&self, comment: &Comment) -> usize {
        let before = &self.tokens.text[..comment.start];
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        before[line..].chars().count()
    }

    fn write_line(
        &self,
        out: &mut String,
        indent: usize,
        tokens: std::ops::Range<usize>,
        comment: Option<&Comment>,
        roles: &Roles,
    ) {
        let start = out.len();
        out.extend(std::iter::repeat_n(' ', indent));
        let bare = tokens.is_empty();
        for index in tokens.clone() {
            if index > tokens.start && spacing::between(self.tokens, roles, index) {
                out.push(' ');
            }
            out.push_str(self.tokens.text(index));
        }
        if let Some(comment) = comment {
            if !bare {
                let gap = self.column(comment).saturating_sub(out[start..].chars().count()).max(2);
                out.extend(std::iter::repeat_n(' ', gap));
            }
            out.push_str(self.tokens.text[comment.start..comment.end].trim_end());
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests;
