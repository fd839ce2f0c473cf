//! Faults of the log density, as `run.json` has them.

use ppl_engine::{ChainFault, Culprit, FaultKind, Moment};
use serde::{Deserialize, Serialize};

/// Coordinates of a position that is written at most.
const LONGEST: usize = 1_000;

/// Evaluations of one chain that gave no usable number, all for the same reason; see [`ChainFault`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultRecord {
    /// What sort of fault it is.
    pub kind: FaultName,
    /// What happened, in words.
    pub reason: String,
    /// How often, warm-up included.
    pub count: u64,
    /// How often after warm-up.
    pub sampling: u64,
    /// The phase of the chain in which it happened first.
    pub phase: Phase,
    /// The iteration of that phase, from 0; none before warm-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iteration: Option<usize>,
    /// The statements whose summands, or their gradients, were not finite there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<CulpritRecord>,
    /// The unconstrained position; what is not finite is null. Empty if it has too many coordinates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub position: Vec<Option<f64>>,
}

/// The sorts of faults; see [`FaultKind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultName {
    /// The log density was NaN.
    Nan,
    /// The log density was −∞.
    MinusInfinity,
    /// The gradient was not finite.
    Gradient,
    /// The log density could not be judged.
    Rejected,
    /// The row of a draw could not be computed.
    Output,
    /// The chain ended here.
    Fatal,
    /// More sorts than are kept apart.
    Other,
}

/// Phases of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before the first iteration.
    Start,
    /// Warm-up.
    Warmup,
    /// After warm-up.
    Sampling,
}

/// A statement whose summand, or its gradient, was not finite; see [`Culprit`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CulpritRecord {
    /// The statement with its place, such as `y (17:1)`.
    pub statement: String,
    /// `NaN`, `-inf` or `inf`.
    pub value: String,
    /// The element that is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// The unknown or coordinate in whose direction the gradient was not finite, where that is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
}

impl From<&ChainFault> for FaultRecord {
    fn from(fault: &ChainFault) -> Self {
        let (phase, iteration) = match fault.first.moment {
            Moment::Start => (Phase::Start, None),
            Moment::Warmup(iteration) => (Phase::Warmup, Some(iteration)),
            Moment::Sampling(iteration) => (Phase::Sampling, Some(iteration)),
        };
        let position = fault.first.position.iter().filter(|_| fault.first.position.len() <= LONGEST);
        Self {
            kind: FaultName::from(&fault.kind),
            reason: fault.kind.to_string(),
            count: fault.count,
            sampling: fault.sampling,
            phase,
            iteration,
            statements: fault.first.terms.iter().map(CulpritRecord::from).collect(),
            position: position.map(|q| q.is_finite().then_some(*q)).collect(),
        }
    }
}

impl From<&FaultKind> for FaultName {
    fn from(kind: &FaultKind) -> Self {
        match kind {
            FaultKind::Nan => Self::Nan,
            FaultKind::MinusInfinity => Self::MinusInfinity,
            FaultKind::Gradient => Self::Gradient,
            FaultKind::Rejected(_) => Self::Rejected,
            FaultKind::Output(_) => Self::Output,
            FaultKind::Fatal(_) => Self::Fatal,
            FaultKind::Other => Self::Other,
        }
    }
}

impl From<&Culprit> for CulpritRecord {
    fn from(culprit: &Culprit) -> Self {
        let Culprit { name, value, example, direction } = culprit.clone();
        Self { statement: name, value: value.to_string(), element: example, direction }
    }
}
