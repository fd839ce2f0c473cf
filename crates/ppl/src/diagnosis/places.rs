//! Where in a model's text its variables and statements stand.

use std::collections::BTreeMap;

use ppl_diagnostic::{Sources, Span};
use ppl_syntax::ast::{Ast, Stmt, StmtKind};

/// A line of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its number, from 1.
    pub line: usize,
    /// Its text, without the spaces around it.
    pub text: String,
}

/// The lines of a model in which its variables get their values.
#[derive(Clone, Debug, Default)]
pub struct Places {
    lines: Vec<String>,
    of_variable: BTreeMap<String, usize>,
}

impl Places {
    /// The places of a syntax tree in its text.
    pub(crate) fn new(ast: Option<&Ast>, sources: &Sources) -> Self {
        let Some(ast) = ast else { return Places::default() };
        let lines = sources.get(ast.source).text.lines().map(|line| line.trim().to_string()).collect();
        let mut places = Places { lines, of_variable: BTreeMap::new() };
        places.visit(&ast.items, sources);
        places
    }

    fn visit(&mut self, statements: &[Stmt], sources: &Sources) {
        for statement in statements {
            match &statement.kind {
                StmtKind::Binding(b) | StmtKind::ReportBinding(b) => {
                    self.note(&b.target.name.name, b.target.span, sources)
                }
                StmtKind::Factor { target, .. } | StmtKind::Const { target, .. } => {
                    self.note(&target.name.name, target.span, sources);
                }
                StmtKind::Data(items) => items.iter().for_each(|i| self.note(&i.target.name.name, i.span, sources)),
                StmtKind::For { body, .. } => self.visit(body, sources),
                StmtKind::If { then, otherwise, .. } => {
                    self.visit(then, sources);
                    self.visit(otherwise.as_deref().unwrap_or_default(), sources);
                }
                _ => {}
            }
        }
    }

    /// The first line that gives a variable its value stands for all of them.
    fn note(&mut self, name: &str, span: Span, sources: &Sources) {
        let (line, _) = sources.line_column(span);
        self.of_variable.entry(name.to_string()).or_insert(line);
    }

    /// Where a variable gets its value; elements such as `theta[Choate]` stand where their variable does.
    pub fn of_variable(&self, name: &str) -> Option<Place> {
        let variable = name.split('[').next().unwrap_or(name);
        self.line(*self.of_variable.get(variable)?)
    }

    /// The place that the name of a term such as `theta (7:1)` tells.
    pub fn of_term(&self, term: &str) -> Option<Place> {
        let (_, place) = term.rsplit_once(" (")?;
        self.line(place.split(':').next()?.parse().ok()?)
    }

    fn line(&self, line: usize) -> Option<Place> {
        Some(Place { line, text: self.lines.get(line.checked_sub(1)?)?.clone() })
    }
}

#[cfg(test)]
mod tests {
    use crate::Model;

    #[test]
    fn variables_and_terms_stand_where_they_are_written() {
        let text = "mu ~ normal(0, 1)\nfor t in day {\n  x[t] ~ normal(mu, 1)\n}\nreport top = max(x)\n";
        let places = Model::parse("m.model", text).places();
        let line = |name: &str| places.of_variable(name).map(|place| (place.line, place.text));
        assert_eq!(line("mu"), Some((1, "mu ~ normal(0, 1)".to_string())));
        assert_eq!(line("x[2]"), Some((3, "x[t] ~ normal(mu, 1)".to_string())));
        assert_eq!(line("top").map(|place| place.0), Some(5));
        assert_eq!(line("nobody"), None);
        assert_eq!(places.of_term("x (3:3)").map(|place| place.line), Some(3));
        assert_eq!((places.of_term("log_jacobian"), places.of_term("x (9:1)")), (None, None));
    }
}
