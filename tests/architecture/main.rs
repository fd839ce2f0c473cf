//! The laws of `crates/README.md` that a machine can hold.

mod arrows;
mod sources;

use sources::{Source, library_sources};

/// Files over this many lines hold more than one idea.
const LONGEST_FILE: usize = 600;

#[test]
fn crates_depend_only_on_what_the_picture_allows() {
    let wrong = arrows::forbidden();
    assert!(wrong.is_empty(), "arrows that crates/README.md does not draw: {wrong:?}");
}

#[test]
fn every_crate_is_in_the_picture() {
    let unknown = arrows::unknown_crates();
    assert!(unknown.is_empty(), "crates without a row in crates/README.md: {unknown:?}");
}

#[test]
fn libraries_never_print() {
    none_holds(&["println!", "eprintln!", "print!(", "eprint!(", "dbg!("], &[]);
}

#[test]
fn libraries_read_no_clock_but_to_report_times() {
    none_holds(&["Instant::", "SystemTime::"], &["ppl-store", "ppl"]);
}

#[test]
fn only_the_store_and_the_facade_touch_files() {
    none_holds(&["std::fs", "File::open", "File::create"], &["ppl-store", "ppl"]);
}

#[test]
fn no_library_holds_global_state() {
    none_holds(&["static mut", "thread_local!", "lazy_static!", "OnceLock<", "LazyLock<"], &[]);
}

/// Crates that hold unsafe code, each with the one module where it stands.
const UNSAFE_MODULES: [(&str, &str); 2] =
    [("ppl-math", "crates/ppl-math/src/kernels/"), ("ppl-graph", "crates/ppl-graph/src/plan/")];

#[test]
fn every_crate_forbids_unsafe_code() {
    let may_deny = |s: &Source| UNSAFE_MODULES.iter().any(|(name, _)| *name == s.crate_name);
    let guarded = |s: &Source| {
        s.text.contains("#![forbid(unsafe_code)]") || may_deny(s) && s.text.contains("#![deny(unsafe_code)]")
    };
    let unguarded: Vec<String> =
        library_sources().into_iter().filter(|s| s.is_crate_root() && !guarded(s)).map(|s| s.path).collect();
    assert!(unguarded.is_empty(), "without #![forbid(unsafe_code)]: {unguarded:?}");
}

#[test]
fn unsafe_code_stands_only_in_its_modules() {
    let words = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern", "allow(unsafe_code)"];
    let elsewhere = |s: &&Source| !UNSAFE_MODULES.iter().any(|(_, module)| s.path.starts_with(module));
    let found: Vec<String> = library_sources().iter().filter(elsewhere).flat_map(|s| offences(s, &words)).collect();
    assert!(found.is_empty(), "unsafe outside its modules:\n{}", found.join("\n"));
}

#[test]
fn files_stay_short() {
    let long: Vec<String> = sources::all_sources()
        .into_iter()
        .filter(|s| s.text.lines().count() > LONGEST_FILE)
        .map(|s| format!("{} has {} lines", s.path, s.text.lines().count()))
        .collect();
    assert!(long.is_empty(), "split by idea: {long:?}");
}

/// Asserts that no library but those named holds any of the words outside its tests and comments.
fn none_holds(words: &[&str], but: &[&str]) {
    let found: Vec<String> = library_sources()
        .iter()
        .filter(|s| !but.contains(&s.crate_name.as_str()))
        .flat_map(|s| offences(s, words))
        .collect();
    assert!(found.is_empty(), "not allowed here:\n{}", found.join("\n"));
}

fn offences(source: &Source, words: &[&str]) -> Vec<String> {
    let lines = source.code_lines();
    let guilty = |(number, line): &(usize, &str)| {
        words.iter().find(|w| line.contains(**w)).map(|w| format!("{}:{number}: {w}", source.path))
    };
    lines.iter().filter_map(guilty).collect()
}
