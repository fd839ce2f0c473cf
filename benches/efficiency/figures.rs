//! What a run gave for how many gradients.

use ppl_stats::{ess_bulk, ess_tail};
use serde::{Deserialize, Serialize};

use crate::subject::Column;

/// Figures of one run of all chains.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Figures {
    /// Gradients before the first draw.
    pub warmup: f64,
    /// Gradients after that.
    pub sampling: f64,
    /// The least of bulk and tail effective sizes over all columns.
    pub ess: f64,
    /// Divergent trajectories among the draws.
    pub divergences: f64,
}

impl Figures {
    /// Figures of draws, given the gradients of warm-up and of sampling.
    pub fn new(columns: &[Column], [warmup, sampling]: [f64; 2], divergences: f64) -> Self {
        Figures { warmup, sampling, ess: columns.iter().map(least).fold(f64::INFINITY, f64::min), divergences }
    }

    /// Effective draws in a thousand gradients.
    pub fn rate(&self) -> f64 {
        1e3 * self.ess / (self.warmup + self.sampling)
    }

    /// The same without what warm-up cost.
    pub fn sampling_rate(&self) -> f64 {
        1e3 * self.ess / self.sampling
    }
}

/// The lesser effective size. A column that never moved is worth one draw.
fn least(column: &Column) -> f64 {
    let chains: Vec<&[f64]> = column.iter().map(Vec::as_slice).collect();
    ess_bulk(&chains).unwrap_or(1.0).min(ess_tail(&chains).unwrap_or(1.0))
}

/// Mean of logs over seeds, and its standard error.
#[derive(Clone, Copy, Debug)]
pub struct Mean {
    pub log: f64,
    pub error: f64,
}

impl Mean {
    /// Of what each run says.
    pub fn of(runs: &[Figures], rate: impl Fn(&Figures) -> f64) -> Mean {
        let logs: Vec<f64> = runs.iter().map(|run| rate(run).ln()).collect();
        let n = logs.len() as f64;
        let log = logs.iter().sum::<f64>() / n;
        let spread: f64 = logs.iter().map(|l| (l - log) * (l - log)).sum();
        Mean { log, error: (spread / (n - 1.0).max(1.0) / n).sqrt() }
    }

    /// The ratio to another mean.
    pub fn over(self, other: Mean) -> Mean {
        Mean { log: self.log - other.log, error: self.error.hypot(other.error) }
    }

    /// Value, and two errors below and above.
    pub fn interval(self) -> [f64; 3] {
        [0.0, -2.0, 2.0].map(|errors| (self.log + errors * self.error).exp())
    }
}
