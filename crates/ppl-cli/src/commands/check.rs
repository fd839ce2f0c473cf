//! `ppl check`: what is wrong with a model, and with data also what does not fit.

use ppl::{Diagnostic, Label, Report, Severity, Sources};
use serde_json::{Value, json};

use crate::args::CheckArgs;
use crate::failure::{Exit, Failure};
use crate::inputs;
use crate::printer::Printer;

/// Checks and reports.
pub fn run(args: &CheckArgs, printer: &Printer) -> Result<Exit, Failure> {
    let model = inputs::model(&args.model)?;
    let data = inputs::data(&args.data)?;
    let (report, summary) = match data.is_empty() {
        true => (either(model.check()), String::new()),
        false => match model.bind(&data) {
            Ok(program) => (program.report().clone(), size(program.dim(), program.columns().len())),
            Err(report) => (report, String::new()),
        },
    };
    if args.json {
        printer.data(&format!("{:#}\n", as_json(&report)))?;
    } else {
        printer.report(&report);
    }
    if report.has_errors() {
        return Err(Failure::Reported);
    }
    if !args.json {
        printer.note(&format!("`{}` is fine{summary}", model.name()));
    }
    Ok(Exit::Fine)
}

fn either(result: Result<Report, Report>) -> Report {
    result.unwrap_or_else(|report| report)
}

fn size(dim: usize, columns: usize) -> String {
    let plural = |number: usize| if number == 1 { "" } else { "s" };
    format!(
        " with these data: {dim} unknown number{} to sample, {columns} column{} of output",
        plural(dim),
        plural(columns)
    )
}

fn as_json(report: &Report) -> Value {
    report.diagnostics.iter().map(|d| diagnostic(d, &report.sources)).collect()
}

fn diagnostic(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let severity = match diagnostic.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    json!({
        "code": diagnostic.code,
        "severity": severity,
        "message": diagnostic.message,
        "place": diagnostic.primary.as_ref().map(|label| place(label, sources)),
        "also": diagnostic.secondary.iter().map(|label| place(label, sources)).collect::<Value>(),
        "notes": diagnostic.notes,
        "fix": diagnostic.fix.as_ref().map(|fix| json!({
            "start": fix.span.start, "end": fix.span.end, "replacement": fix.replacement,
        })),
    })
}

/// Lines and columns count from 1, the column in characters; `start` and `end` are bytes from 0.
fn place(label: &Label, sources: &Sources) -> Value {
    let (line, column) = sources.line_column(label.span);
    json!({
        "file": sources.get(label.span.source).name,
        "line": line,
        "column": column,
        "start": label.span.start,
        "end": label.span.end,
        "text": label.text,
    })
}
