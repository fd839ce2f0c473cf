//! Wrong programs that no page can show.

use ppl::{Data, Model};
use ppl_diagnostic::Diagnostic;

type Make = fn() -> Vec<Diagnostic>;

/// Programs that are too large for a page, or no text.
pub const MADE: &[(&str, Make)] = &[
    ("E0103", || checked(&format!("x = {}1{}", "(".repeat(201), ")".repeat(201)))),
    ("E0110", || checked(&"# a comment\n".repeat(2_000_000))),
    ("E0502", latin_1),
];

/// Codes that no test reaches, and why.
pub const NOT_BY_PROGRAM: &[(&str, &str)] = &[("E0510", "it takes a file of 4 GiB")];

fn checked(text: &str) -> Vec<Diagnostic> {
    Model::parse("m.model", text).check().unwrap_or_else(|report| report).diagnostics
}

fn latin_1() -> Vec<Diagnostic> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let path = folder.path().join("latin1.json");
    std::fs::write(&path, b"{\"temp\xe9rature\": 21.5}").expect("a file can be written");
    let model = Model::parse("m.model", "mu ~ normal(0, 1)\ndata y ~ normal(mu, 1)\n");
    model.bind(&Data::new().file(None, &path)).err().unwrap_or_default().diagnostics
}
