//! What the draws of several families share.

use crate::expressions::{SIMPLEX_TOLERANCE, SYMMETRY_TOLERANCE};
use rand::Rng;
use rand_distr::{Distribution, Gamma, Open01, StandardNormal};

/// One draw; NaN where the distribution could not be made.
pub(crate) fn sample<D: Distribution<f64>, E>(made: Result<D, E>, rng: &mut dyn Rng) -> f64 {
    made.map_or(f64::NAN, |distribution| distribution.sample(rng))
}

/// One draw of a whole number; NaN where the distribution could not be made.
pub(crate) fn sample_count<D: Distribution<u64>, E>(made: Result<D, E>, rng: &mut dyn Rng) -> f64 {
    made.map_or(f64::NAN, |distribution| distribution.sample(rng) as f64)
}

/// The number itself where it is above 0, else NaN.
pub(crate) fn positive(value: f64) -> f64 {
    if value > 0.0 { value } else { f64::NAN }
}

/// The probability itself, NaN where it is none.
pub(crate) fn probability(p: f64) -> f64 {
    if (0.0..=1.0).contains(&p) { p } else { f64::NAN }
}

/// A number strictly between 0 and 1.
pub(crate) fn uniform(rng: &mut dyn Rng) -> f64 {
    Open01.sample(rng)
}

/// A standard normal number.
pub(crate) fn normal(rng: &mut dyn Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// A gamma number of unit rate.
pub(crate) fn gamma(shape: f64, rng: &mut dyn Rng) -> f64 {
    sample(Gamma::new(shape, 1.0), rng)
}

/// A Poisson number; 0 at rate 0.
pub(crate) fn poisson(rate: f64, rng: &mut dyn Rng) -> f64 {
    if rate == 0.0 { 0.0 } else { sample(rand_distr::Poisson::new(rate), rng) }
}

/// A binomial number; NaN where `trials` is not a whole number from 0.
pub(crate) fn binomial(trials: f64, p: f64, rng: &mut dyn Rng) -> f64 {
    if trials < 0.0 || trials.fract() != 0.0 {
        return f64::NAN;
    }
    sample_count(rand_distr::Binomial::new(trials as u64, p), rng)
}

/// The log of a gamma number of unit rate, which does not underflow for a small shape.
///
/// Source: Marsaglia and Tsang (2000), section 6: G(a) = G(a + 1) · U^(1/a).
fn log_gamma_draw(shape: f64, rng: &mut dyn Rng) -> f64 {
    gamma(positive(shape) + 1.0, rng).ln() + uniform(rng).ln() / shape
}

/// Probabilities with a Dirichlet distribution.
pub(crate) fn dirichlet(alpha: impl Iterator<Item = f64>, rng: &mut dyn Rng, out: &mut [f64]) {
    for (slot, shape) in out.iter_mut().zip(alpha) {
        *slot = log_gamma_draw(shape, rng);
    }
    softmax(out);
}

/// Log weights become probabilities.
pub(crate) fn softmax(log_weights: &mut [f64]) {
    let top = log_weights.iter().fold(f64::NEG_INFINITY, |top, &w| top.max(w));
    log_weights.iter_mut().for_each(|w| *w = (*w - top).exp());
    let total: f64 = log_weights.iter().sum();
    log_weights.iter_mut().for_each(|w| *w /= total);
}

/// A position from 0 with the given probabilities; NaN where they are none.
pub(crate) fn position(p: &[f64], rng: &mut dyn Rng) -> f64 {
    if !is_simplex(p) {
        return f64::NAN;
    }
    let mut left = uniform(rng) * p.iter().sum::<f64>();
    for (k, &probability) in p.iter().enumerate() {
        left -= probability;
        if left < 0.0 {
            return k as f64;
        }
    }
    p.iter().rposition(|&probability| probability > 0.0).map_or(f64::NAN, |k| k as f64)
}

/// Counts of `trials` positions drawn with the given probabilities, one binomial after the other.
pub(crate) fn multinomial(trials: f64, p: &[f64], rng: &mut dyn Rng, out: &mut [f64]) {
    if !is_simplex(p) {
        return out.fill(f64::NAN);
    }
    let (mut trials, mut rest) = (trials, p.iter().sum::<f64>());
    let last = out.len() - 1;
    for (slot, &probability) in out[..last].iter_mut().zip(p) {
        let share = if rest > 0.0 { (probability / rest).min(1.0) } else { 0.0 };
        *slot = binomial(trials, share, rng);
        trials -= *slot;
        rest -= probability;
    }
    out[last] = trials;
}

fn is_simplex(p: &[f64]) -> bool {
    let total: f64 = p.iter().sum();
    p.iter().all(|&v| v >= 0.0) && (total - 1.0).abs() <= SIMPLEX_TOLERANCE
}

/// location + L · standard normals, for the lower triangle of a row-major square matrix.
pub(crate) fn multi_normal(location: &[f64], factor: &[f64], rng: &mut dyn Rng, out: &mut [f64]) {
    let dim = out.len();
    let standard: Vec<f64> = (0..dim).map(|_| normal(rng)).collect();
    for (k, slot) in out.iter_mut().enumerate() {
        let row = &factor[k * dim..k * dim + k + 1];
        let mean = location[k.min(location.len() - 1)];
        *slot = mean + row.iter().zip(&standard).map(|(l, z)| l * z).sum::<f64>();
    }
}

/// The lower Cholesky factor of a row-major matrix; NaN from the first pivot that is not positive, and throughout where
/// the matrix is not symmetric.
pub(crate) fn cholesky(matrix: &[f64], dim: usize) -> Vec<f64> {
    let size = matrix.iter().fold(0.0, |size: f64, v| size.max(v.abs()));
    let mirrored = |k: usize| matrix[k % dim * dim + k / dim];
    let apart = |k: usize| (matrix[k] - mirrored(k)).abs() > SYMMETRY_TOLERANCE * size;
    if (0..dim * dim).any(apart) {
        return vec![f64::NAN; dim * dim];
    }
    let mut lower = vec![0.0; dim * dim];
    for i in 0..dim {
        for j in 0..=i {
            let done: f64 = (0..j).map(|k| lower[i * dim + k] * lower[j * dim + k]).sum();
            let left = matrix[i * dim + j] - done;
            let pivot = if i == j { positive(left).sqrt() } else { left / lower[j * dim + j] };
            lower[i * dim + j] = pivot;
        }
    }
    lower
}
