//! Why a run gave no draws.

use std::path::PathBuf;

use ppl_store::StoreError;

/// Why a run gave no draws.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The settings cannot work, or no chain got anywhere.
    #[error(transparent)]
    Engine(#[from] ppl_engine::Error),
    /// The data of a run that goes on is not as it was.
    #[error("`{}` {reason}: a run can go on only with the data that it began with", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The run folder cannot be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
}
