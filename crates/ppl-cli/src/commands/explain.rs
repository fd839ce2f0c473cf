//! `ppl explain`: the page of a code.

use ppl_diagnostic::{Explanation, all_explanations, explain};

use crate::args::ExplainArgs;
use crate::failure::{Exit, Failure};
use crate::printer::Printer;

/// Writes the page, or the list of all codes.
pub fn run(args: &ExplainArgs, printer: &Printer) -> Result<Exit, Failure> {
    let Some(code) = &args.code else {
        printer.data(&all_explanations().iter().map(line).collect::<String>())?;
        return Ok(Exit::Fine);
    };
    let page = explain(code.trim()).ok_or_else(|| Failure::Usage(unknown(code)))?;
    printer.data(&format!("{}\n", page.page.trim_end()))?;
    Ok(Exit::Fine)
}

fn line(explanation: &Explanation) -> String {
    let title = explanation.page.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let title = title.trim_start_matches(['#', ' ']).trim_start_matches(explanation.code);
    format!("{}  {}\n", explanation.code, title.trim_start_matches([':', ' ']))
}

/// Codes of the same phase are more of use than codes with similar digits.
fn unknown(code: &str) -> String {
    let phase: String = code.trim().to_ascii_uppercase().chars().take(3).collect();
    let near: Vec<&str> = all_explanations().iter().map(|e| e.code).filter(|c| c.starts_with(&phase)).collect();
    match near.as_slice() {
        [] => format!("there is no page for `{code}`: `ppl explain` lists all codes"),
        near => format!("there is no page for `{code}`; there are pages for {}", near.join(", ")),
    }
}
