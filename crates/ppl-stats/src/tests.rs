//! The crate against published definitions, reference numbers and awkward draws.

mod edges;
mod ensembles;
mod golden;
mod laws;

use crate::Undefined;
use statrs::function::erf::erfc_inv;

/// A diagnostic of one quantity, a slice a chain.
type Diagnostic = fn(&[&[f64]]) -> Result<f64, Undefined>;

/// A chain that integers alone determine: x_t = φ·x_{t−1} + Φ⁻¹(u), u from the linear congruential generator of Knuth's MMIX.
fn autoregression(seed: u64, len: usize, phi: f64) -> Vec<f64> {
    let mut state = seed;
    let mut x = 0.0;
    let mut step = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let u = ((state >> 11) as f64 + 0.5) / 2_f64.powi(53);
        x = phi * x - std::f64::consts::SQRT_2 * erfc_inv(2.0 * u);
        x
    };
    (0..len).map(|_| step()).collect()
}

/// Four chains of the golden set.
fn golden_chains(len: usize) -> Vec<Vec<f64>> {
    (1..=4).map(|seed| autoregression(seed, len, 0.6)).collect()
}

fn slices(chains: &[Vec<f64>]) -> Vec<&[f64]> {
    chains.iter().map(Vec::as_slice).collect()
}

/// Holds to 1e-9, or to every digit where fewer are printed.
#[track_caller]
fn assert_printed(what: &str, actual: f64, printed: &str) {
    let expected: f64 = printed.parse().unwrap();
    let decimals = printed.split_once('.').map_or(0, |(_, digits)| digits.len() as i32);
    let tolerance = (1e-9 * expected.abs()).max(0.51 * 10_f64.powi(-decimals));
    assert!((actual - expected).abs() <= tolerance, "{what}: {actual}, not {printed}");
}
