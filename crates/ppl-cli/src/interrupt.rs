//! Ctrl-C: once stops the run and keeps its draws, twice quits.

use std::sync::Arc;

use ppl::Stop;

use crate::printer::Printer;

/// What a shell reports of a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// Why the first Ctrl-C ends a run.
pub const REASON: &str = "Ctrl-C";

/// A flag that the first Ctrl-C raises; the second ends the program.
pub fn stop_flag(printer: Printer) -> Arc<Stop> {
    let stop = Arc::new(Stop::new());
    let raised = stop.clone();
    // Without a handler Ctrl-C just ends the program, and the run folder is readable all the same.
    let _ = ctrlc::set_handler(move || match raised.raise(REASON) {
        true => printer.note("stopping after the current draws; Ctrl-C again quits at once"),
        false => std::process::exit(INTERRUPTED),
    });
    stop
}
