//! Everything that was noticed about a model and its data, with the texts it points into.

use std::fmt;

use ppl_diagnostic::{Diagnostic, Severity, Sources};

/// Diagnostics together with the texts that their places point into.
///
/// As text it is a line for each diagnostic (`m.model:3:7: error[E0201]: …`) and one for each of its notes; a terminal
/// shows more with `ppl_diagnostic::render`.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The model, the data files, the settings.
    pub sources: Sources,
    /// What was noticed, in the order of the phases and of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Whether anything was refused.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Number of errors and of warnings.
    pub fn counts(&self) -> (usize, usize) {
        let errors = self.diagnostics.iter().filter(|d| d.is_error()).count();
        (errors, self.diagnostics.len() - errors)
    }

    /// Itself as an error, where there is one in it.
    pub(crate) fn into_result(self) -> Result<Report, Report> {
        match self.has_errors() {
            true => Err(self),
            false => Ok(self),
        }
    }

    fn place(&self, diagnostic: &Diagnostic) -> String {
        diagnostic.primary.as_ref().map_or(String::new(), |label| {
            let (line, column) = self.sources.line_column(label.span);
            let name = &self.sources.get(label.span.source).name;
            format!("{name}:{line}:{column}: ")
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.diagnostics {
            let severity = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let (place, code) = (self.place(diagnostic), diagnostic.code);
            writeln!(f, "{place}{severity}[{code}]: {}", diagnostic.message)?;
            for note in &diagnostic.notes {
                writeln!(f, "  {note}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Report {}
