//! Diagnostics as text for people.

mod window;
mod words;

#[cfg(test)]
mod tests;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use crate::{Diagnostic, Severity, Sources};
use window::{Window, windows};
use words::{fix_text, shown};

/// Whether escape codes for colour are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Letters only.
    Plain,
    /// With colours, for a terminal.
    Colour,
}

/// One diagnostic as a block of lines: message, source with carets, notes, fix.
///
/// Only the lines around the places are read closely, so that a file of any size, or a line of any length, costs no more
/// than counting its line breaks. A fix that the message or a help names already is not told twice. Control characters
/// never reach the terminal.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let windows = windows(diagnostic, sources);
    let mut group = Group::with_title(level.primary_title(shown(&diagnostic.message)).id(diagnostic.code))
        .elements(windows.iter().map(|window| snippet(window, sources)));
    for note in &diagnostic.notes {
        group = group.element(match note.strip_prefix("help: ") {
            Some(help) => Level::HELP.message(shown(help)),
            None => Level::NOTE.message(shown(note)),
        });
    }
    if let Some(fix) = fix_text(diagnostic, sources) {
        group = group.element(Level::HELP.message(fix));
    }
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colour => Renderer::styled(),
    };
    let text = renderer.render(&[group]);
    windows.iter().filter_map(|window| window.wrong_place(sources)).fold(text, |text, (wrong, right)| {
        // What was cut off the front of a long line is unknown to the renderer, which counts columns from the cut.
        text.replacen(&wrong, &right, 1)
    })
}

fn snippet<'a>(window: &'a Window, sources: &'a Sources) -> Snippet<'a, Annotation<'a>> {
    let source = sources.get(window.source);
    let annotations = window.marks.iter().map(|mark| {
        let kind = if mark.main { AnnotationKind::Primary } else { AnnotationKind::Context };
        kind.span(mark.start - window.start..mark.end - window.start).label(shown(&mark.label.text))
    });
    Snippet::source(&source.text[window.start..window.end])
        .line_start(window.line)
        .path(source.name.as_str())
        .fold(true)
        .annotations(annotations)
}
