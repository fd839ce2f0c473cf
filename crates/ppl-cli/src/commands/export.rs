//! `ppl export`: the draws of a run in another format.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use ppl::{Run, RunFolder, StoreError, export_csv};

use crate::args::{ExportArgs, ExportFormat};
use crate::failure::{Exit, Failure};

/// Writes to the file named, or to stdout.
pub fn run(args: &ExportArgs) -> Result<Exit, Failure> {
    if args.to != ExportFormat::Csv {
        let name = format!("{:?}", args.to).to_lowercase();
        return Err(Failure::Usage(format!("`--to {name}` is not supported yet: choose `--to csv`")));
    }
    let run = RunFolder::open(&args.run).map_err(|error| Failure::Wrong(error.to_string()))?;
    match &args.output {
        Some(path) => to_file(&run, path)?,
        None => export_csv(&run, BufWriter::new(io::stdout().lock())).map_err(stdout_failure)?,
    }
    Ok(Exit::Fine)
}

fn to_file(run: &Run, path: &Path) -> Result<(), Failure> {
    let file = File::create_new(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::Wrong(format!("`{}` exists: choose another name, or remove it first", path.display()))
        }
        _ => Failure::file(path, &error),
    })?;
    export_csv(run, BufWriter::new(file)).map_err(|error| match error {
        StoreError::Export(error) => Failure::file(path, &error),
        other => Failure::Wrong(other.to_string()),
    })
}

fn stdout_failure(error: StoreError) -> Failure {
    match error {
        StoreError::Export(error) => error.into(),
        other => Failure::Wrong(other.to_string()),
    }
}
