//! Potential scale reduction.

use crate::chains::{Chains, is_constant};
use crate::moments::{average, variance};
use crate::ranks::{Ordered, scores_of_halves};
use crate::undefined::Undefined;

/// Fewest draws a chain that R̂ and effective sizes ask for.
pub(crate) const FEWEST: usize = 4;

/// R̂ as to be reported: the larger of [`rhat_bulk`] and [`rhat_tail`] (Vehtari et al. 2021). Values above 1.01 say that the
/// chains have not mixed.
///
/// # Errors
/// Fewer than four draws a chain, a draw that is not finite, or all draws equal.
pub fn rhat(chains: &[&[f64]]) -> Result<f64, Undefined> {
    let chains = Chains::varying(chains, FEWEST)?;
    Ok(reported(&chains, &Ordered::new(&chains)))
}

/// R̂ of the rank-normalised halves: sensitive to different locations.
///
/// # Errors
/// As for [`rhat`].
pub fn rhat_bulk(chains: &[&[f64]]) -> Result<f64, Undefined> {
    let chains = Chains::varying(chains, FEWEST)?;
    Ok(basic(&scores_of_halves(&Ordered::new(&chains))))
}

/// R̂ of the rank-normalised halves of |x − median|: sensitive to different scales.
///
/// # Errors
/// As for [`rhat`].
pub fn rhat_tail(chains: &[&[f64]]) -> Result<f64, Undefined> {
    let chains = Chains::varying(chains, FEWEST)?;
    Ok(folded(&chains, &Ordered::new(&chains)))
}

/// R̂ of the halves of the chains, without ranks (Gelman et al., "Bayesian Data Analysis", 3rd edition 2013, eq. 11.4).
///
/// # Errors
/// As for [`rhat`].
pub fn rhat_split(chains: &[&[f64]]) -> Result<f64, Undefined> {
    Ok(basic(&Chains::varying(chains, FEWEST)?.split()))
}

/// R̂ of the whole chains, without ranks (Gelman & Rubin 1992); of one chain it is NaN.
///
/// # Errors
/// As for [`rhat`].
pub fn rhat_basic(chains: &[&[f64]]) -> Result<f64, Undefined> {
    Ok(basic(&Chains::varying(chains, FEWEST)?))
}

/// The larger of bulk and tail R̂; a tail that is undefined (a quantity with two values folds to a constant) does not count.
pub(crate) fn reported(chains: &Chains, ordered: &Ordered) -> f64 {
    basic(&scores_of_halves(ordered)).max(folded(chains, ordered))
}

fn folded(chains: &Chains, ordered: &Ordered) -> f64 {
    let median = ordered.quantile(0.5);
    let distances = chains.map(|value| (value - median).abs());
    basic(&scores_of_halves(&Ordered::new(&distances)))
}

/// sqrt((B/W + N − 1)/N) of M chains of N draws, with B = N·var(chain means) and W the mean of the chains' variances.
///
/// Infinite when every chain is constant but they differ.
fn basic(chains: &Chains) -> f64 {
    let n = chains.len() as f64;
    let means: Vec<f64> = chains.iter().map(average).collect();
    let between = n * variance(&means);
    if chains.iter().all(is_constant) {
        // The variances within may be rounding noise rather than zero.
        return between / 0.0;
    }
    let within = average(&chains.iter().map(variance).collect::<Vec<_>>());
    ((between / within + n - 1.0) / n).sqrt()
}
