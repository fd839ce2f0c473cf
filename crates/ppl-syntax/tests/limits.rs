//! Depth is refused, length is not.

use ppl_diagnostic::SourceId;
use ppl_syntax::{format, parse, print_tree};

const SOURCE: SourceId = SourceId(0);

/// Runs on a thread with half of the 2 MB that threads have by default.
fn on_a_small_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap().join().unwrap()
}

fn codes(text: String) -> Vec<&'static str> {
    on_a_small_stack(move || parse(SOURCE, &text).diagnostics.iter().map(|d| d.code).collect())
}

#[test]
fn depth_of_every_kind_is_refused_with_its_place() {
    let nested = |n: usize, open: &str, close: &str| format!("x = {}1{}\n", open.repeat(n), close.repeat(n));
    for (open, close) in
        [("(", ")"), ("[", "]"), ("f(", ")"), ("{a: ", "}"), ("-", ""), ("not ", ""), ("2 ^ ", ""), ("- - 2 ^ ", "")]
    {
        assert_eq!(codes(nested(100_000, open, close)), ["E0103"], "{open}");
        assert_eq!(codes(nested(10_000, open, close)), ["E0103"], "{open}");
    }
    assert_eq!(codes(nested(100_000, "if a then b else ", "")), ["E0103"]);
    assert_eq!(codes(nested(100_000, "if a then ", " else b")), ["E0103"]);
    assert_eq!(codes(nested(100_000, "if ", " then a else b")), ["E0103"]);
    assert_eq!(codes(format!("if a {{ }}{}", " else if b { }".repeat(100_000))), ["E0103"]);
    assert_eq!(codes(format!("{}{}", "for i in k { ".repeat(100_000), "}".repeat(100_000))), ["E0103"]);
    assert_eq!(codes("(".repeat(1_000_000)), ["E0103"]);
    let text = nested(300, "(", ")");
    assert_eq!(parse(SOURCE, &text).diagnostics[0].primary.as_ref().unwrap().span.start, 4 + 200);
}

#[test]
fn the_deepest_legal_models_are_read_laid_out_and_shown() {
    let models = ["(", "f(", "x[", "-", "not ", "2 ^ ", "if a then b else ", "if a then 1 + -"].map(|open| {
        let depth = if open.ends_with('-') { 99 } else { 199 };
        let close = match open.trim_start_matches(['f', 'x']) {
            "(" => ")",
            "[" => "]",
            "if a then 1 + -" => " else b",
            _ => "",
        };
        format!("x = {}a{}\n", open.repeat(depth), close.repeat(depth))
    });
    let blocks = format!("{}x[i] = 1\n{}", "for i in k {\n".repeat(199), "}\n".repeat(199));
    let chain = format!("if a {{ x = 1 }}{} else {{ y = 1 }}\n", " else if b { x = 2 }".repeat(198));
    for text in models.into_iter().chain([blocks, chain]) {
        on_a_small_stack(move || {
            let parsed = parse(SOURCE, &text);
            assert!(parsed.diagnostics.is_empty(), "{text}: {:?}", parsed.diagnostics);
            let tree = print_tree(&parsed.value.unwrap());
            assert_eq!(print_tree(&parse(SOURCE, &format(SOURCE, &text).unwrap()).value.unwrap()), tree);
        });
    }
}

#[test]
fn a_mistake_at_the_bottom_of_a_legal_nesting_is_reported_once() {
    for text in [
        format!("{}x[i] = )\n{}", "for i in k {\n".repeat(199), "}\n".repeat(199)),
        format!("{}x[i] = * 2\n{}y = * 2", "if a { } else { for i in k {\n".repeat(99), "}}\n".repeat(99)),
        format!("{}x[i] = 2\n{}", "for i in 1:k {\n".repeat(199), "}\n".repeat(199)),
    ] {
        let found = codes(text.clone());
        assert!(found.len() <= 2 || found.iter().all(|c| *c == "E0102"), "{found:?}");
    }
}

#[test]
fn a_long_sum_has_no_depth() {
    on_a_small_stack(|| {
        for operator in [" + ", " * ", " and ", " or ", "\n  - -"] {
            let text = format!("x = a{}\n", format!("{operator}b^2").repeat(100_000));
            let parsed = parse(SOURCE, &text);
            assert!(parsed.diagnostics.is_empty());
            assert!(print_tree(&parsed.value.unwrap()).len() > 1_000_000);
            assert!(format(SOURCE, &text).unwrap() == text);
        }
    });
}

#[test]
fn a_long_chain_of_comparisons_is_one_mistake() {
    assert_eq!(codes(format!("x = a{}", " < b".repeat(10_000))), ["E0107"]);
}
