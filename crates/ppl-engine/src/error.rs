//! What can go wrong: before a run ([`Error`]), in one chain ([`ChainError`]), at a starting point ([`InitFailure`]).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::sink::SinkError;

/// Why a run gave no draws.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// A setting cannot work.
    #[error("`{setting}` is {value}: {remedy}")]
    Setting {
        /// Name of the field of the settings.
        setting: &'static str,
        /// What it is.
        value: String,
        /// What to do.
        remedy: String,
    },
    /// NUTS was asked to sample a target without gradients.
    #[error("NUTS needs a gradient and this log density has none: choose the ensemble sampler or Metropolis")]
    NoGradient,
    /// The number of sinks is not the number of chains.
    #[error("{chains} chains need as many sinks, but {sinks} were given")]
    Sinks {
        /// Chains of the settings.
        chains: usize,
        /// Sinks given.
        sinks: usize,
    },
    /// The coordinates that take whole numbers are not well described.
    #[error("coordinates that take whole numbers: {0}")]
    Integers(String),
    /// The given starting values do not fit the target.
    #[error("starting values: {0}")]
    Starts(String),
    /// No chain has a single draw; this is the first chain's failure.
    #[error("chain {chain}: {source}")]
    Chain {
        /// Id of the chain.
        chain: u64,
        /// Its failure.
        source: ChainError,
    },
}

impl Error {
    pub(crate) fn setting(setting: &'static str, value: impl fmt::Display, remedy: &str) -> Error {
        Error::Setting { setting, value: value.to_string(), remedy: remedy.to_string() }
    }
}

/// Why one chain ended before its last draw.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ChainError {
    /// No starting point was found.
    #[error("{0}")]
    Initialisation(Box<InitFailure>),
    /// The log density or the output failed for good.
    #[error("{0}")]
    Fatal(Box<Fatal>),
    /// No usable step size was found for NUTS.
    #[error(
        "no step size works at the start of warm-up (the search reached {step_size:e}): {}",
        step_size_remedy(*.step_size)
    )]
    StepSize {
        /// The step size at which the search gave up.
        step_size: f64,
    },
    /// The walkers of an ensemble do not span the space.
    #[error(
        "the starting walkers lie in a subspace of the {dim} dimensions (condition number {condition:.1e}): start them farther apart"
    )]
    DegenerateWalkers {
        /// Dimensions of the target.
        dim: usize,
        /// Condition number of the centred and scaled positions.
        condition: f64,
    },
    /// The sink could not take what it was given.
    #[error("{reason}")]
    Sink {
        /// What the sink said.
        reason: SinkError,
        /// Draws handed to it before, without warm-up; what of them is safe, the sink says.
        kept: usize,
    },
}

fn step_size_remedy(step_size: f64) -> &'static str {
    match step_size > 1.0 {
        true => "the density does not fall off, so the posterior is improper; give the parameters proper priors",
        false => "the density or its gradient jumps; look for a discontinuity, or choose another starting point",
    }
}

impl From<Box<Fatal>> for ChainError {
    fn from(fatal: Box<Fatal>) -> Self {
        ChainError::Fatal(fatal)
    }
}

/// A failure after which nothing can be evaluated: the model's own, a log density of +∞, or a panic.
#[derive(Clone, Debug, PartialEq)]
pub struct Fatal {
    /// What happened.
    pub reason: String,
    /// The unconstrained position at which it happened; empty where there is none.
    pub position: Vec<f64>,
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        match self.position.len() {
            0 => Ok(()),
            1..=8 => write!(f, " at the unconstrained position {:?}", self.position),
            dim => write!(f, " at the unconstrained position [{:?}, … {dim} in all]", self.position[0]),
        }
    }
}

/// What was tried in search of a starting point, and why each try failed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InitFailure {
    /// Number of positions tried.
    pub attempts: usize,
    /// Whether all coordinates were given, so that there was nothing to vary.
    pub all_given: bool,
    /// The summands of the log density that were not finite; empty where the target does not know its summands.
    pub terms: Vec<TermFailure>,
    /// The summands whose gradient was not finite; empty where the target does not know its summands.
    pub slopes: Vec<SlopeFailure>,
    /// Tries at which the log density was −∞.
    pub minus_infinity: usize,
    /// Tries at which the log density was NaN.
    pub nan: usize,
    /// Tries at which the log density was finite but a component of its gradient was not.
    pub gradient_not_finite: usize,
    /// Tries at which the gradient was exactly zero.
    pub gradient_zero: usize,
    /// Reasons the log density gave for not being judged, with the number of tries.
    pub rejections: Vec<Rejection>,
}

/// A summand of the log density that was not finite at starting points.
#[derive(Clone, Debug, PartialEq)]
pub struct TermFailure {
    /// The statement, as the target names it.
    pub name: String,
    /// Tries at which it was −∞.
    pub minus_infinity: usize,
    /// Tries at which it was NaN.
    pub nan: usize,
    /// The first element found to blame.
    pub example: Option<String>,
}

/// A summand of the log density whose gradient was not finite at starting points.
#[derive(Clone, Debug, PartialEq)]
pub struct SlopeFailure {
    /// The statement, as the target names it.
    pub name: String,
    /// Tries at which its gradient was not finite.
    pub count: usize,
    /// The first component found that was not finite: NaN, −∞ or +∞.
    pub value: f64,
    /// The unknown or coordinate in whose direction it was so.
    pub direction: String,
}

/// A reason for which positions were rejected, with their number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rejection {
    /// What the log density said.
    pub reason: String,
    /// How often.
    pub count: u64,
}

impl InitFailure {
    /// Whether the log density was finite everywhere and nowhere had a slope.
    pub fn is_flat(&self) -> bool {
        self.attempts > 0 && self.gradient_zero == self.attempts
    }

    fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = self.terms.iter().map(TermFailure::to_string).collect();
        if self.terms.is_empty() {
            causes.extend(times("the log density was −∞", self.minus_infinity));
            causes.extend(times("the log density was NaN", self.nan));
        }
        causes.extend(self.slopes.iter().map(SlopeFailure::to_string));
        if self.slopes.is_empty() {
            causes.extend(times("a component of the gradient was not finite", self.gradient_not_finite));
        }
        causes.extend(times("the gradient was zero", self.gradient_zero));
        causes.extend(self.rejections.iter().map(|r| format!("{} ({} times)", r.reason, r.count)));
        causes
    }
}

fn times(what: &str, count: usize) -> Option<String> {
    (count > 0).then(|| format!("{what} ({count} times)"))
}

impl fmt::Display for InitFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.all_given {
            true => write!(f, "the given starting values do not work")?,
            false => write!(f, "no starting point found in {} tries", self.attempts)?,
        }
        write!(f, ": {}. ", self.causes().join("; "))?;
        match self.all_given {
            true => write!(f, "Give other values, or leave some to chance"),
            false if self.is_flat() => write!(
                f,
                "A density that is the same everywhere is improper: does it read its position, and is the gradient written?"
            ),
            false => write!(f, "Check the data and the supports, or give starting values"),
        }
    }
}

impl fmt::Display for TermFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was ", self.name)?;
        let counts: Vec<String> = [("−∞", self.minus_infinity), ("NaN", self.nan)]
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(value, count)| format!("{value} {count} times"))
            .collect();
        f.write_str(&counts.join(" and "))?;
        match &self.example {
            Some(example) => write!(f, ", for example {example}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for SlopeFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SlopeFailure { name, count, value, direction } = self;
        write!(
            f,
            "the gradient of {name} was not finite {count} times, for example {value} in the direction of {direction}"
        )
    }
}
