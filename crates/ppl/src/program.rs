//! A model with its data: ready to be evaluated and sampled.

use std::path::Path;
use std::sync::Arc;

use ppl_compiler::{ColumnKind, Condense, Evaluation, Footprint, Machine, ModelDensity, OutputColumn, Stage, Unknowns};
use ppl_data::Document;
use ppl_density::{Fault, LogDensity};
use ppl_diagnostic::Diagnosed;
use ppl_engine::{Output, Sampler, Settings, Starts};
use ppl_store::{Column, DataFile, Kind, RunFolder, RunInfo};

use crate::control::{Control, Supervision};
use crate::files::read_text;
use crate::output::Rows;
use crate::{Data, Fit, Model, Report, RunError};

/// A log density over the unknowns of a model, given its data, with everything that goes to the output.
pub struct Program {
    compiled: ppl_compiler::Program,
    /// The texts, and the warnings of all phases.
    report: Report,
    model_name: String,
    model: String,
    data: Vec<DataFile>,
}

impl Program {
    pub(crate) fn new(compiled: ppl_compiler::Program, report: Report, model: &Model, data: &Data) -> Self {
        let stem = Path::new(model.name()).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Program {
            compiled,
            report,
            model_name: stem.unwrap_or_default(),
            model: model.text().to_string(),
            data: data.files().collect(),
        }
    }

    /// The same program, its log density evaluated by another machine.
    pub fn on(self, machine: Machine) -> Self {
        Program { compiled: self.compiled.on(machine), ..self }
    }

    /// The same program, with such reductions of its data in the plan; by default all of them. Values and gradients stay
    /// the same up to rounding.
    pub fn condensed(self, condense: Condense) -> Self {
        Program { compiled: self.compiled.condensed(condense), ..self }
    }

    /// What was noticed on the way here; there are no errors in it.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Number of unconstrained coordinates.
    pub fn dim(&self) -> usize {
        self.compiled.dim()
    }

    /// The columns of the output.
    pub fn columns(&self) -> Vec<Column> {
        self.compiled.columns().iter().map(column).collect()
    }

    /// The log density, for samplers of your own.
    pub fn density(&self) -> impl LogDensity + Clone + Send + use<> {
        self.compiled.density()
    }

    /// The columns at an unconstrained position, for the same.
    pub fn output(&self) -> impl Output + Clone + Send + use<> {
        Rows(self.compiled.output())
    }

    /// The graph of the log density, as text.
    pub fn graph_text(&self, stage: Stage) -> String {
        self.compiled.graph_text(stage)
    }

    /// What evaluates the log density.
    pub fn machine(&self) -> Machine {
        self.compiled.machine()
    }

    /// Bytes of memory that the plan takes; none for the interpreter.
    pub fn footprint(&self) -> Option<Footprint> {
        self.compiled.footprint()
    }

    /// What became of each sum over rows of data when the plan was made, one a line; nothing for the interpreter.
    pub fn reductions(&self) -> Vec<String> {
        self.compiled.reductions()
    }

    /// Where the time of a value and gradient at an unconstrained position goes: each line of the plan with the time
    /// that it took, in the unit of `clock`, which returns a growing number. Nothing for the interpreter.
    pub fn profile(&mut self, position: &[f64], clock: &mut dyn FnMut() -> f64) -> Vec<(String, f64)> {
        self.compiled.profile(position, clock)
    }

    /// The unconstrained position from which the first chain of NUTS would start.
    ///
    /// # Errors
    /// No place where the log density and its gradient are finite.
    pub fn starting_point(&self, settings: &Settings, starts: &Starts) -> Result<Vec<f64>, RunError> {
        Ok(ppl_engine::starting_point(self.compiled.density(), settings, starts)?)
    }

    /// Starting values: the model's hints, and what the JSON file at `path` gives by name on the natural scale.
    ///
    /// # Errors
    /// A file that cannot be read or does not fit the model.
    pub fn starts(&self, path: Option<&Path>) -> Result<Starts, Report> {
        let Some(path) = path else { return Ok(Starts::same(self.compiled.hinted_start())) };
        let mut report = Report { sources: self.report.sources.clone(), ..Report::default() };
        let start = read_point(path, &mut report).and_then(|point| keep(self.compiled.start(&point), &mut report));
        start.filter(|_| !report.has_errors()).map(Starts::same).ok_or(report)
    }

    /// Log density, its terms and its gradient at the point that the JSON file at `path` gives by name, on the natural
    /// scale and without Jacobians.
    ///
    /// # Errors
    /// A file that cannot be read or does not fit the model.
    pub fn evaluate(&mut self, path: &Path) -> Result<Evaluation, Report> {
        let mut report = Report { sources: self.report.sources.clone(), ..Report::default() };
        let evaluation =
            read_point(path, &mut report).and_then(|point| keep(self.compiled.evaluate(&point), &mut report));
        evaluation.filter(|_| !report.has_errors()).ok_or(report)
    }

    /// The same at an unconstrained position of length [`Self::dim`], with the log-Jacobian as a term of its own.
    ///
    /// # Errors
    /// The log density cannot be evaluated there.
    pub fn evaluate_unconstrained(&mut self, position: &[f64]) -> Result<Evaluation, Fault> {
        self.compiled.evaluate_unconstrained(position)
    }

    /// Whether these settings can run on this model.
    ///
    /// # Errors
    /// The first setting that cannot work, and what to do.
    pub fn check(&self, settings: &Settings) -> Result<(), RunError> {
        Ok(settings.check(self.dim(), self.compiled.density().has_gradient())?)
    }

    /// Samples in memory.
    ///
    /// # Errors
    /// Settings that cannot run on this model, or no chain with a single draw.
    pub fn sample(&self, settings: &Settings) -> Result<Fit, RunError> {
        let starts = Starts::same(self.compiled.hinted_start());
        let (density, output) = (self.density_for(settings), Rows(self.compiled.output()));
        let sinks = ppl_engine::sample_to_memory(&density, &output, settings, &starts)?;
        Ok(Fit::in_memory(self.columns(), &sinks, settings, self.dim()))
    }

    /// Samples into a new run folder at `path`, and reads it back.
    ///
    /// A run that is stopped keeps its draws. A run that yields no draw leaves no folder behind, unless it was stopped.
    ///
    /// # Errors
    /// As [`Self::sample`]; a folder that exists already or cannot be written.
    pub fn sample_into(
        &self,
        path: &Path,
        settings: &Settings,
        starts: &Starts,
        control: &Control,
    ) -> Result<Fit, RunError> {
        self.check(settings)?;
        let folder = RunFolder::create(path, &self.run_info(settings, control))?;
        let run = self.run(folder, settings, starts, control);
        if run.as_ref().is_err_and(|error| matches!(error, RunError::Engine(_)) || !RunFolder::has_begun(path)) {
            // What could not start must not stand in the way of the next try.
            let _ = std::fs::remove_dir_all(path);
        }
        run
    }

    /// Goes on with a run that was cut off, or adds to one that was not, as if it had never stopped. This must be the
    /// program of that run: see [`crate::reopen`].
    ///
    /// # Errors
    /// Settings that cannot run; files that cannot be read or written.
    pub fn go_on(&self, mut folder: RunFolder, settings: &Settings, control: &Control) -> Result<Fit, RunError> {
        self.check(settings)?;
        let starts = folder.starts();
        folder.go_on(settings.draws, control.conditions)?;
        self.run(folder, settings, &starts, control)
    }

    fn run(
        &self,
        mut folder: RunFolder,
        settings: &Settings,
        starts: &Starts,
        control: &Control,
    ) -> Result<Fit, RunError> {
        let (density, output) = (self.density_for(settings), Rows(self.compiled.output()));
        let (sinks, keeper) = (folder.sinks()?, folder.keeper(starts, control.patience())?);
        let path = folder.path().to_path_buf();
        let supervision = Supervision::new(control, &keeper, &path);
        let ends = ppl_engine::sample(&density, &output, settings, starts, sinks, control.observer, &supervision)?;
        folder.finish(&ends, supervision.stopped_by())?;
        keeper.close()?;
        Ok(Fit::open(&path)?)
    }

    /// The sampled unknowns on their natural scale.
    pub(crate) fn unknowns(&self) -> Unknowns {
        self.compiled.unknowns()
    }

    /// The density of a run: each chain shares its evaluations with its part of the threads that chains leave idle. Those of
    /// an ensemble evaluate one walker each.
    fn density_for(&self, settings: &Settings) -> ModelDensity {
        if matches!(settings.sampler, Sampler::Ensemble(_)) {
            return self.compiled.density();
        }
        let running = settings.chains.min(settings.threads).max(1);
        self.compiled.density().with_threads(settings.threads / running)
    }

    fn run_info(&self, settings: &Settings, control: &Control) -> RunInfo {
        RunInfo {
            data: self.data.clone(),
            until: control.conditions.to_vec(),
            machine: self.compiled.machine().name().to_string(),
            condense: self.compiled.condense().names().map(str::to_string).collect(),
            ..RunInfo::new(&self.model_name, &self.model, settings.clone(), self.columns(), self.dim())
        }
    }
}

fn column(column: &OutputColumn) -> Column {
    Column {
        name: column.name.clone(),
        variable: column.variable.clone(),
        index: column.index.clone(),
        kind: match &column.kind {
            ColumnKind::Real => Kind::Real,
            ColumnKind::Integer | ColumnKind::Bool => Kind::Integer,
            ColumnKind::Label(labels) => Kind::Label(labels.to_vec()),
        },
        doc: column.doc.clone(),
    }
}

/// A point by name, as `--at` and `--init` take it.
fn read_point(path: &Path, report: &mut Report) -> Option<Document> {
    let text: Arc<str> = match read_text(path) {
        Ok(text) => text.into(),
        Err(error) => {
            report.diagnostics.push(*error);
            return None;
        }
    };
    let source = report.sources.add(path.display().to_string(), text.clone());
    keep(ppl_data::read_json(source, text), report)
}

fn keep<T>(diagnosed: Diagnosed<T>, report: &mut Report) -> Option<T> {
    report.diagnostics.extend(diagnosed.diagnostics);
    diagnosed.value
}
