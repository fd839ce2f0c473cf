//! `ppl new`: a folder with a commented model and data for it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::args::NewArgs;
use crate::failure::{Exit, Failure};
use crate::printer::Printer;

const MODEL: &str = include_str!("new/model.model");
const DATA: &str = include_str!("new/data.csv");

/// Writes the folder and says how to go on.
pub fn run(args: &NewArgs, printer: &Printer) -> Result<Exit, Failure> {
    let folder = &args.name;
    fs::create_dir(folder).map_err(|error| refused(folder, &error))?;
    for (name, text) in [("model.model", MODEL), ("data.csv", DATA)] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| Failure::file(&path, &error))?;
    }
    let shown = folder.display();
    printer.note(&format!("`{shown}` has a model and data for it. Sample from it, and look at the result, with\n"));
    printer
        .data(&format!("ppl sample {shown}/model.model {shown}/data.csv -o {shown}/run\nppl summary {shown}/run\n"))?;
    Ok(Exit::Fine)
}

fn refused(folder: &Path, error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::AlreadyExists => Failure::Wrong(format!("`{}` exists: choose another name", folder.display())),
        _ => Failure::file(folder, error),
    }
}
