//! Data that are given twice: two fields, a field and a column, two tables for one dim.

use ppl_diagnostic::{Diagnostic, Span};

use super::sources::Sources;
use super::{Binding, Reported, TableInput};
use crate::hir::{Column, DimId, Hir, Var};

impl Binding<'_> {
    /// The JSON field of a variable, as places of its document and of it, where nothing else gives the variable too.
    pub(super) fn only_field(&mut self, var: &Var, column: &Column) -> Result<Option<(usize, usize)>, Reported> {
        let documents = self.inputs.documents.iter().enumerate();
        let mut found = documents.filter_map(|(d, document)| document.position(&column.name).map(|f| (d, f)));
        let Some((d, f)) = found.next() else { return Ok(None) };
        self.sources.used_fields.insert((d, f));
        let name_of = |(d, f): (usize, usize)| self.inputs.documents[d].fields[f].name_span;
        let other = found.next().map(name_of);
        match other.or_else(|| self.column_of(var, column)) {
            None => Ok(Some((d, f))),
            Some(second) => {
                let error = Diagnostic::error("E0529", format!("`{}` is given twice", var.name))
                    .at(second, "here")
                    .also(self.inputs.documents[d].fields[f].name_span, "and here");
                self.error(error)
            }
        }
    }

    /// The header of the column that a variable over one dim would be read from, which then counts as used.
    fn column_of(&mut self, var: &Var, column: &Column) -> Option<Span> {
        let [axis] = var.ty.axes[..] else { return None };
        let &t = self.sources.of_dim.get(&self.hir.dim_of(axis))?;
        let table = &self.inputs.tables[t].table;
        let c = table.position(&column.name)?;
        self.sources.used.insert((t, c));
        Some(table.columns[c].name_span)
    }

    /// Reports tables for a dim that has one already.
    pub(super) fn second_tables(&mut self) {
        for (dim, t) in std::mem::take(&mut self.sources.second) {
            let name = &self.hir.dims[dim.0].name;
            let start = |t: usize| Span { source: self.inputs.tables[t].table.source, start: 0, end: 0 };
            let error = Diagnostic::error("E0529", format!("two tables for the rows of `{name}`"))
                .at(start(t), "the second")
                .also(start(self.sources.of_dim[&dim]), "the first");
            self.report(error);
        }
    }
}

/// The dim that a table would be for, had it not a table already; long tables are for no dim.
pub(super) fn taken_dim(hir: &Hir, input: &TableInput, sources: &Sources) -> Option<DimId> {
    let taken =
        sources.of_dim.keys().map(|&d| (super::sources::score(hir, input, d), d)).filter(|(score, _)| *score > 0);
    let has = |v: &Var| v.column.as_ref().is_some_and(|c| input.table.column(&c.name).is_some());
    let is_long = hir.vars.iter().any(|v| v.ty.axes.len() > 1 && has(v));
    taken.max().map(|(_, dim)| dim).filter(|_| !is_long)
}
