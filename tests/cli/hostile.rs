//! Inputs that no person would write into a transcript: huge, deep, binary.

use crate::Case;
use crate::binary::{coins, folder, ppl};

/// The tests of this file.
pub const CASES: &[Case] = &[
    ("ten_thousand_parentheses_are_refused", ten_thousand_parentheses_are_refused),
    ("a_line_of_ten_megabytes_is_refused_in_a_short_message", a_line_of_ten_megabytes_is_refused_in_a_short_message),
    ("a_sum_of_ten_thousand_terms_is_fine", a_sum_of_ten_thousand_terms_is_fine),
    ("a_model_that_is_not_utf8_is_named", a_model_that_is_not_utf8_is_named),
    ("data_that_are_not_utf8_are_named", data_that_are_not_utf8_are_named),
    ("a_byte_order_mark_changes_nothing", a_byte_order_mark_changes_nothing),
    ("numbers_beyond_all_memory_are_refused_and_spoil_nothing", numbers_beyond_all_memory),
    ("noise_is_refused_without_a_panic", noise_is_refused_without_a_panic),
];

fn check(model: &[u8]) -> crate::binary::Ran {
    let folder = folder(&[("m.model", model)]);
    ppl(folder.path(), ["check", "m.model"])
}

fn ten_thousand_parentheses_are_refused() {
    let model = format!("x ~ normal({}0{}, 1)\n", "(".repeat(10_000), ")".repeat(10_000));
    check(model.as_bytes()).says(1, &["m.model", "deep"]);
}

fn a_line_of_ten_megabytes_is_refused_in_a_short_message() {
    let model = format!("x ~ normal(0, 1) {}\n", "!".repeat(10_000_000));
    let ran = check(model.as_bytes());
    assert!(ran.stderr.len() < 100_000, "{} bytes", ran.stderr.len());
    ran.says(1, &["m.model"]);
}

fn a_sum_of_ten_thousand_terms_is_fine() {
    let model = format!("x ~ normal(0, 1)\nreport y = {}x\n", "x + ".repeat(9_999));
    check(model.as_bytes()).says(0, &["`m.model` is fine"]);
}

fn a_model_that_is_not_utf8_is_named() {
    check(b"# Jos\xe9\nx ~ normal(0, 1)\n").says(1, &["`m.model`", "not UTF-8", "line 1"]);
}

fn data_that_are_not_utf8_are_named() {
    let model = b"dim obs\nmu ~ normal(0, 1)\ndata y[obs] ~ normal(mu, 1)\n";
    let folder = folder(&[("m.model", model), ("d.csv", b"obs,y\nJos\xe9,1\n")]);
    let ran = ppl(folder.path(), ["sample", "m.model", "d.csv"]);
    ran.says(1, &["`d.csv`", "not UTF-8", "Latin-1"]);
    assert!(!folder.path().join("run").exists());
}

fn a_byte_order_mark_changes_nothing() {
    check(b"\xef\xbb\xbfx ~ normal(0, 1)\n").says(0, &["is fine"]);
}

fn numbers_beyond_all_memory() {
    let (_scratch, folder) = coins();
    let sample = |words: &[&str]| ppl(&folder, ["sample", "coin.model", "coin.json", "-q"].iter().chain(words));
    let most = "18446744073709551615";
    sample(&["--chains", most]).says(2, &["`chains` is 18446744073709551615: choose 100000 or fewer"]);
    sample(&["--draws", most]).says(2, &["`draws` is 18446744073709551615: choose fewer draws"]);
    sample(&["--sampler", "ensemble", "--walkers", "100000000000000"]).says(2, &["choose 1000000 or fewer"]);
    assert!(!folder.join("run").exists());
    sample(&["--draws", "200"]).says(0, &[]);
    let record = || std::fs::read_to_string(folder.join("run/run.json")).expect("a run has a record");
    let before = record();
    ppl(&folder, ["sample", "--resume", "run", "--extend", most]).says(2, &["choose fewer draws"]);
    assert_eq!(record(), before);
}

const SIGNS: &[u8] = b" \nabc012()[]{}~=,.;#\"'+-*/^:<>!@$%&|\\_";

fn noise_is_refused_without_a_panic() {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        SIGNS[(state >> 24) as usize % SIGNS.len()]
    };
    for _ in 0..20 {
        let model: Vec<u8> = (0..500).map(|_| next()).collect();
        let ran = check(&model);
        assert!(!ran.stderr.contains("defect"), "{}\n{}", String::from_utf8_lossy(&model), ran.stderr);
        assert!(matches!(ran.code, Some(0 | 1)), "{:?}: {}", ran.code, String::from_utf8_lossy(&model));
    }
}
