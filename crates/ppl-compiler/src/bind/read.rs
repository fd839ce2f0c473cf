//! Finding the values of one variable: on the command line, in JSON, in its table, in a long or a wide table.

use ppl_data::{Cells, Value, similar_name};
use ppl_diagnostic::{Diagnostic, Span};
use ppl_graph::Tensor;

use super::cells::Raw;
use super::{Binding, Place, Reported};
use crate::hir::{Axis, CellKind, Column, DimId, Var, VarId};

impl Binding<'_> {
    pub(super) fn read(&mut self, var: VarId) -> Result<Tensor, Reported> {
        let record = self.hir.vars[var.0].clone();
        let column = record.column.clone().expect("data have a column");
        let dims: Vec<DimId> = record.ty.axes.iter().map(|&a| self.hir.dim_of(a)).collect();
        if let Some(value) = self.setting(&record, &column)? {
            return Ok(value);
        }
        let mut shape = Vec::new();
        for &dim in &dims {
            shape.push(self.labels(dim)?.len());
        }
        if let CellKind::Label(dim) = column.kind {
            self.labels(dim)?;
        }
        if let Some(value) = self.json_values(&record, &column, &dims, &shape)? {
            return Ok(value);
        }
        let found = match dims.len() {
            0 => None,
            1 => self.column_values(&record, &column, dims[0])?,
            _ => self.table_values(&record, &column, &dims, &shape)?,
        };
        match found {
            Some(values) => Ok(Tensor::new(shape, values)),
            None => self.default_value(var, &column, shape),
        }
    }

    /// `--set name=value`
    fn setting(&mut self, var: &Var, column: &Column) -> Result<Option<Tensor>, Reported> {
        let Some(setting) = self.inputs.settings.iter().find(|s| s.name == column.name || s.name == var.name) else {
            return Ok(None);
        };
        if !var.ty.axes.is_empty() {
            let error = Diagnostic::error("E0530", format!("`{}` is an array, `--set` gives single values", var.name))
                .at(setting.span, "")
                .also(var.span, "declared here");
            return self.error(error);
        }
        let raw = match setting.value.parse::<f64>() {
            Ok(value) => Raw::Number(value),
            Err(_) => Raw::Text(setting.value.clone()),
        };
        let place = |_: &Self, _| (setting.span, "--set".to_string());
        let values = self.convert(var, column, vec![raw], &place)?;
        Ok(Some(Tensor::scalar(values[0])))
    }

    fn json_values(
        &mut self,
        var: &Var,
        column: &Column,
        dims: &[DimId],
        shape: &[usize],
    ) -> Result<Option<Tensor>, Reported> {
        let Some((d, f)) = self.only_field(var, column)? else { return Ok(None) };
        let document = &self.inputs.documents[d];
        let field = &document.fields[f];
        let (own_shape, raw) = match json_cells(&field.value) {
            Some(cells) => cells,
            None => {
                let error = Diagnostic::error("E0508", format!("`{}` must be a number or an array", column.name))
                    .at(field.span, "this is an object or null")
                    .also(var.span, "declared here");
                return self.error(error);
            }
        };
        if own_shape != shape {
            return self.wrong_json_shape(var, dims, shape, &own_shape, field.name_span);
        }
        let place = |binding: &Self, i: usize| {
            let document = &binding.inputs.documents[d];
            let span = if shape.is_empty() { document.fields[f].span } else { document.cell_span(f, i) };
            (span, binding.place_name(&Place::Element { index: i }))
        };
        let values = self.convert(var, column, raw, &place)?;
        let values = self.in_key_order(d, dims, shape, values)?;
        Ok(Some(Tensor::new(shape.to_vec(), values)))
    }

    /// Puts the elements of an array in the order of the labels, where the document's keys have another.
    fn in_key_order(
        &mut self,
        d: usize,
        dims: &[DimId],
        shape: &[usize],
        values: Vec<f64>,
    ) -> Result<Vec<f64>, Reported> {
        let mut places: Vec<Vec<usize>> = Vec::new();
        for (&dim, &extent) in dims.iter().zip(shape) {
            places.push(self.key_places(d, dim, extent)?);
        }
        if places.iter().all(|own| own.iter().enumerate().all(|(i, &p)| i == p)) {
            return Ok(values);
        }
        let mut ordered = vec![f64::NAN; values.len()];
        for (i, value) in values.into_iter().enumerate() {
            let mut inner = shape.iter().product::<usize>();
            let mut flat = 0;
            for (own, &extent) in places.iter().zip(shape) {
                inner /= extent;
                flat += own[i / inner % extent] * inner;
            }
            ordered[flat] = value;
        }
        Ok(ordered)
    }

    /// The position of the label of each element along a dim: that of the document's key, else its own.
    fn key_places(&mut self, d: usize, dim: DimId, extent: usize) -> Result<Vec<usize>, Reported> {
        let Some((f, keys)) = self.json_keys(d, dim) else { return Ok((0..extent).collect()) };
        self.sources.used_fields.insert((d, f));
        let labels = self.labels(dim)?;
        let mut seen = vec![false; extent];
        let mut places = Vec::with_capacity(extent);
        for (i, key) in keys.iter().enumerate() {
            let position = key.as_ref().and_then(|key| labels.position(key));
            match position.filter(|&p| !std::mem::replace(&mut seen[p], true)) {
                Some(position) => places.push(position),
                None => {
                    let name = &self.hir.dims[dim.0].name;
                    let error =
                        Diagnostic::error("E0524", format!("this is no label of `{name}`, or stands here twice"))
                            .at(self.inputs.documents[d].cell_span(f, i), "in the key")
                            .also(self.hir.dims[dim.0].span, "declared here");
                    return self.error(error);
                }
            }
        }
        if places.len() != extent {
            let name = &self.hir.dims[dim.0].name;
            let error =
                Diagnostic::error("E0525", format!("the key of `{name}` has {} labels, not {extent}", places.len()))
                    .at(self.inputs.documents[d].fields[f].name_span, "the key")
                    .also(self.hir.dims[dim.0].span, "declared here");
            return self.error(error);
        }
        Ok(places)
    }

    fn wrong_json_shape<T>(
        &mut self,
        var: &Var,
        dims: &[DimId],
        shape: &[usize],
        own: &[usize],
        span: Span,
    ) -> Result<T, Reported> {
        let wanted: Vec<String> =
            dims.iter().zip(shape).map(|(d, n)| format!("{} ({n})", self.hir.dims[d.0].name)).collect();
        let wanted = if wanted.is_empty() {
            "a single number".to_string()
        } else {
            format!("an array over {}", wanted.join(", "))
        };
        let given = if own.is_empty() { "a single value".to_string() } else { format!("of shape {own:?}") };
        let error = Diagnostic::error("E0525", format!("`{}` must be {wanted}", var.name))
            .at(span, format!("this is {given}"))
            .also(var.span, "declared here");
        self.error(error)
    }

    /// A column over one dim: of the dim's own table, or constant within each level of a table that has the lookup.
    fn column_values(&mut self, var: &Var, column: &Column, dim: DimId) -> Result<Option<Vec<f64>>, Reported> {
        let Some(&t) = self.sources.of_dim.get(&dim) else {
            return self.level_values(var, column, dim);
        };
        let Some(c) = self.inputs.tables[t].table.position(&column.name) else { return Ok(None) };
        self.sources.used.insert((t, c));
        let values = self.table_column(var, column, t, c)?;
        self.in_label_order(dim, t, values).map(Some)
    }

    /// All cells of a table's column, in the order of its rows.
    fn table_column(&mut self, var: &Var, column: &Column, t: usize, c: usize) -> Result<Vec<f64>, Reported> {
        let table = &self.inputs.tables[t].table;
        let place = move |binding: &Self, row: usize| {
            let place = Place::Cell { table: t, row };
            (binding.inputs.tables[t].table.cell_span(c, row), binding.place_name(&place))
        };
        match (column.kind, &table.columns[c].cells) {
            (CellKind::Label(_) | CellKind::Date, _) | (_, Cells::Text(_)) => {
                let coded = table.coded(c);
                self.convert_coded(var, column, &coded, &place)
            }
            (_, Cells::Numbers(values)) => self.convert_numbers(var, column, values, &place),
        }
    }

    /// A column over the dim of a lookup, read from the table of the lookup: one value for each level.
    fn level_values(&mut self, var: &Var, column: &Column, dim: DimId) -> Result<Option<Vec<f64>>, Reported> {
        let into = |v: &&Var| matches!(&v.column, Some(c) if c.kind == CellKind::Label(dim)) && v.ty.axes.len() == 1;
        let lookups: Vec<Var> = self.hir.vars.iter().filter(into).cloned().collect();
        for lookup in lookups {
            let rows = self.hir.dim_of(lookup.ty.axes[0]);
            let Some(&t) = self.sources.of_dim.get(&rows) else { continue };
            let table = &self.inputs.tables[t].table;
            let key = lookup.column.as_ref().and_then(|c| table.position(&c.name));
            let (Some(c), Some(key)) = (table.position(&column.name), key) else { continue };
            self.sources.used.extend([(t, c), (t, key)]);
            let values = self.table_column(var, column, t, c)?;
            return self.constant_within(var, dim, t, key, c, &values).map(Some);
        }
        Ok(None)
    }

    fn constant_within(
        &mut self,
        var: &Var,
        dim: DimId,
        t: usize,
        key: usize,
        c: usize,
        values: &[f64],
    ) -> Result<Vec<f64>, Reported> {
        let labels = self.labels(dim)?;
        let table = &self.inputs.tables[t].table;
        let coded = table.coded(key);
        let mut found: Vec<Option<usize>> = vec![None; labels.len()];
        for (row, &code) in coded.codes.iter().enumerate() {
            let Some(position) = coded.levels.get(code as usize).and_then(|l| labels.position(l)) else { continue };
            match found[position] {
                Some(first) if values[first].to_bits() != values[row].to_bits() => {
                    let label = labels.name(position);
                    let error = Diagnostic::error("E0527", format!("`{}` has two values for `{label}`", var.name))
                        .at(table.cell_span(c, row), "another value here")
                        .also(table.cell_span(c, first), "first value here")
                        .also(var.span, format!("declared over `{}`", self.hir.dims[dim.0].name));
                    return self.error(error);
                }
                Some(_) => {}
                None => found[position] = Some(row),
            }
        }
        Ok(found.into_iter().map(|row| row.map_or(f64::NAN, |row| values[row])).collect())
    }

    /// An array over several dims: a wide or a long table, but not both.
    fn table_values(
        &mut self,
        var: &Var,
        column: &Column,
        dims: &[DimId],
        shape: &[usize],
    ) -> Result<Option<Vec<f64>>, Reported> {
        let wide = self.wide_columns(column, dims)?;
        let long = (0..self.inputs.tables.len()).find_map(|t| self.long_columns(t, var).map(|found| (t, found)));
        match (wide, long) {
            (Some((t, columns)), Some((l, (_, value)))) => {
                self.sources.used.extend(columns.iter().map(|&c| (t, c)));
                let at = self.inputs.tables[l].table.columns[value].name_span;
                let also = Span { source: self.inputs.tables[t].table.source, start: 0, end: 0 };
                let error = Diagnostic::error("E0529", format!("`{}` is given twice, wide and long", var.name))
                    .at(at, "a long table")
                    .also(also, "and a wide one");
                self.error(error)
            }
            (Some((t, columns)), None) => self.wide_values(var, column, t, &columns, shape).map(Some),
            (None, Some((t, (keys, value)))) => self.long_values(var, column, t, &keys, value, dims, shape).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The columns of a wide table, one for each label of the second dim: `X[age]`, else `age`.
    fn wide_columns(&mut self, column: &Column, dims: &[DimId]) -> Result<Option<(usize, Vec<usize>)>, Reported> {
        let [rows, across] = dims else { return Ok(None) };
        let Some(&t) = self.sources.of_dim.get(rows) else { return Ok(None) };
        let labels = self.labels(*across)?;
        let table = &self.inputs.tables[t].table;
        let find = |i: usize| {
            let label = labels.name(i);
            table.position(&format!("{}[{label}]", column.name)).or_else(|| table.position(&label))
        };
        let found: Vec<Option<usize>> = (0..labels.len()).map(find).collect();
        if found.iter().all(Option::is_none) {
            return Ok(None);
        }
        if let Some(missing) = found.iter().position(Option::is_none) {
            let label = labels.name(missing);
            let similar = similar_name(&label, table.columns.iter().map(|c| c.name.as_str())).map(str::to_string);
            let mut error =
                Diagnostic::error("E0520", format!("the table has no column for `{}[{label}]`", column.name))
                    .at(
                        table.columns[0].name_span,
                        format!("neither `{}[{label}]` nor `{label}` is in the header", column.name),
                    )
                    .also(column.span, "declared here");
            if let Some(similar) = similar {
                error = error.help(format!("did you mean `{similar}`?"));
            }
            return self.error(error);
        }
        Ok(Some((t, found.into_iter().flatten().collect())))
    }

    fn wide_values(
        &mut self,
        var: &Var,
        column: &Column,
        t: usize,
        columns: &[usize],
        shape: &[usize],
    ) -> Result<Vec<f64>, Reported> {
        let mut values = vec![f64::NAN; shape[0] * shape[1]];
        let dim = self.hir.dim_of(var.ty.axes[0]);
        self.sources.used.extend(columns.iter().map(|&c| (t, c)));
        for (j, &c) in columns.iter().enumerate() {
            let own = self.table_column(var, column, t, c)?;
            let own = self.in_label_order(dim, t, own)?;
            for (i, value) in own.into_iter().enumerate() {
                values[i * shape[1] + j] = value;
            }
        }
        Ok(values)
    }

    #[allow(clippy::too_many_arguments)]
    fn long_values(
        &mut self,
        var: &Var,
        column: &Column,
        t: usize,
        keys: &[usize],
        value: usize,
        dims: &[DimId],
        shape: &[usize],
    ) -> Result<Vec<f64>, Reported> {
        let own = self.table_column(var, column, t, value)?;
        self.sources.used.insert((t, value));
        let mut flat = vec![0usize; own.len()];
        for ((&key, &dim), &extent) in keys.iter().zip(dims).zip(shape) {
            self.sources.used.insert((t, key));
            let labels = self.labels(dim)?;
            let coded = self.inputs.tables[t].table.coded(key);
            for (row, &code) in coded.codes.iter().enumerate() {
                let position = coded.levels.get(code as usize).and_then(|l| labels.position(l));
                let Some(position) = position else {
                    let error = Diagnostic::error("E0524", format!("no label of `{}`", self.hir.dims[dim.0].name))
                        .at(self.inputs.tables[t].table.cell_span(key, row), "");
                    return self.error(error);
                };
                flat[row] = flat[row] * extent + position;
            }
        }
        let mut values = vec![f64::NAN; shape.iter().product()];
        let mut from: Vec<Option<usize>> = vec![None; values.len()];
        for (row, (&place, value)) in flat.iter().zip(own).enumerate() {
            if let Some(first) = from[place].replace(row) {
                let table = &self.inputs.tables[t].table;
                let error = Diagnostic::error("E0527", format!("a combination of `{}` stands twice", var.name))
                    .at(table.cell_span(value_column(keys), row), "again here")
                    .also(table.cell_span(value_column(keys), first), "first here");
                return self.error(error);
            }
            values[place] = value;
        }
        Ok(values)
    }

    fn default_value(&mut self, var: VarId, column: &Column, shape: Vec<usize>) -> Result<Tensor, Reported> {
        let record = &self.hir.vars[var.0];
        match &column.default {
            Some(default) => self.evaluate_elements(var, default, shape),
            None => self.missing(record, column),
        }
    }

    fn missing<T>(&mut self, var: &Var, column: &Column) -> Result<T, Reported> {
        let mut candidates: Vec<&str> = Vec::new();
        for input in &self.inputs.tables {
            candidates.extend(input.table.columns.iter().map(|c| c.name.as_str()));
        }
        for document in &self.inputs.documents {
            candidates.extend(document.fields.iter().map(|f| f.name.as_str()));
        }
        let what = match (var.ty.axes.len(), var.role) {
            (0, _) => "value",
            (_, crate::hir::Role::Outcome) => "outcome",
            _ => "column",
        };
        let mut error = Diagnostic::error("E0520", format!("the data have no {what} `{}`", column.name))
            .at(var.span, "declared here");
        if let Some(similar) = similar_name(&column.name, candidates.iter().copied()) {
            let space = if similar.trim() != similar { " (note the space)" } else { "" };
            error = error
                .help(format!("did you mean \"{similar}\"{space}? `data {} from \"{similar}\"` reads it", var.name));
        } else if self.inputs.tables.is_empty() && self.inputs.documents.is_empty() {
            error = error.help("name the data files behind the model");
        } else if var.ty.axes.is_empty() {
            error =
                error.help(format!("give it with `--set {}=…`, in JSON, or as a default in the program", column.name));
        }
        self.error(error)
    }
}

/// Where a message about a row of a long table points: its first key.
fn value_column(keys: &[usize]) -> usize {
    keys[0]
}

/// The shape and the cells of a JSON value; none where it is an object.
fn json_cells(value: &Value) -> Option<(Vec<usize>, Vec<Raw>)> {
    Some(match value {
        Value::Number(v) => (Vec::new(), vec![Raw::Number(*v)]),
        Value::Bool(b) => (Vec::new(), vec![Raw::Number(f64::from(*b))]),
        Value::Text(text) => (Vec::new(), vec![Raw::Text(text.clone())]),
        Value::Numbers { shape, values, .. } => (shape.clone(), values.iter().map(|&v| Raw::Number(v)).collect()),
        Value::Texts { shape, values } => {
            let cell = |v: &Option<String>| v.clone().map_or(Raw::Number(f64::NAN), Raw::Text);
            (shape.clone(), values.iter().map(cell).collect())
        }
        Value::Null => (Vec::new(), vec![Raw::Number(f64::NAN)]),
        Value::Object(_) => return None,
    })
}

impl Var {
    /// Whether it is one number.
    pub(super) fn is_scalar(&self) -> bool {
        self.ty.axes.is_empty()
    }

    /// The dims over which it varies, where all are whole.
    pub(super) fn whole_dims(&self) -> Option<Vec<DimId>> {
        let dim = |a: &Axis| match a {
            Axis::Dim(d) => Some(*d),
            _ => None,
        };
        self.ty.axes.iter().map(dim).collect()
    }
}
