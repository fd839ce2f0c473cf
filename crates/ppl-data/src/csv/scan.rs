//! Where the cells are: the only code that knows quotes and line ends.

use std::borrow::Cow;

use ppl_diagnostic::{SourceId, Span};

/// Where a record starts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// Byte.
    pub offset: u32,
    /// Line, counted from 1.
    pub line: u32,
}

/// How a cell is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Quoted,
    /// A quote opens and nothing closes it.
    Unterminated,
    /// Something other than a delimiter follows the closing quote.
    TextAfterQuote,
}

/// One cell: the bytes between two delimiters, or from quote to quote.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub start: u32,
    pub end: u32,
    pub style: Style,
}

impl Cell {
    /// What it says, quotes undone, white space kept.
    pub fn raw_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let all = &text[self.start as usize..self.end as usize];
        match self.style {
            Style::Plain => Cow::Borrowed(all),
            _ => undo_quotes(all),
        }
    }

    /// What it says, quotes undone, without white space around it.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.raw_text(text) {
            Cow::Borrowed(raw) => Cow::Borrowed(trimmed(raw)),
            Cow::Owned(raw) => Cow::Owned(trimmed(&raw).to_string()),
        }
    }

    /// Its place without white space around it.
    pub fn span(&self, text: &str, source: SourceId) -> Span {
        let all = &text[self.start as usize..self.end as usize];
        let kept = trimmed(all);
        let start = self.start + (all.len() - all.trim_start().len()) as u32;
        // Of a cell of spaces nothing is kept: point at its start.
        let start = if kept.is_empty() { self.start } else { start };
        Span { source, start, end: start + kept.len() as u32 }
    }

    /// Its place with white space around it.
    pub fn raw_span(&self, source: SourceId) -> Span {
        Span { source, start: self.start, end: self.end }
    }
}

/// `str::trim` with a short cut for the usual cell, which has nothing to trim.
fn trimmed(text: &str) -> &str {
    let ends = [text.bytes().next(), text.bytes().next_back()];
    match ends.iter().flatten().all(|b| (0x21..0x80).contains(b)) {
        true => text,
        false => text.trim(),
    }
}

fn undo_quotes(quoted: &str) -> Cow<'_, str> {
    let inside = quoted.strip_prefix('"').unwrap_or(quoted);
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    match inside.contains('"') {
        true => Cow::Owned(inside.replace("\"\"", "\"")),
        false => Cow::Borrowed(inside),
    }
}

/// Reads one record after the other.
#[derive(Clone, Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    delimiter: u8,
    at: usize,
    line: usize,
}

impl<'a> Scanner<'a> {
    /// From the start of the text, past a byte order mark.
    pub fn new(text: &'a str, delimiter: u8) -> Self {
        let at = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        Scanner { text, delimiter, at, line: 1 }
    }

    /// From the start of a known record.
    pub fn from(text: &'a str, delimiter: u8, place: Place) -> Self {
        Scanner { text, delimiter, at: place.offset as usize, line: place.line as usize }
    }

    /// Reads the next record into `cells` and says where it starts; empty lines are skipped.
    pub fn record(&mut self, cells: &mut Vec<Cell>) -> Option<Place> {
        while self.at < self.text.len() {
            let place = Place { offset: self.at as u32, line: self.line as u32 };
            cells.clear();
            while !self.cell(cells) {}
            if !is_empty_line(cells, self.text) {
                return Some(place);
            }
        }
        None
    }

    /// Reads one cell and the delimiter or line end after it; true where it was the last of its record.
    fn cell(&mut self, cells: &mut Vec<Cell>) -> bool {
        let start = self.at;
        self.skip_spaces();
        let cell = if self.byte() == Some(b'"') { self.quoted() } else { self.plain(start) };
        cells.push(cell);
        match self.byte() {
            Some(b) if b == self.delimiter => {
                self.at += 1;
                false
            }
            Some(_) => {
                self.line_end();
                true
            }
            None => true,
        }
    }

    fn plain(&mut self, start: usize) -> Cell {
        self.skip_to_end();
        self.finished(start, self.at, Style::Plain)
    }

    fn quoted(&mut self) -> Cell {
        let open = self.at;
        self.at += 1;
        loop {
            match self.byte() {
                None => return self.finished(open, self.at, Style::Unterminated),
                Some(b'"') if self.text.as_bytes().get(self.at + 1) == Some(&b'"') => self.at += 2,
                Some(b'"') => break,
                Some(b'\n' | b'\r') => self.line_end(),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        let close = self.at;
        self.skip_spaces();
        let after = self.at;
        self.skip_to_end();
        match self.at == after {
            true => self.finished(open, close, Style::Quoted),
            false => self.finished(open, self.at, Style::TextAfterQuote),
        }
    }

    fn finished(&self, start: usize, end: usize, style: Style) -> Cell {
        Cell { start: start as u32, end: end as u32, style }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while self.byte() == Some(b' ') {
            self.at += 1;
        }
    }

    fn skip_to_end(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let ends = |&b: &u8| b == self.delimiter || b == b'\n' || b == b'\r';
        self.at += rest.iter().position(ends).unwrap_or(rest.len());
    }

    /// Steps over LF, CRLF or CR.
    fn line_end(&mut self) {
        let crlf = self.text.as_bytes()[self.at..].starts_with(b"\r\n");
        self.at += if crlf { 2 } else { 1 };
        self.line += 1;
    }
}

fn is_empty_line(cells: &[Cell], text: &str) -> bool {
    matches!(cells, [only] if only.style == Style::Plain && only.text(text).is_empty())
}
