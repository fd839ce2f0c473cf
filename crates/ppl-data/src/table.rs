//! A CSV text read into columns.

use std::sync::Arc;

use ppl_diagnostic::{SourceId, Span};

use crate::csv::Place;

/// The code of a blank cell in [`Coded::codes`].
pub const BLANK: u32 = u32::MAX;

/// A CSV text read into columns of equal length.
#[derive(Clone, Debug)]
pub struct Table {
    /// The text that it was read from.
    pub source: SourceId,
    /// Rows below the header, empty lines apart.
    pub rows: usize,
    /// The columns in the order of the file. A first column without a name, as R and pandas write for row names, has
    /// the name `""`.
    pub columns: Vec<Column>,
    pub(crate) text: Arc<str>,
    pub(crate) delimiter: u8,
    /// Where every [`STRIDE`]th row starts.
    pub(crate) index: Vec<Place>,
}

/// One column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// The name as it stands in the header, quotes undone, white space kept.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// The cells, one a row.
    pub cells: Cells,
}

/// The cells of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Every cell that is not blank is a number; a blank is NaN.
    Numbers(Vec<f64>),
    /// At least one cell is not a number.
    Text(Coded),
}

/// Texts stored once each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coded {
    /// A position in `levels` for each row, or [`BLANK`].
    pub codes: Vec<u32>,
    /// The distinct texts without white space around them, in the order of first appearance.
    pub levels: Vec<String>,
}

/// Rows between two entries of the row index: small enough to re-read in microseconds.
pub(crate) const STRIDE: usize = 256;

impl Table {
    /// The position of the column of that name, exactly as written in the header.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name && !name.is_empty())
    }

    /// The column of that name, exactly as written in the header.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.position(name).map(|i| &self.columns[i])
    }

    /// Whether a cell is blank; `column` and `row` count from 0.
    ///
    /// # Panics
    /// If there is no such column or row.
    pub fn is_blank(&self, column: usize, row: usize) -> bool {
        match &self.columns[column].cells {
            Cells::Numbers(values) => values[row].is_nan(),
            Cells::Text(coded) => coded.codes[row] == BLANK,
        }
    }

    /// Where a cell stands: its text without white space around it, quotes included; empty for an empty cell.
    /// The rows since the last entry of a sparse index are read again, so this is for messages, not for loops.
    ///
    /// # Panics
    /// If there is no such column or row.
    pub fn cell_span(&self, column: usize, row: usize) -> Span {
        self.row(row).cells[column].span(&self.text, self.source)
    }

    /// The text of a cell, quotes undone, without white space around it.
    ///
    /// # Panics
    /// If there is no such column or row.
    pub fn cell_text(&self, column: usize, row: usize) -> String {
        self.row(row).cells[column].text(&self.text).into_owned()
    }

    /// The line of the file on which a row starts, counted from 1 with the header, as editors count. Every message
    /// that names rows of a file means these lines.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn line_of(&self, row: usize) -> usize {
        self.row(row).line
    }

    /// The texts of a column, those of a column of numbers too: `007` and `7` are different labels. A column of
    /// numbers is read again from the text.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn coded(&self, column: usize) -> Coded {
        match &self.columns[column].cells {
            Cells::Text(coded) => coded.clone(),
            Cells::Numbers(_) => crate::csv::code_columns(self, &[column]).remove(0),
        }
    }

    /// The character between two cells: `,`, `;` or a tab.
    pub fn delimiter(&self) -> char {
        char::from(self.delimiter)
    }
}
