//! Blank cells: an input must have none that is read, an outcome none at all yet.

use ppl_diagnostic::{Diagnostic, Span};

use super::Binding;
use crate::hir::{Role, Var, VarId};
use crate::influence::reads;

impl Binding<'_> {
    pub(super) fn blanks_in_inputs(&mut self) {
        let mut read = std::collections::HashSet::new();
        for statement in &self.hir.statements {
            read.extend(reads(self.hir, statement));
        }
        for v in 0..self.hir.vars.len() {
            let var = self.hir.vars[v].clone();
            let Some(values) = self.data.get(&VarId(v)).map(|t| t.values.clone()) else { continue };
            let needed = var.role == Role::Outcome || read.contains(&VarId(v));
            let blank: Vec<usize> = (0..values.len()).filter(|&i| values[i].is_nan()).collect();
            if needed && !blank.is_empty() {
                self.blank(&var, &blank, values.len());
            }
        }
    }

    fn blank(&mut self, var: &Var, blank: &[usize], all: usize) {
        let name = &var.name;
        if var.role == Role::Outcome && blank.len() == all {
            let error = Diagnostic::error("E0528", format!("the outcome `{name}` is blank everywhere"))
                .at(var.span, "nothing is observed");
            self.report(error);
            return;
        }
        let (places, span) = self.blank_places(var, blank);
        let count = if blank.len() == 1 { "1 cell".to_string() } else { format!("{} cells", blank.len()) };
        let verb = if blank.len() == 1 { "is" } else { "are" };
        let (code, text) = match var.role {
            Role::Outcome => (
                "E0901",
                format!(
                    "{count} of the outcome `{name}` {verb} blank ({places}); blanks as unknowns are not supported yet"
                ),
            ),
            _ => ("E0521", format!("{count} of `{name}` {verb} blank ({places})")),
        };
        let mut error = Diagnostic::error(code, text).at(var.span, "declared here");
        if let Some(span) = span {
            error = error.also(span, "the first blank");
        }
        let error = match var.role {
            Role::Outcome => error.help("leave these rows out of the table"),
            _ => {
                error.help(format!("fill them in, leave these rows out, or give `{name}` a distribution to infer them"))
            }
        };
        self.report(error);
    }

    /// Words for the first places, and the span of the first.
    fn blank_places(&self, var: &Var, blank: &[usize]) -> (String, Option<Span>) {
        let elements = || {
            let shown: Vec<String> = blank.iter().take(5).map(|i| format!("element {}", i + 1)).collect();
            shown.join(", ")
        };
        let name = &var.column.as_ref().expect("data have a column").name;
        let table = var.whole_dims().and_then(|dims| match dims[..] {
            [dim] => self.sources.of_dim.get(&dim).copied(),
            _ => None,
        });
        let found = table.and_then(|t| self.inputs.tables[t].table.position(name).map(|c| (t, c)));
        let Some((t, c)) = found else { return (elements(), None) };
        let table = &self.inputs.tables[t].table;
        let rows: Vec<usize> = (0..table.rows).filter(|&row| table.is_blank(c, row)).collect();
        let lines: Vec<String> = rows.iter().take(5).map(|&row| table.line_of(row).to_string()).collect();
        let more = if rows.len() > 5 { ", …" } else { "" };
        let word = if rows.len() == 1 { "line" } else { "lines" };
        let span = rows.first().map(|&row| table.cell_span(c, row));
        (format!("{word} {}{more}", lines.join(", ")), span)
    }
}
