//! The command line.

use std::path::PathBuf;

use ppl_benches::workloads::{self, Workload};

/// What to do.
pub enum Mode {
    Table,
    Write(PathBuf),
    Serve,
}

/// What was typed.
pub struct Options {
    pub mode: Mode,
    pub interpreter: bool,
    pub json: Option<PathBuf>,
    pub workloads: Vec<Workload>,
}

impl Options {
    pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = Options { mode: Mode::Table, interpreter: false, json: None, workloads: Vec::new() };
        let mut names = Vec::new();
        while let Some(argument) = arguments.next() {
            let mut file = || arguments.next().map(PathBuf::from).ok_or(format!("{argument} needs a path"));
            match argument.as_str() {
                "--bench" => {} // cargo says so
                "--interpreter" => options.interpreter = true,
                "--json" => options.json = Some(file()?),
                "--write" => options.mode = Mode::Write(file()?),
                "--serve" => options.mode = Mode::Serve,
                option if option.starts_with('-') => return Err(format!("there is no option {option}")),
                _ => names.push(argument),
            }
        }
        options.workloads = named(&names)?;
        Ok(options)
    }
}

fn named(names: &[String]) -> Result<Vec<Workload>, String> {
    let all = workloads::all();
    let known: Vec<&str> = all.iter().map(|w| w.name).collect();
    if let Some(name) = names.iter().find(|name| *name != "large" && !known.contains(&name.as_str())) {
        return Err(format!("there is no workload {name}, only {}, large", known.join(", ")));
    }
    let large = names.iter().any(|name| name == "large").then(workloads::large);
    let wanted = all.into_iter().filter(|w| names.is_empty() || names.iter().any(|name| name == w.name));
    Ok(wanted.chain(large).collect())
}
