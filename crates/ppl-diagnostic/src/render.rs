//! Diagnostics as text for people.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::{Diagnostic, Label, Severity, SourceId, Sources};

/// Whether escape codes for colour are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Letters only.
    Plain,
    /// With colours, for a terminal.
    Colour,
}

/// One diagnostic as a block of lines: message, source with carets, notes, fix.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code));
    for (source, labels) in by_source(diagnostic) {
        group = group.element(snippet(source, &labels, sources));
    }
    for note in &diagnostic.notes {
        group = group.element(match note.strip_prefix("help: ") {
            Some(help) => Level::HELP.message(help.to_string()),
            None => Level::NOTE.message(note.clone()),
        });
    }
    if let Some(fix) = &diagnostic.fix {
        group = group.element(Level::HELP.message(fix_text(fix, sources)));
    }
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colour => Renderer::styled(),
    };
    renderer.render(&[group])
}

fn fix_text(fix: &crate::Fix, sources: &Sources) -> String {
    let old = sources.snippet(fix.span);
    match (old.is_empty(), fix.replacement.is_empty()) {
        (true, _) => format!("insert `{}`", fix.replacement),
        (false, true) => format!("remove `{old}`"),
        (false, false) => format!("write `{}` instead of `{old}`", fix.replacement),
    }
}

/// Labels by file, the file of the primary label first.
fn by_source(diagnostic: &Diagnostic) -> Vec<(SourceId, Vec<(&Label, bool)>)> {
    let primary = diagnostic.primary.iter().map(|l| (l, true));
    let mut groups: Vec<(SourceId, Vec<(&Label, bool)>)> = Vec::new();
    for (label, main) in primary.chain(diagnostic.secondary.iter().map(|l| (l, false))) {
        match groups.iter_mut().find(|(source, _)| *source == label.span.source) {
            Some((_, labels)) => labels.push((label, main)),
            None => groups.push((label.span.source, vec![(label, main)])),
        }
    }
    groups
}

/// Bytes shown of a line on either side of what is marked, so that a line of megabytes stays readable.
const CONTEXT: usize = 200;

/// The lines around the labels of one file; only those lines are handed to the renderer.
fn snippet<'a>(
    source: SourceId,
    labels: &[(&Label, bool)],
    sources: &'a Sources,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let text: &'a str = &sources.get(source).text;
    let first = labels.iter().map(|(l, _)| l.span.start as usize).min().unwrap_or(0);
    let last = labels.iter().map(|(l, _)| l.span.end as usize).max().unwrap_or(0);
    let start = text[..first].rfind('\n').map_or(0, |i| i + 1);
    let start = floor_boundary(text, start.max(first.saturating_sub(CONTEXT)));
    let end = text[last..].find('\n').map_or(text.len(), |i| last + i);
    let end = floor_boundary(text, end.min(last + CONTEXT));
    let line = text[..start].bytes().filter(|&b| b == b'\n').count() + 1;
    let mut snippet = Snippet::source(&text[start..end])
        .line_start(line)
        .path(sources.get(source).name.as_str())
        .fold(true);
    for (label, main) in labels {
        let range = label.span.start as usize - start..(label.span.end as usize - start).min(end - start);
        let kind = if *main { AnnotationKind::Primary } else { AnnotationKind::Context };
        snippet = snippet.annotation(kind.span(range).label(label.text.clone()));
    }
    snippet
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
