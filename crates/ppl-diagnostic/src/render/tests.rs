use super::*;
use crate::{SourceId, Span};

/// One source, and a span in it.
fn at(text: &str, marked: &str) -> (Sources, SourceId, Span) {
    let mut sources = Sources::default();
    let id = sources.add("m.model", text);
    let start = text.find(marked).expect("the marked text is in the source");
    let span = sources.span(id, start, start + marked.len());
    (sources, id, span)
}

fn plain(diagnostic: &Diagnostic, sources: &Sources) -> String {
    render(diagnostic, sources, Style::Plain)
}

/// Renders an error at the first occurrence of a text.
fn marked(text: &str, marked: &str) -> String {
    let (sources, _, span) = at(text, marked);
    plain(&Diagnostic::error("E0000", "no").at(span, "here"), &sources)
}

#[test]
fn a_message_has_a_place_notes_helps_and_a_fix() {
    let (sources, _, span) = at("mu ~ normal(0, 1)\nx = mv\n", "mv");
    let error = Diagnostic::error("E0201", "`mv` is not defined").at(span, "not found");
    let error = error.note("names are case-sensitive").help("define it above").fix(span, "mu");
    let expected = "\
error[E0201]: `mv` is not defined
 --> m.model:2:5
  |
2 | x = mv
  |     ^^ not found
  |
  = note: names are case-sensitive
  = help: define it above
  = help: write `mu` instead of `mv`";
    assert_eq!(plain(&error, &sources), expected);
}

#[test]
fn a_fix_that_a_help_names_is_not_told_twice() {
    let (sources, _, span) = at("x = mv", "mv");
    let error =
        Diagnostic::error("E0201", "`mv` is not defined").at(span, "").help("did you mean `mu`?").fix(span, "mu");
    let expected = "\
error[E0201]: `mv` is not defined
 --> m.model:1:5
  |
1 | x = mv
  |     ^^
  |
  = help: did you mean `mu`?";
    assert_eq!(plain(&error, &sources), expected);
}

#[test]
fn a_label_in_quotes_that_a_help_names_is_not_told_twice() {
    let (sources, _, span) = at("x = theta[Choate]", "Choate");
    let error = Diagnostic::error("E0210", "no").at(span, "").help("in quotes: \"Choate\"").fix(span, "\"Choate\"");
    assert_eq!(plain(&error, &sources).matches("help").count(), 1);
}

#[test]
fn a_fix_that_the_message_spells_out_is_not_told_twice() {
    let (sources, _, span) = at("x <- 1", "<-");
    let error = Diagnostic::error("E0102", "`<-` is written `=` here").at(span, "").fix(span, "=");
    assert!(!plain(&error, &sources).contains("help"));
}

#[test]
fn fixes_insert_remove_and_replace() {
    let (sources, id, span) = at("x = 2(a)\n/* a\n b */", "(a)");
    let told = |span: Span, new: &str| {
        let text = plain(&Diagnostic::error("E0000", "no").fix(span, new), &sources);
        text.lines().last().unwrap_or_default().to_string()
    };
    assert_eq!(told(Span { end: span.start, ..span }, " * "), " = help: insert `*` after `2`");
    assert_eq!(told(span, ""), " = help: remove `(a)`");
    assert_eq!(told(span, "[a]"), " = help: write `[a]` instead of `(a)`");
    let comment = sources.span(id, 9, 19);
    assert_eq!(told(comment, "# a\n# b"), " = help: write `# a ⏎ # b` instead of `/* a ⏎ b */`");
}

#[test]
fn without_a_place_there_are_only_sentences() {
    let warning = Diagnostic::warning("W0000", "nothing is observed").help("add `data`");
    let expected = "\
warning[W0000]: nothing is observed
 |
 = help: add `data`";
    assert_eq!(plain(&warning, &Sources::default()), expected);
}

#[test]
fn labels_may_lie_in_several_files() {
    let (mut sources, _, span) = at("dim visit\ndata hours[visit]\n", "hours");
    let csv = sources.add("visits.csv", "visit,hours\n1,2\n2,\n");
    let cell = sources.span(csv, 18, 18);
    let error =
        Diagnostic::error("E0521", "1 cell of `hours` is blank").at(span, "declared here").also(cell, "the blank");
    let expected = "\
error[E0521]: 1 cell of `hours` is blank
 --> m.model:2:6
  |
2 | data hours[visit]
  |      ^^^^^ declared here
  |
 ::: visits.csv:3:3
  |
3 | 2,
  |   - the blank";
    assert_eq!(plain(&error, &sources), expected);
}

#[test]
fn labels_that_are_far_apart_are_shown_in_two_pieces() {
    let text = format!("a = 1\n{}a = 2\n", "# filler\n".repeat(1000));
    let (sources, id, first) = at(&text, "a = 1");
    let second = sources.span(id, text.len() - 6, text.len() - 1);
    let error = Diagnostic::error("E0202", "twice").at(second, "again here").also(first, "first here");
    let expected = "\
error[E0202]: twice
    --> m.model:1002:1
     |
1002 | a = 2
     | ^^^^^ again here
     |
    ::: m.model:1:1
     |
   1 | a = 1
     | ----- first here";
    assert_eq!(plain(&error, &sources), expected);
}

#[test]
fn labels_of_neighbouring_lines_share_a_piece() {
    let (sources, id, span) = at("tau ~ normal(0, 5)\n\n\n\nx ~ normal(0, tau)\n", "normal(0, 5)");
    let second = sources.span(id, 36, 39);
    let error = Diagnostic::error("E0401", "negative").at(second, "can be negative").also(span, "");
    let expected = "\
error[E0401]: negative
 --> m.model:5:15
  |
1 | tau ~ normal(0, 5)
  |       ------------
...
5 | x ~ normal(0, tau)
  |               ^^^ can be negative";
    assert_eq!(plain(&error, &sources), expected);
}

#[test]
fn a_place_without_width_has_one_caret() {
    let (sources, id, _) = at("x = 1 y = 2\n", "x");
    let error = Diagnostic::error("E0104", "two statements").at(sources.span(id, 5, 5), "");
    let expected = "\
error[E0104]: two statements
 --> m.model:1:6
  |
1 | x = 1 y = 2
  |      ^";
    assert_eq!(plain(&error, &sources), expected);
}

#[test]
fn a_place_behind_the_last_line_is_shown_at_its_end() {
    for text in ["x = (1", "x = (1\n", "x = (1  \r\n\r\n"] {
        let (sources, id, _) = at(text, "x");
        let end = sources.span(id, text.len(), text.len());
        let expected = "\
error[E0101]: the model ends
 --> m.model:1:7
  |
1 | x = (1
  |       ^ expected `)`";
        let rendered = plain(&Diagnostic::error("E0101", "the model ends").at(end, "expected `)`"), &sources);
        let lines: Vec<&str> = rendered.lines().map(str::trim_end).collect();
        assert_eq!(lines.join("\n"), expected, "{text:?}");
    }
}

#[test]
fn an_empty_file_has_a_place() {
    let mut sources = Sources::default();
    let id = sources.add("empty.csv", "");
    let error =
        Diagnostic::error("E0501", "the data file is empty").at(sources.span(id, 0, 0), "expected column names");
    let expected = "\
error[E0501]: the data file is empty
 --> empty.csv:1:1
  |
1 |
  | ^ expected column names";
    assert_eq!(plain(&error, &sources), expected);
}

#[test]
fn windows_line_ends_leave_no_trace() {
    let expected = "\
error[E0000]: no
 --> m.model:2:1
  |
2 | y = 2
  | ^ here";
    assert_eq!(marked("x = 1\r\ny = 2\r\nz = 3\r\n", "y"), expected);
    assert_eq!(marked("x = 1\r\ny = 2\r\n", "y"), expected);
}

#[test]
fn a_tab_is_as_wide_as_what_stands_for_it() {
    let expected = "\
error[E0000]: no
 --> m.model:1:6
  |
1 |     x =    y
  |            ^ here";
    assert_eq!(marked("\tx =\ty", "y"), expected);
}

#[test]
fn carets_stand_below_letters_of_any_script() {
    let expected = "\
error[E0000]: no
 --> m.model:1:6
  |
1 | β₁ = 温度 ∼ μ
  |      ^^^^ here";
    assert_eq!(marked("β₁ = 温度 ∼ μ", "温度"), expected);
}

#[test]
fn a_label_over_several_lines_marks_their_ends() {
    let expected = "\
error[E0000]: no
 --> m.model:2:6
  |
2 |   y = f(
  |  ______^
3 | |   1
4 | | )
  | |_^ here";
    assert_eq!(marked("x = 1\ny = f(\n  1\n)\n", "(\n  1\n)"), expected);
}

#[test]
fn a_line_of_ten_megabytes_costs_and_shows_little() {
    let text = format!("x = {}!{}", "a + ".repeat(1_250_000), "b".repeat(5_000_000));
    let rendered = marked(&text, "!");
    assert!(rendered.contains("m.model:1:5000005\n"), "{rendered}");
    assert!(rendered.contains("... a + a") || rendered.contains("...+ a"), "{rendered}");
    assert!(rendered.len() < 1000, "{} bytes", rendered.len());
}

#[test]
fn a_label_of_ten_megabytes_is_marked_at_its_start() {
    let text = format!("x = 1 {}\ny = 2", "!".repeat(10_000_000));
    let bangs = "!".repeat(10_000_000);
    let (sources, _, span) = at(&text, &bangs);
    let error = Diagnostic::error("E0102", format!("`{bangs}` is no word")).at(span, &*bangs).fix(span, "");
    let rendered = plain(&error, &sources);
    assert!(rendered.contains("m.model:1:7\n"), "{rendered}");
    assert!(rendered.len() < 6000, "{} bytes", rendered.len());
}

#[test]
fn two_ends_of_a_long_line_are_shown_in_two_pieces() {
    let text = format!("{{\"y\": 1, {}\"y\": 2}}", "0, ".repeat(200));
    let (sources, id, first) = at(&text, "\"y\": 1");
    let second = sources.span(id, text.len() - 7, text.len() - 1);
    let rendered = plain(&Diagnostic::error("E0509", "twice").at(second, "second").also(first, "first"), &sources);
    assert!(rendered.contains("--> m.model:1:610\n") && rendered.contains("::: m.model:1:2\n"), "{rendered}");
    assert!(rendered.lines().all(|line| line.chars().count() <= 140), "{rendered}");
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let (sources, _, span) = at("x = \u{1b}[2J", "\u{1b}");
    let error =
        Diagnostic::error("E0101", "`\u{1b}[2J` and \u{202e}").at(span, "\u{7}").help("\u{1b}]0;x").fix(span, "\u{8}");
    let rendered = plain(&error, &sources);
    let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!rendered.contains(bad), "{rendered:?}");
    assert!(rendered.contains("`␛[2J` and �"), "{rendered}");
}

#[test]
fn places_outside_the_text_or_within_a_letter_are_moved_to_it() {
    let mut sources = Sources::default();
    let id = sources.add("m.model", "β = 1");
    for (start, end) in [(1, 1), (0, 1), (3, 900), (900, 901), (6, 6)] {
        let span = Span { source: id, start, end };
        assert!(
            plain(&Diagnostic::error("E0000", "no").at(span, "here"), &sources).contains("β = 1"),
            "{start}..{end}"
        );
    }
}

#[test]
fn colours_change_no_letter() {
    let (sources, _, span) = at("x <- 1", "<-");
    let error = Diagnostic::error("E0102", "no").at(span, "here").help("this").fix(span, "=");
    let coloured = render(&error, &sources, Style::Colour);
    let mut letters = String::new();
    let mut rest = coloured.as_str();
    while let Some(start) = rest.find("\u{1b}[") {
        letters.push_str(&rest[..start]);
        rest = &rest[start + rest[start..].find('m').expect("an escape code ends in m") + 1..];
    }
    assert_ne!(coloured, letters);
    assert_eq!(letters + rest, plain(&error, &sources));
}
