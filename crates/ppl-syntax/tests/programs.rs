//! The programs of the language's specification: each parses, and formatting keeps its tree.

use std::path::{Path, PathBuf};

use ppl_diagnostic::SourceId;
use ppl_syntax::{format, parse, print_tree};

const SOURCE: SourceId = SourceId(0);

fn programs() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|p| (p.display().to_string(), std::fs::read_to_string(&p).unwrap())).collect()
}

fn tree(name: &str, text: &str) -> String {
    let parsed = parse(SOURCE, text);
    assert!(parsed.diagnostics.is_empty(), "{name}: {:#?}", parsed.diagnostics);
    print_tree(&parsed.value.unwrap())
}

/// The text with comments cut off; no program has a `#` within quotes.
fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split('#').next().unwrap().to_string() + "\n").collect()
}

#[test]
fn every_program_parses() {
    let programs = programs();
    assert_eq!(programs.len(), 22);
    for (name, text) in programs {
        assert!(tree(&name, &text).len() > text.len() / 3, "{name}");
    }
}

#[test]
fn formatting_keeps_the_tree_and_is_idempotent() {
    for (name, text) in programs() {
        let once = format(SOURCE, &text).unwrap();
        assert_eq!(tree(&name, &text), tree(&name, &once), "{name}");
        assert_eq!(once, format(SOURCE, &once).unwrap(), "{name}");
        assert_eq!(text.matches('#').count(), once.matches('#').count(), "{name}");
    }
}

#[test]
fn newlines_are_plain_white_space() {
    for (name, text) in programs() {
        let bare = without_comments(&text);
        let joined = parse(SOURCE, &bare.replace('\n', " "));
        assert!(joined.diagnostics.iter().all(|d| d.code == "E0104"), "{name}: {:#?}", joined.diagnostics);
        assert_eq!(print_tree(&joined.value.unwrap()), tree(&name, &bare), "{name}");
    }
}

#[test]
fn a_line_may_break_at_every_bracket() {
    for (name, text) in programs() {
        let bare = without_comments(&text);
        let spread = ["[", "]", "{", "}", ",", "~"].iter().fold(bare.clone(), |t, m| t.replace(m, &format!("\n{m}\n")));
        assert_eq!(tree(&name, &spread), tree(&name, &bare), "{name}");
    }
}

#[test]
fn the_examples_of_the_grammars_page_are_read() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../grammar/README.md")).unwrap();
    let examples: Vec<&str> = page.split("```ppl\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(examples.len(), 4);
    for text in examples {
        assert_eq!(tree("page", text), tree("page", &format(SOURCE, text).unwrap()));
    }
}
