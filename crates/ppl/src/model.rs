//! From text to a checked model, and with data to a program.

use std::path::Path;

use ppl_compiler::{Condense, Machine};
use ppl_diagnostic::{Diagnosed, Diagnostic, SourceId, Span};
use ppl_syntax::ast::Ast;

use crate::cascade::without_consequences;
use crate::files::read_text;
use crate::stack::with_large_stack;
use crate::{Data, Places, Program, Report};

/// A model as text, with its syntax tree.
///
/// Building one never fails: what is wrong with it is told by [`Model::check`] and [`Model::bind`], all at once.
#[derive(Clone, Debug)]
pub struct Model {
    source: Option<SourceId>,
    ast: Option<Ast>,
    /// The text, and what was noticed when it was read.
    report: Report,
}

/// A part of the way from a syntax tree and data to a log density, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Names, dims, types and supports.
    Check,
    /// Data texts to tables.
    Read,
    /// Model and tables fitted to each other.
    Bind,
    /// The log-density graph with its gradient, simplified.
    Lower,
    /// The machine made ready: instructions, and the data laid out for them.
    Plan,
}

impl Model {
    /// Reads a model from text; `name` is what messages call it, usually a path.
    pub fn parse(name: impl Into<String>, text: &str) -> Model {
        let mut report = Report::default();
        let source = report.sources.add(name, text);
        let parsed = with_large_stack(|| ppl_syntax::parse(source, text));
        report.diagnostics = parsed.diagnostics;
        if report.diagnostics.is_empty() && parsed.value.as_ref().is_some_and(|ast| ast.items.is_empty()) {
            report.diagnostics.push(empty(report.sources.span(source, 0, 0)));
        }
        Model { source: Some(source), ast: parsed.value, report }
    }

    /// Reads a model from a file.
    pub fn read(path: &Path) -> Model {
        match read_text(path) {
            Ok(text) => Model::parse(path.display().to_string(), &text),
            Err(error) => {
                Model { source: None, ast: None, report: Report { diagnostics: vec![*error], ..Report::default() } }
            }
        }
    }

    /// The syntax tree of whatever could be read.
    pub fn ast(&self) -> Option<&Ast> {
        self.ast.as_ref()
    }

    /// The text; empty where the file could not be read.
    pub fn text(&self) -> &str {
        self.source.map_or("", |source| &self.report.sources.get(source).text)
    }

    /// Where its variables stand.
    pub fn places(&self) -> Places {
        Places::new(self.ast(), &self.report.sources)
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        self.source.map_or("", |source| &self.report.sources.get(source).name)
    }

    /// The text in the one style.
    ///
    /// # Errors
    /// Everything that is wrong with a text that cannot be read.
    pub fn format(&self) -> Result<String, Report> {
        let Some(source) = self.source else { return Err(self.report.clone()) };
        let formatted = with_large_stack(|| ppl_syntax::format(source, self.text()));
        formatted.map_err(|diagnostics| Report { diagnostics, sources: self.report.sources.clone() })
    }

    /// The checked model as text, for whoever works on the compiler.
    ///
    /// # Errors
    /// Everything that is wrong with the text.
    pub fn hir_text(&self) -> Result<String, Report> {
        let mut report = self.report.clone();
        let text = with_large_stack(|| Some(format!("{:#?}", self.checked(&mut report.diagnostics)?)));
        text.filter(|_| !report.has_errors()).ok_or(report)
    }

    /// Checks names, dims, types and supports without data.
    ///
    /// # Errors
    /// Everything that is wrong with the text. A report without errors holds the warnings.
    pub fn check(&self) -> Result<Report, Report> {
        let mut report = self.report.clone();
        with_large_stack(|| self.checked(&mut report.diagnostics));
        report.into_result()
    }

    /// Checks the model, reads the data, fits one to the other, lowers both to a log density and plans that for this
    /// processor.
    ///
    /// # Errors
    /// Everything that is wrong with the model and with the data files; where both are fine by themselves, everything
    /// that is wrong between them.
    pub fn bind(&self, data: &Data) -> Result<Program, Report> {
        self.bind_on(Machine::default(), Condense::default(), data, &mut |_| {})
    }

    /// The same, the log density to be evaluated by `machine` with such reductions of the data; calls `done` at the end
    /// of each phase.
    ///
    /// # Errors
    /// As [`Self::bind`].
    pub fn bind_on(
        &self,
        machine: Machine,
        condense: Condense,
        data: &Data,
        done: &mut (dyn FnMut(Phase) + Send),
    ) -> Result<Program, Report> {
        let mut report = self.report.clone();
        let planned = with_large_stack(|| {
            let lowered = self.lowered(data, &mut report, done)?;
            let planned = lowered.condensed(condense).on(machine);
            done(Phase::Plan);
            Some(planned)
        });
        match planned {
            Some(program) if !report.has_errors() => Ok(Program::new(program, report, self, data)),
            _ => Err(report),
        }
    }

    /// What is evaluated by the interpreter, which costs nothing to make.
    fn lowered(&self, data: &Data, report: &mut Report, done: &mut dyn FnMut(Phase)) -> Option<ppl_compiler::Program> {
        let hir = self.checked(&mut report.diagnostics);
        done(Phase::Check);
        let inputs = data.inputs(&mut report.sources, &mut report.diagnostics);
        done(Phase::Read);
        if report.has_errors() {
            return None;
        }
        let bound = note(ppl_compiler::bind(hir?, &inputs), &mut report.diagnostics)?;
        // The tables have been read into what is bound, and a graph needs the room.
        drop(inputs);
        done(Phase::Bind);
        let lowered = ppl_compiler::lower(bound, &report.sources, Machine::Interpreter);
        let lowered = note(lowered, &mut report.diagnostics)?;
        done(Phase::Lower);
        Some(lowered)
    }

    /// The checked model, where checking gave one; adds what it noticed to `diagnostics`.
    fn checked(&self, diagnostics: &mut Vec<Diagnostic>) -> Option<ppl_compiler::hir::Hir> {
        let mut checked = ppl_compiler::check(self.ast.as_ref()?);
        checked.diagnostics = without_consequences(checked.diagnostics, &self.report);
        note(checked, diagnostics)
    }
}

/// `E0119`: a text without statements.
fn empty(start: Span) -> Diagnostic {
    Diagnostic::error("E0119", "the model is empty")
        .at(start, "expected a statement")
        .help("`ppl new NAME` writes a model to begin with")
}

/// The value, unless there are errors; its diagnostics join the others.
fn note<T>(diagnosed: Diagnosed<T>, diagnostics: &mut Vec<Diagnostic>) -> Option<T> {
    let failed = diagnosed.has_errors();
    for diagnostic in diagnosed.diagnostics {
        // Two variables may come upon the same mistake.
        if !diagnostics.contains(&diagnostic) {
            diagnostics.push(diagnostic);
        }
    }
    diagnosed.value.filter(|_| !failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LogDensity, Stage};

    #[test]
    fn phases_end_in_their_order_and_stop_at_an_error() {
        let phases = |data: &Data| {
            let mut seen = Vec::new();
            let model = Model::parse("coin.model", "p ~ beta(1, 1)\ndata n: count\ndata k: count ~ binomial(n, p)\n");
            let program = model.bind_on(Machine::Interpreter, Condense::none(), data, &mut |phase| seen.push(phase));
            assert!(program.is_ok_and(|p| p.machine() == Machine::Interpreter) == (seen.len() == 5));
            seen
        };
        let all = [Phase::Check, Phase::Read, Phase::Bind, Phase::Lower, Phase::Plan];
        assert_eq!(phases(&Data::new().set("n", "10").set("k", "7")), all);
        assert_eq!(phases(&Data::new().set("n", "10")), all[..2]);
    }

    #[test]
    fn a_plan_has_a_footprint_and_a_profile_and_the_interpreter_has_not() {
        let model = Model::parse("line.model", "dim row\nm ~ normal(0, 1)\ndata y[row] ~ normal(m, 1)\n");
        let data = Data::new().json("y.json", format!("{{\"y\": {:?}}}", [1.5; 600]));
        let mut plan = model.bind_on(Machine::default(), Condense::none(), &data, &mut |_| {}).unwrap();
        let mut ticks = 0.0;
        let mut clock = || {
            ticks += 1.0;
            ticks
        };
        assert!(plan.footprint().is_some_and(|bytes| bytes.constants >= 600 * 8 && bytes.work > 0));
        assert!(plan.profile(&[0.5], &mut clock).iter().any(|(line, time)| line.starts_with("600: ") && *time == 3.0));
        let mut interpreter = plan.on(Machine::Interpreter);
        assert_eq!((interpreter.footprint(), interpreter.profile(&[0.5], &mut clock)), (None, Vec::new()));
    }

    #[test]
    fn data_is_reduced_in_the_plan_unless_told_otherwise() {
        let model = Model::parse("line.model", "dim row\nm ~ normal(0, 1)\ndata y[row] ~ normal(m, 1)\n");
        let data = Data::new().json("y.json", format!("{{\"y\": {:?}}}", [[1.5; 300], [-0.25; 300]].concat()));
        let [reduced, whole] = [Condense::default(), Condense::none()]
            .map(|choice| model.bind_on(Machine::default(), choice, &data, &mut |_| {}).unwrap());
        let text = |program: &Program| program.graph_text(Stage::Plan);
        let note = "# y (3:6): 600 rows, a normal linear model of 1 parameter\n";
        assert!(text(&reduced).starts_with(note), "{}", text(&reduced));
        assert!(!text(&whole).contains('#'));
        let value = |program: &Program| program.density().log_density(&[0.3]).unwrap();
        assert!((value(&reduced) / value(&whole) - 1.0).abs() < 1e-14);
        assert_eq!(text(&reduced.condensed(Condense::none())), text(&whole));
    }
}
