//! The binary under test.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where cargo put it.
pub const PPL: &str = env!("CARGO_BIN_EXE_ppl");

/// What it wrote and how it ended.
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
}

/// Runs it in a folder.
pub fn ppl<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> Ran {
    let output = Command::new(PPL).args(arguments).current_dir(folder).output();
    Ran::from(output.expect("the binary can be started"))
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Ran {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }
}

impl Ran {
    /// Checks the exit code, and that people are told each of these.
    pub fn says(self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "`{word}` is missing from:\n{}", self.stderr);
        }
    }
}

/// A scratch folder with these files.
pub fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("a scratch file can be written");
    }
    folder
}

/// A model and data that sample in no time, in a scratch folder.
pub fn coins() -> (tempfile::TempDir, PathBuf) {
    let model = b"p ~ beta(1, 1)\ndata n: count\ndata k: count ~ binomial(n, p)\n";
    let folder = folder(&[("coin.model", model), ("coin.json", b"{\"n\": 10, \"k\": 7}\n")]);
    let path = folder.path().to_path_buf();
    (folder, path)
}
