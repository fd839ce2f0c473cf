//! Runs that go well, by what they answer: draws differ between machines in their last digits, so numbers are compared
//! with a tolerance and not with a transcript.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Case;
use crate::binary::{Ran, ppl};

/// The tests of this file.
pub const CASES: &[Case] = &[
    ("eight_schools_are_answered", eight_schools_are_answered),
    ("all_samplers_agree", all_samplers_agree),
    ("tempering_tells_the_evidence", tempering_tells_the_evidence),
    ("what_new_writes_runs_as_it_is", what_new_writes_runs_as_it_is),
    ("every_example_runs", every_example_runs),
];

const SCHOOLS: &str = "../../examples/eight_schools";

fn summary(folder: &Path, run: &str) -> Value {
    let ran = ppl(folder, ["summary", run, "--format", "json"]);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr))
}

fn mean(summary: &Value, name: &str) -> f64 {
    let columns = summary["columns"].as_array().expect("there are columns");
    let column = columns.iter().find(|column| column["name"] == name);
    column.and_then(|column| column["mean"].as_f64()).unwrap_or_else(|| panic!("{name} has no mean"))
}

fn eight_schools_are_answered() {
    let scratch = tempfile::tempdir().expect("a scratch folder can be made");
    let folder = scratch.path();
    let schools = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCHOOLS);
    for (from, to) in [("reference_priors.model", "schools.model"), ("data.csv", "schools.csv")] {
        fs::copy(schools.join(from), folder.join(to)).expect("the example is there");
    }
    let words = ["sample", "schools.model", "schools.csv", "--target-accept", "0.95"];
    ppl(folder, words).says(0, &["4000 draws from 4 chains in ", "the chains agree"]);
    // Reference draws of posteriordb, eight_schools-eight_schools_noncentered: means 4.4 and 3.6, sd 3.3 and 3.2.
    let summary_of_all = summary(folder, "run");
    assert!((mean(&summary_of_all, "mu") - 4.4).abs() < 0.5);
    assert!((mean(&summary_of_all, "tau") - 3.6).abs() < 0.5);
    let Ran { stdout, .. } = ppl(folder, ["summary", "run"]);
    let names: Vec<&str> = stdout.lines().map(|line| line.split("  ").next().unwrap_or_default()).collect();
    assert_eq!(names[1..4], ["mu", "tau", "theta[Choate]"]);
    assert!(names.contains(&"theta[\"St. Paul's\"]"), "{stdout}");
    assert!(ppl(folder, ["summary", "run", "--format", "markdown"]).stdout.starts_with("|  | mean |"));
}

fn all_samplers_agree() {
    let (_scratch, folder) = crate::binary::coins();
    for (sampler, draws) in [("nuts", "1000"), ("ensemble", "1000"), ("metropolis", "8000")] {
        let words = ["sample", "coin.model", "coin.json", "-o", sampler, "--sampler", sampler, "--draws", draws];
        ppl(&folder, words).says(0, &[" agree: R̂"]);
        // beta(8, 4) by conjugacy, with mean 2/3.
        let p = mean(&summary(&folder, sampler), "p");
        assert!((p - 2.0 / 3.0).abs() < 0.01, "{sampler}: {p}");
    }
}

fn tempering_tells_the_evidence() {
    let (_scratch, folder) = crate::binary::coins();
    let words = ["sample", "coin.model", "coin.json", "--temperatures", "5"];
    ppl(&folder, words).says(0, &["the chains agree", "log evidence -2.", "round trips a chain"]);
    let summary = summary(&folder, "run");
    let evidence = summary["log_evidence"]["value"].as_f64().expect("the evidence is told");
    // Every number of heads from 0 to 10 is equally probable.
    assert!((evidence + 11.0_f64.ln()).abs() < 0.05, "{evidence}");
    ppl(&folder, ["summary", "run"]).says(0, &["log evidence -2."]);
}

fn what_new_writes_runs_as_it_is() {
    let scratch = tempfile::tempdir().expect("a scratch folder can be made");
    let told = ppl(scratch.path(), ["new", "plants"]).stdout;
    assert_eq!(told.lines().count(), 2);
    for command in told.lines() {
        let ran = ppl(scratch.path(), command.split_whitespace().skip(1));
        assert_eq!(ran.code, Some(0), "{command}: {}", ran.stderr);
    }
    ppl(scratch.path(), ["fmt", "--check", "plants/model.model"]).says(0, &[]);
    let plants = summary(scratch.path(), "plants/run");
    assert!(mean(&plants, "growth[sun]") > mean(&plants, "growth[shade]") + 0.5);
}

/// Not for convergence, which takes longer, but from the first to the last step.
fn every_example_runs() {
    let scratch = tempfile::tempdir().expect("a scratch folder can be made");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut found = 0;
    for entry in fs::read_dir(examples).expect("there are examples").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let model = path.join("model.model");
        let Some(data) = ["data.csv", "data.json"].map(|name| path.join(name)).into_iter().find(|path| path.exists())
        else {
            continue;
        };
        let run = scratch.path().join(name);
        let short = ["sample", "-q", "--warmup", "20", "--draws", "10", "--max-depth", "5", "-o"].map(Into::into);
        let words = short.into_iter().chain([run.clone().into_os_string(), model.into(), data.into()]);
        let ran = ppl(scratch.path(), words);
        assert!(matches!(ran.code, Some(0 | 3)), "{}: {}", path.display(), ran.stderr);
        assert!(ppl(scratch.path(), ["summary".into(), run]).code == Some(0), "{}", path.display());
        found += 1;
    }
    assert!(found >= 5, "{found} examples");
}
