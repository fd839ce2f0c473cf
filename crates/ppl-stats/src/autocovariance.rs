//! Autocovariance averaged over chains, one lag at a time.

use crate::chains::Chains;
use crate::fft::transform;
use crate::moments::average;

/// Lags below this are summed directly: well-mixed chains never ask for more, and sums are cheaper than a transform there.
const DIRECT_LAGS: usize = 32;

/// Autocovariances of the chains about their own means, divided by the chain length ("biased") and averaged over the chains.
pub(crate) struct Autocovariance {
    centred: Chains,
    transformed: Option<Vec<f64>>,
}

impl Autocovariance {
    pub(crate) fn new(chains: &Chains) -> Self {
        let mut values = Vec::with_capacity(chains.pooled().len());
        for chain in chains.iter() {
            let centre = average(chain);
            values.extend(chain.iter().map(|value| value - centre));
        }
        Self::of_centred(Chains::from_values(values, chains.len()))
    }

    /// Of series that have mean zero already.
    pub(crate) fn of_centred(centred: Chains) -> Self {
        Self { centred, transformed: None }
    }

    /// The autocovariance at `lag`, which is below the chain length.
    pub(crate) fn at(&mut self, lag: usize) -> f64 {
        if lag < DIRECT_LAGS {
            by_sum(&self.centred, lag)
        } else {
            self.transformed.get_or_insert_with(|| by_transform(&self.centred))[lag]
        }
    }
}

fn by_sum(centred: &Chains, lag: usize) -> f64 {
    let sum: f64 = centred.iter().map(|chain| dot(&chain[..chain.len() - lag], &chain[lag..])).sum();
    sum / centred.pooled().len() as f64
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// All lags at once: the transform of the power spectrum (Wiener–Khinchin).
///
/// Two real chains travel as the parts of one complex series, whose autocovariance has the sum of theirs as its real part; as
/// only the average over chains is wanted, all power spectra add up before the one transform back.
fn by_transform(centred: &Chains) -> Vec<f64> {
    let n = centred.len();
    let size = (2 * n).next_power_of_two();
    let mut power = vec![0.0; size];
    let mut rest = centred.iter();
    while let Some(first) = rest.next() {
        let (mut re, mut im) = (vec![0.0; size], vec![0.0; size]);
        re[..n].copy_from_slice(first);
        if let Some(second) = rest.next() {
            im[..n].copy_from_slice(second);
        }
        transform(&mut re, &mut im);
        power.iter_mut().zip(re.iter().zip(&im)).for_each(|(p, (x, y))| *p += x * x + y * y);
    }
    let mut zeros = vec![0.0; size];
    transform(&mut power, &mut zeros);
    let scale = 1.0 / (size as f64 * centred.pooled().len() as f64);
    power.truncate(n);
    power.iter_mut().for_each(|p| *p *= scale);
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_and_the_transform_agree_for_odd_and_even_numbers_of_chains() {
        let draws: Vec<f64> = (0..150_u32).map(|i| f64::from(i * 7919 % 104)).collect();
        for len in [150, 75, 50, 25] {
            let chains = Chains::from_values(draws.clone(), len);
            let direct = Autocovariance::new(&chains).centred;
            let transformed = by_transform(&direct);
            for (lag, value) in transformed.iter().enumerate() {
                assert!((value - by_sum(&direct, lag)).abs() < 1e-9, "lag {lag} of {len}");
            }
        }
    }
}
