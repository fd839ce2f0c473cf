//! CSV as RFC 4180 has it, and what spreadsheets make of it.
//!
//! Cells may be quoted, with doubled quotes and line breaks inside; lines end in LF, CRLF or CR. The delimiter is the
//! comma; a header without one may have tabs, or else semicolons, instead. Empty lines are skipped. There are no comments:
//! a line that starts with `#` is a row.

mod columns;
mod header;
mod read;
mod scan;

pub(crate) use read::code_columns;
pub use read::read_csv;
pub(crate) use scan::Place;

#[cfg(test)]
mod tests;
