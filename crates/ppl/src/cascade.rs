//! What follows from a mistake is not told beside it.

use ppl_diagnostic::{Diagnostic, Sources, Span};

use crate::Report;

/// Findings about a text that could only be read in part, without those that its syntax errors bring about: warnings,
/// findings without a place, and names that are unknown because the line that should define them could not be read.
pub(crate) fn without_consequences(found: Vec<Diagnostic>, read: &Report) -> Vec<Diagnostic> {
    if !read.has_errors() {
        return found;
    }
    let unread: Vec<&str> = read.diagnostics.iter().filter_map(|d| Some(line(&read.sources, place(d)?))).collect();
    let follows = |span: Span| unread.iter().any(|line| mentions(line, read.sources.snippet(span)));
    found.into_iter().filter(|d| d.is_error() && place(d).is_some_and(|span| !follows(span))).collect()
}

fn place(diagnostic: &Diagnostic) -> Option<Span> {
    diagnostic.primary.as_ref().map(|label| label.span)
}

/// The whole line on which a span starts.
fn line(sources: &Sources, span: Span) -> &str {
    let text = &sources.get(span.source).text;
    let at = span.start as usize;
    let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
    &text[start..end]
}

/// Whether a name occurs in a line as a whole word.
fn mentions(line: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.split(|c| !is_word(c)).any(|word| word == name)
}
