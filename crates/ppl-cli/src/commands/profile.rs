//! `ppl profile`: where the time of a model goes.

use ppl::{LogDensity, Model, Phase, Program, Settings};

use crate::args::{ProfileArgs, ProfileFormat};
use crate::failure::{Exit, Failure};
use crate::inputs;
use crate::no_start;
use crate::printer::Printer;
use crate::profile::{Bytes, Laps, Profile, evaluations, peak_resident, plan, times};
use crate::settings::at_least_one;

/// Compiles, evaluates, and writes what it took to stdout.
pub fn run(args: &ProfileArgs, printer: &Printer) -> Result<Exit, Failure> {
    let mut laps = Laps::start();
    args.evals.map_or(Ok(()), |evals| at_least_one("--evals", evals))?;
    let (machine, condense) = (inputs::machine(Some(args.machine))?, inputs::condense(&args.condense)?);
    let model = inputs::model(&args.model)?;
    laps.end("parse");
    let data = inputs::data(&args.data)?;
    laps.end("read files");
    let bound = model.bind_on(machine, condense, &data, &mut |phase| laps.end(name(phase)));
    printer.report(bound.as_ref().map_or_else(|report| report, Program::report));
    let mut program = bound.map_err(|_| Failure::Reported)?;
    let profile = measure(args, &model, data.bytes(), &mut program, laps)?;
    printer.data(&match args.format {
        ProfileFormat::Table => profile.table(),
        ProfileFormat::Json => profile.json(),
    })?;
    Ok(Exit::Fine)
}

fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Check => "check",
        Phase::Read => "read data",
        Phase::Bind => "bind",
        Phase::Lower => "lower",
        Phase::Plan => "plan",
    }
}

fn measure(
    args: &ProfileArgs,
    model: &Model,
    data: usize,
    program: &mut Program,
    mut laps: Laps,
) -> Result<Profile, Failure> {
    let starts = program.starts(None).map_err(|_| Failure::Reported)?;
    let position = program.starting_point(&Settings::default(), &starts).map_err(no_start::failure)?;
    laps.end("find a start");
    let mut density = program.density();
    let mut gradient = vec![0.0; position.len()];
    let mut both = || density.log_density_and_gradient(&position, &mut gradient).map_or(f64::NAN, |value| value);
    both();
    laps.end("first gradient");
    let evals = args.evals.unwrap_or_else(|| evaluations(&mut both));
    let gradient = times(evals, &mut both);
    let mut density = program.density();
    let value = times(evals, &mut || density.log_density(&position).unwrap_or(f64::NAN));
    Ok(Profile {
        model: model.name().to_string(),
        coordinates: position.len(),
        machine: program.machine(),
        laps,
        evals,
        gradient,
        value,
        bytes: Bytes { data, plan: program.footprint(), peak_resident: peak_resident() },
        reductions: program.reductions(),
        plan: plan(evals, |clock| program.profile(&position, clock)),
    })
}
