//! From the blocks of a page to what is said of its program.

use std::path::Path;

use ppl::{Data, Model, Report};
use ppl_diagnostic::Diagnostic;

use crate::page::{Block, Side};

/// All that is noticed about one program of a page: by checking it, or with data or a command by what the command does.
///
/// # Errors
/// The page has no model for it, or a command that is not understood.
pub fn diagnostics(blocks: &[Block], side: Side) -> Result<Vec<Diagnostic>, String> {
    let own: Vec<&Block> = blocks.iter().filter(|block| block.is_of(side)).collect();
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    for block in own.iter().filter(|block| !block.file.is_empty()) {
        std::fs::write(folder.path().join(&block.file), &block.text).map_err(|error| error.to_string())?;
    }
    if !own.iter().any(|block| block.kind == "model") {
        return Err("there is no model".to_string());
    }
    let model = Model::read(&folder.path().join("m.model"));
    match command(&own) {
        None => Ok(either(model.check()).diagnostics),
        Some(arguments) => with_data(&model, &arguments, folder.path()),
    }
}

/// What follows the model on the command line: that of the console block, else the data files in their order.
fn command(own: &[&Block]) -> Option<Vec<String>> {
    if let Some(console) = own.iter().find(|block| block.kind == "console") {
        return Some(console.text.split_whitespace().map(str::to_string).collect());
    }
    let files: Vec<&str> = own.iter().filter(|b| matches!(&*b.kind, "csv" | "json")).map(|b| &*b.file).collect();
    let words = ["$", "ppl", "sample", "m.model"].into_iter().chain(files.iter().copied());
    (!files.is_empty()).then(|| words.map(str::to_string).collect())
}

fn with_data(model: &Model, arguments: &[String], folder: &Path) -> Result<Vec<Diagnostic>, String> {
    let [prompt, ppl, sample, name, rest @ ..] = arguments else {
        return Err("the command is too short".to_string());
    };
    if [&**prompt, &**ppl, &**sample, &**name] != ["$", "ppl", "sample", "m.model"] {
        return Err("a command begins with `$ ppl sample m.model`".to_string());
    }
    let (mut data, mut start) = (Data::new(), None);
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        data = match (&**word, word.split_once('=')) {
            ("--set", _) => {
                let (name, value) = words.next().and_then(|w| w.split_once('=')).ok_or("`--set` takes name=value")?;
                data.set(name, value)
            }
            ("--init", _) => {
                start = words.next().map(|file| folder.join(file));
                data
            }
            (_, Some((dim, file))) => data.file(Some(dim), &folder.join(file)),
            (file, None) => data.file(None, &folder.join(file)),
        };
    }
    Ok(match model.bind(&data) {
        Err(report) => report.diagnostics,
        Ok(program) => {
            let started = program.starts(start.as_deref()).err().unwrap_or_default();
            program.report().diagnostics.iter().cloned().chain(started.diagnostics).collect()
        }
    })
}

fn either(checked: Result<Report, Report>) -> Report {
    checked.unwrap_or_else(|report| report)
}
