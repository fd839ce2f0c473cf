//! Every sampler gives draws from its target: means and second moments within their standard errors.

mod common;

use common::*;
use ppl_engine::{Ensemble, Integrator, Metric, Metropolis, Move, Nuts, Sampler};

/// A sampler with the warm-up and draws it needs for standard errors of some per cent.
struct Case {
    name: String,
    sampler: Sampler,
    warmup: usize,
    draws: usize,
}

fn cases() -> Vec<Case> {
    // Steps small enough for the curved ends of the banana, which larger ones enter too rarely for these lengths.
    let nuts = |metric| Sampler::Nuts(Nuts { metric, target_accept: Some(0.95), ..Nuts::default() });
    let walnuts = |metric| Sampler::Nuts(Nuts { metric, integrator: Integrator::Walnuts, ..Nuts::default() });
    let ensemble = |moves: Vec<(Move, f64)>| Sampler::Ensemble(Ensemble { moves, ..Ensemble::default() });
    let case = |name: &str, sampler, warmup, draws| Case { name: name.to_string(), sampler, warmup, draws };
    let mut cases = vec![
        case("nuts, diagonal", nuts(Metric::Diagonal), 500, 4000),
        case("nuts, low-rank", nuts(Metric::LowRank), 500, 4000),
        case("nuts, dense", nuts(Metric::Dense), 500, 4000),
        case("walnuts, diagonal", walnuts(Metric::Diagonal), 500, 4000),
        case("walnuts, low-rank", walnuts(Metric::LowRank), 500, 4000),
        case("walnuts, dense", walnuts(Metric::Dense), 500, 4000),
        case("metropolis", Sampler::Metropolis(Metropolis::default()), 4000, 60_000),
        case("metropolis, mixed", mixed(), 4000, 60_000),
        case("ensemble, default", Sampler::Ensemble(Ensemble::default()), 500, 1500),
    ];
    for kind in [Move::STRETCH, Move::Differential, Move::WALK, Move::Side, Move::Slice] {
        cases.push(case(&format!("ensemble, {kind}"), ensemble(vec![(kind, 1.0)]), 500, 1500));
    }
    cases.push(case("ensemble, snooker", ensemble(vec![(Move::Snooker, 1.0)]), 500, 3000));
    cases
}

/// A name, the expected value, and what to average.
type Moment = (&'static str, f64, fn(&[f64]) -> f64);

fn check(target: Target, moments: &[Moment]) {
    for case in cases() {
        let chains = run(target, &settings(case.sampler, case.warmup, case.draws));
        for (what, expected, f) in moments {
            let precision = 0.1 * (1.0 + expected.abs());
            assert_mean(&format!("{}: {what}", case.name), &chains, *expected, precision, f);
        }
    }
}

#[test]
fn normals() {
    check(
        normal(3),
        &[
            ("mean", 0.0, |q| q[0]),
            ("variance", 1.0, |q| q[1] * q[1]),
            ("covariance", 0.0, |q| q[0] * q[2]),
            ("fourth moment", 3.0, |q| q[2].powi(4)),
        ],
    );
}

#[test]
fn correlated_normals() {
    check(
        correlated(),
        &[
            ("mean", 0.0, |q| q[1]),
            ("variance", 1.0, |q| q[0] * q[0]),
            ("larger variance", 9.0, |q| q[1] * q[1]),
            ("covariance", 2.85, |q| q[0] * q[1]),
        ],
    );
}

/// Fifty normals of variance 1, neighbours correlated by 0.9.
#[test]
fn fifty_correlated_normals() {
    let target = Target {
        dim: 50,
        value: |q| {
            let later: f64 = q.windows(2).map(|pair| (pair[1] - 0.9 * pair[0]).powi(2)).sum();
            -0.5 * (q[0] * q[0] + later / 0.19)
        },
        gradient: |q, g| {
            g.fill(0.0);
            g[0] = -q[0];
            for i in 1..q.len() {
                let residual = (q[i] - 0.9 * q[i - 1]) / 0.19;
                g[i] -= residual;
                g[i - 1] += 0.9 * residual;
            }
        },
    };
    for case in cases().iter().filter(|case| case.name.contains("nuts")) {
        let chains = run(target, &settings(case.sampler.clone(), 500, 1000));
        let average = |what, expected, f: fn(&[f64]) -> f64| {
            assert_mean(&format!("{}: {what}", case.name), &chains, expected, 0.2, f);
        };
        average("mean", 0.0, |q| q[0]);
        average("variance", 1.0, |q| q[25] * q[25]);
        average("covariance", 0.9, |q| q[25] * q[26]);
    }
}

#[test]
fn a_skewed_density_through_the_logarithm() {
    check(log_gamma(), &[("mean", 2.0 / 3.0, |q| q[0].exp()), ("second moment", 2.0 / 3.0, |q| (2.0 * q[0]).exp())]);
}

#[test]
fn a_bounded_density_through_the_logit() {
    check(
        logit_beta(),
        &[
            ("mean", 2.0 / 7.0, |q| 1.0 / (1.0 + (-q[0]).exp())),
            // E x² = a (a + 1) / ((a + b)(a + b + 1))
            ("second moment", 0.8 * 1.8 / (2.8 * 3.8), |q| (1.0 + (-q[0]).exp()).powi(-2)),
        ],
    );
}

#[test]
fn a_funnel_without_its_neck() {
    check(
        funnel(),
        &[
            ("variance of the log scale", 9.0, |q| q[0] * q[0]),
            ("mean of the scaled", 0.0, |q| q[1] * (q[0] / 6.0).exp()),
        ],
    );
}

/// x ~ N(0, 1), y ~ N(x²/2, 1): mean of y is 1/2, its variance 3/2.
fn gentle_banana() -> Target {
    Target {
        dim: 2,
        value: |q| -0.5 * q[0] * q[0] - 0.5 * (q[1] - 0.5 * q[0] * q[0]).powi(2),
        gradient: |q, g| {
            let r = q[1] - 0.5 * q[0] * q[0];
            g[0] = -q[0] + q[0] * r;
            g[1] = -r;
        },
    }
}

#[test]
fn a_banana() {
    check(
        gentle_banana(),
        &[("mean", 0.5, |q| q[1]), ("variance", 1.5, |q| (q[1] - 0.5).powi(2)), ("left", 0.0, |q| q[0])],
    );
}

/// Long runs with fixed, unsuitable steps stay invariant too: divergences and depth limits bias nothing.
#[test]
fn nuts_is_exact_beyond_the_stable_step() {
    for (step, max_depth) in [(1.9, 10), (0.3, 2), (2.3, 3)] {
        let nuts = Nuts { initial_step: Some(step), max_depth, ..Nuts::default() };
        let chains = run(normal(2), &settings(Sampler::Nuts(nuts), 0, 20_000));
        for i in 0..2 {
            assert_mean("mean", &chains, 0.0, 0.1, |q| q[i]);
            assert_mean("variance", &chains, 1.0, 0.1, |q| q[i] * q[i]);
        }
    }
}

#[test]
fn an_ensemble_meets_the_thresholds_of_emcee() {
    for dim in [1, 3] {
        let stretch = Ensemble { walkers: Some(32), moves: vec![(Move::STRETCH, 1.0)] };
        let chains = run(normal(dim), &settings(Sampler::Ensemble(stretch), 500, 3000));
        for i in 0..dim {
            let all: Vec<f64> = chains.iter().flat_map(|chain| chain.draws.column(i)).collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let sd = (all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / all.len() as f64).sqrt();
            assert!(mean.abs() < 0.08 && (sd - 1.0).abs() < 0.05, "mean {mean}, sd {sd}");
        }
        let accept = chains[0].end.as_ref().unwrap().accept;
        assert!((0.1..0.9).contains(&accept), "accepts {accept}");
    }
}

#[test]
fn a_correlated_normal_has_short_trajectories_under_a_dense_metric() {
    let steps = |metric| {
        let nuts = Nuts { metric, ..Nuts::default() };
        let chains = run(correlated(), &settings(Sampler::Nuts(nuts), 1000, 1000));
        chains[0].draws.stats().iter().map(|stats| f64::from(stats.steps)).sum::<f64>() / 1000.0
    };
    let (diagonal, dense) = (steps(Metric::Diagonal), steps(Metric::Dense));
    assert!(dense < 5.0 && diagonal > 1.5 * dense, "{diagonal} steps diagonal, {dense} dense");
}
