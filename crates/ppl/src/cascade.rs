//! What follows from a mistake is not told beside it.

use ppl_diagnostic::{Diagnostic, Sources, Span};

use crate::Report;

/// A latent that influences nothing: of no meaning while the statement that would use it is refused.
const INFLUENCES_NOTHING: &str = "W0201";

/// What checking found, without what follows from other mistakes.
///
/// In a text that could only be read in part these are warnings, findings without a place, and names that are unknown
/// because the line that should define them could not be read.
pub(crate) fn without_consequences(found: Vec<Diagnostic>, read: &Report) -> Vec<Diagnostic> {
    if !read.has_errors() {
        return without_idle_latents(found);
    }
    let unread = read.diagnostics.iter().filter_map(|d| Some(line(&read.sources, place(d)?)));
    let unread: Vec<&str> = unread.collect();
    let follows = |span: Span| {
        let name = read.sources.snippet(span);
        unread.iter().any(|line| mentions(line, name))
    };
    let stands = |d: &Diagnostic| d.is_error() && place(d).is_some_and(|span| !follows(span));
    found.into_iter().filter(stands).collect()
}

fn without_idle_latents(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let refused = found.iter().any(Diagnostic::is_error);
    found.into_iter().filter(|d| !refused || d.code != INFLUENCES_NOTHING).collect()
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

#[cfg(test)]
mod tests {
    use crate::Model;

    fn codes(text: &str) -> Vec<&'static str> {
        let report = Model::parse("m.model", text).check().unwrap_err();
        report.diagnostics.iter().map(|d| d.code).collect()
    }

    #[test]
    fn a_name_from_a_line_that_cannot_be_read_is_not_missed() {
        let codes = codes("mu <<- normal(0, 1)\nx ~ normal(mu, 1)\ny ~ normal(nu, 1)\n");
        assert!(codes[0].starts_with("E01"), "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == "E0201").count(), 1, "{codes:?}");
    }

    #[test]
    fn a_latent_is_not_idle_because_its_use_is_refused() {
        assert_eq!(codes("mu ~ normal(0, 1)\ndata y ~ normal(mu, nu)\n"), ["E0201"]);
    }
}
