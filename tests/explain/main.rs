//! Every diagnostic code has a page, and every page tells the truth: its wrong program is refused with that code, its
//! right one with nothing.
//!
//! Each page of `crates/ppl-diagnostic/explanations` is a test. Its fenced blocks are `model`, `csv FILE`, `json`,
//! `point FILE` and `console`, followed by `wrong` or `right` where they belong to one of the two programs alone.

mod codes;
mod made;
mod page;
mod run;

use libtest_mimic::{Arguments, Failed, Trial};
use ppl_diagnostic::{Diagnostic, Explanation, all_explanations};

use page::{Block, Side, blocks};

fn main() {
    let pages = all_explanations().iter().map(|explanation| {
        Trial::test(format!("page_{}", explanation.code), move || page_is_true(explanation).map_err(Failed::from))
    });
    let whole = codes::CASES.iter().map(|&(name, case)| Trial::test(name, move || case().map_err(Failed::from)));
    libtest_mimic::run(&Arguments::from_args(), pages.chain(whole).collect()).exit();
}

fn page_is_true(explanation: &Explanation) -> Result<(), String> {
    let blocks = blocks(explanation.page)?;
    if made::NOT_BY_PROGRAM.iter().all(|(code, _)| *code != explanation.code) {
        wrong_is_refused(explanation.code, &blocks).map_err(|why| format!("the wrong program: {why}"))?;
    }
    right_is_accepted(&blocks).map_err(|why| format!("the right program: {why}"))
}

fn wrong_is_refused(code: &str, blocks: &[Block]) -> Result<(), String> {
    let found = match made::MADE.iter().find(|(made, _)| *made == code) {
        Some((_, make)) => make(),
        None => run::diagnostics(blocks, Side::Wrong)?,
    };
    // Warnings may stand beside an error; the errors must all be of the code, so that the page shows one mistake.
    let errors_meant = code.starts_with('E');
    let meant: Vec<&Diagnostic> = found.iter().filter(|d| d.is_error() || !errors_meant).collect();
    match meant.is_empty() || meant.iter().any(|d| d.code != code) {
        true => Err(told(&found)),
        false => Ok(()),
    }
}

fn right_is_accepted(blocks: &[Block]) -> Result<(), String> {
    let found = run::diagnostics(blocks, Side::Right)?;
    if found.is_empty() { Ok(()) } else { Err(told(&found)) }
}

fn told(found: &[Diagnostic]) -> String {
    let lines: Vec<String> = found.iter().map(|d| format!("{}: {}", d.code, d.message)).collect();
    format!("{} diagnostics\n{}", lines.len(), lines.join("\n"))
}
