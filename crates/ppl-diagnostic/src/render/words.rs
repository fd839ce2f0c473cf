//! The sentences of a rendered diagnostic.

use std::borrow::Cow;

use crate::{Diagnostic, Fix, Sources};

/// Letters of a sentence that are written, at most: a label of the data may be a book.
const SENTENCE: usize = 1000;
/// Letters of a piece of the program in a sentence, at most.
const QUOTED: usize = 80;

/// A text as it is written to a terminal: no control characters, and not too long.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    let text = shortened(text, SENTENCE);
    if text.contains(needs_symbol) { Cow::Owned(text.chars().map(symbol).collect()) } else { text }
}

/// The fix as a sentence, unless the message or a help tells it already.
pub(super) fn fix_text(diagnostic: &Diagnostic, sources: &Sources) -> Option<String> {
    let fix = diagnostic.fix.as_ref()?;
    let new = quoted(fix.replacement.trim());
    // A label comes with its own quotes.
    let label = Some(&*fix.replacement).filter(|text| text.starts_with('"'));
    let names = |note: &str| note.contains(&new) || label.is_some_and(|label| note.contains(label));
    let in_help = diagnostic.notes.iter().any(|note| note.starts_with("help: ") && names(note));
    let in_message = diagnostic.message.contains(&format!("written {new}"));
    let told = !fix.replacement.trim().is_empty() && (in_help || in_message);
    (!told).then(|| shown(&sentence(fix, sources)).into_owned())
}

fn sentence(fix: &Fix, sources: &Sources) -> String {
    let (old, new) = (quoted(sources.snippet(fix.span)), quoted(fix.replacement.trim()));
    match (fix.span.start == fix.span.end, fix.replacement.is_empty()) {
        (true, _) => format!("insert {new}{}", behind(fix, sources)),
        (false, true) => format!("remove {old}"),
        (false, false) => format!("write {new} instead of {old}"),
    }
}

/// Which word an insertion follows.
fn behind(fix: &Fix, sources: &Sources) -> String {
    let before = &sources.get(fix.span.source).text[..fix.span.start as usize];
    let line = before.rsplit('\n').next().unwrap_or_default().trim_end();
    match line.rsplit(char::is_whitespace).next() {
        Some(word) if !word.is_empty() => format!(" after {}", quoted(word)),
        _ => String::new(),
    }
}

fn quoted(text: &str) -> String {
    let text = shortened(text, QUOTED);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    format!("`{}`", lines.join(" ⏎ "))
}

fn shortened(text: &str, length: usize) -> Cow<'_, str> {
    match text.char_indices().nth(length) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Characters that move the cursor, or turn the direction of the text.
fn needs_symbol(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn symbol(c: char) -> char {
    match c as u32 {
        _ if !needs_symbol(c) => c,
        // The block of control pictures begins at U+2400.
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::REPLACEMENT_CHARACTER,
    }
}
