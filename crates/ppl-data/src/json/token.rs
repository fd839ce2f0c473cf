//! Tokens of a JSON text with their places.

use ppl_diagnostic::{Diagnostic, SourceId, Span};

use crate::problems;

/// A step that may end the reading.
pub(super) type Step<T> = Result<T, Box<Diagnostic>>;

/// One value that is neither array nor object.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Number(f64),
    Bool(bool),
    Text(String),
    Null,
}

/// A place in the text, and what can be read from there.
pub(super) struct Lexer<'a> {
    pub source: SourceId,
    pub text: &'a str,
    pub at: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(source: SourceId, text: &'a str) -> Self {
        let at = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        Lexer { source, text, at }
    }

    pub fn span(&self, start: usize, end: usize) -> Span {
        Span { source: self.source, start: start as u32, end: end as u32 }
    }

    /// The next byte that is no white space.
    pub fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Steps over `byte` if it comes next.
    pub fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// An error at the next character.
    pub fn expected(&mut self, what: &str) -> Box<Diagnostic> {
        self.peek();
        let rest = &self.text[self.at..];
        let (found, length) = match rest.chars().next() {
            Some(c) => (format!("`{c}`"), c.len_utf8()),
            None => ("the end of the file".to_string(), 0),
        };
        let message = format!("this is not JSON: expected {what}, found {found}");
        let span = self.span(self.at, self.at + length);
        let error = problems::syntax(message, span, &format!("expected {what}"));
        Box::new(match hint(what, &self.text[..self.at], rest) {
            Some(hint) => error.help(hint),
            None => error,
        })
    }

    /// A text in quotes, escapes undone, and its place with the quotes.
    pub fn string(&mut self) -> Step<(String, Span)> {
        let start = self.at;
        let end =
            self.string_end().ok_or_else(|| self.bad_string("a text is never closed", self.span(start, start + 1)))?;
        self.at = end;
        let quoted = &self.text[start..end];
        let text = match quoted.bytes().any(|b| b == b'\\' || b < b' ') {
            false => quoted[1..quoted.len() - 1].to_string(),
            true => serde_json::from_str(quoted)
                .map_err(|_| self.bad_string("an escape or a line break in a text", self.span(start, end)))?,
        };
        Ok((text, self.span(start, end)))
    }

    fn bad_string(&self, what: &str, span: Span) -> Box<Diagnostic> {
        let error = problems::syntax(format!("this is not JSON: {what}"), span, "in this text");
        Box::new(
            error.help("write `\\\"` for a quote, `\\\\` for a backslash and `\\n` for a line break inside a text"),
        )
    }

    /// One past the quote that closes the text that opens here.
    fn string_end(&self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        while *bytes.get(at)? != b'"' {
            at += if bytes[at] == b'\\' { 2 } else { 1 };
        }
        Some(at + 1)
    }

    /// A number, a text, `true`, `false` or `null`, and its place.
    pub fn scalar(&mut self) -> Step<(Scalar, Span)> {
        if self.peek() == Some(b'"') {
            let (text, span) = self.string()?;
            return Ok((Scalar::Text(text), span));
        }
        let word = self.word();
        let value = match word {
            "true" => Scalar::Bool(true),
            "false" => Scalar::Bool(false),
            "null" => Scalar::Null,
            "NaN" => Scalar::Number(f64::NAN),
            _ => Scalar::Number(number(word).ok_or_else(|| self.expected("a value"))?),
        };
        self.at += word.len();
        Ok((value, self.span(self.at - word.len(), self.at)))
    }

    /// Letters, digits and signs from here on.
    fn word(&self) -> &'a str {
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(|b| !b.is_ascii_alphanumeric() && !b"+-._".contains(&b));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// The place of the next scalar of an array that has been read before.
    pub fn next_scalar(&mut self) -> Option<Span> {
        while matches!(self.peek()?, b'[' | b']' | b',') {
            self.at += 1;
        }
        let start = self.at;
        self.at = match self.text.as_bytes()[start] {
            b'"' => self.string_end()?,
            _ => start + self.word().len().max(1),
        };
        Some(self.span(start, self.at))
    }
}

/// The number that a word spells: JSON's, or an infinity.
fn number(word: &str) -> Option<f64> {
    match special(word) {
        Some(x) => Some(x),
        None if is_json_number(word) => word.parse().ok(),
        None => None,
    }
}

/// The spellings of infinity.
pub(super) fn special(word: &str) -> Option<f64> {
    match word {
        "Inf" | "+Inf" | "inf" | "Infinity" | "+Infinity" => Some(f64::INFINITY),
        "-Inf" | "-inf" | "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// Digits, then perhaps a fraction, then perhaps an exponent; no leading zeros and no bare point (RFC 8259, section 6).
fn is_json_number(word: &str) -> bool {
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (word, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

/// What the writer probably meant.
fn hint(expected: &str, before: &str, rest: &str) -> Option<&'static str> {
    let starts = |words: &[&str]| words.iter().any(|w| rest.starts_with(w));
    match rest.chars().next()? {
        '\'' => Some("texts take double quotes in JSON"),
        '/' | '#' => Some("JSON has no comments"),
        ']' | '}' if before.trim_end().ends_with(',') => Some("remove the comma before it"),
        '}' if expected.contains(']') => Some("an array is closed with `]`"),
        ']' if expected.contains('}') => Some("an object is closed with `}`"),
        '+' | '.' | '0'..='9' => {
            Some("write numbers as 0.5, 12 or 1e-3: no `+`, no leading zeros, digits around the point")
        }
        _ if starts(&["True", "False", "None", "NA", "nan"]) => Some("JSON writes true, false and null"),
        _ => None,
    }
}
