//! The files the facade is given, as text.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use ppl_diagnostic::Diagnostic;

/// The text of a file.
///
/// # Errors
/// `E0511` where there is no such file or it cannot be read; `E0502` where it is not UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String, Box<Diagnostic>> {
    let bytes = fs::read(path).map_err(|error| Box::new(unreadable(path, &error)))?;
    ppl_data::decode(bytes).map_err(|mut error| {
        error.message = format!("`{}`: {}", path.display(), error.message);
        error
    })
}

/// E0511: a file that cannot be read.
fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let shown = path.display();
    match error.kind() {
        ErrorKind::NotFound => missing(path),
        _ if path.is_dir() => a_folder(path),
        ErrorKind::PermissionDenied => {
            Diagnostic::error("E0511", format!("`{shown}` may not be read: permission denied"))
        }
        _ => Diagnostic::error("E0511", format!("`{shown}` cannot be read: {error}")),
    }
}

fn missing(path: &Path) -> Diagnostic {
    let error = Diagnostic::error("E0511", format!("there is no file `{}`", path.display()));
    match neighbour(path) {
        Some(name) => {
            let near = path.with_file_name(name);
            error.help(format!("did you mean `{}`?", near.display()))
        }
        None => error,
    }
}

fn a_folder(path: &Path) -> Diagnostic {
    let error = Diagnostic::error("E0511", format!("`{}` is a folder, not a file", path.display()));
    let ours = |name: &&String| [".model", ".csv", ".json"].iter().any(|end| name.ends_with(end));
    match files_in(path).iter().find(ours) {
        Some(name) => error.help(format!("name a file in it, such as `{}`", path.join(name).display())),
        None => error,
    }
}

/// The file beside a missing one whose name is most like its name.
fn neighbour(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let names = files_in(folder.unwrap_or(Path::new(".")));
    ppl_data::similar_name(wanted, names.iter().map(String::as_str)).map(str::to_string)
}

/// The names of the files in a folder, sorted.
fn files_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    let mut names: Vec<String> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
