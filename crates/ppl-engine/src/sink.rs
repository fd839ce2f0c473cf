//! Where draws go: the trait [`Sink`] and what it is given.

use serde::{Deserialize, Serialize};

use crate::divergence::Divergence;
use crate::error::ChainError;
use crate::fault::ChainFault;
use crate::settings::Integrator;

/// Takes the draws of one chain, from the chain's thread.
///
/// The calls come in this order: [`Sink::draw`] for warm-up draws (if they are saved), [`Sink::warmup_done`] once,
/// [`Sink::draw`] for the draws, [`Sink::finish`] once. A chain that is stopped or fails skips to `finish`.
pub trait Sink: Send {
    /// Warm-up is over and the sampler frozen.
    fn warmup_done(&mut self, adapted: &Adapted) -> Result<(), SinkError>;
    /// One draw, or one walker's draw of an ensemble's iteration.
    fn draw(&mut self, draw: &Draw) -> Result<(), SinkError>;
    /// The chain has ended, well or not.
    fn finish(&mut self, end: &ChainEnd) -> Result<(), SinkError>;

    /// Makes what was taken so far safe against the end of the process, and says where that ends, in whatever numbers a
    /// new sink needs to go on from there.
    fn mark(&mut self) -> Result<Vec<u64>, SinkError> {
        Ok(Vec::new())
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    fn warmup_done(&mut self, adapted: &Adapted) -> Result<(), SinkError> {
        (**self).warmup_done(adapted)
    }
    fn draw(&mut self, draw: &Draw) -> Result<(), SinkError> {
        (**self).draw(draw)
    }
    fn finish(&mut self, end: &ChainEnd) -> Result<(), SinkError> {
        (**self).finish(end)
    }
    fn mark(&mut self) -> Result<Vec<u64>, SinkError> {
        (**self).mark()
    }
}

impl<S: Sink + ?Sized> Sink for Box<S> {
    fn warmup_done(&mut self, adapted: &Adapted) -> Result<(), SinkError> {
        (**self).warmup_done(adapted)
    }
    fn draw(&mut self, draw: &Draw) -> Result<(), SinkError> {
        (**self).draw(draw)
    }
    fn finish(&mut self, end: &ChainEnd) -> Result<(), SinkError> {
        (**self).finish(end)
    }
    fn mark(&mut self) -> Result<Vec<u64>, SinkError> {
        (**self).mark()
    }
}

/// Why a sink could not take a draw.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("draws cannot be stored: {message}")]
pub struct SinkError {
    /// What happened, such as `run/draws.bin: no space left on device`.
    pub message: String,
}

impl From<std::io::Error> for SinkError {
    fn from(error: std::io::Error) -> Self {
        SinkError { message: error.to_string() }
    }
}

/// One draw.
#[derive(Clone, Copy, Debug)]
pub struct Draw<'a> {
    /// Number of the kept draw within its phase, from 0; warm-up and sampling are counted apart.
    pub iteration: usize,
    /// Whether it belongs to warm-up.
    pub warmup: bool,
    /// Which walker of the ensemble, from 0; always 0 for the other samplers.
    pub walker: usize,
    /// What the [`crate::Output`] wrote.
    pub row: &'a [f64],
    /// The unconstrained position.
    pub position: &'a [f64],
    /// How the sampler got there.
    pub stats: Stats,
}

/// How the sampler got to a draw. What a sampler does not have is NaN or 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// Log density at the draw, on the unconstrained scale.
    pub log_density: f64,
    /// Acceptance statistic in [0, 1]: NUTS, the mean over the trajectory; otherwise the acceptance probability.
    pub accept: f64,
    /// NUTS, the step size; Metropolis, the geometric mean scale of the proposal; ensemble, NaN.
    pub step_size: f64,
    /// Doublings of the trajectory (NUTS).
    pub depth: u32,
    /// Leapfrog steps (NUTS).
    pub steps: u32,
    /// Whether the trajectory diverged (NUTS).
    pub divergent: bool,
    /// Hamiltonian at the draw (NUTS); NaN otherwise.
    pub energy: f64,
    /// Whether the position moved.
    pub accepted: bool,
}

impl Default for Stats {
    fn default() -> Self {
        Stats {
            log_density: f64::NAN,
            accept: f64::NAN,
            step_size: f64::NAN,
            depth: 0,
            steps: 0,
            divergent: false,
            energy: f64::NAN,
            accepted: false,
        }
    }
}

/// What a sampler has learned in warm-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adapted {
    /// The frozen step size, as in [`Stats::step_size`]; for an ensemble the scale μ of the slice move, if it has one.
    pub step_size: f64,
    /// NUTS, the inverse metric; Metropolis, the covariance of the proposal.
    pub inverse_metric: InverseMetric,
    /// NUTS, leapfrog steps or macro steps, whichever were asked for or chosen.
    pub integrator: Option<Integrator>,
}

/// An estimate of the covariance of the target, as far as a sampler uses one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum InverseMetric {
    /// The sampler has none.
    None,
    /// Variances.
    Diagonal(Vec<f64>),
    /// D (I + U (Λ − I) Uᵀ) D: D² are the variances, the columns of U orthonormal directions.
    LowRank {
        /// One a dimension.
        variances: Vec<f64>,
        /// One direction after another.
        directions: Vec<f64>,
        /// One a direction.
        eigenvalues: Vec<f64>,
    },
    /// A symmetric matrix of `.1` rows, stored row by row.
    Dense(Vec<f64>, usize),
}

impl InverseMetric {
    /// The diagonal of the matrix.
    pub fn diagonal(&self) -> Vec<f64> {
        match self {
            InverseMetric::None => Vec::new(),
            InverseMetric::Diagonal(variances) => variances.clone(),
            InverseMetric::Dense(matrix, dim) => matrix.iter().step_by(dim + 1).copied().collect(),
            InverseMetric::LowRank { variances, directions, eigenvalues } => {
                let mut diagonal = variances.clone();
                for (direction, eigenvalue) in directions.chunks_exact(variances.len().max(1)).zip(eigenvalues) {
                    for ((d, v), u) in diagonal.iter_mut().zip(variances).zip(direction) {
                        *d += v * (eigenvalue - 1.0) * u * u;
                    }
                }
                diagonal
            }
        }
    }
}

/// A ladder of temperatures between a reference distribution and the target, and what its replicas yielded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ladder {
    /// From 0, the reference, to 1, the target.
    pub inverse_temperatures: Vec<f64>,
    /// For each pair of neighbours, the mean probability after warm-up with which a swap was rejected. Their sum, the
    /// communication barrier, should be well below their number.
    pub rejections: Vec<f64>,
    /// Journeys of replicas after warm-up from the reference to the target and back.
    pub round_trips: usize,
    /// Log of the integral of the density: the log marginal likelihood of a model whose density is complete.
    pub log_evidence: f64,
    /// Its standard error; NaN with fewer than two draws.
    pub error: f64,
}

/// How a chain ended, and what it counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChainEnd {
    /// Id of the chain.
    pub chain: u64,
    /// How it ended.
    #[serde(skip)]
    pub outcome: Outcome,
    /// Draws its sink has taken (for an ensemble, iterations of all walkers), without warm-up.
    pub draws: usize,
    /// Warm-up draws its sink has taken, counted likewise.
    pub warmup_draws: usize,
    /// Iterations run, warm-up included.
    pub iterations: usize,
    /// Divergent trajectories after warm-up.
    pub divergences: usize,
    /// Where the first of these diverged, as many as are kept.
    pub divergence_places: Vec<Divergence>,
    /// Divergent trajectories in warm-up.
    pub warmup_divergences: usize,
    /// Trajectories after warm-up that ended at the depth limit rather than at a turn.
    pub depth_limits: usize,
    /// Mean acceptance statistic after warm-up; NaN without draws.
    pub accept: f64,
    /// What warm-up led to, where it was completed.
    pub adapted: Option<Adapted>,
    /// The ladder of temperatures, with tempering.
    pub ladder: Option<Ladder>,
    /// Evaluations of the log density, with or without gradient.
    pub evaluations: u64,
    /// Evaluations that gave no usable number, by reason.
    pub faults: Vec<ChainFault>,
    /// The last position of each walker, one after another; empty if the chain never started.
    pub positions: Vec<f64>,
}

/// How a chain ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Outcome {
    /// All draws were made, or as many as suffice.
    Finished,
    /// The supervisor said stop.
    #[default]
    Stopped,
    /// Something failed.
    Failed(ChainError),
}
