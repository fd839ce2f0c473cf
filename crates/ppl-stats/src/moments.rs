//! Pooled mean, standard deviation and quantiles.

use crate::chains::Chains;
use crate::undefined::Undefined;

/// Mean of all draws.
///
/// # Errors
/// No draws, or a draw that is not finite.
pub fn mean(chains: &[&[f64]]) -> Result<f64, Undefined> {
    Ok(average(Chains::new(chains, 1)?.pooled()))
}

/// Standard deviation of all draws (divisor: draws − 1).
///
/// # Errors
/// Fewer than two draws, or a draw that is not finite.
pub fn sd(chains: &[&[f64]]) -> Result<f64, Undefined> {
    let chains = Chains::new(chains, 1)?;
    match chains.pooled().len() {
        1 => Err(Undefined::TooFew { have: 1, need: 2 }),
        _ => Ok(variance(chains.pooled()).sqrt()),
    }
}

/// Quantile of all draws at `probability` in \[0, 1\], linear between order statistics (type 7 of Hyndman & Fan 1996, the
/// default of R and numpy).
///
/// # Errors
/// No draws, or a draw that is not finite.
///
/// # Panics
/// If `probability` is outside \[0, 1\].
pub fn quantile(chains: &[&[f64]], probability: f64) -> Result<f64, Undefined> {
    let mut values = Chains::new(chains, 1)?.pooled().to_vec();
    values.sort_unstable_by(f64::total_cmp);
    Ok(quantile_of_sorted(&values, probability))
}

pub(crate) fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sample variance, in two passes so that a large mean costs no digits.
pub(crate) fn variance(values: &[f64]) -> f64 {
    let centre = average(values);
    values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// Type-7 quantile of ascending values.
pub(crate) fn quantile_of_sorted(sorted: &[f64], probability: f64) -> f64 {
    assert!((0.0..=1.0).contains(&probability), "a probability lies in [0, 1], not {probability}");
    let place = probability * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let weight = place - place.floor();
    sorted[below] + weight * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_linear_between_order_statistics() {
        let draws: [&[f64]; 2] = [&[4.0, 1.0], &[3.0, 2.0]];
        assert_eq!(quantile(&draws, 0.0), Ok(1.0));
        assert_eq!(quantile(&draws, 0.5), Ok(2.5));
        assert_eq!(quantile(&draws, 0.25), Ok(1.75));
        assert_eq!(quantile(&draws, 1.0), Ok(4.0));
    }

    #[test]
    fn a_large_mean_costs_the_variance_no_digits() {
        let draws: Vec<f64> = (0..5).map(|i| 1e9 + f64::from(i)).collect();
        assert_eq!(sd(&[&draws]), Ok(2.5_f64.sqrt()));
    }

    #[test]
    fn one_draw_has_a_mean_but_no_spread() {
        assert_eq!(mean(&[&[3.0]]), Ok(3.0));
        assert_eq!(sd(&[&[3.0]]), Err(Undefined::TooFew { have: 1, need: 2 }));
        assert_eq!(mean(&[]), Err(Undefined::TooFew { have: 0, need: 1 }));
    }
}
