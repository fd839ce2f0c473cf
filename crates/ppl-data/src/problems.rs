//! What can be wrong with a data file, and what to do about it.

use ppl_diagnostic::{Diagnostic, SourceId, Span};

/// Places shown for a problem that may occur in every row.
const SHOWN: usize = 5;

/// A row of the wrong length.
pub(crate) struct Ragged {
    pub line: usize,
    pub cells: usize,
    pub span: Span,
}

/// `1 cell`, `3 cells`
pub(crate) fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// E0501: nothing to read.
pub(crate) fn empty(expected: &str, source: SourceId) -> Diagnostic {
    Diagnostic::error("E0501", "the data file is empty")
        .at(Span { source, start: 0, end: 0 }, format!("expected {expected}"))
        .help("check that the export finished and that this is the right file")
}

/// E0503: rows that do not fit the header.
pub(crate) fn ragged(rows: &[Ragged], all: usize, header: usize) -> Diagnostic {
    let row = if rows.len() == 1 { "1 row has".to_string() } else { format!("{} rows have", rows.len()) };
    let message = format!("{row} more or fewer cells than the header, which has {header}");
    let text = |r: &Ragged| format!("line {} has {}", r.line, counted(r.cells, "cell"));
    let mut error = Diagnostic::error("E0503", message).at(rows[0].span, text(&rows[0]));
    for row in &rows[1..rows.len().min(SHOWN)] {
        error = error.also(row.span, text(row));
    }
    if rows.len() > SHOWN {
        error = error.note(format!("and {} more", rows.len() - SHOWN));
    }
    let row_names = rows.len() == all && rows.iter().all(|r| r.cells == header + 1);
    error.help(match row_names {
        true => "every row has one cell more, as R's `write.table` writes row names: export with `row.names = FALSE`",
        false => "put quotes around cells that contain the delimiter, and leave blank cells empty rather than out",
    })
}

/// E0504: a name twice.
pub(crate) fn duplicate_column(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("E0504", format!("two columns are named `{name}`"))
        .at(second, "the second one")
        .also(first, "the first one")
        .help("rename or remove one of them")
}

/// E0505: no name.
pub(crate) fn blank_name(position: usize, span: Span) -> Diagnostic {
    Diagnostic::error("E0505", format!("column {position} has no name"))
        .at(span, "a blank heading")
        .note("only the first column may be unnamed: it is taken for row names and ignored")
        .help("name it in the first line, or remove the column")
}

/// E0506: a quote that nothing closes.
pub(crate) fn open_quote(start: u32, source: SourceId) -> Diagnostic {
    Diagnostic::error("E0506", "a quoted cell is never closed")
        .at(Span { source, start, end: start + 1 }, "this quote opens the cell, and the file ends inside it")
        .help("close it with `\"`; write a quote inside a quoted cell as `\"\"`")
}

/// E0506: more text behind the closing quote.
pub(crate) fn text_after_quote(span: Span) -> Diagnostic {
    Diagnostic::error("E0506", "text follows the closing quote of a cell")
        .at(span, "the quotes must go around the whole cell")
        .help("write a quote inside a quoted cell as `\"\"`")
}

/// E0507: not JSON.
pub(crate) fn syntax(message: impl Into<String>, span: Span, here: &str) -> Diagnostic {
    Diagnostic::error("E0507", message).at(span, here)
}

/// E0508: JSON that is no table of named numbers, texts and arrays.
pub(crate) fn shape(message: impl Into<String>, span: Span, here: impl Into<String>) -> Diagnostic {
    Diagnostic::error("E0508", message).at(span, here)
}

/// E0509: a field twice.
pub(crate) fn duplicate_field(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("E0509", format!("the field `{name}` is given twice"))
        .at(second, "the second one")
        .also(first, "the first one")
        .help("remove one of them")
}

/// E0510: places are 32-bit numbers.
pub(crate) fn too_large(text: &str) -> Option<Diagnostic> {
    (text.len() >= u32::MAX as usize).then(|| {
        Diagnostic::error("E0510", format!("the data file has {} bytes; at most 4 GiB can be read", text.len()))
            .help("leave out columns that the model does not use, or store counts of equal rows")
    })
}

/// W0503: a column became text for its decimal commas.
pub(crate) fn decimal_comma(span: Span) -> Diagnostic {
    Diagnostic::warning("W0503", "a number with a decimal comma is read as text")
        .at(span, "the whole column is text because of this cell")
        .help("export with decimal points: 1.5 rather than 1,5")
}
