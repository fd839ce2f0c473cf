use std::sync::Arc;

use ppl_diagnostic::{Diagnosed, SourceId, Sources};
use proptest::prelude::*;

use crate::{Document, Value, read_json};

fn read(text: &str) -> (Sources, Diagnosed<Document>) {
    let mut sources = Sources::default();
    let file = sources.add("data.json", text);
    let read = read_json(file, sources.get(file).text.clone());
    (sources, read)
}

fn document(text: &str) -> Document {
    let (_, read) = read(text);
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    read.value.unwrap()
}

fn value(text: &str) -> Value {
    document(&format!("{{\"x\": {text}}}")).fields.remove(0).value
}

fn numbers(text: &str) -> (Vec<usize>, Vec<f64>, bool) {
    match value(text) {
        Value::Numbers { shape, values, whole } => (shape, values, whole),
        other => panic!("{other:?}"),
    }
}

/// Code, message, and the text under each label of the only diagnostic.
fn only_problem(text: &str) -> (&'static str, String, Vec<String>) {
    let (sources, read) = read(text);
    assert_eq!(read.diagnostics.len(), 1, "{:?}", read.diagnostics);
    let problem = &read.diagnostics[0];
    let labels = problem.primary.iter().chain(&problem.secondary);
    let snippets = labels.map(|l| sources.snippet(l.span).to_string()).collect();
    (problem.code, problem.message.clone(), snippets)
}

#[test]
fn scalars_of_every_kind_are_read() {
    assert_eq!(value("-1.5e2"), Value::Number(-150.0));
    assert_eq!(value("true"), Value::Bool(true));
    assert_eq!(value("null"), Value::Null);
    assert_eq!(value(r#""St. Paul's \u00e9\ud83d\ude00""#), Value::Text("St. Paul's é😀".into()));
    assert_eq!(value("\"-Inf\""), Value::Number(f64::NEG_INFINITY));
    assert_eq!(value("Infinity"), Value::Number(f64::INFINITY));
    assert!(matches!(value("NaN"), Value::Number(x) if x.is_nan()));
    assert!(matches!(value("\"NaN\""), Value::Number(x) if x.is_nan()));
}

#[test]
fn nested_arrays_are_flat_and_row_major() {
    assert_eq!(numbers("[[1, 2, 3], [4, 5, 6.5]]"), (vec![2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.5], false));
    assert_eq!(numbers("[[[1],[2]],[[3],[4]]]"), (vec![2, 2, 1], vec![1.0, 2.0, 3.0, 4.0], true));
    assert_eq!(numbers("[]"), (vec![0], vec![], true));
    assert_eq!(numbers("[[],[]]"), (vec![2, 0], vec![], true));
    assert_eq!(numbers("[true, 0, \"Inf\"]"), (vec![3], vec![1.0, 0.0, f64::INFINITY], false));
}

#[test]
fn blanks_in_arrays_have_all_their_spellings() {
    let (_, values, whole) = numbers("[1, null, \"NaN\", NaN, \"NA\", \"\"]");
    assert!(whole && values[1..].iter().all(|x| x.is_nan()));
    let Value::Texts { values, .. } = value("[\"a\", null, \"NA\", \"Inf\", NaN]") else { panic!() };
    assert_eq!(values, [Some("a".into()), None, None, Some("Inf".into()), None]);
    assert!(matches!(value("[null, \"NA\"]"), Value::Numbers { .. }));
}

#[test]
fn points_by_label_are_nested_objects() {
    let Value::Object(fields) = value("{\"Choate\": 1, \"deep\": {\"a\": [1, 2]}}") else { panic!() };
    assert_eq!(fields[0], ("Choate".to_string(), Value::Number(1.0)));
    assert!(matches!(&fields[1].1, Value::Object(inner) if matches!(inner[0].1, Value::Numbers { .. })));
}

#[test]
fn every_element_knows_its_place() {
    let texts: Vec<String> = (0..2000).map(|i| format!("[\"a[{i}, \\\" ]\", null]")).collect();
    let text = format!("\u{FEFF}{{\"n\": 12, \"names\": [{}]}}", texts.join(", "));
    let (sources, read) = read(&text);
    let document = read.value.unwrap();
    for i in [0, 1, 127, 128, 129, 1999] {
        assert_eq!(sources.snippet(document.cell_span(1, 2 * i)), format!("\"a[{i}, \\\" ]\""));
        assert_eq!(sources.snippet(document.cell_span(1, 2 * i + 1)), "null");
    }
    assert_eq!(sources.snippet(document.cell_span(0, 0)), "12");
    assert_eq!(sources.snippet(document.field("n").unwrap().name_span), "\"n\"");
}

#[test]
fn text_that_is_not_json_is_shown_in_its_place() {
    for (text, place, line_and_column) in [
        ("{\"x\": 1\n \"y\": 2}", "\"", (2, 2)),
        ("{\"x\": [1, 2,]}", "]", (1, 13)),
        ("{'x': 1}", "'", (1, 2)),
        ("{\"x\": 007}", "0", (1, 7)),
        ("{\"x\": .5}", ".", (1, 7)),
        ("{\"x\": 1} 2", "2", (1, 10)),
        ("{\"x\": [1, 2", "", (1, 12)),
        ("{\"é\": tru}", "t", (1, 7)),
        ("{\"x\": \"a}", "\"", (1, 7)),
        ("{\"x\": \"a\\q\"}", "\"a\\q\"", (1, 7)),
        ("x,y\n1,2\n", "x", (1, 1)),
    ] {
        let (sources, read) = read(text);
        let [problem] = &read.diagnostics[..] else { panic!("{text}: {:?}", read.diagnostics) };
        let span = problem.primary.as_ref().expect("a place").span;
        assert_eq!((problem.code, sources.snippet(span)), ("E0507", place), "{text}");
        assert_eq!(sources.line_column(span), line_and_column, "{text}");
    }
}

#[test]
fn a_wrong_bracket_comes_with_the_right_one() {
    for (text, help) in [
        ("{\"x\": [1, 2}", "help: an array is closed with `]`"),
        ("{\"x\": 1]", "help: an object is closed with `}`"),
        ("{\"x\": 1,}", "help: remove the comma before it"),
    ] {
        assert_eq!(read(text).1.diagnostics[0].notes, [help], "{text}");
    }
}

#[test]
fn arrays_of_the_wrong_shape_name_both_places() {
    for (text, first, second) in [
        ("{\"x\": [[1, 2], [3]]}", "[", "["),
        ("{\"x\": [1, [2]]}", "[", "1"),
        ("{\"x\": [[1], 2]}", "2", "["),
        ("{\"x\": [[], 2]}", "2", "["),
        ("{\"x\": [[[1]], [[[2]]]]}", "[", "1"),
        ("{\"x\": [1, \"b\"]}", "\"b\"", "1"),
    ] {
        let (code, message, snippets) = only_problem(text);
        assert_eq!(code, "E0508", "{text}: {message}");
        assert_eq!(snippets, [first, second], "{text}: {message}");
    }
}

#[test]
fn other_shapes_that_are_no_data_are_refused() {
    for (text, code) in [
        ("", "E0501"),
        (" \n", "E0501"),
        ("[{\"x\": 1}]", "E0508"),
        ("{\"x\": [{\"a\": 1}, {\"a\": 2}]}", "E0508"),
        ("{\"x\": 1, \"x\": 2}", "E0509"),
        ("{\"x\": {\"a\": 1, \"a\": 2}}", "E0509"),
    ] {
        assert_eq!(only_problem(text).0, code, "{text}");
    }
}

#[test]
fn fields_after_a_problem_are_still_read() {
    let (_, read) = read("{\"x\": [1, \"b\"], \"y\": [[1], [1, 2]], \"z\": 3}");
    assert_eq!(read.diagnostics.len(), 2);
    let document = read.value.unwrap();
    assert!(document.field("x").is_none() && document.field("z").is_some());
}

#[test]
fn deep_nesting_is_refused_rather_than_followed() {
    for bracket in ["[", "{\"a\":"] {
        let (code, ..) = only_problem(&format!("{{\"x\": {}", bracket.repeat(1_000_000)));
        assert_eq!(code, "E0508");
    }
}

#[test]
fn a_large_array_is_read_in_one_pass() {
    let row = format!("[{}]", vec!["0.25"; 100].join(","));
    let text = format!("[{}]", vec![row; 4000].join(","));
    assert_eq!(numbers(&text).0, [4000, 100]);
}

fn arbitrary_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<f64>().prop_map(|x| serde_json::json!(x)),
        any::<String>().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_json_is_read_or_has_the_wrong_shape(value in arbitrary_value()) {
        let text = serde_json::json!({ "x": value, "last": 1 }).to_string();
        let (_, read) = read(&text);
        prop_assert!(read.diagnostics.iter().all(|d| d.code == "E0508"), "{:?}", read.diagnostics);
        let document = read.value.unwrap();
        prop_assert_eq!(&document.field("last").unwrap().value, &Value::Number(1.0));
    }

    #[test]
    fn matrices_come_back_bit_for_bit_and_in_place(rows in 1usize..8, columns in 1usize..90, seed in any::<u64>()) {
        let x = |i: usize| (seed.wrapping_mul(i as u64 + 1) as f64 / 1e10).sin();
        let matrix: Vec<Vec<f64>> = (0..rows).map(|r| (0..columns).map(|c| x(r * columns + c)).collect()).collect();
        let text = serde_json::json!({ "x": matrix }).to_string();
        let (sources, read) = read(&text);
        let document = read.value.unwrap();
        let expected = Value::Numbers { shape: vec![rows, columns], values: matrix.concat(), whole: matrix.concat().iter().all(|x| x.fract() == 0.0) };
        prop_assert_eq!(&document.fields[0].value, &expected);
        for i in 0..rows * columns {
            prop_assert_eq!(sources.snippet(document.cell_span(0, i)).parse::<f64>().unwrap(), x(i));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in r#"\{?("[ab\\]{0,2}"|[\[\]{}:,"\\a-eé0-9.+\-N ]|NaN|null){0,40}\}?"#) {
        let (sources, read) = read(&text);
        prop_assert!(read.value.is_some() || !read.diagnostics.is_empty());
        for label in read.diagnostics.iter().flat_map(|d| d.primary.iter().chain(&d.secondary)) {
            sources.snippet(label.span);
        }
    }

    #[test]
    fn nothing_at_all_makes_it_panic(text in any::<String>()) {
        read_json(SourceId(0), Arc::from(text));
    }
}
