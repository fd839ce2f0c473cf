//! Effective sample sizes.

use crate::autocovariance::Autocovariance;
use crate::chains::Chains;
use crate::moments::{average, variance};
use crate::ranks::{Ordered, scores_of_halves};
use crate::rhat::FEWEST;
use crate::undefined::Undefined;

/// Effective size for the bulk of the distribution: of the rank-normalised halves of the chains (Vehtari et al. 2021). Wanted:
/// 100 a chain.
///
/// # Errors
/// Fewer than four draws a chain, a draw that is not finite, or all draws equal.
pub fn ess_bulk(chains: &[&[f64]]) -> Result<f64, Undefined> {
    let chains = Chains::varying(chains, FEWEST)?;
    Ok(bulk(&Ordered::new(&chains))?.ess)
}

/// Effective size for the tails: the smaller of those of the 5 % and the 95 % quantile. A quantile that every draw is at or
/// below (as happens to discrete quantities) says nothing and does not count.
///
/// # Errors
/// As for [`ess_bulk`], or both quantiles say nothing.
pub fn ess_tail(chains: &[&[f64]]) -> Result<f64, Undefined> {
    let chains = Chains::varying(chains, FEWEST)?;
    Ok(tail(&chains, &Ordered::new(&chains))?.ess)
}

/// Effective size for the mean: of the halves of the chains.
///
/// # Errors
/// As for [`ess_bulk`].
pub fn ess_mean(chains: &[&[f64]]) -> Result<f64, Undefined> {
    Ok(effective(&Chains::varying(chains, FEWEST)?.split())?.ess)
}

/// Effective size for the standard deviation: of the squared distances from the mean.
///
/// # Errors
/// As for [`ess_bulk`]; also undefined where all draws are equally far from the mean.
pub fn ess_sd(chains: &[&[f64]]) -> Result<f64, Undefined> {
    spread(&Chains::varying(chains, FEWEST)?)
}

/// Effective size for the quantile at `probability` in \[0, 1\]: of the indicators "at or below the quantile".
///
/// # Errors
/// As for [`ess_bulk`]; also undefined where every draw is at or below the quantile.
///
/// # Panics
/// If `probability` is outside \[0, 1\].
pub fn ess_quantile(chains: &[&[f64]], probability: f64) -> Result<f64, Undefined> {
    let chains = Chains::varying(chains, FEWEST)?;
    Ok(below_quantile(&chains, &Ordered::new(&chains), probability)?.ess)
}

/// Effective size for the median.
///
/// # Errors
/// As for [`ess_quantile`].
pub fn ess_median(chains: &[&[f64]]) -> Result<f64, Undefined> {
    ess_quantile(chains, 0.5)
}

/// Effective size of the whole chains, neither split nor ranked.
///
/// # Errors
/// As for [`ess_bulk`].
pub fn ess_basic(chains: &[&[f64]]) -> Result<f64, Undefined> {
    Ok(effective(&Chains::varying(chains, FEWEST)?)?.ess)
}

/// An effective size, and whether it is the cap S·log10 S that strongly antithetic draws run into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effective {
    pub(crate) ess: f64,
    pub(crate) capped: bool,
}

pub(crate) fn bulk(ordered: &Ordered) -> Result<Effective, Undefined> {
    effective(&scores_of_halves(ordered))
}

pub(crate) fn tail(chains: &Chains, ordered: &Ordered) -> Result<Effective, Undefined> {
    let low = below_quantile(chains, ordered, 0.05);
    let high = below_quantile(chains, ordered, 0.95);
    match (low, high) {
        (Ok(low), Ok(high)) => Ok(if low.ess <= high.ess { low } else { high }),
        (one, other) => one.or(other),
    }
}

pub(crate) fn spread(chains: &Chains) -> Result<f64, Undefined> {
    let centre = average(chains.pooled());
    Ok(effective(&chains.map(|value| (value - centre).powi(2)).split())?.ess)
}

pub(crate) fn below_quantile(chains: &Chains, ordered: &Ordered, p: f64) -> Result<Effective, Undefined> {
    effective(&below(chains, ordered, p).split())
}

/// 1 where a draw is at or below the quantile, 0 elsewhere. All draws are at or below the maximum, so that p = 1 is moved half
/// a draw down.
pub(crate) fn below(chains: &Chains, ordered: &Ordered, p: f64) -> Chains {
    let total = ordered.sorted.len() as f64;
    let quantile = ordered.quantile(if p == 1.0 { (total - 0.5) / total } else { p });
    chains.map(|value| f64::from(value <= quantile))
}

/// S/τ of M chains of N draws, S = NM, with Geyer's (1992) initial monotone sequence over the chains' combined autocorrelation.
pub(crate) fn effective(chains: &Chains) -> Result<Effective, Undefined> {
    let chains = chains.clone().require_variation()?;
    let n = chains.len() as f64;
    let mut autocovariance = Autocovariance::new(&chains);
    let within = autocovariance.at(0) * n / (n - 1.0);
    let means: Vec<f64> = chains.iter().map(average).collect();
    let between = if means.len() > 1 { variance(&means) } else { 0.0 };
    let total = within * (n - 1.0) / n + between;
    let tau = integrated_time(chains.len(), |lag| 1.0 - (within - autocovariance.at(lag)) / total);
    Ok(capped(chains.pooled().len(), tau))
}

/// Draws over τ, at most draws·log10(draws).
pub(crate) fn capped(draws: usize, tau: f64) -> Effective {
    let draws = draws as f64;
    let least = 1.0 / draws.log10();
    if tau > least {
        Effective { ess: draws / tau, capped: false }
    } else {
        Effective { ess: draws * draws.log10(), capped: true }
    }
}

/// τ = −1 + 2Σρ over the pairs (ρ_t, ρ_{t+1}) up to the first negative pair, none larger than the one before; the even half
/// of the last pair is kept where it is positive, which lowers the variance for antithetic chains.
fn integrated_time(n: usize, mut correlation: impl FnMut(usize) -> f64) -> f64 {
    let (mut even, mut odd) = (1.0, correlation(1));
    let (mut lag, mut sum, mut pair) = (0, 0.0, f64::INFINITY);
    while lag + 5 < n && even + odd > 0.0 {
        pair = pair.min(even + odd);
        sum += pair;
        lag += 2;
        (even, odd) = (correlation(lag), correlation(lag + 1));
    }
    let last = if even + odd >= 0.0 { even } else { even.max(0.0) };
    2.0 * sum + last - 1.0
}
