//! A run that was read back.

use crate::column::Column;
use crate::divergences::ChainDivergence;
use crate::record::{ChainRecord, RunRecord};
use ppl_engine::Stats;
use std::path::PathBuf;

/// A run that was read back, finished or not.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its folder.
    pub path: PathBuf,
    /// Everything but the draws.
    pub record: RunRecord,
    /// How the chains of a run that is running, or was killed, stood when their states were kept last.
    pub kept: Vec<ChainRecord>,
    /// The model's text; empty if the copy is gone.
    pub model: String,
    /// The draws after warm-up.
    pub draws: Draws,
    /// Warm-up draws; chains are empty unless the run saved them.
    pub warmup: Draws,
    /// Where trajectories diverged after warm-up, as far as it was kept.
    pub divergences: Vec<ChainDivergence>,
}

/// Draws of all chains.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draws {
    /// What the columns are.
    pub columns: Vec<Column>,
    /// The chains in order of their ids; an ensemble's walkers follow one another.
    pub chains: Vec<Chain>,
}

/// Draws of one chain, or of one walker of an ensemble.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chain {
    /// Id of the chain or ensemble.
    pub id: u64,
    /// Number of the walker, from 0; 0 for samplers without walkers.
    pub walker: usize,
    /// The draws of each column.
    pub values: Vec<Vec<f64>>,
    /// How the sampler got to each draw. What the file does not hold is NaN or 0; `accepted` says whether the row differs from
    /// the one before.
    pub stats: Vec<Stats>,
}

impl Chain {
    /// Number of draws.
    pub fn len(&self) -> usize {
        self.stats.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.stats.is_empty()
    }

    /// Values of one draw, in the order of the columns.
    pub fn row(&self, draw: usize) -> Vec<f64> {
        self.values.iter().map(|column| column[draw]).collect()
    }

    /// Log density of each draw.
    pub fn log_density(&self) -> Vec<f64> {
        self.stats.iter().map(|stats| stats.log_density).collect()
    }
}

impl Draws {
    /// Draws of all chains together.
    pub fn len(&self) -> usize {
        self.chains.iter().map(Chain::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps the first so many draws of each chain.
    pub fn truncate(&mut self, draws: usize) {
        for chain in &mut self.chains {
            chain.values.iter_mut().for_each(|values| values.truncate(draws));
            chain.stats.truncate(draws);
        }
    }

    /// The draws of one column, a slice a chain; an ensemble's walkers each have their own.
    pub fn column(&self, column: usize) -> Vec<&[f64]> {
        self.chains.iter().map(|chain| chain.values[column].as_slice()).collect()
    }

    /// The draws of one column by chain and walker: `ensembles(c)[e][w]`.
    pub fn ensembles(&self, column: usize) -> Vec<Vec<&[f64]>> {
        let ensembles = self.chains.chunk_by(|a, b| a.id == b.id);
        ensembles.map(|walkers| walkers.iter().map(|walker| walker.values[column].as_slice()).collect()).collect()
    }

    /// Number of the column with this name, such as `theta[Choate]`.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}
