//! The folder of a run: created, filled, closed.

use crate::checkpoint::{self, Checkpoint, Keeper};
use crate::divergences;
use crate::error::StoreError;
use crate::host::this_host;
use crate::info::RunInfo;
use crate::read::{read_record, read_run};
use crate::record::{RunRecord, State};
use crate::run::Run;
use crate::sink::ChainSink;
use ppl_engine::{ChainEnd, Starts};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) const RECORD: &str = "run.json";
const MODEL: &str = "model.model";

/// The folder of a run that is being made.
pub struct RunFolder {
    path: PathBuf,
    record: RunRecord,
    checkpoint: Checkpoint,
    /// Held as long as the run is being made.
    _lock: Option<File>,
}

impl RunFolder {
    /// Creates the folder (and those above it) with the record and the model. An empty folder is taken as it is.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where there are files already, [`StoreError::Busy`] where another run is beginning there,
    /// [`StoreError::Write`] where nothing can be written.
    pub fn create(path: impl AsRef<Path>, info: &RunInfo) -> Result<Self, StoreError> {
        let path = path.as_ref().to_path_buf();
        refuse_files(&path)?;
        create_folder(&path)?;
        let lock = lock(&path)?;
        refuse_files(&path)?;
        let record = RunRecord::started(info, this_host());
        create_folder(&path.join("csv"))?;
        if record.settings.save_warmup && !record.is_nuts() {
            create_folder(&path.join("csv").join("warmup"))?;
        }
        let model = path.join(MODEL);
        fs::write(&model, &info.model).map_err(StoreError::write(&model))?;
        let folder = Self { path, record, checkpoint: Checkpoint::default(), _lock: lock };
        folder.write_record()?;
        Ok(folder)
    }

    /// Opens the folder of a run to go on with it.
    ///
    /// # Errors
    /// As [`RunFolder::open`]; [`StoreError::NoCheckpoint`] where the run has kept no states, [`StoreError::Busy`] where it
    /// is still being made.
    pub fn reopen(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_path_buf();
        read_record(&path)?;
        let lock = lock(&path)?;
        // Whoever held the lock may have written another since.
        let record = read_record(&path)?;
        let checkpoint = checkpoint::read(&path)?;
        Ok(Self { path, record, checkpoint, _lock: lock })
    }

    /// Notes that the run is going on, with so many draws a chain as its aim, and what shall end it before.
    ///
    /// # Errors
    /// [`StoreError::Write`] where `run.json` cannot be replaced.
    pub fn go_on(&mut self, draws: usize, until: &[String]) -> Result<(), StoreError> {
        self.record.settings.draws = draws;
        self.record.until = until.to_vec();
        self.record.state = State::Running;
        self.record.finished = None;
        self.record.stopped_by = None;
        self.record.chains.clear();
        self.write_record()
    }

    /// The model's text, as it was run.
    ///
    /// # Errors
    /// [`StoreError::Read`] where the copy in the folder cannot be read.
    pub fn model(&self) -> Result<String, StoreError> {
        let path = self.path.join(MODEL);
        fs::read_to_string(&path).map_err(StoreError::read(&path))
    }

    /// Where the chains of a run that goes on start: at the states that were kept, and where there is none, where they
    /// started before.
    pub fn starts(&self) -> Starts {
        self.checkpoint.starts.clone().after(self.checkpoint.states.values().cloned().collect())
    }

    /// Who keeps the states of the chains, not more often than `patience` says. The file is there from now on.
    ///
    /// # Errors
    /// [`StoreError::Write`] where it cannot be written.
    pub fn keeper(&self, starts: &Starts, patience: Duration) -> Result<Keeper, StoreError> {
        let checkpoint = Checkpoint::new(starts.clone(), self.checkpoint.states.clone());
        let keeper = Keeper::new(&self.path, checkpoint, patience);
        keeper.close()?;
        Ok(keeper)
    }

    /// Reads a run back, finished or not.
    ///
    /// # Errors
    /// [`StoreError::NotARun`] where `path` is not a run folder, [`StoreError::Read`] and [`StoreError::Damaged`] where its
    /// files cannot be read. A torn last row and missing draws are no errors.
    pub fn open(path: impl AsRef<Path>) -> Result<Run, StoreError> {
        read_run(path.as_ref())
    }

    /// Whether the run has come so far that it could go on if it were cut off.
    pub fn has_begun(path: impl AsRef<Path>) -> bool {
        path.as_ref().join(checkpoint::FILE).exists()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is known of the run.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// A sink for each chain, in the order of their ids, as the engine's `sample` takes them.
    ///
    /// # Errors
    /// [`StoreError`] where a file cannot be created.
    pub fn sinks(&self) -> Result<Vec<ChainSink>, StoreError> {
        self.record.chain_ids().map(|chain| self.sink(chain)).collect()
    }

    /// The sink of one chain, which goes on where a state was kept; otherwise its file begins anew.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be created.
    pub fn sink(&self, chain: u64) -> Result<ChainSink, StoreError> {
        match self.checkpoint.states.get(&chain) {
            Some(state) => ChainSink::reopen(&self.path, &self.record, state),
            None => ChainSink::create(&self.path, &self.record, chain),
        }
    }

    /// Writes `divergences.csv` and notes in `run.json` how the chains ended: the run is finished, interrupted if some chain
    /// was stopped, failed if some chain failed; and what stopped it before all draws were made.
    ///
    /// # Errors
    /// [`StoreError::Write`] where `run.json` cannot be replaced, and the old one is kept, or the divergences not be written.
    pub fn finish(&mut self, ends: &[ChainEnd], stopped_by: Option<String>) -> Result<(), StoreError> {
        divergences::write(&self.path, ends)?;
        self.record.close(ends);
        self.record.stopped_by = stopped_by;
        self.write_record()
    }

    /// Writes beside the old record first, so that there is one whatever happens.
    fn write_record(&self) -> Result<(), StoreError> {
        let (path, new) = (self.path.join(RECORD), self.path.join("run.json.new"));
        let mut text = serde_json::to_string_pretty(&self.record).expect("a record has no maps and no odd numbers");
        text.push('\n');
        let written = fs::write(&new, text).and_then(|()| fs::rename(&new, &path));
        written.map_err(|source| {
            let _ = fs::remove_file(&new);
            StoreError::write(&path)(source)
        })
    }
}

/// The file of a chain's draws.
pub(crate) fn chain_file(folder: &Path, chain: u64) -> PathBuf {
    folder.join("csv").join(format!("chain-{chain}.csv"))
}

/// The file of a chain's warm-up draws, where they have no place among the others.
pub(crate) fn warmup_file(folder: &Path, chain: u64) -> PathBuf {
    folder.join("csv").join("warmup").join(format!("chain-{chain}.csv"))
}

fn create_folder(path: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(path).map_err(StoreError::write(path))
}

/// Takes the folder for as long as the file lives: two who write the same draws would spoil them. Systems and disks without
/// locks on folders go without.
fn lock(path: &Path) -> Result<Option<File>, StoreError> {
    let Ok(folder) = File::open(path) else { return Ok(None) };
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy { path: path.to_path_buf() }),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

fn refuse_files(path: &Path) -> Result<(), StoreError> {
    match fs::read_dir(path).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(StoreError::Exists { path: path.to_path_buf() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(StoreError::write(path)(error)),
    }
}
