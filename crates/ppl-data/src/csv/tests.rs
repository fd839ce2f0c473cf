use std::sync::Arc;

use ppl_diagnostic::{Diagnosed, Sources};
use proptest::prelude::*;

use crate::{BLANK, Cells, Table, read_csv};

fn read(text: &str) -> (Sources, Diagnosed<Table>) {
    let mut sources = Sources::default();
    let file = sources.add("data.csv", text);
    let read = read_csv(file, sources.get(file).text.clone());
    (sources, read)
}

fn table(text: &str) -> Table {
    let (_, read) = read(text);
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    read.value.unwrap()
}

fn texts(table: &Table, column: usize) -> Vec<String> {
    (0..table.rows).map(|row| table.cell_text(column, row)).collect()
}

/// The snippets under the labels of the only diagnostic, the primary first.
fn only_problem(text: &str) -> (&'static str, String, Vec<String>) {
    let (sources, read) = read(text);
    assert_eq!(read.diagnostics.len(), 1, "{:?}", read.diagnostics);
    let problem = &read.diagnostics[0];
    let labels = problem.primary.iter().chain(&problem.secondary);
    let snippets = labels.map(|l| sources.snippet(l.span).to_string()).collect();
    (problem.code, problem.message.clone(), snippets)
}

#[test]
fn a_column_is_numbers_only_if_every_cell_is() {
    let table = table("a,b,c\n1,x,1\nNA,,2\n-2.5e3,x,two\n");
    let Cells::Numbers(a) = &table.columns[0].cells else { panic!() };
    assert_eq!((a[0], a[2]), (1.0, -2500.0));
    assert!(table.is_blank(0, 1) && table.is_blank(1, 1) && !table.is_blank(2, 1));
    let Cells::Text(b) = &table.columns[1].cells else { panic!() };
    assert_eq!((&b.codes[..], &b.levels[..]), (&[0, BLANK, 0][..], &["x".to_string()][..]));
    let Cells::Text(c) = &table.columns[2].cells else { panic!() };
    assert_eq!(c.levels, ["1", "2", "two"]);
}

#[test]
fn a_column_that_turns_to_text_late_keeps_its_first_rows_as_written() {
    let rows: String = (0..1000).map(|i| format!("{i:03}, 1.50\n")).collect();
    let table = table(&format!("id,x\n{rows}north,2\n"));
    let Cells::Text(id) = &table.columns[0].cells else { panic!() };
    assert_eq!((id.levels[7].as_str(), id.levels[1000].as_str(), id.codes.len()), ("007", "north", 1001));
}

#[test]
fn labels_of_a_column_of_numbers_are_as_written() {
    let table = table("id\n007\n7\n NA\n7.0\n007\n");
    assert!(matches!(table.columns[0].cells, Cells::Numbers(_)));
    let coded = table.coded(0);
    assert_eq!(coded.levels, ["007", "7", "7.0"]);
    assert_eq!(coded.codes, [0, 1, BLANK, 2, 0]);
}

#[test]
fn quotes_hold_delimiters_quotes_and_lines_together() {
    let text = "name,\"note, long\"\n\"St. Paul's\",\"say \"\"hi\"\"\"\n \"a, b\" ,\"two\nlines\"\nplain 5\",last\n";
    let table = table(text);
    assert_eq!(table.columns[1].name, "note, long");
    assert_eq!(texts(&table, 0), ["St. Paul's", "a, b", "plain 5\""]);
    assert_eq!(texts(&table, 1), ["say \"hi\"", "two\nlines", "last"]);
    assert_eq!([0, 1, 2].map(|row| table.line_of(row)), [2, 3, 5]);
}

#[test]
fn quoted_cells_mean_what_unquoted_cells_mean() {
    let table = table("x,y\n\"1.5\",\"NA\"\n\"\",\"b\"\n");
    assert!(matches!(&table.columns[0].cells, Cells::Numbers(x) if x[0] == 1.5));
    assert!(table.is_blank(0, 1) && table.is_blank(1, 0));
}

#[test]
fn line_ends_and_byte_order_marks_of_all_systems_are_read() {
    for end in ["\n", "\r\n", "\r"] {
        let lines = ["\u{FEFF}x,y", "1,a", "", "2,b", ""];
        let table = table(&lines.join(end));
        assert_eq!(table.columns[0].name, "x");
        assert_eq!(texts(&table, 1), ["a", "b"]);
        assert_eq!(table.line_of(1), 4);
    }
}

#[test]
fn empty_lines_are_skipped_and_rows_of_blanks_are_not() {
    let table = table("\nx,y\n\n1,2\n  \n,\n3,4");
    assert_eq!(table.rows, 3);
    assert!(table.is_blank(0, 1) && table.is_blank(1, 1));
    assert_eq!([0, 1, 2].map(|row| table.line_of(row)), [4, 6, 7]);
}

#[test]
fn tabs_and_semicolons_are_found_where_the_header_has_no_comma() {
    for (text, delimiter) in [("x\ty\n1\t2\n", '\t'), ("\"a,b\";y\n1;2\n", ';'), ("x\n1\n", ','), ("x;y,z\n1,2\n", ',')]
    {
        let table = table(text);
        assert_eq!(table.delimiter(), delimiter, "{text:?}");
        assert_eq!(
            texts(&table, table.columns.len() - 1),
            [if delimiter == ',' && table.columns.len() == 1 { "1" } else { "2" }]
        );
    }
}

#[test]
fn a_line_with_a_hash_is_a_row() {
    assert_eq!(texts(&table("x\n# a\n"), 0), ["# a"]);
}

#[test]
fn names_stay_as_written_and_are_found_exactly() {
    let table = table("Age ,\"b\"\n1,2\n");
    assert_eq!(table.columns[0].name, "Age ");
    assert!(table.column("Age").is_none() && table.column("Age ").is_some());
    assert_eq!(table.position("b"), Some(1));
}

#[test]
fn an_unnamed_first_column_is_no_error_and_has_no_name() {
    let table = table("\"\",\"x\"\n\"1\",3\n\"2\",4\n");
    assert_eq!((table.columns[0].name.as_str(), table.position("")), ("", None));
}

#[test]
fn a_header_alone_is_a_table_without_rows() {
    let table = table("x,y");
    assert_eq!((table.rows, table.columns.len(), table.coded(1)), (0, 2, Default::default()));
}

#[test]
fn the_first_cell_that_does_not_fit_is_pointed_at() {
    let (code, message, snippets) = only_problem("a,b\n1,2\n1,2,3,4\n5\n");
    assert_eq!((code, message.as_str()), ("E0503", "2 rows have more or fewer cells than the header, which has 2"));
    assert_eq!(snippets, ["3", "5"]);
}

#[test]
fn only_five_ragged_rows_are_shown_and_the_rest_counted() {
    let (_, read) = read(&format!("a,b\n1,2\n{}", "1\n".repeat(9)));
    let problem = &read.diagnostics[0];
    assert_eq!((problem.secondary.len(), problem.notes[0].as_str()), (4, "and 4 more"));
    assert!(read.value.is_none());
}

#[test]
fn row_names_without_a_heading_are_explained() {
    let (_, read) = read("x y,z\na,1,2\nb,3,4\n");
    assert!(read.diagnostics[0].notes.iter().any(|n| n.contains("row.names = FALSE")));
}

#[test]
fn every_other_problem_has_its_code_and_place() {
    for (text, code, place) in [
        ("", "E0501", ""),
        (" \n\n", "E0501", ""),
        ("a,b,a\n1,2,3\n", "E0504", "a"),
        ("a,,c\n1,2,3\n", "E0505", ""),
        ("a,b\n1,\"2\n3,4\n", "E0506", "\""),
        ("a,b\n\"say \"hi\"\",2\n", "E0506", "\"say \"hi\"\""),
        ("a,b\n\"x, y,2\n\"z\",3\n", "E0506", "\"x, y,2\n\"z\""),
        ("a;b\n1,5;2\n", "W0503", "1,5"),
    ] {
        let (found, _, snippets) = only_problem(text);
        assert_eq!((found, snippets[0].as_str()), (code, place), "{text:?}");
    }
}

#[test]
fn a_line_of_megabytes_is_read_once() {
    let names: Vec<String> = (0..200_000).map(|i| format!("column{i}")).collect();
    let values = vec!["1.5"; names.len()];
    let table = table(&format!("{}\n{}\n", names.join(","), values.join(",")));
    assert_eq!(table.columns.len(), 200_000);
    assert_eq!(table.cell_text(199_999, 0), "1.5");
}

/// A table of arbitrary texts, written by another program.
fn written(cells: &[Vec<String>]) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let header: Vec<String> = (0..cells[0].len()).map(|i| format!("c{i}")).collect();
    writer.write_record(&header).unwrap();
    for row in cells {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

proptest! {
    #[test]
    fn what_another_program_writes_is_read_back(
        cells in (2usize..4).prop_flat_map(|n| prop::collection::vec(prop::collection::vec("[ -~é\n\r]{0,6}", n), 1..600))
    ) {
        let text = written(&cells);
        let (sources, read) = read(&text);
        prop_assert!(read.diagnostics.is_empty(), "{:?} in {:?}", read.diagnostics, text);
        let table = read.value.unwrap();
        prop_assert_eq!(table.rows, cells.len());
        let columns: Vec<_> = (0..table.columns.len()).map(|c| table.coded(c)).collect();
        for (row, expected) in cells.iter().enumerate() {
            for (column, expected) in expected.iter().enumerate() {
                let code = columns[column].codes[row];
                let text = if code == BLANK { "" } else { &columns[column].levels[code as usize] };
                let expected = expected.trim();
                prop_assert_eq!(text, if crate::cell::is_blank(expected) { "" } else { expected });
            }
        }
        let (row, column) = (cells.len() - 1, cells[0].len() - 1);
        prop_assert_eq!(table.cell_text(column, row), cells[row][column].trim());
        let snippet = sources.snippet(table.cell_span(column, row));
        let inside = snippet.strip_prefix('"').and_then(|s| s.strip_suffix('"')).unwrap_or(snippet);
        let inside = inside.replace("\"\"", "\"");
        prop_assert_eq!(inside.trim(), cells[row][column].trim());
    }

    #[test]
    fn numbers_come_back_bit_for_bit(values in prop::collection::vec(any::<f64>(), 1..50)) {
        let text: String = values.iter().map(|x| format!("{x:?},k\n")).collect();
        let table = table(&format!("x,key\n{text}"));
        let Cells::Numbers(read) = &table.columns[0].cells else { panic!() };
        let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        prop_assert!(read.iter().zip(&values).all(same));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a1.,;\t\"\r\n é#-]{0,80}") {
        let (sources, read) = read(&text);
        prop_assert_eq!(read.value.is_none(), read.diagnostics.iter().any(|d| {
            d.is_error() && !matches!(d.code, "E0504" | "E0505")
        }));
        for problem in &read.diagnostics {
            for label in problem.primary.iter().chain(&problem.secondary) {
                sources.snippet(label.span);
            }
        }
        let Some(table) = read.value else { return Ok(()) };
        for column in 0..table.columns.len() {
            let coded = table.coded(column);
            for row in 0..table.rows {
                let text = table.cell_text(column, row);
                let snippet = sources.snippet(table.cell_span(column, row));
                prop_assert!(snippet == text || snippet.starts_with('"'), "{snippet:?} is not {text:?}");
                prop_assert_eq!(table.is_blank(column, row), coded.codes[row] == BLANK);
                prop_assert_eq!(table.is_blank(column, row), crate::cell::is_blank(&text));
            }
        }
    }

    #[test]
    fn nothing_at_all_makes_it_panic(text in any::<String>()) {
        read_csv(ppl_diagnostic::SourceId(0), Arc::from(text));
    }
}
