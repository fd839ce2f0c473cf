//! Which pieces of the sources are shown.

use crate::{Diagnostic, Label, SourceId, Sources};

/// Bytes of a line that are shown on either side of what is marked, at most.
const CONTEXT: usize = 2000;
/// Bytes that are marked by one label, at most.
const MARKED: usize = 400;
/// Bytes between two places that are shown in one piece, at most.
const APART: usize = 2000;
/// Columns that places in one piece take up together, at most, so that all of them fit into a terminal.
const WIDE: usize = 100;

/// A label with the bytes that are marked for it.
pub(super) struct Mark<'a> {
    pub label: &'a Label,
    /// It is the place of the diagnostic.
    pub main: bool,
    pub start: usize,
    pub end: usize,
    /// Bytes between the start of the line and the mark, as far as they were looked at.
    column: usize,
}

/// A piece of a source, with the marks in it.
pub(super) struct Window<'a> {
    pub source: SourceId,
    /// Number of the first line, from 1.
    pub line: usize,
    pub start: usize,
    pub end: usize,
    pub marks: Vec<Mark<'a>>,
}

/// The pieces that hold all labels; that of the main place comes first.
pub(super) fn windows<'a>(diagnostic: &'a Diagnostic, sources: &Sources) -> Vec<Window<'a>> {
    let main = diagnostic.primary.iter().map(|label| (label, true));
    let labels: Vec<(&Label, bool)> = main.chain(diagnostic.secondary.iter().map(|label| (label, false))).collect();
    let mut order: Vec<SourceId> = Vec::new();
    for (label, _) in &labels {
        if !order.contains(&label.span.source) {
            order.push(label.span.source);
        }
    }
    let mut windows: Vec<Window> = Vec::new();
    for source in order {
        let text: &str = &sources.get(source).text;
        let own = labels.iter().filter(|(label, _)| label.span.source == source);
        let mut marks: Vec<Mark> = own.map(|&(label, main)| mark(label, main, text)).collect();
        marks.sort_by_key(|mark| mark.start);
        windows.extend(pieces(marks).into_iter().map(|marks| window(source, marks, text)));
    }
    windows.sort_by_key(|window| !window.marks.iter().any(|mark| mark.main));
    windows
}

/// What is marked: within the text, on whole letters, of bounded length. A place behind the last line is shown at its end.
fn mark<'a>(label: &'a Label, main: bool, text: &str) -> Mark<'a> {
    let mut start = floor(text, (label.span.start as usize).min(text.len()));
    let mut end = floor(text, (label.span.end as usize).min(text.len())).max(start);
    if start == text.len() && text.ends_with('\n') {
        start = text.trim_end().len();
        end = start;
    }
    if end - start > MARKED {
        let first = &text[start..floor(text, start + MARKED)];
        end = start + first.find(['\r', '\n']).unwrap_or(first.len());
    }
    Mark { label, main, start, end, column: start - line_start(text, start) }
}

/// Marks, in order, that are shown together.
fn pieces(marks: Vec<Mark>) -> Vec<Vec<Mark>> {
    let mut pieces: Vec<Vec<Mark>> = Vec::new();
    for mark in marks {
        match pieces.last_mut() {
            Some(piece) if goes_with(piece, &mark) => piece.push(mark),
            _ => pieces.push(vec![mark]),
        }
    }
    pieces
}

fn goes_with(piece: &[Mark], mark: &Mark) -> bool {
    let near = piece.iter().any(|known| mark.start.saturating_sub(known.end) <= APART);
    let all = || piece.iter().chain([mark]);
    let left = all().map(|mark| mark.column).min().unwrap_or(0);
    let right = all().map(|mark| mark.column).max().unwrap_or(0);
    near && right - left <= WIDE
}

fn window<'a>(source: SourceId, marks: Vec<Mark<'a>>, text: &str) -> Window<'a> {
    let first = marks.iter().map(|mark| mark.start).min().unwrap_or(0);
    let last = marks.iter().map(|mark| mark.end).max().unwrap_or(0);
    let start = line_start(text, first);
    let line = text.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count() + 1;
    Window { source, line, start, end: line_end(text, last), marks }
}

impl Window<'_> {
    /// Where the front of the line was cut off: the place as it is told without that part, and as it is.
    pub(super) fn wrong_place(&self, sources: &Sources) -> Option<(String, String)> {
        let source = sources.get(self.source);
        let whole = self.start == 0 || source.text.as_bytes()[self.start - 1] == b'\n';
        let mark = self.marks.iter().find(|mark| mark.main).or(self.marks.first()).filter(|_| !whole)?;
        let before = &source.text[..mark.start];
        let line = &before[before.rfind('\n').map_or(0, |i| i + 1)..];
        let told = source.text[self.start..mark.start].chars().count() + 1;
        let place = |column: usize| format!("{}:{}:{column}", source.name, self.line);
        Some((place(told), place(line.chars().count() + 1)))
    }
}

/// The start of the line of a byte, or a place nearer to it where that is far.
fn line_start(text: &str, at: usize) -> usize {
    let from = floor(text, at.saturating_sub(CONTEXT));
    text[from..at].rfind('\n').map_or(from, |i| from + i + 1)
}

/// The end of the line of a byte, without the line break, or a place nearer to it where that is far.
fn line_end(text: &str, at: usize) -> usize {
    let to = floor(text, (at + CONTEXT).min(text.len()));
    match text[at..to].find('\n') {
        Some(length) => at + text[at..at + length].trim_end_matches('\r').len(),
        None => at + text[at..to].trim_end_matches('\r').len(),
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
