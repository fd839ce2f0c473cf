//! Which crate may depend on which: the table of `crates/README.md` against the manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::sources::root;

/// The arrows of the picture: for each crate, what it may depend on.
fn picture() -> BTreeMap<String, BTreeSet<String>> {
    let readme = fs::read_to_string(root().join("crates/README.md")).expect("crates/README.md exists");
    let rows = readme.lines().filter(|line| line.starts_with("| `ppl"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let may =
            cells.last().expect("a row has cells").split(',').map(|name| name.trim().trim_matches('`').to_string());
        (cells[0].trim_matches('`').to_string(), may.filter(|name| name.starts_with("ppl")).collect())
    })
    .collect()
}

/// The crates there are, with those of ours that each depends on.
fn manifests() -> BTreeMap<String, BTreeSet<String>> {
    let folders = fs::read_dir(root().join("crates")).expect("crates/ exists");
    let manifests = folders.flatten().filter_map(|entry| {
        let text = fs::read_to_string(entry.path().join("Cargo.toml")).ok()?;
        Some((entry.file_name().to_string_lossy().into_owned(), dependencies(&text)))
    });
    manifests.collect()
}

/// Names of ours in `[dependencies]`.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let section = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let name = |line: &str| line.split(['.', ' ', '=']).next().unwrap_or_default().to_string();
    lines.map(name).filter(|name| name == "ppl" || name.starts_with("ppl-")).collect()
}

/// Arrows that the manifests have and the picture does not.
pub fn forbidden() -> Vec<(String, String)> {
    let picture = picture();
    let mut wrong = Vec::new();
    for (name, dependencies) in manifests() {
        let allowed = picture.get(&name).cloned().unwrap_or_default();
        wrong.extend(dependencies.difference(&allowed).map(|d| (name.clone(), d.clone())));
    }
    wrong
}

/// Crates that the picture does not know.
pub fn unknown_crates() -> Vec<String> {
    let picture = picture();
    manifests().into_keys().filter(|name| !picture.contains_key(name)).collect()
}
