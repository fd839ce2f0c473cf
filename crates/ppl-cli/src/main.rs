//! The `ppl` command.
//!
//! `main` parses the command line, hands it to one command and returns the exit code: 0 fine; 1 the model, the data or
//! the run is wrong; 2 used wrongly; 3 finished, but convergence checks failed. What a program would read goes to
//! stdout, what a person reads to stderr.
#![forbid(unsafe_code)]

mod args;
mod checks;
mod commands;
mod defect;
mod digits;
mod failure;
mod inputs;
mod interrupt;
mod json;
mod no_start;
mod printer;
mod profile;
mod progress;
mod settings;
mod summary_table;
mod table;
mod until;
mod verdict;
mod words;

use std::process::ExitCode;

use args::{Arguments, Command};
use clap::Parser;
use failure::{Exit, Failure};
use printer::Printer;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let printer = Printer::new();
    let ended = defect::contain(|| dispatch(arguments.command, &printer));
    ExitCode::from(exit(ended, &printer) as u8)
}

fn dispatch(command: Command, printer: &Printer) -> Result<Exit, Failure> {
    match command {
        Command::New(args) => commands::new::run(&args, printer),
        Command::Check(args) => commands::check::run(&args, printer),
        Command::Fmt(args) => commands::fmt::run(&args, printer),
        Command::Sample(args) => commands::sample::run(&args, printer),
        Command::Summary(args) => commands::summary::run(&args, printer),
        Command::Diagnose(args) => commands::diagnose::run(&args, printer),
        Command::Export(args) => commands::export::run(&args),
        Command::Eval(args) => commands::eval::run(&args, printer),
        Command::Graph(args) => commands::graph::run(&args, printer),
        Command::Profile(args) => commands::profile::run(&args, printer),
        Command::Explain(args) => commands::explain::run(&args, printer),
        Command::Completions(args) => commands::completions::run(&args, printer),
        Command::Other(words) => commands::other::run(&words),
    }
}

fn exit(ended: Result<Exit, Failure>, printer: &Printer) -> Exit {
    let (exit, message) = match ended {
        Ok(exit) => return exit,
        Err(Failure::NoReader) => return Exit::Fine,
        Err(Failure::Reported) => return Exit::Wrong,
        Err(Failure::Usage(message)) => (Exit::Usage, message),
        Err(Failure::Wrong(message)) => (Exit::Wrong, message),
    };
    printer.error(&message);
    exit
}
