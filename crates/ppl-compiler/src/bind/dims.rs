//! Where the labels of a dim come from when the program does not give them (R19).

use std::collections::HashMap;

use ppl_data::{BLANK, Value, natural_order, parse_date};
use ppl_diagnostic::{Diagnostic, Span};

use super::{Binding, Reported};
use crate::hir::{Axis, CellKind, DimId, Expr, Var};
use crate::labels::Labels;

impl Binding<'_> {
    pub(super) fn range(&mut self, dim: DimId, first: &Expr, last: &Expr) -> Result<Labels, Reported> {
        let (low, high) = (self.evaluate(first)?, self.evaluate(last)?);
        let whole = |v: f64| v.is_finite() && v.fract() == 0.0 && v.abs() < 1e15;
        if !whole(low) || !whole(high) || high < low - 1.0 {
            let name = &self.hir.dims[dim.0].name;
            let error = Diagnostic::error("E0525", format!("dim `{name}` runs from {low} to {high}"))
                .at(first.span.to(last.span), "the ends must be whole numbers in order");
            return self.error(error);
        }
        let size = (high - low + 1.0) as usize;
        if size > crate::lower::MOST_ELEMENTS {
            let name = &self.hir.dims[dim.0].name;
            let error = Diagnostic::error("E0103", format!("dim `{name}` has {size} labels"))
                .at(first.span.to(last.span), format!("more than {}", crate::lower::MOST_ELEMENTS));
            return self.error(error);
        }
        Ok(Labels::range(low as i64, size))
    }

    /// The key of the dim's own table; else the values of the columns into it; else the length of what is given for it.
    pub(super) fn labels_from_data(&mut self, dim: DimId) -> Result<Labels, Reported> {
        if let Some(labels) = self.key_labels(dim)? {
            return Ok(labels);
        }
        if let Some(labels) = self.lookup_labels(dim) {
            return Ok(labels);
        }
        if let Some(&t) = self.sources.of_dim.get(&dim) {
            return Ok(Labels::range(1, self.inputs.tables[t].table.rows));
        }
        if let Some(labels) = self.json_length(dim)? {
            return Ok(labels);
        }
        if let Some(labels) = self.header_labels(dim) {
            return Ok(labels);
        }
        self.no_labels(dim)
    }

    fn no_labels(&mut self, dim: DimId) -> Result<Labels, Reported> {
        let record = &self.hir.dims[dim.0];
        let missing = self.hir.vars.iter().find(|v| v.column.is_some() && v.ty.axes.contains(&Axis::Dim(dim)));
        let mut error = Diagnostic::error("E0525", format!("nothing says how many labels `{}` has", record.name))
            .at(record.span, "no table, no column and no array is given for it");
        error = match missing {
            Some(var) => error.help(format!("the data need `{}`", var.column.as_ref().map_or("", |c| &c.name))),
            None => {
                error.help(format!("give its labels, `dim {0} = {{a, b}}`, or a range, `dim {0} = 1..3`", record.name))
            }
        };
        self.error(error)
    }

    /// A column of the dim's table, or a field of the JSON data, that is named like the dim.
    fn key_labels(&mut self, dim: DimId) -> Result<Option<Labels>, Reported> {
        let name = self.hir.dims[dim.0].name.clone();
        if let Some(&t) = self.sources.of_dim.get(&dim) {
            let table = &self.inputs.tables[t].table;
            let Some(column) = table.position(&name) else { return Ok(None) };
            self.sources.used.insert((t, column));
            let coded = table.coded(column);
            let key = |&c: &u32| (c != BLANK).then(|| coded.levels[c as usize].clone());
            let keys: Vec<Option<String>> = coded.codes.iter().map(key).collect();
            let place = |row: usize| table.cell_span(column, row);
            return self.distinct(dim, keys, &place).map(Some);
        }
        for d in 0..self.inputs.documents.len() {
            let Some((f, keys)) = self.json_keys(d, dim) else { continue };
            self.sources.used_fields.insert((d, f));
            let document = &self.inputs.documents[d];
            let place = |i: usize| document.cell_span(f, i);
            return self.distinct(dim, keys, &place).map(Some);
        }
        Ok(None)
    }

    /// The array in a JSON document that is named like a dim, and its elements as labels.
    pub(super) fn json_keys(&self, d: usize, dim: DimId) -> Option<(usize, Vec<Option<String>>)> {
        let name = &self.hir.dims[dim.0].name;
        let document = &self.inputs.documents[d];
        let field = document.position(name)?;
        if self.hir.vars.iter().any(|v| v.column.as_ref().is_some_and(|c| c.name == *name)) {
            return None;
        }
        match &document.fields[field].value {
            Value::Texts { values, shape } if shape.len() == 1 => Some((field, values.clone())),
            Value::Numbers { values, shape, .. } if shape.len() == 1 => {
                let label = |v: &f64| (!v.is_nan()).then(|| v.to_string());
                Some((field, values.iter().map(label).collect()))
            }
            _ => None,
        }
    }

    /// Keys as labels: each once, none blank. An ordered dim follows numbers and dates, otherwise the order of the rows.
    fn distinct(
        &mut self,
        dim: DimId,
        keys: Vec<Option<String>>,
        place: &dyn Fn(usize) -> Span,
    ) -> Result<Labels, Reported> {
        let name = &self.hir.dims[dim.0].name;
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut labels = Vec::with_capacity(keys.len());
        for (i, key) in keys.into_iter().enumerate() {
            let Some(key) = key else {
                let error = Diagnostic::error("E0521", format!("the key `{name}` is blank here"))
                    .at(place(i), "a label is needed");
                return self.error(error);
            };
            if let Some(first) = seen.insert(key.clone(), i) {
                let error = Diagnostic::error("E0527", format!("`{key}` stands twice in the key of `{name}`"))
                    .at(place(i), "again here")
                    .also(place(first), "first here")
                    .help("each label has one row; a table with several rows per label needs a dim of its own");
                return self.error(error);
            }
            labels.push(key);
        }
        if self.hir.dims[dim.0].ordered {
            in_time(&mut labels);
        }
        Ok(Labels::list(labels))
    }

    /// The union of the values of all category and lookup columns into the dim, in natural order.
    fn lookup_labels(&mut self, dim: DimId) -> Option<Labels> {
        let into = |v: &&Var| matches!(&v.column, Some(c) if c.kind == CellKind::Label(dim));
        let columns: Vec<Var> = self.hir.vars.iter().filter(into).cloned().collect();
        let mut levels: Vec<String> = Vec::new();
        for var in &columns {
            levels.extend(self.levels_of(var));
        }
        levels.extend(self.long_levels(dim));
        levels.sort_by(|a, b| natural_order(a, b));
        levels.dedup();
        (!levels.is_empty()).then(|| Labels::list(levels))
    }

    /// The distinct values of a column of labels.
    fn levels_of(&self, var: &Var) -> Vec<String> {
        let name = &var.column.as_ref().expect("a column of labels").name;
        for axis in &var.ty.axes {
            let table = self.sources.of_dim.get(&self.hir.dim_of(*axis));
            if let Some((table, column)) = table.and_then(|&t| {
                let table = &self.inputs.tables[t].table;
                table.position(name).map(|c| (table, c))
            }) {
                return table.coded(column).levels;
            }
        }
        for document in &self.inputs.documents {
            match document.field(name).map(|f| &f.value) {
                Some(Value::Texts { values, .. }) => return values.iter().flatten().cloned().collect(),
                Some(Value::Numbers { values, .. }) => {
                    return values.iter().filter(|v| v.is_finite()).map(f64::to_string).collect();
                }
                _ => {}
            }
        }
        Vec::new()
    }

    /// The values of the dim's key column in long tables.
    fn long_levels(&self, dim: DimId) -> Vec<String> {
        let mut levels = Vec::new();
        for var in self.hir.vars.iter().filter(|v| v.ty.axes.len() > 1 && v.column.is_some()) {
            let Some(place) = var.ty.axes.iter().position(|a| *a == Axis::Dim(dim)) else { continue };
            for t in 0..self.inputs.tables.len() {
                if let Some((keys, _)) = self.long_columns(t, var) {
                    levels.extend(self.inputs.tables[t].table.coded(keys[place]).levels);
                }
            }
        }
        levels
    }

    /// The extent of the JSON arrays given for the dim; they must agree.
    fn json_length(&mut self, dim: DimId) -> Result<Option<Labels>, Reported> {
        let mut found: Option<(usize, Span, String)> = None;
        for var in self.hir.vars.iter().filter(|v| v.column.is_some()) {
            for document in &self.inputs.documents {
                let Some(field) = var.column.as_ref().and_then(|c| document.field(&c.name)) else { continue };
                let (Value::Numbers { shape, .. } | Value::Texts { shape, .. }) = &field.value else { continue };
                if shape.len() != var.ty.axes.len() {
                    continue;
                }
                let own = var.ty.axes.iter().zip(shape).filter(|(a, _)| **a == Axis::Dim(dim));
                for (_, &len) in own {
                    match &found {
                        Some((known, span, name)) if *known != len => {
                            let error =
                                Diagnostic::error("E0525", format!("two lengths for `{}`", self.hir.dims[dim.0].name))
                                    .at(field.name_span, format!("`{}` has {len}", var.name))
                                    .also(*span, format!("`{name}` has {known}"));
                            return self.error(error);
                        }
                        _ => found = Some((len, field.name_span, var.name.clone())),
                    }
                }
            }
        }
        Ok(found.map(|(len, ..)| Labels::range(1, len)))
    }

    /// The labels in headers such as `X[age]`, `X[sex]`.
    fn header_labels(&self, dim: DimId) -> Option<Labels> {
        for var in self.hir.vars.iter().filter(|v| v.column.is_some() && v.ty.axes.len() == 2) {
            let [Axis::Dim(rows), Axis::Dim(columns)] = var.ty.axes[..] else { continue };
            let Some(&t) = self.sources.of_dim.get(&rows).filter(|_| columns == dim) else { continue };
            let prefix = format!("{}[", var.column.as_ref().expect("filtered by column").name);
            let label = |name: &str| name.strip_prefix(&prefix)?.strip_suffix(']').map(str::to_string);
            let names: Vec<String> =
                self.inputs.tables[t].table.columns.iter().filter_map(|c| label(&c.name)).collect();
            if !names.is_empty() {
                return Some(Labels::list(names));
            }
        }
        None
    }
}

/// Sorts labels that are all numbers or all dates.
fn in_time(labels: &mut [String]) {
    let number = |label: &String| label.parse::<f64>().ok().filter(|v| v.is_finite());
    let day = |label: &String| parse_date(label).map(|days| days as f64);
    let all = |time: &dyn Fn(&String) -> Option<f64>| labels.iter().map(time).collect::<Option<Vec<f64>>>();
    if let Some(times) = all(&number).or_else(|| all(&day)) {
        let mut timed: Vec<(f64, String)> = times.into_iter().zip(labels.iter().cloned()).collect();
        timed.sort_by(|a, b| a.0.total_cmp(&b.0));
        labels.iter_mut().zip(timed).for_each(|(slot, (_, label))| *slot = label);
    }
}
