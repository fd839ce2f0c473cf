//! `ppl sample`: draws from the posterior, in a run folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use ppl::{Condense, Control, Data, Fit, Machine, Model, Program, RunError, RunFolder, Settings, Starts, State, Stop};

use crate::args::SampleArgs;
use crate::failure::{Exit, Failure};
use crate::printer::Printer;
use crate::progress::Watch;
use crate::settings::{MOST_DRAWS, at_least_one, settings};
use crate::until::Limits;
use crate::{inputs, interrupt, no_start, verdict};

/// Samples, shows how far it is, and ends with a verdict.
pub fn run(args: &SampleArgs, printer: &Printer) -> Result<Exit, Failure> {
    let limits = Limits::read(&args.until)?;
    at_least_one("--checkpoint", args.checkpoint.unwrap_or(1))?;
    at_least_one("--extend", args.extend.unwrap_or(1))?;
    let task = match &args.resume {
        Some(path) => Task::resumed(path, args, limits, printer)?,
        None if args.extend.is_some() => {
            return Err(Failure::Usage("`--extend` adds to a run: name it with --resume RUN".into()));
        }
        None => Task::new(args, limits, printer)?,
    };
    let stop = interrupt::stop_flag(*printer);
    task.limits.start_clock(&stop);
    task.run(args, &stop, printer)
}

/// A run that is about to begin, or to go on.
struct Task {
    program: Program,
    settings: Settings,
    path: PathBuf,
    limits: Limits,
    from: From,
}

/// What a run begins from.
enum From {
    Starts(Starts),
    Folder(Box<RunFolder>),
    /// A run with nothing left to do.
    Done,
}

impl Task {
    fn new(args: &SampleArgs, limits: Limits, printer: &Printer) -> Result<Self, Failure> {
        let settings = settings(args)?;
        let plan = (inputs::machine(Some(args.machine))?, inputs::condense(&args.condense)?);
        let model = args.model.as_deref().expect("clap asks for a model where no run is resumed");
        let program = inputs::program(model, &args.data, plan, printer)?;
        program.check(&settings).map_err(no_start::failure)?;
        let starts = program.starts(args.init.as_deref()).map_err(|report| {
            printer.report(&report);
            Failure::Reported
        })?;
        Ok(Task { program, settings, path: args.output.clone(), limits, from: From::Starts(starts) })
    }

    /// The run of a folder, with the model, the data and the machine that it began with.
    fn resumed(path: &Path, args: &SampleArgs, limits: Limits, printer: &Printer) -> Result<Self, Failure> {
        let folder = RunFolder::reopen(path).map_err(|error| no_start::failure(error.into()))?;
        let record = folder.record();
        let finished = record.state == State::Finished;
        // A run that was cut off ends where it was to end.
        let limits = if finished || !args.until.is_empty() { limits } else { Limits::read(&record.until)? };
        let is_done = finished && args.extend.is_none() && args.until.is_empty();
        if is_done && !args.quiet {
            printer.note(&format!("the run in `{}` was finished: add to it with --extend N", path.display()));
        }
        let defaults = Settings::default();
        let settings = Settings {
            draws: draws(&folder, args),
            threads: args.threads.unwrap_or(defaults.threads),
            ..record.settings.clone()
        };
        let (model, data) = again(&folder).map_err(no_start::failure)?;
        let (machine, condense) = plan(&folder, printer);
        let bound = model.bind_on(machine, condense, &data, &mut |_| {});
        let program = bound.map_err(|report| {
            printer.report(&report);
            Failure::Reported
        })?;
        program.check(&settings).map_err(no_start::failure)?;
        Ok(Task {
            program,
            settings,
            path: path.to_path_buf(),
            limits,
            from: if is_done { From::Done } else { From::Folder(Box::new(folder)) },
        })
    }

    fn run(self, args: &SampleArgs, stop: &Arc<Stop>, printer: &Printer) -> Result<Exit, Failure> {
        let Task { program, settings, path, limits, from } = self;
        let watch = Watch::new(&settings, args.quiet, *printer);
        let control = Control {
            until: limits.until,
            conditions: &limits.conditions,
            abreast: limits.has_time(),
            keep_every: args.checkpoint,
            ..Control::new(&watch, stop)
        };
        let began = Instant::now();
        let fit = match from {
            From::Starts(starts) => program.sample_into(&path, &settings, &starts, &control),
            From::Folder(folder) => program.go_on(*folder, &settings, &control),
            From::Done => Fit::open(&path).map_err(RunError::from),
        };
        for warning in watch.finish() {
            printer.note(&format!("warning: {warning}"));
        }
        let fit = fit.map_err(no_start::failure)?;
        let convergence = fit.convergence(&fit.summary());
        if !args.quiet {
            let seconds = began.elapsed().as_secs_f64();
            tell(printer, &fit, &convergence, seconds, &path);
        }
        Ok(if convergence.passed() { Exit::Fine } else { Exit::Unconverged })
    }
}

/// Draws a chain that a run goes on to: what it set out to make, or has made if it is finished, and what is added.
fn draws(folder: &RunFolder, args: &SampleArgs) -> usize {
    let record = folder.record();
    let made = record.chains.iter().map(|chain| chain.draws).max();
    let aim = made.filter(|_| record.state == State::Finished).unwrap_or(record.settings.draws);
    match args.extend {
        Some(more) => aim.saturating_add(more),
        None if args.until.is_empty() => aim,
        None => aim.max(MOST_DRAWS),
    }
}

/// Model and data of a run, read again.
fn again(folder: &RunFolder) -> Result<(Model, Data), RunError> {
    let model = Model::parse(&folder.record().model_name, &folder.model()?);
    Ok((model, Data::of_run(&folder.record().data)?))
}

/// What evaluated the log density of a run: without it, draws go on with other bits.
fn plan(folder: &RunFolder, printer: &Printer) -> (Machine, Condense) {
    let record = folder.record();
    let recorded = Machine::from_name(&record.machine).filter(|machine| machine.is_available());
    let machine = recorded.unwrap_or_else(|| {
        let text = format!("warning: the run began on `{}`, which this machine lacks: the draws to come are as good, but not the same bits", record.machine);
        printer.note(&text);
        Machine::default()
    });
    let condense = Condense::from_names(record.condense.iter().map(String::as_str));
    (machine, condense.unwrap_or_default())
}

fn tell(printer: &Printer, fit: &Fit, convergence: &ppl::Convergence, seconds: f64, path: &Path) {
    printer.note(&verdict::headline(convergence, seconds, fit.stopped_by.as_deref(), &path.display().to_string()));
    for line in verdict::lines(convergence, fit) {
        printer.note(&line);
    }
    if !convergence.passed() {
        printer.note(&format!("`ppl diagnose {}` says where in the model, and what to do", path.display()));
    }
}
