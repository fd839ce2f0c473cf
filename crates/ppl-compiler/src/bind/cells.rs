//! Cells to numbers: whole numbers, truth, labels, days; what does not fit is listed with its places.

use ppl_data::{BLANK, Coded, parse_date};
use ppl_diagnostic::{Diagnostic, Span};

use super::{Binding, Reported};
use crate::hir::{CellKind, Column, Var};
use crate::labels::Labels;

/// A cell as written.
#[derive(Clone, Debug)]
pub(super) enum Raw {
    /// A number; NaN where blank.
    Number(f64),
    /// Anything else.
    Text(String),
}

/// The place of a cell: a span in the data, and words for a list of several.
pub(super) type PlaceOf<'p, 'a> = dyn Fn(&Binding<'a>, usize) -> (Span, String) + 'p;

/// How many places a message lists.
const LISTED: usize = 5;

impl<'a> Binding<'a> {
    /// Cells as the numbers of the graph.
    pub(super) fn convert(
        &mut self,
        var: &Var,
        column: &Column,
        raw: Vec<Raw>,
        place: &PlaceOf<'_, 'a>,
    ) -> Result<Vec<f64>, Reported> {
        let labels = self.cell_labels(column)?;
        let values: Vec<Option<f64>> = raw.iter().map(|cell| value_of(column.kind, labels.as_ref(), cell)).collect();
        let wrong: Vec<usize> = (0..values.len()).filter(|&i| values[i].is_none()).collect();
        if let Some(&first) = wrong.first() {
            let example = match &raw[first] {
                Raw::Number(v) => v.to_string(),
                Raw::Text(text) => format!("\"{text}\""),
            };
            return self.wrong_cells(var, column, &wrong, &example, place);
        }
        let values: Vec<f64> = values.into_iter().flatten().collect();
        self.within_declared_bounds(var, column, &values, place)?;
        Ok(values)
    }

    /// A column of numbers, which stay as they are.
    pub(super) fn convert_numbers(
        &mut self,
        var: &Var,
        column: &Column,
        values: &[f64],
        place: &PlaceOf<'_, 'a>,
    ) -> Result<Vec<f64>, Reported> {
        let fits = |&i: &usize| value_of(column.kind, None, &Raw::Number(values[i])).is_some();
        let wrong: Vec<usize> = (0..values.len()).filter(|i| !fits(i)).collect();
        if let Some(&first) = wrong.first() {
            return self.wrong_cells(var, column, &wrong, &values[first].to_string(), place);
        }
        self.within_declared_bounds(var, column, values, place)?;
        Ok(values.to_vec())
    }

    /// A dictionary-coded column: each distinct text is converted once.
    pub(super) fn convert_coded(
        &mut self,
        var: &Var,
        column: &Column,
        coded: &Coded,
        place: &PlaceOf<'_, 'a>,
    ) -> Result<Vec<f64>, Reported> {
        let labels = self.cell_labels(column)?;
        let cell = |text: &String| match text.parse::<f64>() {
            Ok(value) if !matches!(column.kind, CellKind::Label(_)) => Raw::Number(value),
            _ => Raw::Text(text.clone()),
        };
        let levels: Vec<Option<f64>> =
            coded.levels.iter().map(|text| value_of(column.kind, labels.as_ref(), &cell(text))).collect();
        let wrong: Vec<usize> = (0..coded.codes.len())
            .filter(|&i| coded.codes[i] != BLANK && levels[coded.codes[i] as usize].is_none())
            .collect();
        if let Some(&first) = wrong.first() {
            let example = format!("\"{}\"", coded.levels[coded.codes[first] as usize]);
            return self.wrong_cells(var, column, &wrong, &example, place);
        }
        let value = |&code: &u32| if code == BLANK { f64::NAN } else { levels[code as usize].expect("checked above") };
        let values: Vec<f64> = coded.codes.iter().map(value).collect();
        self.within_declared_bounds(var, column, &values, place)?;
        Ok(values)
    }

    fn cell_labels(&mut self, column: &Column) -> Result<Option<Labels>, Reported> {
        match column.kind {
            CellKind::Label(dim) => self.labels(dim).map(Some),
            _ => Ok(None),
        }
    }

    fn wrong_cells<T>(
        &mut self,
        var: &Var,
        column: &Column,
        wrong: &[usize],
        example: &str,
        place: &PlaceOf<'_, 'a>,
    ) -> Result<T, Reported> {
        let (code, wanted) = match column.kind {
            CellKind::Real => ("E0523", "a number".to_string()),
            CellKind::Int => ("E0523", "a whole number".to_string()),
            CellKind::Bool => ("E0523", "true, false, 1 or 0".to_string()),
            CellKind::Date => ("E0523", "a day such as 2024-03-31".to_string()),
            CellKind::Label(dim) => ("E0524", format!("a label of `{}`", self.hir.dims[dim.0].name)),
        };
        let (span, _) = place(self, wrong[0]);
        let mut error =
            Diagnostic::error(code, format!("`{}` must be {wanted}; {}", var.name, self.list(wrong, place)))
                .at(span, format!("{example} is not {wanted}"))
                .also(var.span, "declared here");
        if let CellKind::Label(dim) = column.kind {
            let labels = self.labels(dim)?;
            let shown: Vec<String> = (0..labels.len().min(8)).map(|i| labels.name(i)).collect();
            let more = if labels.len() > 8 { ", …" } else { "" };
            error = error.note(format!("its labels are {}{more}", shown.join(", ")));
        } else if matches!(column.kind, CellKind::Real | CellKind::Int) && example.starts_with('"') {
            error = error.help("text that names groups is declared `: category`");
        }
        self.error(error)
    }

    /// `3 cells (line 14, line 15, line 301)`
    pub(super) fn list(&self, indices: &[usize], place: &PlaceOf<'_, 'a>) -> String {
        let shown: Vec<String> = indices.iter().take(LISTED).map(|&i| place(self, i).1).collect();
        let more = if indices.len() > LISTED { ", …" } else { "" };
        let cells =
            if indices.len() == 1 { "1 cell is not".to_string() } else { format!("{} cells are not", indices.len()) };
        format!("{cells} ({}{more})", shown.join(", "))
    }

    /// The `min` and `max` of a declared type.
    pub(super) fn within_declared_bounds(
        &mut self,
        var: &Var,
        column: &Column,
        values: &[f64],
        place: &PlaceOf<'_, 'a>,
    ) -> Result<(), Reported> {
        let (min, max) = (column.min.unwrap_or(f64::NEG_INFINITY), column.max.unwrap_or(f64::INFINITY));
        let outside = |v: f64| v < min || v > max;
        let wrong: Vec<usize> = (0..values.len()).filter(|&i| outside(values[i])).collect();
        let Some(&first) = wrong.first() else { return Ok(()) };
        let (span, _) = place(self, first);
        let wanted = match (column.min, column.max) {
            (Some(min), Some(max)) => format!("from {min} to {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, max) => format!("at most {}", max.unwrap_or(f64::INFINITY)),
        };
        let text = format!("`{}` must be {wanted}; {}", var.name, self.list(&wrong, place));
        let error = Diagnostic::error("E0522", text)
            .at(span, format!("{} is outside", values[first]))
            .also(column.span, "declared here");
        self.error(error)
    }
}

/// A cell as a number of the graph; none where it does not fit its kind.
fn value_of(kind: CellKind, labels: Option<&Labels>, cell: &Raw) -> Option<f64> {
    if matches!(cell, Raw::Number(v) if v.is_nan()) {
        return Some(f64::NAN);
    }
    match (kind, cell) {
        (CellKind::Real, Raw::Number(v)) => Some(*v),
        (CellKind::Int, Raw::Number(v)) => Some(*v).filter(|v| v.fract() == 0.0 && v.is_finite()),
        (CellKind::Bool, Raw::Number(v)) => Some(*v).filter(|v| *v == 0.0 || *v == 1.0),
        (CellKind::Bool, Raw::Text(text)) => match text.to_ascii_lowercase().as_str() {
            "true" => Some(1.0),
            "false" => Some(0.0),
            _ => None,
        },
        (CellKind::Date, Raw::Text(text)) => parse_date(text).map(|days| days as f64),
        (CellKind::Label(_), cell) => {
            let text = match cell {
                Raw::Number(v) => v.to_string(),
                Raw::Text(text) => text.clone(),
            };
            labels?.position(&text).map(|p| p as f64)
        }
        _ => None,
    }
}
