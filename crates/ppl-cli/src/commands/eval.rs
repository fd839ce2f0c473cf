//! `ppl eval`: log density and gradient at a point.

use std::fs;
use std::path::Path;

use ppl::{Evaluation, Program};

use crate::args::EvalArgs;
use crate::failure::{Exit, Failure};
use crate::inputs;
use crate::json;
use crate::printer::Printer;

/// Evaluates and writes JSON to stdout.
pub fn run(args: &EvalArgs, printer: &Printer) -> Result<Exit, Failure> {
    let plan = (inputs::machine(Some(args.machine))?, inputs::condense(&args.condense)?);
    let mut program = inputs::program(&args.model, &args.data, plan, printer)?;
    let evaluation = match args.unconstrained {
        true => unconstrained(&mut program, &args.at)?,
        false => program.evaluate(&args.at).map_err(|report| {
            printer.report(&report);
            Failure::Reported
        })?,
    };
    printer.data(&as_json(&evaluation))?;
    Ok(Exit::Fine)
}

fn unconstrained(program: &mut Program, path: &Path) -> Result<Evaluation, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    let position: Vec<f64> = serde_json::from_str(&text).map_err(|error| {
        Failure::Wrong(format!("`{}`: {error}: an unconstrained point is an array of numbers", path.display()))
    })?;
    if position.len() != program.dim() {
        let (given, dim) = (position.len(), program.dim());
        let message = format!("`{}` has {given} numbers where the model has {dim} coordinates", path.display());
        return Err(Failure::Wrong(message));
    }
    program.evaluate_unconstrained(&position).map_err(|fault| Failure::Wrong(fault.to_string()))
}

fn as_json(evaluation: &Evaluation) -> String {
    let terms = evaluation.terms.iter().map(|term| {
        let example = term.example.as_ref().map(|example| ("example", json::text(example)));
        let fields = [("term", json::text(&term.name)), ("value", json::number(term.value))];
        json::object(fields.into_iter().chain(example))
    });
    let gradient = evaluation.gradient.iter().map(|(name, value)| (name.as_str(), json::number(*value)));
    let fields = [
        ("log_density", json::number(evaluation.log_density)),
        ("terms", json::lines(terms, 2)),
        ("gradient", json::fields(gradient, 2)),
    ];
    json::fields(fields, 0) + "\n"
}
