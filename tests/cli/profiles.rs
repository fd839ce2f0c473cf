//! What a model costs: the figures differ from run to run, what they are figures of does not.

use serde_json::Value;

use crate::Case;
use crate::binary::{coins, folder, ppl};

/// The tests of this file.
pub const CASES: &[Case] = &[
    ("a_profile_as_json_has_every_figure", a_profile_as_json_has_every_figure),
    ("a_profile_as_a_table_names_every_figure", a_profile_as_a_table_names_every_figure),
    ("reductions_of_the_data_are_told", reductions_of_the_data_are_told),
    ("the_interpreter_has_no_plan_to_profile", the_interpreter_has_no_plan_to_profile),
];

/// Fields with figures that are at least 0.
const FIGURES: [&str; 18] = [
    "/milliseconds/parse",
    "/milliseconds/read files",
    "/milliseconds/check",
    "/milliseconds/read data",
    "/milliseconds/bind",
    "/milliseconds/lower",
    "/milliseconds/plan",
    "/milliseconds/find a start",
    "/milliseconds/first gradient",
    "/milliseconds/total",
    "/microseconds/gradient/min",
    "/microseconds/gradient/median",
    "/microseconds/value/min",
    "/microseconds/value/median",
    "/bytes/constants",
    "/bytes/work",
    "/plan/0/nanoseconds",
    "/plan/0/share",
];

fn profile(words: &[&str]) -> Value {
    let (_scratch, folder) = coins();
    let ran = ppl(&folder, ["profile", "coin.model", "coin.json", "--format", "json"].iter().chain(words));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
}

fn a_profile_as_json_has_every_figure() {
    let profile = profile(&["--evals", "50"]);
    for field in FIGURES {
        let figure = profile.pointer(field).and_then(Value::as_f64);
        assert!(figure.is_some_and(|figure| figure >= 0.0), "{field} is {figure:?} in {profile}");
    }
    assert_eq!((&profile["model"], &profile["coordinates"]), (&Value::from("coin.model"), &Value::from(1)));
    assert_eq!(
        (&profile["microseconds"]["evaluations"], &profile["reductions"]),
        (&Value::from(50), &Value::from([0; 0]))
    );
    assert_eq!(profile["bytes"]["data"], 18);
    let shares = profile["plan"].as_array().expect("a plan has lines").iter();
    let whole: f64 = shares.map(|line| line["share"].as_f64().expect("a number")).sum();
    // The clock of a slow machine may see none of these few instructions.
    assert!((whole - 1.0).abs() < 1e-9 || whole == 0.0, "{profile}");
}

fn a_profile_as_a_table_names_every_figure() {
    let (_scratch, folder) = coins();
    let ran = ppl(&folder, ["profile", "coin.model", "coin.json", "--evals", "50"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(ran.stdout.starts_with("coin.model: 1 coordinate, "), "{}", ran.stdout);
    let names = ["parse", "bind", "plan", "in all", "value and gradient", "value", "work of each chain"];
    let mut lines = ran.stdout.lines();
    for name in names {
        assert!(lines.any(|line| line.starts_with(name)), "`{name}` is missing or out of order in\n{}", ran.stdout);
    }
    assert!(lines.any(|line| line.ends_with("scalars") && line.contains(" %")), "{}", ran.stdout);
}

fn reductions_of_the_data_are_told() {
    let model: &[u8] = b"dim row\np ~ beta(1, 1)\ndata y[row]: bool ~ bernoulli(p)\n";
    let rows = [1, 0, 1].repeat(100);
    let scratch = folder(&[("m.model", model), ("y.json", format!("{{\"y\": {rows:?}}}").as_bytes())]);
    let told = |words: &[&str]| {
        let ran = ppl(scratch.path(), ["profile", "m.model", "y.json", "--evals", "1"].iter().chain(words));
        ran.stdout.lines().nth(1).unwrap_or_default().to_string()
    };
    assert!(told(&[]).starts_with("y (3:6): 300 rows, "), "{}", told(&[]));
    assert_eq!(told(&["--condense", "none"]), "");
}

fn the_interpreter_has_no_plan_to_profile() {
    let profile = profile(&["--evals", "1", "--interpret"]);
    assert_eq!((&profile["machine"], &profile["bytes"]["work"]), (&Value::from("interpreter"), &Value::Null));
    assert_eq!(profile["plan"], Value::Array(Vec::new()));
}
