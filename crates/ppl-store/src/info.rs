//! What a run is, told before it starts.

use crate::column::Column;
use ppl_engine::Settings;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// What a run is, as far as it is known before sampling.
#[derive(Clone, Debug)]
pub struct RunInfo {
    /// Name of the model, such as `eight_schools`; other readers show it.
    pub model_name: String,
    /// The model's text; a copy goes into the folder.
    pub model: String,
    /// The files of data the model was given.
    pub data: Vec<DataFile>,
    /// Sampler, seed, chains, draws.
    pub settings: Settings,
    /// What shall end it before all draws are made, such as `ess=400`.
    pub until: Vec<String>,
    /// The columns of the draws, in the order of the engine's rows.
    pub columns: Vec<Column>,
    /// Length of an unconstrained position.
    pub dim: usize,
    /// What evaluates the log density, such as `avx512`.
    pub machine: String,
    /// The reductions of data that are made.
    pub condense: Vec<String>,
    /// Version of the program that runs.
    pub version: String,
}

impl RunInfo {
    /// A run without data files, by this crate's version.
    pub fn new(model_name: &str, model: &str, settings: Settings, columns: Vec<Column>, dim: usize) -> Self {
        let (model_name, model) = (model_name.to_owned(), model.to_owned());
        Self {
            model_name,
            model,
            data: Vec::new(),
            settings,
            until: Vec::new(),
            columns,
            dim,
            machine: String::new(),
            condense: Vec::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// A piece of data, by name and content: a file, or a single value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// Name as it was given.
    pub name: String,
    /// The dim whose table it is, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dim: Option<String>,
    /// Where the file is, whatever the working folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// The value, where it is no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl DataFile {
    /// Of a file with these bytes.
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.to_owned(), sha256: sha256(bytes), ..Self::default() }
    }
}

/// SHA-256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_of_other_tools() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
