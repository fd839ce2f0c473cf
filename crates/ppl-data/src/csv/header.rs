//! The first line: the delimiter and the names.

use std::collections::HashMap;

use ppl_diagnostic::{Diagnostic, SourceId, Span};

use super::scan::Cell;
use crate::problems;

/// The comma, unless the header has none: then the tab, then the semicolon.
pub(super) fn delimiter(text: &str) -> u8 {
    let header = header_bytes(text);
    *b",\t;".iter().find(|d| header.contains(d)).unwrap_or(&b',')
}

/// The first line that is not empty, without what is quoted in it.
fn header_bytes(text: &str) -> Vec<u8> {
    let mut quoted = false;
    let visible = text.trim_start_matches(['\u{FEFF}', ' ', '\n', '\r']).bytes();
    visible
        .take_while(|&b| {
            quoted ^= b == b'"';
            quoted || (b != b'\n' && b != b'\r')
        })
        .scan(false, |quoted, b| {
            *quoted ^= b == b'"';
            Some(if *quoted { b' ' } else { b })
        })
        .collect()
}

/// The names with their places.
pub(super) fn names(cells: &[Cell], text: &str, source: SourceId) -> Vec<(String, Span)> {
    cells.iter().map(|cell| (cell.raw_text(text).into_owned(), cell.raw_span(source))).collect()
}

/// Names that are blank or stand twice. The first may be blank: R and pandas write row names so.
pub(super) fn check(names: &[(String, Span)], diagnostics: &mut Vec<Diagnostic>) {
    let mut first: HashMap<&str, Span> = HashMap::new();
    for (i, (name, span)) in names.iter().enumerate() {
        if name.trim().is_empty() {
            if i > 0 {
                diagnostics.push(problems::blank_name(i + 1, *span));
            }
        } else if let Some(earlier) = first.get(name.as_str()) {
            diagnostics.push(problems::duplicate_column(name, *earlier, *span));
        } else {
            first.insert(name, *span);
        }
    }
}
