//! `ppl summary`: means, quantiles and convergence of a run.

use ppl::Fit;

use crate::args::{SummaryArgs, SummaryFormat};
use crate::failure::{Exit, Failure};
use crate::printer::Printer;
use crate::{summary_table, verdict};

/// Writes the table to stdout, and what is wrong with the draws to stderr.
pub fn run(args: &SummaryArgs, printer: &Printer) -> Result<Exit, Failure> {
    let fit = Fit::open(&args.run).map_err(|error| Failure::Wrong(error.to_string()))?;
    if fit.draws.is_empty() {
        return Err(Failure::Wrong(format!(
            "`{}` has no draws: the run was stopped before the end of its warm-up, or has not come so far",
            args.run.display()
        )));
    }
    let rows = fit.summary();
    printer.data(&match args.format {
        SummaryFormat::Text => summary_table::text(&fit.draws.columns, &rows),
        SummaryFormat::Markdown => summary_table::markdown(&fit.draws.columns, &rows),
        SummaryFormat::Json => summary_table::json(&fit, &rows),
    })?;
    if let Some(line) = verdict::evidence(&fit) {
        printer.note(&line);
    }
    for line in verdict::problems(&fit.convergence(&rows), &fit) {
        printer.note(&line);
    }
    Ok(Exit::Fine)
}
