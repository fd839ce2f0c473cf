//! Why a run gave no draws.

use ppl_store::StoreError;

/// Why a run gave no draws.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The settings cannot work, or no chain got anywhere.
    #[error(transparent)]
    Engine(#[from] ppl_engine::Error),
    /// The run folder cannot be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
}
