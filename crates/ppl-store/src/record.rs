//! The contents of `run.json`.

use crate::column::Column;
use crate::host::utc_now;
use crate::info::{DataFile, RunInfo, sha256};
use ppl_engine::{ChainEnd, Ensemble, Metric, Metropolis, Move, Nuts, Outcome, Sampler, Settings};
use serde::{Deserialize, Serialize};

/// The format this crate writes; a reader refuses newer ones.
pub(crate) const FORMAT: u32 = 1;

/// Everything about a run but its draws.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of the run folder's format.
    pub format: u32,
    /// Version of the program that ran.
    pub version: String,
    /// Name of the model.
    pub model_name: String,
    /// SHA-256 of the model's text.
    pub model_sha256: String,
    /// The data files and their hashes.
    pub data: Vec<DataFile>,
    /// Sampler, seed, chains, draws.
    pub settings: SettingsRecord,
    /// Length of an unconstrained position.
    pub dim: usize,
    /// Walkers of an ensemble; 1 for the other samplers.
    pub walkers: usize,
    /// Where it ran.
    pub host: HostRecord,
    /// When it started: UTC, RFC 3339.
    pub started: String,
    /// When it ended; nothing while it runs, or if it was killed.
    pub finished: Option<String>,
    /// How it stands.
    pub state: State,
    /// How each chain ended.
    pub chains: Vec<ChainRecord>,
    /// The columns of the draws.
    pub columns: Vec<Column>,
}

/// How a run or a chain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is running, or was killed.
    Running,
    /// All draws were made.
    Finished,
    /// It was stopped early; what there is can be used.
    Interrupted,
    /// Some chain failed.
    Failed,
}

/// Where a run ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostRecord {
    /// Name of the machine.
    pub name: Option<String>,
    /// Operating system.
    pub system: String,
    /// Processor architecture.
    pub architecture: String,
}

/// How a chain ended and what it counted; see [`ChainEnd`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChainRecord {
    /// Id of the chain.
    pub chain: u64,
    /// How it ended.
    pub state: State,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Draws made (for an ensemble, iterations), without warm-up.
    pub draws: usize,
    /// Divergent trajectories after warm-up.
    pub divergences: usize,
    /// Divergent trajectories in warm-up.
    pub warmup_divergences: usize,
    /// Trajectories after warm-up that ended at the depth limit.
    pub depth_limits: usize,
    /// Mean acceptance statistic after warm-up.
    pub accept: Option<f64>,
    /// The step size that warm-up led to.
    pub step_size: Option<f64>,
    /// Evaluations of the log density.
    pub evaluations: u64,
    /// Why positions were rejected other than by chance, with counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejections: Vec<(String, u64)>,
}

/// The engine's [`Settings`], as they are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsRecord {
    /// The sampler and its options.
    pub sampler: SamplerRecord,
    /// Independent chains or ensembles.
    pub chains: usize,
    /// Iterations of warm-up.
    pub warmup: usize,
    /// Draws a chain, or iterations kept an ensemble.
    pub draws: usize,
    /// Iterations for each draw.
    pub thin: usize,
    /// The seed.
    pub seed: u64,
    /// Id of the first chain.
    pub first_chain: u64,
    /// Whether warm-up draws were stored.
    pub save_warmup: bool,
}

/// The engine's [`Sampler`], as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum SamplerRecord {
    /// The no-U-turn sampler.
    Nuts {
        /// Mean acceptance statistic the step size was tuned to.
        target_accept: f64,
        /// Largest number of doublings.
        max_depth: u32,
        /// Shape of the metric: `auto`, `diagonal`, `low_rank` or `dense`.
        metric: String,
        /// Where the search for a step size began.
        initial_step: Option<f64>,
        /// Whether the chains learned from each other in warm-up.
        #[serde(default)]
        pool: bool,
    },
    /// An affine-invariant ensemble of walkers.
    Ensemble {
        /// Weights of the moves, by name.
        moves: Vec<(String, f64)>,
    },
    /// Robust adaptive Metropolis.
    Metropolis {
        /// Acceptance rate the proposal was tuned to.
        target_accept: Option<f64>,
    },
}

impl RunRecord {
    pub(crate) fn started(info: &RunInfo, host: HostRecord) -> Self {
        Self {
            format: FORMAT,
            version: info.version.clone(),
            model_name: info.model_name.clone(),
            model_sha256: sha256(info.model.as_bytes()),
            data: info.data.clone(),
            settings: SettingsRecord::from(&info.settings),
            dim: info.dim,
            walkers: info.settings.walkers(info.dim),
            host,
            started: utc_now(),
            finished: None,
            state: State::Running,
            chains: Vec::new(),
            columns: info.columns.clone(),
        }
    }

    /// Notes how the chains ended, and with that the run.
    pub(crate) fn close(&mut self, ends: &[ChainEnd]) {
        self.chains = ends.iter().map(ChainRecord::from).collect();
        let any = |state| self.chains.iter().any(|chain| chain.state == state);
        self.state = match () {
            () if any(State::Failed) => State::Failed,
            () if any(State::Interrupted) => State::Interrupted,
            () => State::Finished,
        };
        self.finished = Some(utc_now());
    }

    /// Ids of the chains.
    pub(crate) fn chain_ids(&self) -> impl Iterator<Item = u64> {
        let first = self.settings.first_chain;
        (0..self.settings.chains as u64).map(move |index| first.wrapping_add(index))
    }

    /// Whether the metric is written as a full matrix. What the sampler finds out by itself is not known when a file
    /// begins, so its scales are written.
    pub(crate) fn is_dense(&self) -> bool {
        matches!(&self.settings.sampler, SamplerRecord::Nuts { metric, .. } if metric == metric_name(Metric::Dense))
    }

    pub(crate) fn is_nuts(&self) -> bool {
        matches!(self.settings.sampler, SamplerRecord::Nuts { .. })
    }
}

impl From<&ChainEnd> for ChainRecord {
    fn from(end: &ChainEnd) -> Self {
        let (state, reason) = match &end.outcome {
            Outcome::Finished => (State::Finished, None),
            Outcome::Stopped => (State::Interrupted, None),
            Outcome::Failed(error) => (State::Failed, Some(error.to_string())),
        };
        let finite = |value: f64| value.is_finite().then_some(value);
        Self {
            chain: end.chain,
            state,
            reason,
            draws: end.draws,
            divergences: end.divergences,
            warmup_divergences: end.warmup_divergences,
            depth_limits: end.depth_limits,
            accept: finite(end.accept),
            step_size: end.adapted.as_ref().and_then(|adapted| finite(adapted.step_size)),
            evaluations: end.evaluations,
            rejections: end.rejections.iter().map(|rejection| (rejection.reason.clone(), rejection.count)).collect(),
        }
    }
}

impl From<&Settings> for SettingsRecord {
    fn from(settings: &Settings) -> Self {
        Self {
            sampler: SamplerRecord::from(&settings.sampler),
            chains: settings.chains,
            warmup: settings.warmup,
            draws: settings.draws,
            thin: settings.thin,
            seed: settings.seed,
            first_chain: settings.first_chain,
            save_warmup: settings.save_warmup,
        }
    }
}

impl From<&Sampler> for SamplerRecord {
    fn from(sampler: &Sampler) -> Self {
        match sampler {
            Sampler::Nuts(Nuts { target_accept, max_depth, metric, initial_step, pool }) => Self::Nuts {
                target_accept: *target_accept,
                max_depth: *max_depth,
                metric: metric_name(*metric).to_owned(),
                initial_step: *initial_step,
                pool: *pool,
            },
            Sampler::Ensemble(Ensemble { moves, .. }) => Self::Ensemble {
                moves: moves.iter().map(|(kind, weight)| (move_name(*kind).to_owned(), *weight)).collect(),
            },
            Sampler::Metropolis(Metropolis { target_accept, .. }) => Self::Metropolis { target_accept: *target_accept },
        }
    }
}

fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::Auto => "auto",
        Metric::Diagonal => "diagonal",
        Metric::LowRank => "low_rank",
        Metric::Dense => "dense",
    }
}

fn move_name(kind: Move) -> &'static str {
    match kind {
        Move::Stretch => "stretch",
        Move::Differential => "differential",
        Move::Snooker => "snooker",
        Move::Walk => "walk",
    }
}
