//! `ppl diagnose`: every check of a run, what failed, where in the model, and what to do.

use ppl::Diagnosis;

use crate::args::{DiagnoseArgs, DiagnoseFormat};
use crate::checks::{Check, Status, checks};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::printer::Printer;

/// Writes the checks to stdout; the exit code says whether they passed.
pub fn run(args: &DiagnoseArgs, printer: &Printer) -> Result<Exit, Failure> {
    let diagnosis = Diagnosis::open(&args.run).map_err(|error| Failure::Wrong(error.to_string()))?;
    let checks = checks(&diagnosis);
    printer.data(&match args.format {
        DiagnoseFormat::Text => text(&checks),
        DiagnoseFormat::Json => as_json(&diagnosis, &checks),
    })?;
    Ok(if diagnosis.passed() { Exit::Fine } else { Exit::Unconverged })
}

fn text(checks: &[Check]) -> String {
    let of = |status| checks.iter().filter(move |check| check.status == status);
    let failed = of(Status::Failed).count();
    let headline = match failed {
        0 => format!("all {} checks passed", checks.len()),
        _ => format!("{failed} of {} checks failed", checks.len()),
    };
    let paragraphs = of(Status::Failed).map(|check| paragraph("failed", check));
    let notes = of(Status::Noted).map(|check| paragraph("note", check));
    let passed = of(Status::Passed).map(|check| format!("  {}", check.finding));
    let passed: Vec<String> = passed.collect();
    let passed = (!passed.is_empty()).then(|| format!("passed:\n{}", passed.join("\n")));
    let blocks: Vec<String> = std::iter::once(headline).chain(paragraphs).chain(notes).chain(passed).collect();
    blocks.join("\n\n") + "\n"
}

fn paragraph(mark: &str, check: &Check) -> String {
    let mut lines = vec![format!("{mark}: {}", check.finding)];
    lines.extend(check.places.iter().map(|place| format!("  {place}")));
    lines.extend(check.remedy.iter().map(|remedy| format!("  help: {remedy}")));
    lines.join("\n")
}

fn as_json(diagnosis: &Diagnosis, checks: &[Check]) -> String {
    let fields = [("passed", diagnosis.passed().to_string()), ("checks", json::lines(checks.iter().map(object), 2))];
    json::fields(fields, 0) + "\n"
}

fn object(check: &Check) -> String {
    let status = match check.status {
        Status::Passed => "passed",
        Status::Noted => "noted",
        Status::Failed => "failed",
    };
    let places: Vec<String> = check.places.iter().map(|place| json::text(place)).collect();
    let remedy = check.remedy.as_ref().map_or("null".to_string(), |remedy| json::text(remedy));
    json::object([
        ("check", json::text(check.name)),
        ("status", json::text(status)),
        ("finding", json::text(&check.finding)),
        ("places", format!("[{}]", places.join(", "))),
        ("remedy", remedy),
    ])
}
