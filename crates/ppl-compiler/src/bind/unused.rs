//! What the data have and the program does not use.

use ppl_data::similar_name;
use ppl_diagnostic::{Diagnostic, Span};

use super::Binding;
use crate::hir::Role;

impl Binding<'_> {
    /// Warns of columns that nothing reads; a column named like an unknown is told apart.
    pub(super) fn unused_columns(&mut self) {
        let mut found: Vec<(String, Span)> = Vec::new();
        for (t, input) in self.inputs.tables.iter().enumerate() {
            let columns = input.table.columns.iter().enumerate();
            let unused = columns.filter(|(c, column)| !column.name.is_empty() && !self.sources.used.contains(&(t, *c)));
            found.extend(unused.map(|(_, column)| (column.name.clone(), column.name_span)));
        }
        for (d, document) in self.inputs.documents.iter().enumerate() {
            let fields = document.fields.iter().enumerate();
            let latents = |name: &str| self.hir.vars.iter().any(|v| v.name == name && v.role == Role::Latent);
            let unused =
                fields.filter(|(f, field)| !self.sources.used_fields.contains(&(d, *f)) && latents(&field.name));
            found.extend(unused.map(|(_, field)| (field.name.clone(), field.name_span)));
        }
        let failed = self.diagnostics.iter().any(Diagnostic::is_error);
        let mut idle = Vec::new();
        for (name, span) in found {
            match self.hir.vars.iter().find(|v| v.name == name && v.role == Role::Latent) {
                Some(latent) => {
                    let warning = Diagnostic::warning(
                        "W0502",
                        format!("column \"{name}\" has the name of an unknown and was ignored"),
                    )
                    .at(span, "not used")
                    .also(latent.span, "an unknown")
                    .help(format!("write `data {name} ~ …` if it is an observation"));
                    self.report(warning);
                }
                // Reading stopped at an error before it came to this column.
                None if failed && self.declares(&name) => {}
                None => idle.push((name, span)),
            }
        }
        self.idle_columns(&idle);
        self.unknown_settings();
    }

    fn declares(&self, name: &str) -> bool {
        let column = |v: &crate::hir::Var| v.column.as_ref().is_some_and(|column| column.name == name);
        self.hir.vars.iter().any(column) || self.hir.dims.iter().any(|dim| dim.name == name)
    }

    fn idle_columns(&mut self, idle: &[(String, Span)]) {
        let Some((_, first)) = idle.first() else { return };
        let names: Vec<String> = idle.iter().take(8).map(|(name, _)| format!("\"{name}\"")).collect();
        let more = if idle.len() > 8 { format!(" and {} more", idle.len() - 8) } else { String::new() };
        let word = if idle.len() == 1 { "column" } else { "columns" };
        let mut warning = Diagnostic::warning("W0501", format!("{word} never used: {}{more}", names.join(", ")))
            .at(*first, "not declared in the program");
        for (name, _) in idle {
            let declared = self.hir.vars.iter().filter(|v| v.column.is_some()).map(|v| v.name.as_str());
            if let Some(similar) = similar_name(name, declared) {
                let space = if name.trim() != name { "; note the space" } else { "" };
                warning = warning.help(format!("\"{name}\": did you mean `{similar}`?{space}"));
            }
        }
        self.report(warning);
    }

    /// `--set` of a name that is no single value of the program.
    fn unknown_settings(&mut self) {
        for setting in &self.inputs.settings {
            let known = self.hir.vars.iter().any(|v| match &v.column {
                Some(column) => v.name == setting.name || column.name == setting.name,
                None => false,
            });
            if known {
                continue;
            }
            let scalars = self.hir.vars.iter().filter(|v| v.column.is_some() && v.is_scalar());
            let similar = similar_name(&setting.name, scalars.map(|v| v.name.as_str())).map(str::to_string);
            let mut error = Diagnostic::error("E0530", format!("the program has no data `{}`", setting.name))
                .at(setting.span, "set here");
            if let Some(unknown) = self.hir.vars.iter().find(|v| v.name == setting.name) {
                error = error.also(unknown.span, "not data: the program defines it");
            } else if let Some(similar) = similar {
                error = error.help(format!("did you mean `{similar}`?"));
            }
            self.diagnostics.push(error);
        }
    }
}
