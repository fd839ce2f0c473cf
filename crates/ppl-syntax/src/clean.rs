//! Letters and comments that are no part of the language, blanked out so that the rest can be read.
//!
//! Each is reported and replaced by what was meant, filled up to the same number of bytes: all places stay true, and
//! one pasted page gives one message a letter instead of one message.

use std::borrow::Cow;

use ppl_diagnostic::{Diagnostic, SourceId, Span};

use crate::errors;
use crate::parse::MOST_ERRORS;
use crate::scan::is_name_char;

/// The text with every foreign letter replaced, byte for byte in place.
pub(crate) fn clean(source: SourceId, text: &str) -> (Cow<'_, str>, Vec<Diagnostic>) {
    if !is_suspicious(text) {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut cleaner = Cleaner { source, text, out: String::with_capacity(text.len()), diagnostics: Vec::new() };
    while cleaner.out.len() < text.len() && cleaner.diagnostics.len() < MOST_ERRORS {
        cleaner.step();
    }
    cleaner.keep(cleaner.rest().len());
    (Cow::Owned(cleaner.out), cleaner.diagnostics)
}

fn is_suspicious(text: &str) -> bool {
    let mut previous = 0;
    for byte in text.bytes() {
        let comment = previous == b'/' && matches!(byte, b'/' | b'*');
        if byte == b'\'' || !byte.is_ascii() || comment {
            return true;
        }
        previous = byte;
    }
    false
}

/// What a pasted letter should have been; never longer than the letter itself.
fn replacement(c: char) -> Option<&'static str> {
    Some(match c {
        '∼' | '˜' | '～' => "~",
        '−' | '–' | '—' | '‐' | '‑' => "-",
        '×' | '·' | '∗' | '⋅' => "*",
        '÷' | '∕' => "/",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '…' => "..",
        '←' => "=",
        '（' => "(",
        '）' => ")",
        '，' => ",",
        '：' => ":",
        '＝' => "=",
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{b}' | '\u{c}' => {
            " "
        }
        '\u{2028}' | '\u{2029}' | '\u{85}' => "\n",
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => "",
        _ => return None,
    })
}

struct Cleaner<'t> {
    source: SourceId,
    text: &'t str,
    /// As long as what has been read.
    out: String,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Cleaner<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.out.len()..]
    }

    fn span(&self, length: usize) -> Span {
        Span { source: self.source, start: self.out.len() as u32, end: (self.out.len() + length) as u32 }
    }

    fn keep(&mut self, length: usize) {
        self.out.push_str(&self.rest()[..length]);
    }

    /// Writes `new`, filled with blanks, in place of the next `length` bytes.
    fn put(&mut self, new: &str, length: usize) {
        self.out.push_str(new);
        self.out.extend(std::iter::repeat_n(' ', length - new.len()));
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return };
        match c {
            '#' => self.keep(line_length(rest)),
            '"' => self.keep(text_length(rest)),
            '/' if rest.starts_with("//") => self.line_comment(),
            '/' if rest.starts_with("/*") => self.block_comment(),
            '\'' | '‘' | '’' | '“' | '”' => self.quote(c),
            '\u{feff}' if self.out.is_empty() => self.put("", c.len_utf8()),
            _ => match replacement(c) {
                Some(new) => {
                    self.diagnostics.push(errors::pasted(c, new, self.span(c.len_utf8())));
                    self.put(new, c.len_utf8());
                }
                None => self.keep(c.len_utf8()),
            },
        }
    }

    fn line_comment(&mut self) {
        let error = errors::foreign("comments start with `#`, not `//`", self.span(2))
            .help("for the quotient of whole numbers write `div(a, b)`")
            .fix(self.span(2), "#");
        self.diagnostics.push(error);
        let length = line_length(self.rest());
        self.put("", length);
    }

    fn block_comment(&mut self) {
        let rest = self.rest();
        let length = rest[2..].find("*/").map_or(rest.len(), |n| n + 4);
        let body = rest[..length].trim_start_matches("/*").trim_end_matches("*/").trim();
        let lines: Vec<String> = body.lines().map(|l| format!("# {}", l.trim().trim_start_matches("* "))).collect();
        let error = errors::foreign("comments start with `#` and end with the line, not `/* … */`", self.span(2));
        self.diagnostics
            .push(error.fix(self.span(length), lines.join("\n") + if self.ends_line(length) { "" } else { "\n" }));
        // Newlines stay, as they separate statements.
        let blank: String = rest[..length].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
        self.out.push_str(&blank);
    }

    fn ends_line(&self, length: usize) -> bool {
        self.rest()[length..].chars().find(|c| !matches!(c, ' ' | '\t' | '\r')).is_none_or(|c| c == '\n')
    }

    /// A quote other than `"`: it opens a text, or is Stan's transposition.
    fn quote(&mut self, open: char) {
        let rest = &self.rest()[open.len_utf8()..];
        let after_operand = self.out.ends_with(|c| is_name_char(c) || matches!(c, ')' | ']'));
        let line = &rest[..line_length(rest)];
        let close = match open {
            '\'' if after_operand => None,
            '\'' | '‘' | '’' => line.find(['\'', '’']),
            _ => line.find(['”', '"']),
        };
        match close.map(|end| (end, line[end..].chars().next())) {
            Some((end, Some(last))) => self.quoted(open, &line[..end], last),
            _ if open == '\'' && after_operand => self.transposed(),
            _ => self.lone_quote(open),
        }
    }

    fn quoted(&mut self, open: char, body: &str, close: char) {
        let length = open.len_utf8() + body.len() + close.len_utf8();
        let span = self.span(length);
        let body = body.replace('"', "'");
        let message = format!("texts stand in `\"`, not in `{open}`");
        let error = if open == '\'' {
            errors::foreign(message, span)
        } else {
            Diagnostic::error("E0108", message).at(span, "pasted from elsewhere?")
        };
        self.diagnostics.push(error.fix(span, format!("\"{body}\"")));
        self.out.extend(std::iter::repeat_n(' ', open.len_utf8() - 1));
        self.out.push('"');
        self.out.push_str(&body);
        self.put("\"", close.len_utf8());
    }

    fn transposed(&mut self) {
        let error = errors::foreign("transposition is written `transpose(A)`", self.span(1));
        self.diagnostics.push(error.help("for the product of two vectors write `dot(a, b)`"));
        self.put("", 1);
    }

    fn lone_quote(&mut self, c: char) {
        let length = c.len_utf8();
        self.diagnostics.push(errors::pasted(c, "\"", self.span(length)));
        self.put("", length);
    }
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (i, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return i,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return i + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> (String, Vec<&'static str>) {
        let (out, errors) = clean(SourceId(0), text);
        assert_eq!(out.len(), text.len());
        (out.into_owned(), errors.iter().map(|e| e.code).collect())
    }

    #[test]
    fn pasted_letters_become_what_was_meant() {
        assert_eq!(cleaned("μ ∼ a−b"), ("μ ~   a-  b".into(), vec!["E0108"; 2]));
        assert_eq!(cleaned("a\u{a0}≤ 1"), ("a  <=  1".into(), vec!["E0108"; 2]));
        assert_eq!(cleaned("x[“a”]"), ("x[  \"a\"  ]".into(), vec!["E0108"]));
    }

    #[test]
    fn foreign_comments_and_quotes_are_blanked() {
        assert_eq!(cleaned("a // b\nc"), ("a     \nc".into(), vec!["E0102"]));
        assert_eq!(cleaned("a /* b\nc */ d"), ("a     \n     d".into(), vec!["E0102"]));
        assert_eq!(cleaned("x['a'] * y'"), ("x[\"a\"] * y ".into(), vec!["E0102"; 2]));
    }

    #[test]
    fn comments_and_texts_may_hold_any_letter() {
        let text = "# a ∼ b // 'c'\nx[\"‘−’ // /*\"]";
        assert_eq!(cleaned(text), (text.into(), vec![]));
    }

    #[test]
    fn a_byte_order_mark_is_silent() {
        assert_eq!(cleaned("\u{feff}a"), ("   a".into(), vec![]));
    }

    #[test]
    fn an_unfinished_block_comment_ends_with_the_text() {
        assert_eq!(cleaned("a /*"), ("a   ".into(), vec!["E0102"]));
    }
}
