//! `ok`, `error E0301 3:24 text`, `warning …`, and what belongs to the one above: `help text`, `fix text`.

use ppl_diagnostic::{Diagnostic, Severity, Span};

use crate::compile::{Compiled, MODEL};

const WORDS: &[&str] = &["ok", "error", "warning", "help", "fix", "also"];

/// Whether a line is about diagnostics.
pub fn is_about_them(line: &str) -> bool {
    WORDS.contains(&line.split(' ').next().unwrap_or_default())
}

/// One expected diagnostic.
struct Expected<'l> {
    line: &'l str,
    /// `error E0301 3:24`
    head: String,
    /// Part of its message or of its label.
    text: &'l str,
    /// Lines about its notes, its other places and its fix.
    details: Vec<&'l str>,
}

/// What does not hold: something expected that is missing, something extra, a wrong detail.
pub fn compare(compiled: &Compiled, lines: &[&str]) -> Vec<String> {
    let mut left: Vec<&Diagnostic> = compiled.diagnostics.iter().collect();
    let mut failures = Vec::new();
    for expected in expectations(lines) {
        let found = left.iter().position(|d| fits(compiled, d, &expected));
        match found {
            None => failures.push(format!("missing: {}", expected.line)),
            Some(at) => {
                let diagnostic = left.remove(at);
                let wrong = expected.details.iter().filter(|line| !detail_fits(compiled, diagnostic, line));
                failures.extend(wrong.map(|line| format!("wrong: {line}")));
            }
        }
    }
    failures.extend(left.iter().map(|d| format!("extra: {}", line_of(compiled, d))));
    failures
}

fn expectations<'l>(lines: &[&'l str]) -> Vec<Expected<'l>> {
    let mut expected: Vec<Expected> = Vec::new();
    for &line in lines {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        match words[..] {
            ["ok", ..] => {}
            ["error" | "warning", code, place, ..] => {
                let head = format!("{} {code} {place}", words[0]);
                let text = words.get(3).copied().unwrap_or_default();
                expected.push(Expected { line, head, text, details: Vec::new() });
            }
            _ => expected.last_mut().unwrap_or_else(|| panic!("`{line}` has nothing above")).details.push(line),
        }
    }
    expected
}

fn fits(compiled: &Compiled, diagnostic: &Diagnostic, expected: &Expected) -> bool {
    let label = diagnostic.primary.as_ref().map_or("", |label| &label.text);
    let text = expected.text == "-" || diagnostic.message.contains(expected.text) || label.contains(expected.text);
    head(compiled, diagnostic) == expected.head && text
}

fn detail_fits(compiled: &Compiled, diagnostic: &Diagnostic, line: &str) -> bool {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "help" => diagnostic.notes.iter().any(|note| note.contains(rest)),
        "also" => diagnostic.secondary.iter().any(|l| format!("{} {}", place(compiled, l.span), l.text).contains(rest)),
        _ => diagnostic
            .fix
            .as_ref()
            .is_some_and(|fix| format!("{} {}", place(compiled, fix.span), fix.replacement) == rest),
    }
}

fn head(compiled: &Compiled, diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = diagnostic.primary.as_ref().map_or("-".to_string(), |label| place(compiled, label.span));
    format!("{severity} {} {place}", diagnostic.code)
}

/// `3:24` in the model, `visits.csv:4:2` in data.
fn place(compiled: &Compiled, span: Span) -> String {
    let (line, column) = compiled.sources.line_column(span);
    match span.source {
        MODEL => format!("{line}:{column}"),
        data => format!("{}:{line}:{column}", compiled.sources.get(data).name),
    }
}

fn line_of(compiled: &Compiled, diagnostic: &Diagnostic) -> String {
    format!("{} {}", head(compiled, diagnostic), diagnostic.message)
}

/// All diagnostics, as a page would tell them.
pub fn listed(compiled: &Compiled) -> String {
    let mut lines = vec!["told:".to_string()];
    for d in &compiled.diagnostics {
        lines.push(line_of(compiled, d));
        let label = d.primary.as_ref().map_or("", |l| &l.text);
        lines.push(format!("    [{label}]"));
        lines.extend(d.secondary.iter().map(|l| format!("also {} {}", place(compiled, l.span), l.text)));
        lines.extend(d.notes.iter().cloned());
        lines.extend(d.fix.iter().map(|fix| format!("fix {} {}", place(compiled, fix.span), fix.replacement)));
    }
    lines.join("\n")
}
