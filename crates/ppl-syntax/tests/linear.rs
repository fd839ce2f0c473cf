//! Reading takes work in proportion to the text, whatever the text. Work is counted in calls of the grammar, whose
//! limit is process-wide: hence one test in a binary of its own.

use std::num::NonZeroUsize;

use ppl_diagnostic::SourceId;
use ppl_syntax::parse;

/// Calls that one run of the grammar may make for each byte of the whole text.
const CALLS_A_BYTE: usize = 150;

fn texts() -> Vec<(&'static str, String)> {
    let nest = |open: &str, close: &str| format!("x = {}a{}\n", open.repeat(190), close.repeat(190));
    vec![
        ("statements", "data y[obs] ~ normal(a + b * (x - x_mean), sigma)\n".repeat(2_000)),
        ("calls", nest("exp(", ")")),
        ("parentheses", nest("(", ")")),
        ("indices", nest("x[i, ", "]")),
        ("ranges", nest("x[1..", "]")),
        ("records", nest("{a: ", "}")),
        ("named arguments", nest("f(a = ", ")")),
        ("choices", nest("if a then b else ", "")),
        ("generators", nest("sum(", " for i in k[2..])")),
        ("interventions", nest("(", " | do(x = 1))")),
        ("reports", "report x[f(g(h(1)))], y\n".repeat(10)),
        ("broken calls", nest("exp(", "")),
        ("broken indices", nest("x[", ")")),
        ("broken generators", nest("sum(x for i in k[", ")")),
        ("a long sum", format!("x = a{}", " + b * c".repeat(20_000))),
        ("loops", format!("{}x[i] = 1 {}", "for i in k { ".repeat(190), "}".repeat(190))),
    ]
}

#[test]
fn no_text_costs_more_than_its_length() {
    for (name, text) in texts() {
        pest::set_call_limit(NonZeroUsize::new(text.len() * CALLS_A_BYTE));
        let parsed = parse(SourceId(0), &text);
        assert!(parsed.diagnostics.iter().all(|d| d.code != "E0110"), "{name}: {:?}", parsed.diagnostics);
    }
    // And a host that sets a limit of its own gets an error.
    pest::set_call_limit(NonZeroUsize::new(20));
    assert_eq!(parse(SourceId(0), "x = f(a)\n").diagnostics[0].code, "E0110");
    pest::set_call_limit(None);
}
