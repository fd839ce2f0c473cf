//! `ppl completions`: a script for the shell.

use clap::CommandFactory;

use crate::args::{Arguments, CompletionsArgs};
use crate::failure::{Exit, Failure};
use crate::printer::Printer;

/// Writes the script to stdout.
pub fn run(args: &CompletionsArgs, printer: &Printer) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "ppl", &mut script);
    printer.data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
