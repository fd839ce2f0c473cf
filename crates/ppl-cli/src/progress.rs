//! How far a run is: a live line a chain on a terminal, otherwise a line for each tenth of the run.

mod bars;
mod tenths;

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};

use ppl::{Event, Observer, Sampler, Settings};

use crate::printer::Printer;
use bars::Bars;
use tenths::Tenths;

/// Watches a run.
pub struct Watch {
    display: Display,
    warnings: Mutex<Vec<String>>,
}

enum Display {
    Nothing,
    Bars(Bars),
    Tenths(Tenths),
}

/// What is counted of a chain: an iteration of an ensemble is a draw of each walker.
fn unit(sampler: &Sampler) -> &'static str {
    if matches!(sampler, Sampler::Ensemble(_)) { "iteration" } else { "draw" }
}

impl Watch {
    /// A watch that shows what the terminal can show.
    pub fn new(settings: &Settings, quiet: bool, printer: Printer) -> Self {
        let display = match (quiet, io::stderr().is_terminal()) {
            (true, _) => Display::Nothing,
            (false, true) => Display::Bars(Bars::new(settings)),
            (false, false) => Display::Tenths(Tenths::new(settings, printer)),
        };
        Watch { display, warnings: Mutex::default() }
    }

    /// Removes what is on the screen; returns what the chains had to say, each once.
    pub fn finish(self) -> Vec<String> {
        if let Display::Bars(bars) = self.display {
            bars.clear();
        }
        self.warnings.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn warn(&self, message: String) {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if !warnings.contains(&message) {
            warnings.push(message);
        }
    }
}

impl Observer for Watch {
    fn event(&self, event: Event<'_>) {
        match (event, &self.display) {
            (Event::Warning { message, .. }, _) => self.warn(message),
            (Event::Progress(progress), Display::Bars(bars)) => bars.show(&progress),
            (Event::Finished { end }, Display::Bars(bars)) => bars.end(end),
            (Event::Progress(progress), Display::Tenths(tenths)) => tenths.count(&progress),
            _ => {}
        }
    }
}
