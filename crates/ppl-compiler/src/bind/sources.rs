//! Which table holds the rows of which dim, and where a variable can be found.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use ppl_data::similar_name;
use ppl_diagnostic::{Diagnostic, Span};

use super::twice::taken_dim;
use super::{Binding, Inputs};
use crate::hir::{Axis, DimId, Extent, Hir, Var};

/// Where one value stands in the data.
pub(super) enum Place {
    /// A cell of a table.
    Cell { table: usize, row: usize },
    /// An element of a JSON field, or a field that is one value.
    Element { index: usize },
}

/// The tables by the dim of their rows, and what has been used of them.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// Table of each dim that has one.
    pub of_dim: HashMap<DimId, usize>,
    /// Tables whose dim could not be told.
    pub homeless: Vec<usize>,
    /// Tables for a dim that has one already.
    pub second: Vec<(DimId, usize)>,
    /// Columns that were read, by table and position.
    pub used: HashSet<(usize, usize)>,
    /// JSON fields that were read, by document and position.
    pub used_fields: HashSet<(usize, usize)>,
}

impl Sources {
    /// Matches tables and dims by the names given, else by the columns that the program declares.
    pub(super) fn of(hir: &Hir, inputs: &Inputs) -> Self {
        let mut sources = Sources::default();
        for (t, input) in inputs.tables.iter().enumerate() {
            let named = input.dim.as_ref().and_then(|name| hir.dims.iter().position(|d| d.name == *name));
            if let Some(dim) = named.map(DimId) {
                sources.place(dim, t);
            }
        }
        for (t, input) in inputs.tables.iter().enumerate() {
            if input.dim.is_some() {
                continue;
            }
            match best_dim(hir, input, &sources, inputs.tables.len() == 1) {
                Some(dim) => drop(sources.of_dim.insert(dim, t)),
                None => match taken_dim(hir, input, &sources) {
                    Some(dim) => sources.second.push((dim, t)),
                    None => sources.homeless.push(t),
                },
            }
        }
        sources
    }

    fn place(&mut self, dim: DimId, t: usize) {
        match self.of_dim.entry(dim) {
            Entry::Vacant(free) => drop(free.insert(t)),
            Entry::Occupied(_) => self.second.push((dim, t)),
        }
    }
}

/// The dim whose declared columns a table has most of; with one table alone, the only dim that needs one.
fn best_dim(hir: &Hir, input: &super::TableInput, sources: &Sources, alone: bool) -> Option<DimId> {
    let free = |d: &DimId| !sources.of_dim.contains_key(d) && !matches!(hir.dims[d.0].extent, Extent::Range(..));
    let dims: Vec<DimId> = (0..hir.dims.len()).map(DimId).filter(free).collect();
    let scored = dims.iter().map(|&d| (score(hir, input, d), d)).filter(|(score, _)| *score > 0);
    let best = scored.max_by_key(|&(score, d)| (score, !hir.dims[d.0].category, std::cmp::Reverse(d)));
    if let Some((_, dim)) = best {
        return Some(dim);
    }
    let mut rows = dims.into_iter().filter(|&d| is_row_dim(hir, d));
    match (rows.next(), rows.next()) {
        (Some(dim), None) if alone => Some(dim),
        _ => None,
    }
}

/// Whether a dim is declared without labels and has columns of its own.
pub(super) fn is_row_dim(hir: &Hir, dim: DimId) -> bool {
    let record = &hir.dims[dim.0];
    let columns = hir.vars.iter().any(|v| v.column.is_some() && v.ty.axes == [Axis::Dim(dim)]);
    matches!(record.extent, Extent::Data) && !record.category && columns
}

/// How many of a dim's declared columns a table has.
pub(super) fn score(hir: &Hir, input: &super::TableInput, dim: DimId) -> usize {
    let table = &input.table;
    let wide = |v: &Var| {
        let prefix = format!("{}[", v.column.as_ref().map_or("", |c| &c.name));
        v.ty.axes.len() == 2 && table.columns.iter().any(|c| c.name.starts_with(&prefix))
    };
    let own = |v: &&Var| v.column.is_some() && v.ty.axes.first() == Some(&Axis::Dim(dim));
    let found = |v: &&Var| {
        let name = &v.column.as_ref().expect("filtered by column").name;
        (v.ty.axes.len() == 1 && table.column(name).is_some()) || wide(v)
    };
    hir.vars.iter().filter(own).filter(found).count()
}

impl Binding<'_> {
    /// Reports tables that belong to no dim.
    pub(super) fn sources_fit(&mut self) {
        let second: Vec<usize> = self.sources.second.iter().map(|(_, t)| *t).collect();
        self.second_tables();
        for t in self.sources.homeless.clone() {
            if self.is_long_table(t) {
                continue;
            }
            let table = &self.inputs.tables[t].table;
            let names: Vec<&str> = self.hir.dims.iter().map(|d| d.name.as_str()).collect();
            let span = table.columns.first().map_or(Span { source: table.source, start: 0, end: 0 }, |c| c.name_span);
            let error = Diagnostic::error("E0526", "the program declares no column of this table")
                .at(span, "for which dim are these rows?")
                .help(format!("name the dim on the command line: `{}=FILE`", names.first().unwrap_or(&"dim")));
            self.report(error);
        }
        for (t, input) in self.inputs.tables.iter().enumerate() {
            let Some(name) = &input.dim else { continue };
            let placed = second.contains(&t) || self.sources.of_dim.values().any(|&used| used == t);
            if placed || self.is_long_named(name) {
                continue;
            }
            let candidates = self.hir.dims.iter().map(|d| d.name.as_str());
            let similar = similar_name(name, candidates).map(str::to_string);
            let span = Span { source: input.table.source, start: 0, end: 0 };
            let mut error = Diagnostic::error("E0526", format!("the program has no dim `{name}`"))
                .at(span, format!("given as `{name}=…`"));
            if let Some(similar) = similar {
                error = error.help(format!("did you mean `{similar}`?"));
            }
            self.report(error);
        }
    }

    /// Whether `name=FILE` names a variable that is read from a long table.
    fn is_long_named(&self, name: &str) -> bool {
        self.hir.vars.iter().any(|v| v.column.as_ref().is_some_and(|c| c.name == name) && v.ty.axes.len() > 1)
    }

    /// Whether a table has the key columns and the value column of an array over several dims.
    fn is_long_table(&self, t: usize) -> bool {
        self.hir.vars.iter().any(|v| v.ty.axes.len() > 1 && self.long_columns(t, v).is_some())
    }

    /// The positions of a long table's key columns, and of its value column.
    pub(super) fn long_columns(&self, t: usize, var: &Var) -> Option<(Vec<usize>, usize)> {
        let table = &self.inputs.tables[t].table;
        let value = table.position(&var.column.as_ref()?.name)?;
        let key = |axis: &Axis| table.position(&self.hir.dims[self.hir.dim_of(*axis).0].name);
        let keys: Option<Vec<usize>> = var.ty.axes.iter().map(key).collect();
        Some((keys?, value))
    }
}
