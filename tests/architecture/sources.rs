//! The source files of the workspace.

use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file.
pub struct Source {
    /// The crate it belongs to.
    pub crate_name: String,
    /// Its path from the root of the workspace.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// Whether it is the root of a library.
    pub fn is_crate_root(&self) -> bool {
        self.path.ends_with("src/lib.rs")
    }

    /// Lines that are neither comments nor tests, with their numbers.
    pub fn code_lines(&self) -> Vec<(usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(i, line)| (i + 1, line));
        lines
            .take_while(|(_, line)| !line.contains("#[cfg(test)]"))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .collect()
    }
}

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie inside the workspace").to_path_buf()
}

/// Files of the library crates, without those that are tests.
pub fn library_sources() -> Vec<Source> {
    let in_library =
        |s: &Source| s.path.starts_with("crates/") && s.crate_name != "ppl-cli" && s.path.contains("/src/");
    let is_test =
        |s: &Source| s.path.contains("/tests/") || s.path.ends_with("tests.rs") || s.path.contains("/testing");
    all_sources().into_iter().filter(in_library).filter(|s| !is_test(s)).collect()
}

/// All Rust files of the workspace.
pub fn all_sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["crates", "tests", "benches", "examples"] {
        collect(&root().join(folder), &mut found);
    }
    assert!(found.len() > 100, "the sources of the workspace were not found");
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let relative = path.strip_prefix(root()).expect("inside the workspace").display().to_string();
            let crate_name = relative.split('/').nth(1).unwrap_or_default().to_string();
            found.push(Source { crate_name, path: relative, text: fs::read_to_string(&path).unwrap_or_default() });
        }
    }
}
