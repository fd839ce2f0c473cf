//! `ppl fmt`: models in the one style, in place.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use ppl::Model;

use crate::args::FmtArgs;
use crate::failure::{Exit, Failure};
use crate::inputs;
use crate::printer::Printer;

/// Formats every model; one that cannot be read does not keep the others from it.
pub fn run(args: &FmtArgs, printer: &Printer) -> Result<Exit, Failure> {
    let mut fine = true;
    for path in &args.models {
        fine &= match path.as_os_str() == "-" {
            true => stream(args.check, printer)?,
            false => file(path, args.check, printer)?,
        };
    }
    Ok(if fine { Exit::Fine } else { Exit::Wrong })
}

/// Formats a file; whether all is well.
fn file(path: &Path, check: bool, printer: &Printer) -> Result<bool, Failure> {
    let model = inputs::model(path)?;
    let Some(text) = formatted(&model, printer) else { return Ok(false) };
    if text == model.text() {
        return Ok(true);
    }
    if check {
        printer.note(&format!("`{}` is not in the one style: `ppl fmt` would change it", path.display()));
        return Ok(false);
    }
    fs::write(path, text).map_err(|error| Failure::file(path, &error))?;
    Ok(true)
}

/// Formats stdin; whether all is well.
fn stream(check: bool, printer: &Printer) -> Result<bool, Failure> {
    let mut text = String::new();
    let read = io::stdin().lock().read_to_string(&mut text);
    read.map_err(|error| Failure::Wrong(format!("stdin cannot be read: {error}")))?;
    let model = Model::parse("stdin", &text);
    let Some(formatted) = formatted(&model, printer) else { return Ok(false) };
    if check {
        return Ok(formatted == text);
    }
    printer.data(&formatted)?;
    Ok(true)
}

fn formatted(model: &Model, printer: &Printer) -> Option<String> {
    model.format().map_err(|report| printer.report(&report)).ok()
}
