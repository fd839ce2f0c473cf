//! Text to table.

use std::sync::Arc;

use ppl_diagnostic::{Diagnosed, Diagnostic, SourceId, Span};

use super::columns::{Builder, Coder};
use super::header;
use super::scan::{Cell, Place, Scanner, Style};
use crate::cell::has_decimal_comma;
use crate::problems::{self, Ragged};
use crate::table::{Cells, Coded, Column, STRIDE, Table};

/// Reads a CSV text: a header, then rows of as many cells. The value is there whenever the rows fit the header.
///
/// A column whose cells are all numbers or blank becomes [`Cells::Numbers`], any other [`Cells::Text`]; dates are
/// text ([`crate::parse_date`] reads them). Quotes change nothing in what a cell means.
///
/// # Errors
/// As diagnostics: `E0501` no header, `E0503` rows of another length, `E0504` a name twice, `E0505` a column without a
/// name, `E0506` a quote that is not closed or has text after it, `E0510` a text of 4 GiB and more. Warning `W0503`:
/// a column is text because of decimal commas.
pub fn read_csv(source: SourceId, text: Arc<str>) -> Diagnosed<Table> {
    if let Some(error) = problems::too_large(&text) {
        return Diagnosed { value: None, diagnostics: vec![error] };
    }
    let delimiter = header::delimiter(&text);
    let mut scanner = Scanner::new(&text, delimiter);
    let mut cells = Vec::new();
    if scanner.record(&mut cells).is_none() {
        return Diagnosed { value: None, diagnostics: vec![problems::empty("column names", source)] };
    }
    let names = header::names(&cells, &text, source);
    let mut rows = Rows::new(source, &text, names.len());
    rows.check_quotes(&cells);
    header::check(&names, &mut rows.diagnostics);
    while let Some(place) = scanner.record(&mut cells) {
        rows.push(place, &cells);
    }
    let (body, diagnostics) = rows.finish();
    let value = body.map(|body| assemble(source, text.clone(), delimiter, names, body));
    Diagnosed { value, diagnostics }
}

/// All rows, as far as one pass can read them.
struct Body {
    rows: usize,
    index: Vec<Place>,
    cells: Vec<Option<Cells>>,
}

struct Rows<'a> {
    source: SourceId,
    text: &'a str,
    count: usize,
    index: Vec<Place>,
    columns: Vec<Builder<'a>>,
    ragged: Vec<Ragged>,
    broken: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Rows<'a> {
    fn new(source: SourceId, text: &'a str, columns: usize) -> Self {
        Rows {
            source,
            text,
            count: 0,
            index: Vec::new(),
            columns: (0..columns).map(|_| Builder::Numbers(Vec::new())).collect(),
            ragged: Vec::new(),
            broken: false,
            diagnostics: Vec::new(),
        }
    }

    fn push(&mut self, place: Place, cells: &[Cell]) {
        if self.count.is_multiple_of(STRIDE) {
            self.index.push(place);
        }
        self.count += 1;
        let sound = self.check_quotes(cells);
        if cells.len() != self.columns.len() {
            // A quote out of place changes where the cells end.
            if sound {
                self.ragged.push(Ragged { line: place.line as usize, cells: cells.len(), span: self.misfit(cells) });
            }
            return;
        }
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            let becomes_text = column.push(cell.text(self.text));
            if becomes_text && has_decimal_comma(&cell.text(self.text)) {
                self.diagnostics.push(problems::decimal_comma(cell.span(self.text, self.source)));
            }
        }
    }

    /// What to point at in a row of the wrong length: the first cell too many, or the last cell.
    fn misfit(&self, cells: &[Cell]) -> Span {
        let cell = cells.get(self.columns.len()).or(cells.last());
        cell.map_or(Span { source: self.source, start: 0, end: 0 }, |c| c.span(self.text, self.source))
    }

    /// Whether the quotes of a row are in order; reports those that are not.
    fn check_quotes(&mut self, cells: &[Cell]) -> bool {
        let mut sound = true;
        for cell in cells {
            match cell.style {
                Style::Plain | Style::Quoted => continue,
                Style::Unterminated => self.diagnostics.push(problems::open_quote(cell.start, self.source)),
                Style::TextAfterQuote => self.diagnostics.push(problems::text_after_quote(cell.raw_span(self.source))),
            }
            sound = false;
        }
        self.broken |= !sound;
        sound
    }

    fn finish(mut self) -> (Option<Body>, Vec<Diagnostic>) {
        if !self.ragged.is_empty() {
            self.diagnostics.push(problems::ragged(&self.ragged, self.count, self.columns.len()));
        }
        if self.broken || !self.ragged.is_empty() {
            return (None, self.diagnostics);
        }
        let cells = self.columns.into_iter().map(Builder::finish).collect();
        (Some(Body { rows: self.count, index: self.index, cells }), self.diagnostics)
    }
}

fn assemble(source: SourceId, text: Arc<str>, delimiter: u8, names: Vec<(String, Span)>, body: Body) -> Table {
    let reread: Vec<usize> = (0..names.len()).filter(|&i| body.cells[i].is_none()).collect();
    let columns = names.into_iter().zip(body.cells).map(|((name, name_span), cells)| {
        let cells = cells.unwrap_or(Cells::Text(Coded::default()));
        Column { name, name_span, cells }
    });
    let columns = columns.collect();
    let mut table = Table { source, rows: body.rows, columns, text, delimiter, index: body.index };
    for (i, coded) in reread.iter().zip(code_columns(&table, &reread)) {
        table.columns[*i].cells = Cells::Text(coded);
    }
    table
}

/// Reads the texts of some columns, all of them in one pass.
pub(crate) fn code_columns(table: &Table, wanted: &[usize]) -> Vec<Coded> {
    let mut coders: Vec<Coder> = wanted.iter().map(|_| Coder::default()).collect();
    if let (Some(first), false) = (table.index.first(), wanted.is_empty()) {
        let mut scanner = Scanner::from(&table.text, table.delimiter, *first);
        let mut cells = Vec::new();
        while scanner.record(&mut cells).is_some() {
            for (coder, &i) in coders.iter_mut().zip(wanted) {
                coder.push(cells[i].text(&table.text));
            }
        }
    }
    coders.into_iter().map(Coder::finish).collect()
}

/// One row read again.
pub(crate) struct Row {
    pub line: usize,
    pub cells: Vec<Cell>,
}

impl Table {
    pub(crate) fn row(&self, row: usize) -> Row {
        let mut scanner = Scanner::from(&self.text, self.delimiter, self.index[row / STRIDE]);
        let mut cells = Vec::new();
        let mut place = None;
        for _ in 0..=row % STRIDE {
            place = scanner.record(&mut cells);
        }
        let place = place.expect("a row below `rows` is in the text");
        Row { line: place.line as usize, cells }
    }
}
