//! Whole transcripts of the real binary: what was typed, what it wrote, its exit code.
//!
//! Each file in `transcripts/` is a test, and so is each function listed in `hostile`, `ends`, `answers`, `diagnoses` and `profiles`. `PPL_BLESS=1` writes what the binary says now into the transcripts; read the difference before keeping it.

mod answers;
mod binary;
mod diagnoses;
mod ends;
mod hostile;
mod profiles;
mod transcript;

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};

type Case = (&'static str, fn());

fn main() {
    let cases = [hostile::CASES, ends::CASES, answers::CASES, diagnoses::CASES, profiles::CASES];
    let functions = cases.into_iter().flatten().map(|&(name, case)| {
        Trial::test(name, move || {
            case();
            Ok(())
        })
    });
    let trials = transcripts().into_iter().map(trial).chain(functions).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn trial(path: PathBuf) -> Trial {
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Trial::test(name, move || transcript::play(&path).map_err(Failed::from))
}

fn transcripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli/transcripts");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder can be listed").path()).collect();
    paths.sort();
    paths
}
