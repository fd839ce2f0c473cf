//! Diagnostics of the affine-invariant ensemble sampler.
//!
//! Walkers of one ensemble depend on each other, so R̂ over walkers means nothing. What is valid: R̂ over *independent
//! ensembles*, each taken as one chain, and effective sizes from the integrated autocorrelation time τ.

use crate::autocovariance::Autocovariance;
use crate::chains::{Chains, is_constant};
use crate::ess::{Effective, below, capped};
use crate::moments::average;
use crate::ranks::Ordered;
use crate::rhat::{FEWEST, reported};
use crate::summary::{Flag, Summary, diagnosable};
use crate::undefined::Undefined;

/// The window reaches this many τ (Sokal 1996, "Monte Carlo methods in statistical mechanics", section 3).
const WINDOW: f64 = 5.0;

/// Integrated autocorrelation time of an ensemble, in iterations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tau {
    /// Iterations between effectively independent positions of a walker; 1 for independent draws.
    pub tau: f64,
    /// Iterations the estimate is made of.
    pub iterations: usize,
    /// How far to trust `tau`.
    pub reliability: Reliability,
    /// Walkers that never moved; they are left out of the average.
    pub stuck_walkers: usize,
}

impl Tau {
    /// Whether there are more than 50 τ iterations and no walker is stuck.
    pub fn reliable(&self) -> bool {
        self.reliability == Reliability::Reliable
    }
}

/// How far an autocorrelation time can be trusted, by the iterations it was estimated from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reliability {
    /// More than 50 τ iterations and no stuck walker.
    Reliable,
    /// More than 20 τ iterations: the estimate may be too small.
    Tentative,
    /// Fewer still: the estimate cannot exceed about a tenth of any run, however slow the walkers are.
    Unusable,
}

/// Autocorrelation time of one quantity, a slice a walker: τ = 2Σρ − 1 over the first lags up to 5 τ, where ρ is the average of
/// the walkers' autocorrelations (Goodman & Weare 2010; Foreman-Mackey et al. 2013).
///
/// # Errors
/// Fewer than four iterations, a draw that is not finite, or no walker that moved.
pub fn autocorrelation_time(walkers: &[&[f64]]) -> Result<Tau, Undefined> {
    time_of(&Chains::new(walkers, FEWEST)?)
}

/// Summarises one quantity over independent ensembles: `ensembles[e][w]` are the draws of walker `w` of ensemble `e`.
///
/// R̂ is over the ensembles, never over walkers; effective sizes are all draws over τ: of rank-normal scores for the bulk, of
/// the 5 % and 95 % indicators for the tails. The second value is the quantity's own τ,
/// where it has one.
pub fn summarize_ensembles(ensembles: &[Vec<&[f64]>]) -> (Summary, Option<Tau>) {
    let walkers: Vec<&[f64]> = ensembles.iter().flatten().copied().collect();
    match Chains::new(&walkers, 1) {
        Ok(walkers) => describe(&walkers, &as_chains(ensembles, walkers.len())),
        Err(reason) => (Summary { undefined: Some(reason), ..Summary::nothing(Vec::new()) }, None),
    }
}

fn describe(walkers: &Chains, ensembles: &Chains) -> (Summary, Option<Tau>) {
    let ordered = Ordered::new(walkers);
    let flags = if ensembles.count() == 1 { vec![Flag::SingleChain] } else { Vec::new() };
    let mut summary = Summary::described(&ordered, flags);
    if let Err(reason) = diagnosable(walkers) {
        summary.undefined = Some(reason);
        return (summary, None);
    }
    summary.rhat = reported(ensembles, &Ordered::new(ensembles));
    let own_time = time_of(walkers);
    let tau = own_time.ok();
    let own = summary.note(own_time.map(|tau| size_by(walkers, tau)));
    let bulk = summary.note(size_of(&ordered.scores()));
    let tails = [0.05, 0.95].map(|p| size_of(&below(walkers, &ordered, p)));
    summary.mcse_mean = own.map_or(f64::NAN, |own| summary.sd / own.ess.sqrt());
    summary.ess_bulk = bulk.map_or(f64::NAN, |bulk| bulk.ess);
    summary.ess_tail = tails.iter().flatten().map(|tail| tail.ess).fold(f64::NAN, f64::min);
    if own.iter().chain(&bulk).chain(tails.iter().flatten()).any(|size| size.capped) {
        summary.flags.push(Flag::Antithetic);
    }
    (summary, tau)
}

/// Each ensemble as one chain: the walkers of the first iteration, then those of the second, and so on. Ensembles without draws
/// are left out.
fn as_chains(ensembles: &[Vec<&[f64]>], iterations: usize) -> Chains {
    let interleaved: Vec<Vec<f64>> = ensembles.iter().map(|walkers| interleave(walkers, iterations)).collect();
    let chains: Vec<&[f64]> = interleaved.iter().map(Vec::as_slice).collect();
    Chains::new(&chains, 1).expect("the same draws passed as walkers")
}

fn interleave(walkers: &[&[f64]], iterations: usize) -> Vec<f64> {
    (0..iterations).flat_map(|i| walkers.iter().filter_map(move |walker| walker.get(i).copied())).collect()
}

fn size_of(walkers: &Chains) -> Result<Effective, Undefined> {
    Ok(size_by(walkers, time_of(walkers)?))
}

fn size_by(walkers: &Chains, time: Tau) -> Effective {
    capped(walkers.pooled().len(), time.tau)
}

fn time_of(walkers: &Chains) -> Result<Tau, Undefined> {
    let iterations = walkers.len();
    let moving = standardised(walkers)?;
    let stuck_walkers = walkers.count() - moving.count();
    let mut covariance = Autocovariance::of_centred(moving);
    let scale = covariance.at(0);
    let tau = windowed_time(iterations, |lag| covariance.at(lag) / scale);
    Ok(Tau { tau, iterations, reliability: reliability(iterations, tau, stuck_walkers), stuck_walkers })
}

/// τ_m = 2Σ_{k≤m}ρ_k − 1 at the first m ≥ 5 τ_m, or at the last lag.
fn windowed_time(iterations: usize, mut correlation: impl FnMut(usize) -> f64) -> f64 {
    let mut tau = 1.0;
    for lag in 1..iterations {
        tau += 2.0 * correlation(lag);
        if lag as f64 >= WINDOW * tau {
            break;
        }
    }
    tau
}

/// The walkers that moved, with mean zero and equal weight, so that averaging autocovariances averages autocorrelations.
fn standardised(walkers: &Chains) -> Result<Chains, Undefined> {
    let mut values = Vec::with_capacity(walkers.pooled().len());
    for walker in walkers.iter().filter(|walker| !is_constant(walker)) {
        let centre = average(walker);
        let scale = walker.iter().map(|value| (value - centre).powi(2)).sum::<f64>().sqrt();
        values.extend(walker.iter().map(|value| (value - centre) / scale));
    }
    if values.is_empty() { Err(Undefined::Constant) } else { Ok(Chains::from_values(values, walkers.len())) }
}

fn reliability(iterations: usize, tau: f64, stuck_walkers: usize) -> Reliability {
    match iterations as f64 / tau.max(1.0) {
        ratio if ratio > 50.0 && stuck_walkers == 0 => Reliability::Reliable,
        ratio if ratio > 20.0 => Reliability::Tentative,
        _ => Reliability::Unusable,
    }
}
