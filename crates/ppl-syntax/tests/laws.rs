//! Laws of reading and laying out, on generated programs and on noise.

use ppl_diagnostic::SourceId;
use ppl_syntax::{format, parse, print_tree};
use proptest::prelude::*;

const SOURCE: SourceId = SourceId(0);

type Text = BoxedStrategy<String>;

fn name() -> Text {
    prop::sample::select(vec!["a", "mu", "β₁", "x_2", "withins", "T", "on", "logp"]).prop_map(String::from).boxed()
}

/// What may stand between two tokens where a line may break.
fn gap() -> Text {
    prop::sample::select(vec!["", " ", "  ", "\n", "\n\n\n  ", " # why\n", "\t## doc\n", "\r\n"])
        .prop_map(String::from)
        .boxed()
}

fn atom() -> Text {
    prop_oneof![
        name(),
        prop::sample::select(vec!["1", "2.5", "1_000", "2e-3", "true", "\"a # \\\" b\"", "\"µ\""])
            .prop_map(String::from),
    ]
    .boxed()
}

fn expr() -> Text {
    atom()
        .prop_recursive(4, 40, 4, |inner| {
            let operator = prop::sample::select(vec!["+", "-", "*", "/", "@", "^", " and ", " or "]);
            let comparison = prop::sample::select(vec!["==", "<", ">=", "!=", " in "]);
            let two = (inner.clone(), gap(), gap(), inner.clone());
            let three = (inner.clone(), gap(), inner.clone(), gap(), inner.clone());
            prop_oneof![
                (two.clone(), operator).prop_map(|((a, g, h, b), op)| format!("{a}{g}{op}{h}{b}")),
                (two.clone(), comparison).prop_map(|((a, g, h, b), op)| format!("(({a}){g}{op}{h}({b}))")),
                (gap(), inner.clone()).prop_map(|(g, a)| format!("-{g}{a}")),
                (gap(), inner.clone()).prop_map(|(g, a)| format!("(not {g}{a}{g})")),
                (name(), two.clone()).prop_map(|(f, (a, g, h, b))| format!("{f}({a}{g},{h}k ={b})")),
                (name(), two.clone()).prop_map(|(f, (a, g, h, b))| format!("{f}[{a}{g},{h}:, {b}.., ..{a}]")),
                three.prop_map(|(a, g, b, h, c)| format!("(if {a}{g} then {b}{h} else {c})")),
                two.clone().prop_map(|(a, g, h, b)| format!("{{a{g}:{a},{h}\"b\": {b}}}")),
                two.clone().prop_map(|(a, g, h, b)| format!("[{g}{a},{h}{b},{g}]")),
                two.prop_map(|(a, g, h, b)| format!("sum({a}{g} for i in k,{h}j in l[{b}..])")),
                inner.prop_map(|a| format!("({a} | do(x ={a}))")),
            ]
        })
        .boxed()
}

/// A statement, without the end of its line.
fn simple() -> Text {
    let parts = (name(), gap(), expr(), gap());
    prop_oneof![
        parts.clone().prop_map(|(x, g, e, h)| format!("{x}{g}={h}{e}")),
        parts.clone().prop_map(|(x, g, e, h)| format!("{x}[{e},{g}i in k]: real(min={e}){h}~ f({e}) with a, b={e}")),
        parts.clone().prop_map(|(x, g, e, h)| format!("data{g} {x}: count{h}, y[{x}] from \"a\" = {e} ~{g}f({e})")),
        parts.clone().prop_map(|(x, g, e, h)| format!("factor {x}{g}={h}{e}")),
        parts.prop_map(|(x, g, e, h)| format!("report {x}[i]{g}={h}{e}")),
        (name(), name()).prop_map(|(x, y)| format!("report {x},{y}")),
    ]
    .boxed()
}

fn ending() -> Text {
    prop::sample::select(vec!["\n", ";", " ; ", "\n\n\n", " # c\n", ";## doc\n", ";;\n", "\n## above\n", "\n  # c\n"])
        .prop_map(String::from)
        .boxed()
}

fn statements(of: Text, up_to: usize) -> Text {
    prop::collection::vec((of, ending()), 0..up_to)
        .prop_map(|list| list.into_iter().map(|(s, e)| s + &e).collect::<String>())
        .boxed()
}

fn statement() -> Text {
    simple()
        .prop_recursive(3, 12, 3, |inner| {
            let body = statements(inner, 3);
            prop_oneof![
                (body.clone(), gap()).prop_map(|(b, g)| format!("for i in k,{g}j in l[2..] {g}{{{b}}}")),
                (body.clone(), body.clone(), expr(), gap())
                    .prop_map(|(b, c, e, g)| format!("if {e} {{{g}{b}}}{g}else if {e} {{{c}}} else{g}{{{b}}}")),
            ]
        })
        .boxed()
}

fn declaration() -> Text {
    let parts = (name(), gap(), expr(), statements(simple(), 3));
    prop_oneof![
        parts.clone().prop_map(|(x, g, _, _)| format!("dim {x}{g} within b: ordered ={g}{{a,{g}\"b c\"}}")),
        parts.clone().prop_map(|(x, g, e, _)| format!("dim {x} = 1 {g}.. ({e})")),
        parts.clone().prop_map(|(x, g, e, _)| format!("const {x}[k]{g}= {e}")),
        parts
            .clone()
            .prop_map(|(x, g, e, _)| format!("require {x}{g}, \"m\"; fn {x}(a,{g}b[k]: real = {e}): [k] = {{a: {e}}}")),
        parts.clone().prop_map(|(x, g, e, b)| format!("fn {x}(){g}{{{b}return {e}{g}}}")),
        parts.prop_map(|(x, g, e, b)| format!(
            "dist {x}(p){g}on int(min = 0) {{logp(k){g}= {e};draw{g}{{{b}return {e}}};mean = {x}}}"
        )),
        statement(),
    ]
    .boxed()
}

/// Formatting is idempotent and keeps the tree and the comments.
fn check_format(text: &str) -> Result<(), TestCaseError> {
    let Ok(once) = format(SOURCE, text) else {
        return Ok(());
    };
    let tree = |text: &str| print_tree(&parse(SOURCE, text).value.unwrap());
    prop_assert_eq!(tree(text), tree(&once), "{}", once);
    prop_assert_eq!(&format(SOURCE, &once).unwrap(), &once);
    prop_assert_eq!(text.matches('#').count(), once.matches('#').count());
    prop_assert!(once.lines().all(|line| line.trim_end() == line));
    Ok(())
}

/// Whatever the text is, there is a tree, and every place lies within the text.
fn check_noise(text: &str) -> Result<(), TestCaseError> {
    let parsed = parse(SOURCE, text);
    let tree = parsed.value.unwrap();
    prop_assert!(print_tree(&tree).starts_with("(model"));
    for d in &parsed.diagnostics {
        let labels = d.primary.iter().chain(&d.secondary).map(|label| label.span);
        for span in labels.chain(d.fix.iter().map(|fix| fix.span)) {
            prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{:?}", d);
        }
    }
    for stmt in &tree.items {
        prop_assert!(text.get(stmt.span.start as usize..stmt.span.end as usize).is_some_and(|s| !s.is_empty()));
    }
    check_format(text)
}

const PIECES: [&str; 62] = [
    "x", "y", "β", "T", "data", "dim", "for", "in", "if", "else", "then", "{", "}", "(", ")", "[", "]", ",", ";", ":",
    "=", "==", "~", "<-", "+", "-", "*", "**", "^", "..", ".", "1", "2.5", "3each", ".5", "\"a\"", "\"", "'", "#",
    "##", "\n", "\n", "\n", " ", " ", " ", "not", "and", "!", "&&", "|", "do", "with", "fn", "return", "dist", "on",
    "elif", "real", "<", "∼", "//",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_programs_are_read_and_laid_out(text in statements(declaration(), 5)) {
        let parsed = parse(SOURCE, &text);
        prop_assert!(parsed.diagnostics.is_empty(), "{}\n{:#?}", text, parsed.diagnostics);
        check_format(&text)?;
    }

    #[test]
    fn a_piece_cut_out_of_a_program_does_no_harm(text in statements(declaration(), 4), at in 0.0..1.0, length in 0usize..9) {
        let letters: Vec<char> = text.chars().collect();
        let start = (at * letters.len() as f64) as usize;
        let left = letters.iter().take(start).chain(letters.iter().skip(start + length)).collect::<String>();
        check_noise(&left)?;
    }

    #[test]
    fn token_soup_does_no_harm(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..60), spaced: bool) {
        check_noise(&pieces.join(if spaced { " " } else { "" }))?;
    }

    #[test]
    fn any_text_does_no_harm(text in any::<String>()) {
        check_noise(&text)?;
    }

    #[test]
    fn any_printable_text_does_no_harm(text in "[a-c0-9 \n(){}\\[\\]~=:;,.'\"#*/<>|&!%@^+−“”‘’∼…_₁-]{0,80}") {
        check_noise(&text)?;
    }
}
