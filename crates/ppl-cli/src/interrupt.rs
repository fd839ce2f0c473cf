//! Ctrl-C: once stops the run and keeps its draws, twice quits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::printer::Printer;

/// What a shell reports of a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// A flag that the first Ctrl-C raises; the second ends the program.
pub fn stop_flag(printer: Printer) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = stop.clone();
    // Without a handler Ctrl-C just ends the program, and the run folder is readable all the same.
    let _ = ctrlc::set_handler(move || match first(&raised) {
        true => printer.note("stopping after the current draws; Ctrl-C again quits at once"),
        false => std::process::exit(INTERRUPTED),
    });
    stop
}

/// Raises the flag; whether it was down.
fn first(stop: &AtomicBool) -> bool {
    !stop.swap(true, Ordering::SeqCst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_ctrl_c_raises_the_flag() {
        let stop = AtomicBool::new(false);
        assert!(first(&stop) && stop.load(Ordering::SeqCst));
        assert!(!first(&stop));
    }
}
