//! Autocovariance averaged over chains, as many lags as are asked for.

use crate::chains::Chains;
use crate::fft::Fourier;
use crate::moments::average;

/// Lags below this are summed directly: well-mixed chains never ask for more, and sums are cheaper than transforms there.
const DIRECT_LAGS: usize = 32;
/// How many times as many lags as asked for are made at once where they are made by transforms.
const AHEAD: usize = 4;

/// Autocovariances of the chains about their own means, divided by the chain length ("biased") and averaged over the chains.
pub(crate) struct Autocovariance {
    centred: Chains,
    /// Those of the first lags.
    known: Vec<f64>,
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
        Self { centred, known: Vec::new() }
    }

    /// The autocovariance at `lag`, which is below the chain length.
    pub(crate) fn at(&mut self, lag: usize) -> f64 {
        while self.known.len() <= lag.min(DIRECT_LAGS - 1) {
            self.known.push(by_sum(&self.centred, self.known.len()));
        }
        if self.known.len() <= lag {
            self.known = by_transforms(&self.centred, AHEAD * lag);
        }
        self.known[lag]
    }
}

fn by_sum(centred: &Chains, lag: usize) -> f64 {
    let sum: f64 = centred.iter().map(|chain| dot(&chain[..chain.len() - lag], &chain[lag..])).sum();
    sum / centred.pooled().len() as f64
}

/// Eight sums side by side, which a processor adds up in vectors.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        (0..8).for_each(|lane| sums[lane] += a[lane] * b[lane]);
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f64>() + rest
}

/// The lags below `lags`, or a few more: chains are cut into sections of as many draws as lags are wanted, and the transform of a
/// section meets that of it and its follower (Rader 1970, "An improved algorithm for high speed autocorrelation").
///
/// Two real chains travel as the parts of one complex series, whose autocovariance has the sum of theirs as its real part; as
/// only the average over chains is wanted, all spectra add up before the one transform back.
fn by_transforms(centred: &Chains, lags: usize) -> Vec<f64> {
    let n = centred.len();
    let section = lags.min(n).next_power_of_two();
    let fourier = Fourier::new(2 * section);
    let mut total = Spectrum::zeros(fourier.len());
    let mut rest = centred.iter();
    while let Some(first) = rest.next() {
        let second = rest.next().unwrap_or_default();
        let mut before: Option<Spectrum> = None;
        for start in (0..n).step_by(section) {
            let own = Spectrum::of([first, second].map(|chain| part(chain, start, section)), &fourier);
            if let Some(before) = &before {
                total.add_following(before, &own);
            }
            total.add_power(&own);
            before = Some(own);
        }
    }
    let Spectrum { mut re, mut im } = total;
    fourier.backward(&mut re, &mut im);
    let scale = 1.0 / (fourier.len() as f64 * centred.pooled().len() as f64);
    re.truncate(section.min(n));
    re.iter_mut().for_each(|sum| *sum *= scale);
    re
}

/// At most `len` values from `start` on.
fn part(chain: &[f64], start: usize, len: usize) -> &[f64] {
    let end = (start + len).min(chain.len());
    &chain[start.min(end)..end]
}

struct Spectrum {
    re: Vec<f64>,
    im: Vec<f64>,
}

impl Spectrum {
    fn zeros(len: usize) -> Self {
        Spectrum { re: vec![0.0; len], im: vec![0.0; len] }
    }

    /// The transform of two real series, filled up with zeros, as one complex series.
    fn of([real, imaginary]: [&[f64]; 2], fourier: &Fourier) -> Self {
        let mut spectrum = Spectrum::zeros(fourier.len());
        spectrum.re[..real.len()].copy_from_slice(real);
        spectrum.im[..imaginary.len()].copy_from_slice(imaginary);
        fourier.forward(&mut spectrum.re, &mut spectrum.im);
        spectrum
    }

    /// Adds |Z|².
    fn add_power(&mut self, z: &Spectrum) {
        self.re.iter_mut().zip(z.re.iter().zip(&z.im)).for_each(|(sum, (x, y))| *sum += x * x + y * y);
    }

    /// Adds Z̄ · Y with Y the spectrum of the section after that of Z, moved by half the length, which changes the sign of
    /// the odd frequencies: the second half.
    fn add_following(&mut self, z: &Spectrum, y: &Spectrum) {
        let half = z.re.len() / 2;
        for (range, sign) in [(0..half, 1.0), (half..2 * half, -1.0)] {
            for k in range {
                self.re[k] += sign * (z.re[k] * y.re[k] + z.im[k] * y.im[k]);
                self.im[k] += sign * (z.re[k] * y.im[k] - z.im[k] * y.re[k]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_transforms_agree_for_any_numbers_of_chains_and_lags() {
        let draws: Vec<f64> = (0..150_u32).map(|i| f64::from(i * 7919 % 104)).collect();
        for (len, lags) in [150, 75, 50, 25].into_iter().flat_map(|len| [(len, 3), (len, 16), (len, 40), (len, 1000)]) {
            let chains = Chains::from_values(draws.clone(), len);
            let direct = Autocovariance::new(&chains).centred;
            let transformed = by_transforms(&direct, lags);
            assert!(transformed.len() >= lags.min(len), "{} lags", transformed.len());
            for (lag, value) in transformed.iter().enumerate() {
                assert!((value - by_sum(&direct, lag)).abs() < 1e-9, "lag {lag} of {len}, {lags} wanted");
            }
        }
    }

    #[test]
    fn lags_can_be_asked_for_in_any_order() {
        let draws: Vec<f64> = (0..600_u32).map(|i| f64::from(i * 7919 % 104)).collect();
        let chains = Chains::from_values(draws, 300);
        let mut autocovariance = Autocovariance::new(&chains);
        for lag in [40, 0, 299, 31, 32, 5, 298] {
            let expected = by_sum(&autocovariance.centred, lag);
            assert!((autocovariance.at(lag) - expected).abs() < 1e-9, "lag {lag}");
        }
    }
}
