//! Draws in memory, for programs that embed the engine.

use std::sync::atomic::AtomicBool;

use ppl_density::LogDensity;

use crate::error::Error;
use crate::output::Output;
use crate::run::sample;
use crate::settings::Settings;
use crate::sink::{Adapted, ChainEnd, Draw, Sink, SinkError, Stats};
use crate::starts::Starts;

/// Draws of one chain and phase, in the order in which they were made; an ensemble's walkers follow one another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draws {
    width: usize,
    walkers: usize,
    values: Vec<f64>,
    stats: Vec<Stats>,
}

impl Draws {
    /// Number of draws, over all walkers.
    pub fn len(&self) -> usize {
        self.stats.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.stats.is_empty()
    }

    /// Length of a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The row of one draw.
    pub fn row(&self, draw: usize) -> &[f64] {
        &self.values[draw * self.width..(draw + 1) * self.width]
    }

    /// All rows, one after another.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// One column of all rows.
    pub fn column(&self, column: usize) -> Vec<f64> {
        (0..self.len()).map(|draw| self.row(draw)[column]).collect()
    }

    /// Number of walkers, 1 for samplers other than the ensemble; 0 without draws.
    pub fn walkers(&self) -> usize {
        self.walkers
    }

    /// One column of the rows of one walker, in time.
    pub fn walker_column(&self, walker: usize, column: usize) -> Vec<f64> {
        let own = (walker..self.len()).step_by(self.walkers.max(1));
        own.map(|draw| self.row(draw)[column]).collect()
    }

    /// The sampler's statistics, one a draw.
    pub fn stats(&self) -> &[Stats] {
        &self.stats
    }

    fn push(&mut self, draw: &Draw) {
        self.width = draw.row.len();
        self.walkers = self.walkers.max(draw.walker + 1);
        self.values.extend_from_slice(draw.row);
        self.stats.push(draw.stats);
    }
}

/// Keeps everything a chain yields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemorySink {
    /// Warm-up draws, if they are saved.
    pub warmup: Draws,
    /// Draws.
    pub draws: Draws,
    /// What warm-up learned.
    pub adapted: Option<Adapted>,
    /// How the chain ended.
    pub end: Option<ChainEnd>,
}

impl Sink for MemorySink {
    fn warmup_done(&mut self, adapted: &Adapted) -> Result<(), SinkError> {
        self.adapted = Some(adapted.clone());
        Ok(())
    }

    fn draw(&mut self, draw: &Draw) -> Result<(), SinkError> {
        match draw.warmup {
            true => self.warmup.push(draw),
            false => self.draws.push(draw),
        }
        Ok(())
    }

    fn finish(&mut self, end: &ChainEnd) -> Result<(), SinkError> {
        self.end = Some(end.clone());
        Ok(())
    }
}

/// Samples and keeps the draws of all chains in memory, without watching or stopping.
///
/// # Errors
/// As [`sample`].
pub fn sample_to_memory<D, O>(
    density: &D,
    output: &O,
    settings: &Settings,
    starts: &Starts,
) -> Result<Vec<MemorySink>, Error>
where
    D: LogDensity + Clone + Send,
    O: Output + Clone + Send,
{
    let mut sinks = vec![MemorySink::default(); settings.chains];
    sample(density, output, settings, starts, sinks.iter_mut().collect(), &(), &AtomicBool::new(false))?;
    Ok(sinks)
}
