//! One row of the summary table.

use crate::chains::{Chains, is_constant, shortest};
use crate::ess::{bulk, tail};
use crate::mcse::of_mean;
use crate::moments::{average, variance};
use crate::ranks::Ordered;
use crate::rhat::{FEWEST, reported};
use crate::undefined::Undefined;
use std::fmt;

/// What a reader wants to know of the draws of one quantity. What is undefined is NaN, and `undefined` says why.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Draws the row is made of, all chains together.
    pub draws: usize,
    /// Mean of the draws.
    pub mean: f64,
    /// Standard deviation of the draws.
    pub sd: f64,
    /// Monte Carlo standard error of the mean.
    pub mcse_mean: f64,
    /// 5 % quantile.
    pub q5: f64,
    /// Median.
    pub q50: f64,
    /// 95 % quantile.
    pub q95: f64,
    /// Effective sample size for the bulk.
    pub ess_bulk: f64,
    /// Effective sample size for the tails.
    pub ess_tail: f64,
    /// R̂, the larger of bulk and tail.
    pub rhat: f64,
    /// What the reader should know before trusting the numbers.
    pub flags: Vec<Flag>,
    /// Why some of the numbers are NaN.
    pub undefined: Option<Undefined>,
}

/// A warning about the draws behind a [`Summary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// R̂ compares the halves of a single chain: other modes would go unseen.
    SingleChain,
    /// This chain (counted from 0) never moved while the others did.
    StuckChain(usize),
    /// The draws alternate about their mean so strongly that the effective size was capped at S·log10 S.
    Antithetic,
    /// The chains had unequal lengths and were cut to the shortest; so many draws were left out.
    Uneven(usize),
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SingleChain => write!(f, "single chain"),
            Self::StuckChain(chain) => write!(f, "stuck chain {}", chain + 1),
            Self::Antithetic => write!(f, "antithetic"),
            Self::Uneven(left_out) => write!(f, "{left_out} draws of longer chains left out"),
        }
    }
}

/// Summarises the draws of one quantity, a slice a chain. Empty chains are left out and the others cut to the shortest.
///
/// Never fails: what is undefined is NaN with its reason in [`Summary::undefined`].
pub fn summarize(chains: &[&[f64]]) -> Summary {
    let flags = flags_of(chains);
    match Chains::new(chains, 1) {
        Ok(chains) => with_diagnostics(&chains, flags),
        Err(reason) => Summary { undefined: Some(reason), ..Summary::nothing(flags) },
    }
}

impl Summary {
    pub(crate) fn nothing(flags: Vec<Flag>) -> Self {
        let nan = f64::NAN;
        let (mean, sd, mcse_mean, q5, q50, q95) = (nan, nan, nan, nan, nan, nan);
        let (draws, ess_bulk, ess_tail, rhat, undefined) = (0, nan, nan, nan, None);
        Self { draws, mean, sd, mcse_mean, q5, q50, q95, ess_bulk, ess_tail, rhat, flags, undefined }
    }

    /// Location and spread, which are defined for any finite draws.
    pub(crate) fn described(ordered: &Ordered, flags: Vec<Flag>) -> Self {
        Self {
            draws: ordered.sorted.len(),
            mean: average(&ordered.sorted),
            sd: variance(&ordered.sorted).sqrt(),
            q5: ordered.quantile(0.05),
            q50: ordered.quantile(0.5),
            q95: ordered.quantile(0.95),
            ..Self::nothing(flags)
        }
    }

    /// The value, or nothing with the reason noted.
    pub(crate) fn note<T>(&mut self, result: Result<T, Undefined>) -> Option<T> {
        result.map_err(|reason| *self.undefined.get_or_insert(reason)).ok()
    }
}

fn with_diagnostics(chains: &Chains, flags: Vec<Flag>) -> Summary {
    let ordered = Ordered::new(chains);
    let mut summary = Summary::described(&ordered, flags);
    if let Err(reason) = diagnosable(chains) {
        summary.undefined = Some(reason);
        return summary;
    }
    summary.rhat = reported(chains, &ordered);
    summary.mcse_mean = summary.note(of_mean(chains)).unwrap_or(f64::NAN);
    let sizes = [bulk(&ordered), tail(chains, &ordered)].map(|size| summary.note(size));
    [summary.ess_bulk, summary.ess_tail] = sizes.map(|size| size.map_or(f64::NAN, |size| size.ess));
    if sizes.iter().flatten().any(|size| size.capped) {
        summary.flags.push(Flag::Antithetic);
    }
    summary
}

/// Whether R̂ and effective sizes mean anything.
pub(crate) fn diagnosable(chains: &Chains) -> Result<(), Undefined> {
    match chains.len() {
        have if have < FEWEST => Err(Undefined::TooFew { have, need: FEWEST }),
        _ if is_constant(chains.pooled()) => Err(Undefined::Constant),
        _ => Ok(()),
    }
}

/// The flags that can be read off the chains themselves.
fn flags_of(chains: &[&[f64]]) -> Vec<Flag> {
    let len = shortest(chains);
    let used = || chains.iter().enumerate().filter(|(_, chain)| !chain.is_empty()).map(|(i, chain)| (i, &chain[..len]));
    let mut flags = Vec::new();
    if used().count() == 1 {
        flags.push(Flag::SingleChain);
    }
    let pooled: Vec<f64> = used().flat_map(|(_, chain)| chain).copied().collect();
    if len > 1 && !is_constant(&pooled) {
        flags.extend(used().filter(|(_, chain)| is_constant(chain)).map(|(i, _)| Flag::StuckChain(i)));
    }
    let left_out = chains.iter().map(|chain| chain.len()).sum::<usize>() - pooled.len();
    if left_out > 0 {
        flags.push(Flag::Uneven(left_out));
    }
    flags
}
