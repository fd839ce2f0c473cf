//! Every kernel without gradients, alone, on targets with known moments, with five seeds each.

mod common;

use common::*;
use ppl_engine::{Ensemble, MemorySink, Metropolis, Sampler, Settings, UpdateKind};

/// Every move of an ensemble on its own; Gaussian steps of the width of the target.
fn moves() -> impl Iterator<Item = (String, Sampler)> {
    let names = [
        "stretch",
        "stretch:3",
        "walk",
        "walk:3",
        "differential",
        "snooker",
        "side",
        "kde",
        "slice",
        "gaussian:1.5",
        "gaussian-random:1.5:2",
        "gaussian-sequential:1.5",
    ];
    names.into_iter().map(|name| (name.to_string(), ensemble(name, 32)))
}

fn ensemble(name: &str, walkers: usize) -> Sampler {
    Sampler::Ensemble(Ensemble { walkers: Some(walkers), moves: vec![(name.parse().unwrap(), 1.0)] })
}

/// Metropolis with each update on its own, and with second tries.
fn walks() -> impl Iterator<Item = (String, Sampler)> {
    let with = |kind, delayed_rejection| {
        let metropolis = Metropolis { updates: vec![(kind, 1.0)], delayed_rejection, ..Metropolis::default() };
        (format!("{kind:?} {delayed_rejection:?}"), Sampler::Metropolis(metropolis))
    };
    [with(UpdateKind::Joint, None), with(UpdateKind::Joint, Some(0.3)), with(UpdateKind::Componentwise, None)]
        .into_iter()
}

/// 64,000 draws of an ensemble, or 40,000 of Metropolis, whose warm-up is longer.
fn draws(target: Target, sampler: &Sampler, seed: u64) -> Vec<MemorySink> {
    let (warmup, draws) = if matches!(sampler, Sampler::Ensemble(_)) { (300, 1000) } else { (3000, 20_000) };
    run(target, &Settings { seed, ..settings(sampler.clone(), warmup, draws) })
}

/// An expected value, and what to average.
type Mean = (f64, fn(&[f64]) -> f64);

fn check(target: Target, means: &[Mean]) {
    for (name, sampler) in moves().chain(walks()) {
        for seed in 1..=5 {
            let chains = draws(target, &sampler, seed);
            for (at, (expected, f)) in means.iter().enumerate() {
                assert_mean(&format!("{name}, seed {seed}, mean {at}"), &chains, *expected, 0.2, f);
            }
        }
    }
}

#[test]
fn independent_normals() {
    check(
        normal(2),
        &[(0.0, |q| q[0]), (0.0, |q| q[1]), (1.0, |q| q[0] * q[0]), (1.0, |q| q[1] * q[1]), (0.0, |q| q[0] * q[1])],
    );
}

#[test]
fn a_skewed_density() {
    check(log_gamma(), &[(2.0 / 3.0, |q| q[0].exp()), (2.0 / 3.0, |q| (2.0 * q[0]).exp())]);
}

#[test]
fn a_bounded_density() {
    fn p(q: &[f64]) -> f64 {
        1.0 / (1.0 + (-q[0]).exp())
    }
    // E p² = a (a + 1) / ((a + b) (a + b + 1))
    check(logit_beta(), &[(2.0 / 7.0, p), (0.8 * 1.8 / (2.8 * 3.8), |q| p(q).powi(2))]);
}

/// Fifty normals of variance 1, neighbours correlated by 0.9.
#[cfg(feature = "long-tests")]
#[test]
fn fifty_correlated_normals() {
    let target = Target {
        dim: 50,
        value: |q| {
            let later: f64 = q.windows(2).map(|pair| (pair[1] - 0.9 * pair[0]).powi(2)).sum();
            -0.5 * (q[0] * q[0] + later / 0.19)
        },
        gradient: |_, _| unreachable!("no sampler here asks for it"),
    };
    let means: [Mean; 4] =
        [(0.0, |q| q[0]), (1.0, |q| q[0] * q[0]), (1.0, |q| q[25] * q[25]), (0.9, |q| q[25] * q[26])];
    // Unscaled steps of the walk move are hardly ever accepted in so many dimensions.
    let mut samplers: Vec<_> = ["stretch", "differential", "side", "slice"]
        .map(|name| (name.to_string(), ensemble(name, 200), 5000, 20_000))
        .into();
    samplers.push(("joint".to_string(), Sampler::Metropolis(Metropolis::default()), 100_000, 1_000_000));
    for (name, sampler, warmup, draws) in samplers {
        let thin = if draws > 100_000 { 50 } else { 10 };
        let settings = Settings { thin, ..settings(sampler, warmup, draws / thin) };
        let chains = run(target, &settings);
        for (at, (expected, f)) in means.iter().enumerate() {
            assert_mean(&format!("{name}, mean {at}"), &chains, *expected, 0.2, f);
        }
    }
}

#[test]
fn a_curved_ridge() {
    let target = banana();
    for (name, sampler) in moves().chain(walks()) {
        let (warmup, draws) = if matches!(sampler, Sampler::Ensemble(_)) { (500, 4000) } else { (4000, 100_000) };
        let chains = run(target, &settings(sampler, warmup, draws));
        assert_mean(&format!("{name}, x²"), &chains, 1.0, 0.2, |q| q[0] * q[0]);
        assert_mean(&format!("{name}, y"), &chains, 1.0, 0.2, |q| q[1]);
    }
}
