//! What warm-up leads to: of any length, in any units, and where chains learn from each other.

mod common;

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use common::{
    Target, assert_mean, centred_funnel, correlated, log_gamma, logit_beta, mean_and_error, normal, settings,
};
use ppl_density::{Fault, LogDensity};
use ppl_engine::{
    ChainEnd, Event, Integrator, MemorySink, Metropolis, Nuts, Observer, Positions, Sampler, Settings, Starts, sample,
    sample_to_memory,
};

/// Independent normals with standard deviations 0.1, 1 and 10.
fn scaled_normal() -> Target {
    Target {
        dim: 3,
        value: |q| -0.5 * (100.0 * q[0] * q[0] + q[1] * q[1] + 0.01 * q[2] * q[2]),
        gradient: |q, g| {
            g[0] = -100.0 * q[0];
            g[1] = -q[1];
            g[2] = -0.01 * q[2];
        },
    }
}

fn four(warmup: usize, pool: bool) -> Settings {
    Settings { chains: 4, ..settings(Sampler::Nuts(Nuts { pool, ..Nuts::default() }), warmup, 1000) }
}

fn run<D: LogDensity + Clone + Send>(target: &D, settings: &Settings, starts: &Starts) -> Vec<MemorySink> {
    sample_to_memory(target, &Positions { dim: target.dim() }, settings, starts).unwrap()
}

fn end(chain: &MemorySink) -> &ChainEnd {
    chain.end.as_ref().expect("a chain that ended")
}

#[test]
fn warm_ups_of_any_length_lead_to_steps_that_sample() {
    for (warmup, pool) in [0, 1, 5, 20, 50, 100, 149, 150, 1000].into_iter().flat_map(|w| [(w, true), (w, false)]) {
        let chains = run(&scaled_normal(), &four(warmup, pool), &Starts::random());
        for chain in &chains {
            let step = chain.adapted.as_ref().expect("a warm-up that ended").step_size;
            assert!(step > 0.0 && step.is_finite(), "{warmup}: {step}");
            let accept = end(chain).accept;
            // Before there is anything to learn from, one trial step says how long steps may be.
            let least = if warmup < 20 { 0.25 } else { 0.5 };
            assert!((least..0.99).contains(&accept), "accepts {accept} after {warmup}, pooled: {pool}");
        }
        for (i, scale) in [0.1, 1.0, 10.0].into_iter().enumerate() {
            assert_mean("mean", &chains, 0.0, 0.1, |q| q[i] / scale);
            assert_mean("variance", &chains, 1.0, 0.15, |q| (q[i] / scale).powi(2));
        }
    }
}

/// Four chains that choose their integrator.
fn choosing(target: &Target, seed: u64, pool: bool) -> Vec<MemorySink> {
    let sampler = Sampler::Nuts(Nuts { integrator: Integrator::Auto, pool, ..Nuts::default() });
    run(target, &Settings { seed, sampler, ..four(500, true) }, &Starts::random())
}

/// The integrators that chains have chosen in warm-up.
fn integrators(chains: &[MemorySink]) -> Vec<Option<Integrator>> {
    chains.iter().map(|chain| chain.adapted.as_ref().expect("a warm-up that ended").integrator).collect()
}

#[test]
fn the_integrator_that_warm_up_chose_is_told() {
    for pool in [true, false] {
        assert_eq!(integrators(&choosing(&normal(10), 1, pool)), [Some(Integrator::Leapfrog); 4]);
    }
    for seed in 0..10 {
        assert_eq!(
            integrators(&choosing(&centred_funnel(), seed, true)),
            [Some(Integrator::Walnuts); 4],
            "seed {seed}"
        );
    }
}

#[test]
fn where_the_metric_settles_leapfrog_steps_are_chosen_without_a_trace() {
    for target in [normal(10), log_gamma(), logit_beta(), correlated()] {
        let plain = run(&target, &four(500, true), &Starts::random());
        let chosen = choosing(&target, four(500, true).seed, true);
        assert!(plain.iter().zip(&chosen).all(|(plain, chosen)| plain.draws == chosen.draws));
    }
}

#[test]
fn chains_alone_choose_each_by_its_own_trajectories() {
    let is_mixed = |chains: Vec<Option<Integrator>>| chains.iter().any(|chain| *chain != chains[0]);
    assert!((0..10).any(|seed| is_mixed(integrators(&choosing(&logit_beta(), seed, false)))));
}

/// A density in other units: coordinate i is `units[i]` times that of the density.
#[derive(Clone)]
struct InUnits(Target, Vec<f64>);

impl LogDensity for InUnits {
    fn dim(&self) -> usize {
        self.0.dim
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        let q: Vec<f64> = q.iter().zip(&self.1).map(|(q, unit)| q / unit).collect();
        self.0.log_density(&q)
    }
    fn log_density_and_gradient(&mut self, q: &[f64], g: &mut [f64]) -> Result<f64, Fault> {
        let q: Vec<f64> = q.iter().zip(&self.1).map(|(q, unit)| q / unit).collect();
        let value = self.0.log_density_and_gradient(&q, g)?;
        g.iter_mut().zip(&self.1).for_each(|(g, unit)| *g /= unit);
        Ok(value)
    }
}

#[test]
fn units_of_coordinates_do_not_matter() {
    let start = [1.5, -1.0];
    let of = |units: [f64; 2]| {
        let starts = Starts::same(start.iter().zip(units).map(|(q, unit)| Some(q * unit)).collect());
        let chains = run(&InUnits(correlated(), units.to_vec()), &four(500, true), &starts);
        let gradients: u64 = chains.iter().map(|chain| end(chain).evaluations).sum();
        let (product, _) = mean_and_error(&chains, |q| q[0] / units[0] * q[1] / units[1]);
        (gradients as f64, product)
    };
    let (gradients, product) = of([1.0, 1.0]);
    assert!((product / 2.85 - 1.0).abs() < 0.15, "{product}");
    for units in [[1e6, 1e6], [1e-6, 1e-6], [1e6, 1e-6]] {
        let (others, product) = of(units);
        assert!((0.75..1.35).contains(&(others / gradients)), "{others} gradients in place of {gradients}: {units:?}");
        assert!((product / 2.85 - 1.0).abs() < 0.15, "{product} in {units:?}");
    }
}

#[test]
fn chains_that_meet_share_metric_and_step_and_end_warm_up_before_its_time() {
    let chains = run(&normal(5), &four(500, true), &Starts::random());
    assert!(chains.iter().all(|chain| chain.adapted == chains[0].adapted));
    assert!(end(&chains[0]).iterations < 500 + 1000);
    assert!(chains.iter().all(|chain| end(chain).iterations == end(&chains[0]).iterations));
    assert!(end(&chains[0]).iterations >= 150 + 1000);
    let alone = run(&normal(5), &four(500, false), &Starts::random());
    assert!(alone[0].adapted != alone[1].adapted);
    assert_eq!(end(&alone[0]).iterations, 500 + 1000);
}

#[test]
fn the_more_unknowns_the_longer_the_warm_up() {
    let shortest = |dim| {
        let with = |seed| run(&normal(dim), &Settings { seed, ..four(500, true) }, &Starts::random());
        (1..4).map(|seed| end(&with(seed)[0]).iterations - 1000).min().unwrap()
    };
    let [few, many] = [2, 200].map(shortest);
    assert!(few < 200 && many > 250, "{few} and {many}");
}

/// Log density and gradient of two normals, at 0 with deviation 1 and at 400 with deviation `scale`, the second with this
/// log weight.
fn two_normals(q: f64, log_weight: f64, scale: f64) -> (f64, f64) {
    let far = (q - 400.0) / scale;
    let (a, b) = (-0.5 * q * q, log_weight - scale.ln() - 0.5 * far * far);
    let value = a.max(b) + (-(a - b).abs()).exp().ln_1p();
    let share = 1.0 / (1.0 + (b - a).exp());
    (value, -share * q - (1.0 - share) * far / scale)
}

/// Collects warnings.
#[derive(Default)]
struct Warnings(Mutex<Vec<u64>>);

impl Observer for Warnings {
    fn event(&self, event: Event<'_>) {
        if let Event::Warning { chain, .. } = event {
            self.0.lock().unwrap().push(chain);
        }
    }
}

#[test]
fn a_chain_in_a_place_without_mass_is_moved_and_its_reader_told() {
    let target = Target {
        dim: 1,
        value: |q| two_normals(q[0], -30.0, 1.0).0,
        gradient: |q, g| g[0] = two_normals(q[0], -30.0, 1.0).1,
    };
    let starts = [0.5, -1.0, 401.0, 1.0].map(|q| vec![Some(q)]);
    let (mut sinks, warnings) = (vec![MemorySink::default(); 4], Warnings::default());
    sample(
        &target,
        &Positions { dim: 1 },
        &four(500, true),
        &Starts::per_chain(starts.to_vec()),
        sinks.iter_mut().collect(),
        &warnings,
        &AtomicBool::new(false),
    )
    .unwrap();
    assert_eq!(*warnings.0.lock().unwrap(), [3]);
    assert_mean("mean", &sinks, 0.0, 0.1, |q| q[0]);
}

#[test]
fn chains_in_different_places_do_not_learn_from_each_other() {
    let target = Target {
        dim: 1,
        value: |q| two_normals(q[0], 0.0, 3.0).0,
        gradient: |q, g| g[0] = two_normals(q[0], 0.0, 3.0).1,
    };
    let starts = [0.5, 398.0, -1.0, 401.0].map(|q| vec![Some(q)]);
    let chains = run(&target, &four(500, true), &Starts::per_chain(starts.to_vec()));
    let variances: Vec<f64> =
        chains.iter().map(|chain| chain.adapted.as_ref().unwrap().inverse_metric.diagonal()[0]).collect();
    for (variance, expected) in variances.iter().zip([1.0, 9.0, 1.0, 9.0]) {
        assert!((variance / expected - 1.0).abs() < 0.05, "{variances:?}");
    }
    assert!(chains.iter().all(|chain| end(chain).iterations == 500 + 1000), "warm-up ended early");
}

#[test]
fn steps_are_longer_where_the_posterior_is_near_to_normal() {
    // Chains that have not been to the ends of a banana take it for nearly normal, which they rarely do.
    let of = |target: Target| {
        let with = |seed| end(&run(&target, &Settings { seed, ..four(500, true) }, &Starts::random())[0]).accept;
        let mut accepts = [1, 2, 3, 4, 5].map(with);
        accepts.sort_by(f64::total_cmp);
        accepts[2]
    };
    let (near, far) = (of(normal(10)), of(common::banana()));
    assert!(near < 0.78 && far > 0.8, "{near} and {far}");
}

#[test]
fn a_random_walk_finds_the_scale_of_a_narrow_posterior() {
    let narrow =
        Target { dim: 3, value: |q| -0.5e6 * q.iter().map(|x| (x - 0.3).powi(2)).sum::<f64>(), gradient: |_, _| () };
    let metropolis = settings(Sampler::Metropolis(Metropolis::default()), 500, 1000);
    let chains = run(&narrow, &metropolis, &Starts::random());
    let accept = chains.iter().map(|chain| end(chain).accept).fold(1.0, f64::min);
    assert!(accept > 0.1, "{accept}");
}
