//! What a run needs to go on after it was cut off.

use crate::error::StoreError;
use ppl_engine::{ChainState, Starts};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The file's name.
pub(crate) const FILE: &str = "checkpoint";
/// Version of the file's format.
const FORMAT: u32 = 2;
/// Bytes of the hash before the contents.
const HASH: usize = 32;

/// The contents: where chains start, and how far each has come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    format: u32,
    pub(crate) starts: Starts,
    pub(crate) states: BTreeMap<u64, ChainState>,
}

impl Checkpoint {
    pub(crate) fn new(starts: Starts, states: BTreeMap<u64, ChainState>) -> Self {
        Self { format: FORMAT, starts, states }
    }
}

/// Keeps the states of a run's chains in its folder.
///
/// States are taken as often as they come, and written together, so that what is in the file is always a state in which
/// the whole run has been.
pub struct Keeper {
    path: PathBuf,
    patience: Duration,
    held: Mutex<Held>,
}

struct Held {
    checkpoint: Checkpoint,
    written: Instant,
    failure: Option<StoreError>,
}

impl Keeper {
    pub(crate) fn new(folder: &Path, checkpoint: Checkpoint, patience: Duration) -> Self {
        let held = Held { checkpoint, written: Instant::now(), failure: None };
        Self { path: folder.join(FILE), patience, held: Mutex::new(held) }
    }

    /// Whether the last states have been in the file for as long as they should at least.
    pub fn is_due(&self) -> bool {
        self.held().written.elapsed() >= self.patience
    }

    /// Takes states in place of older ones of the same chains, and writes all of them if it is time to. A failure to
    /// write is told by [`Keeper::close`]: the draws are worth more than the way back.
    pub fn keep(&self, states: Vec<ChainState>) {
        let mut held = self.held();
        held.checkpoint.states.extend(states.into_iter().map(|state| (state.chain(), state)));
        if held.written.elapsed() >= self.patience {
            self.write(&mut held);
        }
    }

    /// Writes what there is.
    ///
    /// # Errors
    /// [`StoreError::Write`], now or at any time before.
    pub fn close(&self) -> Result<(), StoreError> {
        let mut held = self.held();
        self.write(&mut held);
        held.failure.take().map_or(Ok(()), Err)
    }

    fn write(&self, held: &mut Held) {
        let contents = postcard::to_stdvec(&held.checkpoint).expect("states have a length");
        let bytes = [&Sha256::digest(&contents)[..], &contents].concat();
        // Beside the old file first, so that there is a whole one whatever happens.
        let new = self.path.with_extension("new");
        let written = fs::write(&new, bytes).and_then(|()| fs::rename(&new, &self.path));
        held.failure = written.err().map(|source| {
            // On a full disk a part of it may be there, where draws could be.
            let _ = fs::remove_file(&new);
            StoreError::write(&self.path)(source)
        });
        held.written = Instant::now();
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the file back.
pub(crate) fn read(folder: &Path) -> Result<Checkpoint, StoreError> {
    let path = folder.join(FILE);
    let refused = |reason: &str| StoreError::NoCheckpoint { path: folder.to_path_buf(), reason: reason.to_owned() };
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(refused("it has no checkpoint")),
        other => other.map_err(StoreError::read(&path))?,
    };
    let (hash, contents) = bytes.split_at_checked(HASH).ok_or_else(|| refused("its checkpoint is cut short"))?;
    if Sha256::digest(contents)[..] != *hash {
        return Err(refused("its checkpoint is not as it was written"));
    }
    match postcard::from_bytes::<Checkpoint>(contents) {
        Ok(checkpoint) if checkpoint.format == FORMAT => Ok(checkpoint),
        _ => Err(refused("its checkpoint was written by another version of the program")),
    }
}
