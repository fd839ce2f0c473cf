//! Models, data and positions as files.

use std::fs;
use std::path::Path;

use ppl_benches::workloads::{Source, Workload};
use serde_json::json;

/// Writes a workload into a folder of its name.
pub fn write(folder: &Path, workload: &Workload) -> Result<(), String> {
    let folder = folder.join(workload.name);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    if let Source::Program(model) = workload.source {
        text(&folder.join("model.model"), model)?;
    }
    text(&folder.join("data.json"), &workload.json())?;
    text(&folder.join("positions.json"), &format!("{}\n", json!(workload.positions())))
}

/// Writes a file.
pub fn text(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
