//! The contents of `run.json`.

use crate::column::Column;
use crate::fault::FaultRecord;
use crate::host::utc_now;
use crate::info::{DataFile, RunInfo, sha256};
use ppl_engine::{ChainEnd, Integrator, Ladder, Metric, Nuts, Outcome, Sampler, Settings};
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
    pub settings: Settings,
    /// Length of an unconstrained position.
    pub dim: usize,
    /// Walkers of an ensemble; 1 for the other samplers.
    pub walkers: usize,
    /// Where it ran.
    pub host: HostRecord,
    /// What evaluated the log density, such as `avx512`; the bits of the draws depend on it.
    #[serde(default)]
    pub machine: String,
    /// The reductions of data that were made.
    #[serde(default)]
    pub condense: Vec<String>,
    /// When it started: UTC, RFC 3339.
    pub started: String,
    /// When it ended; nothing while it runs, or if it was killed.
    pub finished: Option<String>,
    /// How it stands.
    pub state: State,
    /// What was to end it before all draws are made, such as `ess=400`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub until: Vec<String>,
    /// What ended it before all draws were made, such as `ess=400`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<String>,
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
    /// The integrator of NUTS, leapfrog or walnuts, where warm-up ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrator: Option<Integrator>,
    /// The ladder of temperatures, with tempering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<LadderRecord>,
    /// Evaluations of the log density.
    pub evaluations: u64,
    /// Evaluations that gave no usable number, by reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultRecord>,
}

/// A ladder of temperatures and what its replicas yielded; see [`Ladder`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LadderRecord {
    /// From 0, the reference, to 1, the posterior.
    pub inverse_temperatures: Vec<f64>,
    /// Mean probabilities with which swaps of neighbours were rejected.
    pub rejections: Vec<f64>,
    /// Journeys from the reference to the posterior and back.
    pub round_trips: usize,
    /// Log marginal likelihood; nothing where it is not finite.
    pub log_evidence: Option<f64>,
    /// Its standard error; nothing where there are too few draws.
    pub error: Option<f64>,
}

impl RunRecord {
    pub(crate) fn started(info: &RunInfo, host: HostRecord) -> Self {
        Self {
            format: FORMAT,
            version: info.version.clone(),
            model_name: info.model_name.clone(),
            model_sha256: sha256(info.model.as_bytes()),
            data: info.data.clone(),
            settings: info.settings.clone(),
            dim: info.dim,
            walkers: info.settings.walkers(info.dim),
            host,
            machine: info.machine.clone(),
            condense: info.condense.clone(),
            started: utc_now(),
            finished: None,
            state: State::Running,
            until: info.until.clone(),
            stopped_by: None,
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
        matches!(&self.settings.sampler, Sampler::Nuts(Nuts { metric: Metric::Dense, .. }))
    }

    pub(crate) fn is_nuts(&self) -> bool {
        matches!(self.settings.sampler, Sampler::Nuts(_))
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

impl From<&Ladder> for LadderRecord {
    fn from(ladder: &Ladder) -> Self {
        Self {
            inverse_temperatures: ladder.inverse_temperatures.clone(),
            rejections: ladder.rejections.clone(),
            round_trips: ladder.round_trips,
            log_evidence: finite(ladder.log_evidence),
            error: finite(ladder.error),
        }
    }
}

impl From<&ChainEnd> for ChainRecord {
    fn from(end: &ChainEnd) -> Self {
        let (state, reason) = match &end.outcome {
            Outcome::Finished => (State::Finished, None),
            Outcome::Stopped => (State::Interrupted, None),
            Outcome::Failed(error) => (State::Failed, Some(error.to_string())),
        };
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
            integrator: end.adapted.as_ref().and_then(|adapted| adapted.integrator),
            ladder: end.ladder.as_ref().map(LadderRecord::from),
            evaluations: end.evaluations,
            faults: end.faults.iter().map(FaultRecord::from).collect(),
        }
    }
}
