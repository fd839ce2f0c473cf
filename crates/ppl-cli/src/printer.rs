//! stdout is data, stderr is people.

use std::io::{self, IsTerminal, Write};

use ppl::Report;
use ppl_diagnostic::{Style, render};

use crate::failure::Failure;

/// Diagnostics shown in full; a file of another language has thousands.
const SHOWN: usize = 20;

/// Writes for programs and for people.
#[derive(Clone, Copy, Debug)]
pub struct Printer {
    style: Style,
}

impl Printer {
    /// With colours if stderr is a terminal and `NO_COLOR` is not set.
    pub fn new() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let style = match io::stderr().is_terminal() && !refused {
            true => Style::Colour,
            false => Style::Plain,
        };
        Printer { style }
    }

    /// Writes the result of a command.
    pub fn data(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }

    /// Tells people something; that nobody listens changes nothing.
    pub fn note(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Tells people what is wrong where there is no place to point at.
    pub fn error(&self, message: &str) {
        let label = self.bold_red("error:");
        self.note(&format!("{label} {message}"));
    }

    /// All diagnostics of a report and how many there are; nothing if there are none.
    pub fn report(&self, report: &Report) {
        let blocks = report.diagnostics.iter().take(SHOWN).map(|d| render(d, &report.sources, self.style));
        for block in blocks {
            self.note(&format!("{block}\n"));
        }
        if let Some(line) = count_line(report) {
            self.note(&line);
        }
    }

    /// Draws attention to a word.
    pub fn bold_red(&self, text: &str) -> String {
        match self.style {
            Style::Colour => format!("\x1b[1;31m{text}\x1b[0m"),
            Style::Plain => text.to_string(),
        }
    }
}

fn count_line(report: &Report) -> Option<String> {
    let (errors, warnings) = report.counts();
    let parts = [count(errors, "error"), count(warnings, "warning")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let hidden = report.diagnostics.len().saturating_sub(SHOWN);
    let shown = if hidden > 0 { format!(" (the first {SHOWN} are shown)") } else { String::new() };
    (!parts.is_empty()).then(|| format!("{}{shown}", parts.join(", ")))
}

fn count(number: usize, what: &str) -> Option<String> {
    match number {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{number} {what}s")),
    }
}
