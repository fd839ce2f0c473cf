//! What can go wrong with files.

use ppl_engine::SinkError;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a run could not be written or read.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The folder for a new run holds files already.
    #[error("`{}` exists and is not empty: choose another folder, or remove it first", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// Something could not be written.
    #[error("cannot write `{}`: {source}{}", path.display(), remedy(source))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A chain's draws could not be written.
    #[error("cannot write `{}`: {source}{}; the {kept} draws written before are kept", path.display(), remedy(source))]
    Draws {
        /// The chain's file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// Rows that are safely in the file.
        kept: usize,
    },
    /// Something could not be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder is not one that this crate wrote.
    #[error("`{}` is not a run folder: {reason}", path.display())]
    NotARun {
        /// The folder.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// The run has nothing that it could go on from.
    #[error("`{}` cannot be gone on with: {reason}; the draws that it has can be read", path.display())]
    NoCheckpoint {
        /// The folder.
        path: PathBuf,
        /// What is the matter with its checkpoint.
        reason: String,
    },
    /// The run is being made by somebody else.
    #[error("`{}` is being written by another run that goes on: wait for it, or stop it first", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// A file of the run is damaged.
    #[error("`{}`, line {line}: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where, counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The draws do not fit the columns of the run: a mistake of the calling program.
    #[error("a draw has {found} values where the run has {expected} columns")]
    Width {
        /// Columns of the run.
        expected: usize,
        /// Values of the draw.
        found: usize,
    },
    /// An export could not be written to where it was sent.
    #[error("cannot write the export: {0}")]
    Export(#[source] io::Error),
}

impl StoreError {
    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Write { path, source }
    }

    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Read { path, source }
    }
}

impl From<StoreError> for SinkError {
    fn from(error: StoreError) -> Self {
        Self { message: error.to_string() }
    }
}

fn remedy(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => " (choose a folder you may write to)",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            " (free some space, or choose a folder on another disk)"
        }
        _ => "",
    }
}
