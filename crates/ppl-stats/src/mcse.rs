//! Monte Carlo standard errors.

use crate::chains::Chains;
use crate::ess::{below_quantile, effective, spread};
use crate::moments::{average, variance};
use crate::ranks::Ordered;
use crate::rhat::FEWEST;
use crate::undefined::Undefined;
use statrs::function::beta::{beta_reg, inv_beta_reg, ln_beta};

/// Probability below −1 of a standard normal: an interval between it and its complement is ± one standard error.
const BELOW_MINUS_ONE: f64 = 0.158_655_3;

/// Standard error of the mean, sd/√ESS.
///
/// # Errors
/// As for [`ess_mean`](crate::ess_mean).
pub fn mcse_mean(chains: &[&[f64]]) -> Result<f64, Undefined> {
    of_mean(&Chains::varying(chains, FEWEST)?)
}

/// Standard error of the standard deviation, by the delta method on the variance.
///
/// # Errors
/// As for [`ess_sd`](crate::ess_sd).
pub fn mcse_sd(chains: &[&[f64]]) -> Result<f64, Undefined> {
    let chains = Chains::varying(chains, FEWEST)?;
    let centre = average(chains.pooled());
    let second = average(chains.map(|value| (value - centre).powi(2)).pooled());
    let fourth = average(chains.map(|value| (value - centre).powi(4)).pooled());
    let variance_of_second = (fourth - second * second) / spread(&chains)?;
    Ok((variance_of_second / second / 4.0).sqrt())
}

/// Standard error of the quantile at `probability` in \[0, 1\]: half the distance between the order statistics that bound the
/// quantile with the probability of ± one standard error (Vehtari et al. 2021, section 4.4).
///
/// # Errors
/// As for [`ess_quantile`](crate::ess_quantile).
///
/// # Panics
/// If `probability` is outside \[0, 1\].
pub fn mcse_quantile(chains: &[&[f64]], probability: f64) -> Result<f64, Undefined> {
    let chains = Chains::varying(chains, FEWEST)?;
    let ordered = Ordered::new(&chains);
    let ess = below_quantile(&chains, &ordered, probability)?.ess;
    let (a, b) = (ess * probability + 1.0, ess * (1.0 - probability) + 1.0);
    let total = ordered.sorted.len() as f64;
    let low = (beta_quantile(a, b, BELOW_MINUS_ONE) * total).floor().max(1.0);
    let high = (beta_quantile(a, b, 1.0 - BELOW_MINUS_ONE) * total).ceil().min(total);
    Ok((ordered.sorted[high as usize - 1] - ordered.sorted[low as usize - 1]) / 2.0)
}

/// Standard error of the median.
///
/// # Errors
/// As for [`mcse_quantile`].
pub fn mcse_median(chains: &[&[f64]]) -> Result<f64, Undefined> {
    mcse_quantile(chains, 0.5)
}

pub(crate) fn of_mean(chains: &Chains) -> Result<f64, Undefined> {
    Ok((variance(chains.pooled()) / effective(&chains.split())?.ess).sqrt())
}

/// Quantile of Beta(a, b); two Newton steps take the library's last digits.
fn beta_quantile(a: f64, b: f64, probability: f64) -> f64 {
    let mut x = inv_beta_reg(a, b, probability);
    for _ in 0..2 {
        let density = ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - ln_beta(a, b)).exp();
        let next = x - (beta_reg(a, b, x) - probability) / density;
        if next > 0.0 && next < 1.0 {
            x = next;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beta_quantiles_match_reference_values() {
        // scipy.stats.beta.ppf (Boost).
        let table = [
            (1.05, 1.95, 0.1586553, 0.09372116080910284),
            (23.235, 423.47, 0.1586553, 0.04157328269742303),
            (23.235, 423.47, 0.8413447, 0.06245799454472602),
            (155.3, 155.3, 0.1586553, 0.4716293926947023),
            (1.0, 401.0, 0.8413447, 0.004580552819264199),
            (20001.0, 380001.0, 0.1586553, 0.04965764480170586),
        ];
        for (a, b, p, expected) in table {
            let x = beta_quantile(a, b, p);
            assert!((x / expected - 1.0_f64).abs() < 1e-11, "Beta({a}, {b}) at {p}: {x}, not {expected}");
        }
    }
}
