//! Parallel tempering: modes far apart get their weights, and the log evidence is right within its error.

mod common;

use std::f64::consts::TAU;

use common::*;
use ppl_engine::*;

/// The log densities of two components, 0.7 N((−5, 0), I) and 0.3 N((5, 0), I), both times 2π.
fn components(q: &[f64]) -> [f64; 2] {
    [(0.7_f64, -5.0), (0.3, 5.0)].map(|(weight, centre)| weight.ln() - 0.5 * ((q[0] - centre).powi(2) + q[1] * q[1]))
}

/// Two modes ten standard deviations apart. The log evidence is log 2π.
fn two_modes() -> Target {
    Target {
        dim: 2,
        value: |q| {
            let [left, right] = components(q);
            let larger = left.max(right);
            larger + ((left - larger).exp() + (right - larger).exp()).ln()
        },
        gradient: |q, g| {
            let [left, right] = components(q);
            let share = 1.0 / (1.0 + (right - left).exp());
            g[0] = -(q[0] + 5.0 * share - 5.0 * (1.0 - share));
            g[1] = -q[1];
        },
    }
}

/// An exponential with mean 1, and no more than that: −∞ below 0. The log evidence is 0.
fn one_sided() -> Target {
    Target { dim: 1, value: |q| if q[0] < 0.0 { f64::NEG_INFINITY } else { -q[0] }, gradient: |_, g| g[0] = -1.0 }
}

fn explorers() -> [Sampler; 2] {
    [Sampler::Nuts(Nuts::default()), Sampler::Metropolis(Metropolis::default())]
}

fn tempered(sampler: Sampler, draws: usize) -> Settings {
    Settings { tempering: Some(Tempering::default()), chains: 4, ..settings(sampler, 500, draws) }
}

fn ladders(chains: &[MemorySink]) -> Vec<Ladder> {
    chains.iter().map(|chain| chain.end.as_ref().unwrap().ladder.clone().unwrap()).collect()
}

/// The mean log evidence of the chains and its standard error.
fn evidence(chains: &[MemorySink]) -> (f64, f64) {
    let ladders = ladders(chains);
    let n = ladders.len() as f64;
    let mean = ladders.iter().map(|ladder| ladder.log_evidence).sum::<f64>() / n;
    (mean, ladders.iter().map(|ladder| ladder.error.powi(2)).sum::<f64>().sqrt() / n)
}

/// By how many Monte Carlo standard errors the weight of the left mode is wrong, by means of ten batches a chain.
fn weight_error(chains: &[MemorySink]) -> f64 {
    let batches = chains.iter().flat_map(|chain| {
        let draws = chain.draws.column(0);
        let share = |batch: &[f64]| batch.iter().filter(|x| **x < 0.0).count() as f64 / batch.len() as f64;
        draws.chunks_exact(draws.len() / 10).map(share).collect::<Vec<_>>()
    });
    let batches: Vec<f64> = batches.collect();
    let n = batches.len() as f64;
    let mean = batches.iter().sum::<f64>() / n;
    let variance = batches.iter().map(|b| (b - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean - 0.7) / (variance / n).sqrt()
}

/// R̂ of the first coordinate, without splits or ranks.
fn r_hat(chains: &[MemorySink]) -> f64 {
    let moments = chains.iter().map(|chain| {
        let draws = chain.draws.column(0);
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        (mean, draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0))
    });
    let (means, variances): (Vec<f64>, Vec<f64>) = moments.unzip();
    let m = means.len() as f64;
    let mean = means.iter().sum::<f64>() / m;
    let between = means.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (m - 1.0);
    (1.0 + between / (variances.iter().sum::<f64>() / m)).sqrt()
}

#[test]
fn modes_far_apart_get_their_weights() {
    for sampler in explorers() {
        let chains = run(two_modes(), &tempered(sampler, 2000));
        assert!(weight_error(&chains).abs() < 3.0, "{}", weight_error(&chains));
        assert!(r_hat(&chains) < 1.05, "{}", r_hat(&chains));
        let (log_evidence, error) = evidence(&chains);
        assert!((log_evidence - TAU.ln()).abs() < 3.0 * error && error < 0.05, "{log_evidence} ± {error}");
    }
}

#[test]
fn without_tempering_chains_stay_in_one_mode_and_disagree() {
    for seed in 0..5 {
        let chains = run(two_modes(), &Settings { chains: 4, seed, ..settings(explorers()[0].clone(), 500, 200) });
        assert!(r_hat(&chains) > 1.05, "{}", r_hat(&chains));
    }
}

#[test]
fn the_log_evidence_is_right_within_its_error() {
    // ∫ exp(2q − 3 exp q) dq = Γ(2) / 9
    let cases = [
        (normal(3), 1.5 * TAU.ln()),
        (normal(30), 15.0 * TAU.ln()),
        (correlated(), (TAU * 3.0 * (1.0_f64 - 0.95 * 0.95).sqrt()).ln()),
        (log_gamma(), -(9.0_f64.ln())),
        (banana(), TAU.ln()),
        (one_sided(), 0.0),
    ];
    for (target, truth) in cases {
        for sampler in explorers() {
            let chains = run(target, &tempered(sampler.clone(), 1000));
            let (log_evidence, error) = evidence(&chains);
            let z = (log_evidence - truth) / error;
            assert!(z.abs() < 3.5 && error < 0.1, "{log_evidence} ± {error}, {truth} expected of {sampler:?}");
        }
    }
}

#[test]
fn draws_of_the_target_are_those_of_the_explorer_alone() {
    for sampler in explorers() {
        let chains = run(banana(), &tempered(sampler, 3000));
        assert_mean("mean", &chains, 1.0, 0.1, |q| q[1]);
        assert_mean("variance", &chains, 3.0, 0.4, |q| (q[1] - 1.0).powi(2));
        assert_mean("left", &chains, 0.0, 0.1, |q| q[0]);
    }
}

#[test]
fn log_densities_are_the_targets_own() {
    for sampler in explorers() {
        let chains = run(two_modes(), &tempered(sampler, 100));
        for chain in &chains {
            for (draw, stats) in chain.draws.stats().iter().enumerate() {
                let expected = (two_modes().value)(chain.draws.row(draw));
                assert!((stats.log_density - expected).abs() < 1e-9, "{} and not {expected}", stats.log_density);
            }
        }
    }
}

#[test]
fn replicas_travel_and_share_the_rejections() {
    for ladder in ladders(&run(two_modes(), &tempered(explorers()[0].clone(), 2000))) {
        let largest = ladder.rejections.iter().copied().fold(0.0, f64::max);
        assert!(largest < 0.4, "{ladder:?}");
        assert!(ladder.round_trips > 100, "{ladder:?}");
        assert_eq!((ladder.inverse_temperatures[0], ladder.inverse_temperatures[9]), (0.0, 1.0));
    }
}

#[test]
fn two_temperatures_and_any_warm_up_will_do() {
    for (temperatures, warmup) in [(2, 0), (2, 1), (3, 31), (3, 32), (2, 33)] {
        for sampler in explorers() {
            let tempering = Some(Tempering { temperatures, ..Tempering::default() });
            let chains = run(normal(2), &Settings { tempering, ..settings(sampler, warmup, 2000) });
            assert_mean("square", &chains, 1.0, 0.3, |q| q[0] * q[0]);
        }
    }
}

#[test]
fn a_chain_alone_is_the_same_as_among_others_unless_they_pool() {
    for (pool, same) in [(false, true), (true, false)] {
        let tempering = Some(Tempering { temperatures: 4, pool });
        let together = Settings { tempering, chains: 3, ..settings(explorers()[0].clone(), 64, 20) };
        let alone = Settings { chains: 1, first_chain: 2, ..together.clone() };
        let (together, alone) = (run(two_modes(), &together), run(two_modes(), &alone));
        assert_eq!(together[1].draws == alone[0].draws, same);
    }
}

/// One hundred seeds, with the figures that one in a hundred may exceed.
#[cfg(feature = "long-tests")]
#[test]
fn over_a_hundred_seeds_plain_chains_disagree_and_tempered_ones_are_right() {
    let mut counts = [0; 3];
    for seed in 0..100 {
        let plain = Settings { chains: 4, seed, ..settings(explorers()[0].clone(), 500, 500) };
        counts[0] += usize::from(r_hat(&run(two_modes(), &plain)) > 1.05);
        let chains = run(two_modes(), &Settings { seed, ..tempered(explorers()[0].clone(), 2000) });
        counts[1] += usize::from(weight_error(&chains).abs() < 3.0);
        let (log_evidence, error) = evidence(&chains);
        counts[2] += usize::from((log_evidence - TAU.ln()).abs() < 3.0 * error);
    }
    let [disagree, weights, evidences] = counts;
    assert!(disagree >= 99 && weights >= 98 && evidences >= 97, "{counts:?}");
}
