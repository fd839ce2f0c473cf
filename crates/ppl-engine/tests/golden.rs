//! Golden draws: the bits of a short run of every sampler, kept in `golden.txt`.
//!
//! They say that a change has left all draws as they were, and that builds with and without optimisation agree. The
//! density adds, multiplies and divides only, so that nothing but the samplers' own logarithms and exponentials comes from
//! the platform's library. These differ in the last bit: the GNU library has some twice, with and without fused
//! multiply-add. So the file is compared where it was made: Linux with the GNU library on x86-64 with FMA.
//!
//! Draws may change, when a sampler is made better. `PPL_BLESS=1 cargo test -p ppl-engine --test golden` writes the file
//! anew; the commit that does so says why.
#![cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]

mod common;

use std::fmt::Write;
use std::path::Path;

use common::{all_moves, mixed};
use ppl_engine::*;

/// Real coordinates.
const REAL: usize = 4;

const HEAD: &str = "\
# The last draw of each chain, after a hash of all its draws (FNV-1a, 64 bits). `golden.rs` says how to renew this file.
";

/// Correlated, curved and not normal; with one whole number beside the real coordinates, or none.
#[derive(Clone)]
struct Ridge {
    whole: bool,
}

impl LogDensity for Ridge {
    fn dim(&self) -> usize {
        REAL + usize::from(self.whole)
    }

    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        self.log_density_and_gradient(q, &mut [0.0; REAL + 1])
    }

    fn log_density_and_gradient(&mut self, q: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        let k = if self.whole { q[REAL] - 2.0 } else { 0.0 };
        let (x, bend) = (q[0], q[2] - 0.25 * q[0] * q[0]);
        let (near, far, bump) = (2.0 * (q[1] - 0.8 * x), q[3] / 5.0 - 0.1 * k, 1.0 / (1.0 + x * x));
        let d_x = -x + 1.6 * near + 0.5 * x * bend - 2.0 * x * bump * bump;
        gradient[..REAL].copy_from_slice(&[d_x, -2.0 * near, -bend, -far / 5.0]);
        Ok(bump - 0.5 * (x * x + near * near + bend * bend + far * far + 0.75 * k * k))
    }

    fn integers(&self) -> Vec<Integer> {
        let whole = Integer { coordinate: REAL, low: 0.0, high: 4.0 };
        self.whole.then_some(whole).into_iter().collect()
    }
}

/// Each sampler, by name.
fn runs() -> Vec<(&'static str, Ridge, Settings)> {
    let nuts = |metric| Sampler::Nuts(Nuts { metric, ..Nuts::default() });
    let walnuts = Sampler::Nuts(Nuts { integrator: Integrator::Walnuts, ..Nuts::default() });
    let metropolis = || Sampler::Metropolis(Metropolis::default());
    let plain = |sampler| Settings { chains: 2, warmup: 200, draws: 50, threads: 2, sampler, ..Settings::default() };
    let tempered = |sampler| {
        let tempering = Some(Tempering { temperatures: 4, ..Tempering::default() });
        Settings { tempering, ..plain(sampler) }
    };
    let (real, swept) = (Ridge { whole: false }, Ridge { whole: true });
    vec![
        ("nuts, metric auto", real.clone(), plain(nuts(Metric::Auto))),
        ("nuts, metric diagonal", real.clone(), plain(nuts(Metric::Diagonal))),
        ("nuts, metric low-rank", real.clone(), plain(nuts(Metric::LowRank))),
        ("nuts, metric dense", real.clone(), plain(nuts(Metric::Dense))),
        ("walnuts", real.clone(), plain(walnuts)),
        ("metropolis, joint", real.clone(), plain(metropolis())),
        ("metropolis, both updates and second tries", real.clone(), plain(mixed())),
        ("ensemble, default moves", real.clone(), plain(Sampler::Ensemble(Ensemble::default()))),
        ("ensemble, all moves", real.clone(), plain(all_moves())),
        ("nuts, tempered", real.clone(), tempered(nuts(Metric::Auto))),
        ("metropolis, tempered", real, tempered(metropolis())),
        ("nuts, with a whole number", swept.clone(), plain(nuts(Metric::Auto))),
        ("metropolis, with a whole number", swept, plain(metropolis())),
    ]
}

/// FNV-1a over the bytes of the values, lowest first (Fowler, Noll and Vo 1991).
fn hash(values: &[f64]) -> u64 {
    let bytes = values.iter().flat_map(|value| value.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What the file should say. Numbers are written with as many digits as tell them from their neighbours.
fn golden() -> String {
    let mut text = HEAD.to_string();
    for (name, density, settings) in runs() {
        writeln!(text, "\n{name}").expect("a string grows");
        let output = Positions { dim: density.dim() };
        let chains = sample_to_memory(&density, &output, &settings, &Starts::random()).expect("the chains start");
        for (chain, sink) in chains.iter().enumerate() {
            let last = sink.draws.row(sink.draws.len() - 1);
            writeln!(text, "chain {}: {:016x} {last:?}", chain + 1, hash(sink.draws.values())).expect("a string grows");
        }
    }
    text
}

#[test]
fn every_sampler_makes_the_golden_draws() {
    if !std::is_x86_feature_detected!("fma") {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden.txt");
    let actual = golden();
    if std::env::var_os("PPL_BLESS").is_some() {
        std::fs::write(&path, &actual).expect("the file can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path).expect("the file is there");
    let changed = expected.lines().zip(actual.lines()).find(|(old, new)| old != new);
    assert!(expected == actual, "draws have changed (PPL_BLESS=1 keeps them): {changed:#?}");
}
