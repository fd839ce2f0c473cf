//! What a model is run on: tables, documents, settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ppl_compiler::{Inputs, Setting, TableInput};
use ppl_diagnostic::{Diagnostic, Sources};
use ppl_store::DataFile;

use crate::RunError;
use crate::files::read_text;

/// What a model is run on, as text: CSV tables, CmdStan's JSON, single values.
///
/// Nothing is read into numbers, and nothing fails, before [`crate::Model::bind`]: a file that cannot be read is kept as
/// a diagnostic and reported there, together with all others.
#[derive(Clone, Debug, Default)]
pub struct Data {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Csv { dim: Option<String>, name: String, path: Option<PathBuf>, text: Arc<str> },
    Json { name: String, path: Option<PathBuf>, text: Arc<str> },
    Setting { name: String, value: String },
    Unreadable(Box<Diagnostic>),
}

impl Data {
    /// No data.
    pub fn new() -> Self {
        Data::default()
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Bytes of all texts.
    pub fn bytes(&self) -> usize {
        self.texts().map(str::len).sum()
    }

    /// Adds a table; `name` is what messages call it, usually a path.
    pub fn csv(mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        self.parts.push(Part::Csv { dim: None, name: name.into(), path: None, text: text.into() });
        self
    }

    /// Adds the table of a dim, for models with more than one.
    pub fn csv_of(mut self, dim: &str, name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        self.parts.push(Part::Csv { dim: Some(dim.to_string()), name: name.into(), path: None, text: text.into() });
        self
    }

    /// Adds a document of named numbers and arrays.
    pub fn json(mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        self.parts.push(Part::Json { name: name.into(), path: None, text: text.into() });
        self
    }

    /// Adds a single value, as text: a number, `true`, `false`, or a label.
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parts.push(Part::Setting { name: name.into(), value: value.into() });
        self
    }

    /// Adds a file, the table of `dim` if one is named: JSON if it is called so or begins with a brace, else CSV.
    pub fn file(mut self, dim: Option<&str>, path: &Path) -> Self {
        let text: Arc<str> = match read_text(path) {
            Ok(text) => text.into(),
            Err(error) => return self.unreadable(error),
        };
        let (name, dim) = (path.display().to_string(), dim.map(str::to_string));
        let is_json = dim.is_none() && is_json(path, &text);
        // A run that goes on later may do so from another folder.
        let path = std::fs::canonicalize(path).ok();
        self.parts.push(match is_json {
            true => Part::Json { name, path, text },
            false => Part::Csv { dim, name, path, text },
        });
        self
    }

    /// The data of a run, read again.
    ///
    /// # Errors
    /// [`RunError::Data`] where a file is gone or has changed since.
    pub fn of_run(record: &[DataFile]) -> Result<Self, RunError> {
        record.iter().try_fold(Data::new(), |data, file| {
            if let Some(value) = &file.value {
                return Ok(data.set(file.name.clone(), value.clone()));
            }
            let path = file.path.clone().unwrap_or_else(|| PathBuf::from(&file.name));
            let read = data.file(file.dim.as_deref(), &path);
            let reason = match read.files().last() {
                _ if matches!(read.parts.last(), Some(Part::Unreadable(_))) => "cannot be read any more",
                Some(now) if now.sha256 != file.sha256 => "has changed since",
                _ => return Ok(read),
            };
            Err(RunError::Data { path, reason })
        })
    }

    fn unreadable(mut self, error: Box<Diagnostic>) -> Self {
        self.parts.push(Part::Unreadable(error));
        self
    }

    /// Reads all parts into tables and documents, adding their texts to `sources`.
    pub(crate) fn inputs(&self, sources: &mut Sources, diagnostics: &mut Vec<Diagnostic>) -> Inputs {
        let mut inputs = Inputs { tables: Vec::new(), documents: Vec::new(), settings: Vec::new() };
        for part in &self.parts {
            match part {
                Part::Csv { dim, name, text, .. } => {
                    let source = sources.add(name.clone(), text.clone());
                    let read = ppl_data::read_csv(source, text.clone());
                    diagnostics.extend(read.diagnostics);
                    inputs.tables.extend(read.value.map(|table| TableInput { dim: dim.clone(), table }));
                }
                Part::Json { name, text, .. } => {
                    let source = sources.add(name.clone(), text.clone());
                    let read = ppl_data::read_json(source, text.clone());
                    diagnostics.extend(read.diagnostics);
                    inputs.documents.extend(read.value);
                }
                Part::Setting { name, value } => inputs.settings.push(setting(name, value, sources)),
                Part::Unreadable(error) => diagnostics.push((**error).clone()),
            }
        }
        inputs
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Csv { text, .. } | Part::Json { text, .. } => Some(&**text),
            Part::Setting { value, .. } => Some(value.as_str()),
            Part::Unreadable(_) => None,
        })
    }

    /// Every part as a run folder records it.
    pub(crate) fn files(&self) -> impl Iterator<Item = DataFile> {
        self.parts.iter().filter_map(|part| match part {
            Part::Csv { dim, name, path, text } => {
                let file = DataFile::new(name, text.as_bytes());
                Some(DataFile { dim: dim.clone(), path: path.clone(), ..file })
            }
            Part::Json { name, path, text } => {
                Some(DataFile { path: path.clone(), ..DataFile::new(name, text.as_bytes()) })
            }
            Part::Setting { name, value } => {
                Some(DataFile { value: Some(value.clone()), ..DataFile::new(name, value.as_bytes()) })
            }
            Part::Unreadable(_) => None,
        })
    }
}

fn setting(name: &str, value: &str, sources: &mut Sources) -> Setting {
    let text = format!("{name}={value}");
    let length = text.len();
    let source = sources.add("--set", text);
    Setting { name: name.to_string(), value: value.to_string(), span: sources.span(source, 0, length) }
}

/// By its name where that says so, else by its first letter: no CSV header begins with a brace.
fn is_json(path: &Path, text: &str) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        "json" => true,
        "csv" | "tsv" => false,
        _ => text.trim_start().starts_with('{'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_or_else_the_first_letter_tells_the_format() {
        for (name, text, json) in
            [("a.json", "x", true), ("a.CSV", "{", false), ("a.dat", " {}", true), ("a", "x,y", false)]
        {
            assert_eq!(is_json(Path::new(name), text), json, "{name}");
        }
    }

    #[test]
    fn every_part_that_cannot_be_read_is_reported_at_once() {
        let data = Data::new().json("a.json", "[1]").csv("b.csv", "").file(None, Path::new("no/such/file"));
        let mut diagnostics = Vec::new();
        data.inputs(&mut Sources::default(), &mut diagnostics);
        let codes: Vec<&str> = diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(codes, ["E0508", "E0501", "E0511"]);
    }

    #[test]
    fn a_setting_can_be_pointed_at() {
        let (mut sources, mut diagnostics) = (Sources::default(), Vec::new());
        let inputs = Data::new().set("n", "12").inputs(&mut sources, &mut diagnostics);
        assert_eq!(sources.snippet(inputs.settings[0].span), "n=12");
    }
}
