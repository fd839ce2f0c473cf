//! Codes in the sources and pages are the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ppl_diagnostic::all_explanations;

use crate::made::{MADE, NOT_BY_PROGRAM};

type Case = fn() -> Result<(), String>;

/// The tests of this file.
pub const CASES: &[(&str, Case)] = &[
    ("every_code_of_the_sources_has_a_page", every_code_of_the_sources_has_a_page),
    ("every_page_is_of_a_code_of_the_sources", every_page_is_of_a_code_of_the_sources),
    ("every_file_of_a_page_is_in_the_table", every_file_of_a_page_is_in_the_table),
    ("exceptions_are_of_codes_that_have_a_page", exceptions_are_of_codes_that_have_a_page),
];

fn every_code_of_the_sources_has_a_page() -> Result<(), String> {
    let pages = pages();
    let missing = codes_in_sources()?.into_iter().filter(|(code, _)| !pages.contains(&**code));
    nothing(missing.map(|(code, path)| format!("{code}, in {}", path.display())), "no page")
}

fn every_page_is_of_a_code_of_the_sources() -> Result<(), String> {
    let codes = codes_in_sources()?;
    nothing(pages().into_iter().filter(|code| !codes.contains_key(*code)).map(str::to_string), "no source")
}

fn every_file_of_a_page_is_in_the_table() -> Result<(), String> {
    let pages = pages();
    let files = entries(&crates().join("ppl-diagnostic/explanations"))?;
    let names = files.iter().filter_map(|path| path.file_stem()?.to_str());
    nothing(names.filter(|name| !pages.contains(name)).map(str::to_string), "not in the table")
}

fn exceptions_are_of_codes_that_have_a_page() -> Result<(), String> {
    let pages = pages();
    let exceptions = MADE.iter().map(|(code, _)| *code).chain(NOT_BY_PROGRAM.iter().map(|(code, _)| *code));
    nothing(exceptions.filter(|code| !pages.contains(code)).map(str::to_string), "no page")
}

fn nothing(found: impl Iterator<Item = String>, what: &str) -> Result<(), String> {
    let found: Vec<String> = found.collect();
    if found.is_empty() { Ok(()) } else { Err(format!("{what}: {}", found.join("; "))) }
}

fn pages() -> BTreeSet<&'static str> {
    all_explanations().iter().map(|explanation| explanation.code).collect()
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates")
}

/// Every code in quotes, with a file in which it stands. The crate of the pages raises none itself.
fn codes_in_sources() -> Result<BTreeMap<String, PathBuf>, String> {
    let mut codes = BTreeMap::new();
    for folder in entries(&crates())?.iter().filter(|path| !path.ends_with("ppl-diagnostic")) {
        collect(&folder.join("src"), &mut codes)?;
    }
    Ok(codes)
}

fn collect(path: &Path, codes: &mut BTreeMap<String, PathBuf>) -> Result<(), String> {
    if path.is_dir() {
        return entries(path)?.iter().try_for_each(|entry| collect(entry, codes));
    }
    if path.extension().is_some_and(|extension| extension == "rs") {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        codes.extend(text.split('"').filter(|word| is_code(word)).map(|code| (code.to_string(), path.to_path_buf())));
    }
    Ok(())
}

fn is_code(word: &str) -> bool {
    word.len() == 5 && word.starts_with(['E', 'W']) && word[1..].bytes().all(|byte| byte.is_ascii_digit())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(|error| error.to_string())).collect()
}
