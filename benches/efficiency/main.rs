//! Effective draws a gradient, warm-up included: ours beside nutpie's sampler and Stan's.
//!
//! `cargo bench -p ppl-benches --bench efficiency [-- OPTION… NAME…]`; README.md says what the options are.

#![allow(clippy::print_stdout)] // a benchmark is there to print its figures

mod figures;
mod nutpie;
mod request;
mod results;
mod samplers;
mod stan;
mod subject;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ppl_benches::workloads;

use crate::request::Request;
use crate::results::Results;
use crate::subject::Subject;

fn main() -> ExitCode {
    let request = Request::read();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("inside the workspace").to_path_buf();
    let mut results = request.with.as_deref().map_or_else(Results::default, Results::read);
    table::heading();
    let mut names = Vec::new();
    for make in subjects(&root, &request) {
        let mut subject = make();
        for &sampler in &request.samplers {
            let runs: Result<Vec<_>, _> =
                (1..=request.seeds).map(|seed| sampler.run(&mut subject, &request.settings(seed), &root)).collect();
            match runs {
                Ok(runs) => results.put(&subject.name, sampler, runs),
                Err(reason) => println!("{}: {} failed: {reason}", subject.name, sampler.name()),
            }
        }
        table::row(&subject, &results);
        names.push(subject.name);
        if let Some(file) = &request.save {
            results.write(file);
        }
    }
    table::means(&names, &results);
    ExitCode::SUCCESS
}

type Make = Box<dyn FnOnce() -> Subject>;

/// The published posteriors and the workloads that are asked for.
fn subjects(root: &Path, request: &Request) -> Vec<Make> {
    let database = std::env::var_os("PPL_POSTERIORDB").map_or(root.join("../shared/posteriordb"), PathBuf::from);
    let mut subjects: Vec<Make> = Vec::new();
    if !database.is_dir() {
        println!("posteriors are left out: posteriordb was not found; PPL_POSTERIORDB names its folder");
    }
    for name in posteriors(root).into_iter().filter(|name| database.is_dir() && request.wants(name)) {
        let (root, database) = (root.to_path_buf(), database.clone());
        subjects.push(Box::new(move || Subject::published(&root, &name, &database)));
    }
    for workload in workloads::for_sampling().into_iter().filter(|workload| request.wants(workload.name)) {
        let root = root.to_path_buf();
        subjects.push(Box::new(move || Subject::workload(&root, &workload)));
    }
    subjects
}

/// Names of the models of the posterior suite.
fn posteriors(root: &Path) -> Vec<String> {
    let folder = root.join("tests/posterior/models");
    let entries = std::fs::read_dir(folder).expect("the models are part of the project");
    let stem = |path: PathBuf| path.file_stem().expect("a file").to_string_lossy().into_owned();
    let mut names: Vec<String> = entries.map(|entry| stem(entry.expect("a file").path())).collect();
    names.sort();
    names
}
