//! The run folder: draws out and in again.
//!
//! The main type is [`RunFolder`]. It is created before sampling, hands a [`ChainSink`] to each chain, and is told how the
//! chains ended; [`RunFolder::open`] reads everything back as a [`Run`].
//!
//! ```text
//! run/
//!   run.json            settings, hashes, columns, host, times, state, how each chain ended
//!   model.model         the model as it was run
//!   checkpoint          what the run needs to go on after it was cut off
//!   csv/chain-1.csv …   draws, one Stan CSV a chain, readable while it grows
//!   csv/warmup/…        warm-up draws of samplers whose Stan CSV has no place for them
//!   divergences.csv     where trajectories diverged, if some did: unconstrained positions, written at the end
//! ```
//!
//! ```
//! use ppl_engine::{ChainEnd, Draw, Outcome, Settings, Sink, Stats};
//! use ppl_store::{Column, RunFolder, RunInfo};
//!
//! let scratch = tempfile::tempdir()?;
//! let path = scratch.path().join("run");
//! let settings = Settings { chains: 1, draws: 1, ..Settings::default() };
//! let info = RunInfo::new("coin", "p ~ uniform(0, 1)", settings, vec![Column::real("p", &[])], 1);
//! let folder = RunFolder::create(&path, &info)?;
//! let mut sinks = folder.sinks()?;
//! let draw = Draw { iteration: 0, warmup: false, walker: 0, row: &[0.25], position: &[-1.1], stats: Stats::default() };
//! sinks[0].draw(&draw)?;
//! drop(sinks); // or: the engine's `sample` takes them, and `folder.finish` its answer
//!
//! let run = RunFolder::open(&path)?;
//! assert_eq!(run.draws.column(0), [[0.25]]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Laws:
//! - Every failure to read or write is a [`StoreError`] that names the path and the reason.
//! - A file is written in whole rows: a killed process leaves at most its last second or its last 64 KiB unwritten, and a row
//!   torn by the disk is left out when reading.
//! - A run goes on from the states that a [`Keeper`] wrote last, and its files become those of a run that was never cut
//!   off, but for times.
//! - The bits of every double survive writing and reading (the payload of NaN excepted).
//! - The draws of a run do not depend on this crate; the clock is read for time stamps and for flushing only.
#![forbid(unsafe_code)]

mod checkpoint;
mod column;
mod divergences;
mod error;
mod export;
mod fault;
mod folder;
mod host;
mod info;
mod read;
mod record;
mod row_file;
mod run;
mod sink;
mod stan_csv;
mod summary;

#[cfg(test)]
mod tests;

pub use checkpoint::Keeper;
pub use column::{Column, Kind, element_name};
pub use divergences::ChainDivergence;
pub use error::StoreError;
pub use export::export_csv;
pub use fault::{CulpritRecord, FaultName, FaultRecord, Phase};
pub use folder::RunFolder;
pub use info::{DataFile, RunInfo, sha256};
pub use record::{ChainRecord, HostRecord, LadderRecord, RunRecord, State};
pub use run::{Chain, Draws, Run};
pub use sink::ChainSink;
pub use stan_csv::stan_names;
pub use summary::{Content, Row};
