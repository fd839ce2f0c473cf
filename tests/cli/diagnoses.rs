//! What `ppl diagnose` says of runs that went well and badly. Counts differ between machines, so words are looked for.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Case;
use crate::binary::{Ran, coins, folder, ppl};

/// The tests of this file.
pub const CASES: &[Case] = &[
    ("a_good_run_passes_every_check", a_good_run_passes_every_check),
    ("a_bad_run_is_told_with_lines_and_remedies", a_bad_run_is_told_with_lines_and_remedies),
    ("a_diagnosis_can_be_read_by_programs", a_diagnosis_can_be_read_by_programs),
    ("a_gradient_that_is_no_number_names_its_statement", a_gradient_that_is_no_number_names_its_statement),
    ("the_integrator_that_warm_up_chose_is_told", the_integrator_that_warm_up_chose_is_told),
    ("what_cannot_be_told_without_data_is_said", what_cannot_be_told_without_data_is_said),
];

const EDGES: &[u8] = b"dim obs\na ~ normal(0, 3)\ndata y[obs] ~ uniform(-3, a)\n";
const DATA: &[u8] = b"{\"y\": [0.5, 1.0, 1.4, -2]}\n";

fn a_good_run_passes_every_check() {
    let (_scratch, folder) = coins();
    let sampled = ppl(&folder, ["sample", "coin.model", "coin.json"]);
    assert!(!sampled.stderr.contains("ppl diagnose"), "{}", sampled.stderr);
    sampled.says(0, &[]);
    let Ran { stdout, stderr, code } = ppl(&folder, ["diagnose", "run"]);
    assert_eq!((stderr.as_str(), code), ("", Some(0)));
    contains(&stdout, &["all 10 checks passed\n\npassed:\n  4000 draws from 4 chains\n", "  no divergences\n"]);
}

/// A run whose posterior ends at an edge, where half of the trajectories diverge.
fn edges() -> tempfile::TempDir {
    let folder = folder(&[("edges.model", EDGES), ("edges.json", DATA)]);
    ppl(folder.path(), ["sample", "edges.model", "edges.json"])
        .says(3, &["`ppl diagnose run` says where in the model"]);
    folder
}

fn a_bad_run_is_told_with_lines_and_remedies() {
    let folder = edges();
    let Ran { stdout, code, .. } = ppl(folder.path(), ["diagnose", "run"]);
    assert_eq!(code, Some(3));
    contains(
        &stdout,
        &[
            " checks failed\n\nfailed: ",
            "failed: ",
            "  edges.model:3 `data y[obs] ~ uniform(-3, a)` falls most in the steps that diverge (",
            "  help: its log density is −∞ beyond an edge: give the unknown",
            "  edges.model:3 `data y[obs] ~ uniform(-3, a)` was -inf, for example y[",
            " of chain 1, at a = ",
        ],
    );
}

fn a_diagnosis_can_be_read_by_programs() {
    let folder = edges();
    let Ran { stdout, code, .. } = ppl(folder.path(), ["diagnose", "run", "--format", "json"]);
    assert_eq!(code, Some(3));
    let read: Value = serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}"));
    assert_eq!(read["passed"], false);
    let divergences = check(&read, "divergences");
    assert_eq!((&divergences["status"], &check(&read, "chains")["status"]), (&"failed".into(), &"passed".into()));
    assert!(divergences["remedy"].is_string() && divergences["places"][0].is_string());
}

fn check<'a>(diagnosis: &'a Value, name: &str) -> &'a Value {
    let checks = diagnosis["checks"].as_array().expect("there are checks");
    checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("{name} is missing"))
}

const FUNNEL: &[u8] =
    b"dim k = 1..9\nv ~ normal(0, 3)\nx[k] ~ normal(0, exp(v / 2))\nfactor nothing = 0 * v + 0 * sum(x)\n";

fn the_integrator_that_warm_up_chose_is_told() {
    let folder = folder(&[("funnel.model", FUNNEL)]);
    ppl(folder.path(), ["sample", "funnel.model", "--integrator", "auto", "--seed", "1"]);
    contains(
        &ppl(folder.path(), ["diagnose", "run"]).stdout,
        &["  --integrator auto chose macro steps (walnuts) in every chain\n"],
    );
    let record = fs::read_to_string(folder.path().join("run/run.json")).expect("the run has a record");
    assert_eq!(record.matches("\"integrator\": \"walnuts\"").count(), 4, "{record}");
    let draws = fs::read_to_string(folder.path().join("run/csv/chain-1.csv")).expect("the run has draws");
    assert!(draws.contains("\n#             integrator = walnuts \n"));
}

/// Where `rho` is small the exponential is 0, and the slope of its root 0 · ∞.
const ROOT: &[u8] = b"dim obs\nrho ~ lognormal(0, 3)\ndata y[obs] ~ normal(sqrt(exp(-10 / rho)), 1)\n";

fn a_gradient_that_is_no_number_names_its_statement() {
    let folder = folder(&[("root.model", ROOT), ("root.json", b"{\"y\": [0.5, 1.0, 0.4, 0.2]}\n")]);
    ppl(folder.path(), ["sample", "root.model", "root.json"]).says(3, &["`ppl diagnose run` says where in the model"]);
    contains(
        &ppl(folder.path(), ["diagnose", "run"]).stdout,
        &[
            "failed: after warm-up the log density or its gradient was no number at ",
            "  the log density is finite and its gradient is not: ",
            "  the gradient of root.model:3 `data y[obs] ~ normal(sqrt(exp(-10 / rho)), 1)` was NaN in the direction of rho",
        ],
    );
}

fn what_cannot_be_told_without_data_is_said() {
    let folder = edges();
    fs::remove_file(folder.path().join("edges.json")).expect("the data are there");
    let Ran { stdout, code, .. } = ppl(folder.path(), ["diagnose", "run"]);
    assert_eq!(code, Some(3));
    contains(
        &stdout,
        &["  the statements cannot be compared: `", "edges.json` cannot be read any more", ", at u[1] = "],
    );
    assert!(Path::new(&folder.path().join("run/divergences.csv")).exists());
}

fn contains(text: &str, wanted: &[&str]) {
    for words in wanted {
        assert!(text.contains(words), "`{words}` is missing from:\n{text}");
    }
}
