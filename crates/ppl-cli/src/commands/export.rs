//! `ppl export`: the draws of a run in another format.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufWriter, Write};
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
    let run = RunFolder::open(&args.run).map_err(wrong)?;
    match &args.output {
        Some(path) => to_file(&run, path)?,
        None => to_stdout(&run)?,
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
        other => wrong(other),
    })
}

fn to_stdout(run: &Run) -> Result<(), Failure> {
    let no_reader = Cell::new(false);
    let stdout = Listening { inner: io::stdout().lock(), no_reader: &no_reader };
    export_csv(run, BufWriter::new(stdout)).map_err(|error| match no_reader.get() {
        true => Failure::NoReader,
        false => wrong(error),
    })
}

fn wrong(error: StoreError) -> Failure {
    Failure::Wrong(error.to_string())
}

/// Notices when nobody reads any more; the error itself comes back wrapped beyond recognition.
struct Listening<'a, W> {
    inner: W,
    no_reader: &'a Cell<bool>,
}

impl<W: Write> Listening<'_, W> {
    fn note<T>(&self, result: io::Result<T>) -> io::Result<T> {
        let gone = result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        self.no_reader.set(self.no_reader.get() || gone);
        result
    }
}

impl<W: Write> Write for Listening<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes);
        self.note(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.inner.flush();
        self.note(flushed)
    }
}
