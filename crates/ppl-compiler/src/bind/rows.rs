//! Rows of a table in the order of the labels of its dim.

use std::sync::Arc;

use ppl_diagnostic::{Diagnostic, Span};

use super::{Binding, Reported};
use crate::hir::DimId;

/// Where the rows of a table go among the labels of its dim.
#[derive(Clone, Debug)]
pub(super) enum RowOrder {
    /// Each row to the label of its own number.
    AsTheyStand,
    /// Each row to this position.
    ByKey(Arc<[u32]>),
    /// Key and labels do not fit, which has been reported.
    Wrong,
}

impl Binding<'_> {
    /// Puts rows in the order of the labels, where the table's key has another order.
    pub(super) fn in_label_order(&mut self, dim: DimId, t: usize, values: Vec<f64>) -> Result<Vec<f64>, Reported> {
        match self.row_order(dim, t)? {
            RowOrder::AsTheyStand => Ok(values),
            RowOrder::Wrong => Err(Reported),
            RowOrder::ByKey(places) => {
                let mut ordered = vec![f64::NAN; values.len()];
                places.iter().zip(values).for_each(|(&place, value)| ordered[place as usize] = value);
                Ok(ordered)
            }
        }
    }

    /// The order of a table's rows, found once for all its columns.
    fn row_order(&mut self, dim: DimId, t: usize) -> Result<RowOrder, Reported> {
        if let Some(known) = self.row_orders.get(&t) {
            return Ok(known.clone());
        }
        self.labels(dim)?;
        let order = self.find_row_order(dim, t).unwrap_or(RowOrder::Wrong);
        self.row_orders.insert(t, order.clone());
        Ok(order)
    }

    fn find_row_order(&mut self, dim: DimId, t: usize) -> Result<RowOrder, Reported> {
        let labels = self.labels(dim)?;
        let table = &self.inputs.tables[t].table;
        let Some(key) = table.position(&self.hir.dims[dim.0].name) else {
            return match table.rows == labels.len() {
                true => Ok(RowOrder::AsTheyStand),
                false => self.rows_and_labels(dim, t, labels.len()),
            };
        };
        self.sources.used.insert((t, key));
        let coded = table.coded(key);
        let mut row_of: Vec<Option<usize>> = vec![None; labels.len()];
        let mut places = Vec::with_capacity(table.rows);
        for (row, &code) in coded.codes.iter().enumerate() {
            let label = coded.levels.get(code as usize).map_or("", String::as_str);
            let Some(place) = labels.position(label) else { return self.no_label(dim, t, key, row, label) };
            if let Some(first) = row_of[place].replace(row) {
                return self.label_twice(t, key, [first, row], label);
            }
            places.push(place as u32);
        }
        if let Some(missing) = row_of.iter().position(Option::is_none) {
            return self.no_row(dim, t, key, &labels.name(missing));
        }
        let sorted = places.iter().enumerate().all(|(row, &place)| row == place as usize);
        Ok(if sorted { RowOrder::AsTheyStand } else { RowOrder::ByKey(places.into()) })
    }

    fn no_label<T>(&mut self, dim: DimId, t: usize, key: usize, row: usize, label: &str) -> Result<T, Reported> {
        let record = &self.hir.dims[dim.0];
        let error = Diagnostic::error("E0524", format!("`{label}` is no label of `{}`", record.name))
            .at(self.inputs.tables[t].table.cell_span(key, row), "not among its labels")
            .also(record.span, "declared here");
        self.error(error)
    }

    fn label_twice<T>(&mut self, t: usize, key: usize, rows: [usize; 2], label: &str) -> Result<T, Reported> {
        let table = &self.inputs.tables[t].table;
        let name = &table.columns[key].name;
        let error = Diagnostic::error("E0527", format!("`{label}` stands twice in the key of `{name}`"))
            .at(table.cell_span(key, rows[1]), "again here")
            .also(table.cell_span(key, rows[0]), "first here");
        self.error(error)
    }

    fn no_row<T>(&mut self, dim: DimId, t: usize, key: usize, label: &str) -> Result<T, Reported> {
        let record = &self.hir.dims[dim.0];
        let error = Diagnostic::error("E0525", format!("the table of `{}` has no row for `{label}`", record.name))
            .at(self.inputs.tables[t].table.columns[key].name_span, "the key")
            .also(record.span, "declared here");
        self.error(error)
    }

    fn rows_and_labels<T>(&mut self, dim: DimId, t: usize, labels: usize) -> Result<T, Reported> {
        let record = &self.hir.dims[dim.0];
        let (source, rows) = (self.inputs.tables[t].table.source, self.inputs.tables[t].table.rows);
        let error = Diagnostic::error("E0525", format!("`{}` has {labels} labels, its table {rows} rows", record.name))
            .at(Span { source, start: 0, end: 0 }, format!("{rows} rows"))
            .also(record.span, format!("{labels} labels"))
            .help(format!("add a key column `{}` to the table", record.name));
        self.error(error)
    }
}
