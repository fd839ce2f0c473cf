//! A text file that grows by whole rows.

use crate::error::StoreError;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Bytes kept in memory at most.
const BUFFER: usize = 64 * 1024;
/// Time a row waits in memory at most, as long as others follow.
const PATIENCE: Duration = Duration::from_secs(1);

/// A text file written in whole rows, so that a killed process leaves no half row behind.
pub(crate) struct RowFile {
    path: PathBuf,
    file: File,
    buffer: Vec<u8>,
    /// Length of the file as far as it was written without failure.
    written: u64,
    /// Draws in the file, and draws in the buffer.
    draws: (usize, usize),
    flushed: Instant,
}

impl RowFile {
    pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
        let file = File::create(path).map_err(StoreError::write(path))?;
        let path = path.to_path_buf();
        Ok(Self { path, file, buffer: Vec::with_capacity(BUFFER), written: 0, draws: (0, 0), flushed: Instant::now() })
    }

    /// Goes on with a file after its first `written` bytes, which hold so many draws; what follows is cut off.
    pub(crate) fn reopen(path: &Path, written: u64, draws: usize) -> Result<Self, StoreError> {
        let file = OpenOptions::new().write(true).open(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => StoreError::read(path)(source),
            _ => StoreError::write(path)(source),
        })?;
        let length = file.metadata().map_err(StoreError::read(path))?.len();
        if length < written {
            let reason =
                format!("it has {length} bytes, of the {written} that were written before the run was cut off");
            return Err(StoreError::Damaged { path: path.to_path_buf(), line: 1, reason });
        }
        file.set_len(written).map_err(StoreError::write(path))?;
        let path = path.to_path_buf();
        let buffer = Vec::with_capacity(BUFFER);
        Ok(Self { path, file, buffer, written, draws: (draws, 0), flushed: Instant::now() })
    }

    /// Bytes and draws in the file, once nothing waits in memory.
    pub(crate) fn mark(&mut self) -> Result<[u64; 2], StoreError> {
        self.flush()?;
        Ok([self.written, self.draws.0 as u64])
    }

    /// Adds text that is no draw, and writes everything.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), StoreError> {
        self.buffer.extend_from_slice(text.as_bytes());
        self.flush()
    }

    /// Adds the row of one draw, which `write` writes to the end of the buffer.
    pub(crate) fn draw(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), StoreError> {
        write(&mut self.buffer);
        self.draws.1 += 1;
        let full = self.buffer.len() >= BUFFER;
        if full || self.flushed.elapsed() >= PATIENCE { self.flush() } else { Ok(()) }
    }

    /// Replaces bytes written before by as many others.
    pub(crate) fn replace(&mut self, offset: u64, text: &str) -> Result<(), StoreError> {
        let result = self.file.seek(SeekFrom::Start(offset)).and_then(|_| self.file.write_all(text.as_bytes()));
        result.map_err(|source| self.failure(source))
    }

    /// Draws that are in the file.
    pub(crate) fn kept(&self) -> usize {
        self.draws.0
    }

    pub(crate) fn flush(&mut self) -> Result<(), StoreError> {
        self.flushed = Instant::now();
        if let Err(source) = self.append() {
            // The disk may have taken a part of the buffer: cut it off, and forget the rest.
            let _ = self.file.set_len(self.written);
            self.buffer.clear();
            self.draws.1 = 0;
            return Err(self.failure(source));
        }
        self.written += self.buffer.len() as u64;
        self.draws = (self.draws.0 + self.draws.1, 0);
        self.buffer.clear();
        Ok(())
    }

    fn append(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(self.written))?;
        self.file.write_all(&self.buffer)
    }

    fn failure(&self, source: io::Error) -> StoreError {
        StoreError::Draws { path: self.path.clone(), source, kept: self.draws.0 }
    }
}

impl Drop for RowFile {
    /// A sink that is dropped without an end keeps its draws. Whoever wants to know whether that worked ends the chain.
    fn drop(&mut self) {
        let _ = self.flush();
    }
}
