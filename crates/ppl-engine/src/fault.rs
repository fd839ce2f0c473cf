//! What went wrong with a chain's evaluations: each kind of fault with its number and its first occurrence.

use std::fmt;

use ppl_density::{Slope, Term};
use serde::{Deserialize, Serialize};

/// Distinct kinds of faults that are kept apart.
const KINDS: usize = 20;

/// Evaluations of one chain that gave no usable number, all for the same reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChainFault {
    /// What happened.
    pub kind: FaultKind,
    /// How often, warm-up included.
    pub count: u64,
    /// How often after warm-up.
    pub sampling: u64,
    /// The first of them.
    pub first: Occurrence,
}

/// What went wrong with an evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// The log density was NaN.
    Nan,
    /// The log density was −∞: a position outside the support, which no unconstrained position should be.
    MinusInfinity,
    /// The log density was finite and a component of its gradient was not.
    Gradient,
    /// The log density could not be judged, for the reason it gave.
    Rejected(String),
    /// The row of a draw could not be computed, for the reason given; it is NaN.
    Output(String),
    /// The chain ended here, for this reason.
    Fatal(String),
    /// Further reasons than are kept apart.
    Other,
}

/// One fault: when, where and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// When it happened.
    pub moment: Moment,
    /// The unconstrained position.
    pub position: Vec<f64>,
    /// The summands of the log density that were not finite there, or whose gradient was not; empty where the target does
    /// not know its summands, or none is to blame.
    pub terms: Vec<Culprit>,
}

/// A summand of the log density that was not finite, or whose gradient was not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Culprit {
    /// The statement, as the target names it.
    pub name: String,
    /// Its value, or the component of its gradient: NaN, −∞ or +∞.
    pub value: f64,
    /// The element that is to blame.
    pub example: Option<String>,
    /// Where the gradient is to blame, the direction of that component: an unknown such as `sigma`, or a coordinate `u[1]`, ….
    pub direction: Option<String>,
}

/// When something happened in a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Moment {
    /// Before the first iteration.
    Start,
    /// In this iteration of warm-up, from 0.
    Warmup(usize),
    /// In this iteration after warm-up, from 0; every `thin`-th of them is a draw.
    Sampling(usize),
}

impl Moment {
    /// The moment of an iteration of a chain with so many iterations of warm-up.
    pub(crate) fn of(iteration: usize, warmup: usize) -> Self {
        match iteration.checked_sub(warmup) {
            Some(since) => Moment::Sampling(since),
            None => Moment::Warmup(iteration),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FaultKind::Nan => "the log density is NaN",
            FaultKind::MinusInfinity => "the log density is −∞",
            FaultKind::Gradient => "the log density is finite and its gradient is not",
            FaultKind::Rejected(reason) | FaultKind::Output(reason) | FaultKind::Fatal(reason) => reason,
            FaultKind::Other => "other reasons",
        })
    }
}

impl Culprit {
    /// Those terms that are not finite.
    pub(crate) fn among(terms: Vec<Term>) -> Vec<Culprit> {
        let guilty = terms.into_iter().filter(|term| !term.value.is_finite());
        guilty.map(|Term { name, value, example }| Culprit { name, value, example, direction: None }).collect()
    }

    /// Those whose gradient is not finite.
    pub(crate) fn of_slopes(slopes: Vec<Slope>) -> Vec<Culprit> {
        let of = |slope: Slope| {
            let direction = Some(direction(&slope));
            Culprit { name: slope.name, value: slope.value, example: None, direction }
        };
        slopes.into_iter().map(of).collect()
    }
}

/// The unknown or coordinate in whose direction a gradient is not finite.
pub(crate) fn direction(slope: &Slope) -> String {
    slope.unknown.clone().unwrap_or_else(|| format!("u[{}]", slope.coordinate + 1))
}

/// Counts a fault; reasons that differ each time are counted together once there are many. `first` is called where the
/// kind is new.
pub(crate) fn note(faults: &mut Vec<ChainFault>, kind: FaultKind, moment: Moment, first: impl FnOnce() -> Occurrence) {
    let place = |faults: &[ChainFault], kind: &FaultKind| faults.iter().position(|fault| fault.kind == *kind);
    let kind = match place(faults, &kind) {
        None if faults.len() >= KINDS && !matches!(kind, FaultKind::Fatal(_)) => FaultKind::Other,
        _ => kind,
    };
    let at = place(faults, &kind).unwrap_or_else(|| {
        faults.push(ChainFault { kind, count: 0, sampling: 0, first: first() });
        faults.len() - 1
    });
    faults[at].count += 1;
    faults[at].sampling += u64::from(matches!(moment, Moment::Sampling(_)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first() -> Occurrence {
        Occurrence { moment: Moment::Start, position: vec![1.0], terms: Vec::new() }
    }

    #[test]
    fn reasons_that_always_differ_do_not_pile_up() {
        let mut faults = Vec::new();
        for i in 0..100 {
            note(&mut faults, FaultKind::Rejected(format!("x is {i}")), Moment::Warmup(i), first);
        }
        assert_eq!(faults.len(), KINDS + 1);
        assert_eq!((&faults[KINDS].kind, faults[KINDS].count), (&FaultKind::Other, 80));
    }

    #[test]
    fn what_ended_a_chain_is_told_among_many_reasons() {
        let mut faults = Vec::new();
        for i in 0..30 {
            note(&mut faults, FaultKind::Rejected(format!("x is {i}")), Moment::Warmup(i), first);
        }
        note(&mut faults, FaultKind::Fatal("no more".to_string()), Moment::Sampling(3), first);
        let last = faults.last().map(|fault| (fault.kind.to_string(), fault.sampling));
        assert_eq!(last, Some(("no more".to_string(), 1)));
    }

    #[test]
    fn a_moment_counts_from_the_beginning_of_its_phase() {
        assert_eq!((Moment::of(4, 5), Moment::of(5, 5)), (Moment::Warmup(4), Moment::Sampling(0)));
    }

    #[test]
    fn only_terms_that_are_not_finite_are_to_blame() {
        let term = |name: &str, value| Term { name: name.to_string(), value, example: None };
        let terms = vec![term("a", 1.0), term("b", f64::NEG_INFINITY), term("c", f64::INFINITY)];
        let names: Vec<String> = Culprit::among(terms).into_iter().map(|culprit| culprit.name).collect();
        assert_eq!(names, ["b", "c"]);
    }
}
