//! Sweeps leave the joint distribution of parameters and data alone, and mistakes would be seen.

use ppl_density::{Fault, Integer};
use rand_distr::{Binomial, Poisson};

use super::*;
use crate::metropolis::RandomWalk;
use crate::nuts::NoUTurn;
use crate::rng::normal;
use crate::settings::{Metropolis, Nuts};
use crate::testing::{Joint, variate};

const STEPS: usize = 6;

/// k ~ Binomial(5, 0.3), n ~ Poisson(4), m ~ N(0, 1), y ~ N(m + k + n / 2, 1): the posterior of (k, n, m).
#[derive(Clone)]
struct Counts {
    y: f64,
}

impl Counts {
    fn residual(&self, q: &[f64]) -> f64 {
        self.y - q[2] - q[0] - 0.5 * q[1]
    }
}

fn log_factorial(n: f64) -> f64 {
    (1..=n as u64).map(|i| (i as f64).ln()).sum()
}

impl LogDensity for Counts {
    fn dim(&self) -> usize {
        3
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        let binomial = q[0] * (0.3_f64 / 0.7).ln() - log_factorial(q[0]) - log_factorial(5.0 - q[0]);
        let poisson = q[1] * 4.0_f64.ln() - log_factorial(q[1]);
        Ok(binomial + poisson - 0.5 * q[2] * q[2] - 0.5 * self.residual(q).powi(2))
    }
    fn log_density_and_gradient(&mut self, q: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        gradient.copy_from_slice(&[f64::NAN, f64::NAN, self.residual(q) - q[2]]);
        self.log_density(q)
    }
    fn integers(&self) -> Vec<Integer> {
        let integer = |coordinate, high| Integer { coordinate, low: 0.0, high };
        vec![integer(0, 5.0), integer(1, f64::INFINITY)]
    }
}

fn counts() -> Joint<Counts> {
    fn draw(_one: usize, rng: &mut Stream) -> (Counts, Vec<f64>) {
        let k = variate(Binomial::new(5, 0.3).expect("a probability"), rng) as f64;
        let n: f64 = variate(Poisson::new(4.0).expect("a positive rate"), rng);
        let m = normal(rng);
        (Counts { y: m + k + 0.5 * n + normal(rng) }, vec![k, n, m])
    }
    Joint {
        dim: 3,
        draw,
        functions: &[
            ("k", |_, q| q[0]),
            ("k = 0", |_, q| f64::from(q[0] == 0.0)),
            ("k y", |counts, q| q[0] * counts.y),
            ("n", |_, q| q[1]),
            ("n²", |_, q| q[1] * q[1]),
            ("n = 0", |_, q| f64::from(q[1] == 0.0)),
            ("n y", |counts, q| q[1] * counts.y),
            ("m", |_, q| q[2]),
            ("m²", |_, q| q[2] * q[2]),
            ("m n", |_, q| q[1] * q[2]),
        ],
    }
}

/// Steps from `position`; `spoil` may do harm after each.
fn swept<K: Explorer + for<'a> Kernel<Conditional<'a, Counts>>>(
    options: &K::Options,
    (density, position, streams): (&Counts, Vec<f64>, &Streams),
    spoil: impl Fn(&mut Sweeps<K>),
) -> Vec<f64> {
    let mut target = Target::new(density.clone());
    let given: Vec<_> = position.into_iter().map(Some).collect();
    let settings = Settings { warmup: 0, ..Settings::default() };
    let mut kernel = Sweeps::<K>::start(&settings, options, &mut target, streams, &given, 2.0).unwrap();
    for iteration in 0..STEPS {
        kernel.step(&mut target, streams, iteration).unwrap();
        spoil(&mut kernel);
    }
    kernel.whole.position
}

#[test]
fn sweeps_are_invariant_between_transitions_of_nuts_and_metropolis() {
    let nuts = Nuts { initial_step: Some(0.8), ..Nuts::default() };
    counts().assert_invariant("NUTS", (10_000, 1), |density, position, streams| {
        swept::<NoUTurn>(&nuts, (density, position, streams), |_| {})
    });
    counts().assert_invariant("Metropolis", (10_000, 1), |density, position, streams| {
        swept::<RandomWalk>(&Metropolis::default(), (density, position, streams), |_| {})
    });
}

#[test]
fn a_log_density_of_another_position_is_seen() {
    counts().assert_caught("a log density off by 1", (10_000, 1), |density, position, streams| {
        let spoil = |kernel: &mut Sweeps<RandomWalk>| kernel.log_density -= 1.0;
        swept(&Metropolis::default(), (density, position, streams), spoil)
    });
}

/// Updates of k alone, accepted with the probability that `judge` says.
fn judged(judge: fn(f64, f64) -> f64, density: &Counts, mut position: Vec<f64>, streams: &Streams) -> Vec<f64> {
    let mut target = Target::new(density.clone());
    let mut rng = streams.open(Purpose::Sweep, 0);
    for _ in 0..STEPS {
        let current = position[0] as usize;
        let at = |k: i32| target.log_density(&[f64::from(k), position[1], position[2]]).unwrap();
        let log_densities: Vec<f64> = (0..=5).map(at).collect();
        position[0] = gibbs::choose_by(judge, &log_densities, current, &mut rng) as f64;
    }
    position
}

#[test]
fn a_wrong_acceptance_of_another_value_is_seen() {
    // The other two parameters stay.
    let joint = Joint { functions: &counts().functions[..3], ..counts() };
    joint.assert_invariant("the ratio of Liu", (10_000, 1), |density, position, streams| {
        judged(|others, others_then| others / others_then, density, position, streams)
    });
    joint.assert_caught("a proposal always accepted", (10_000, 1), |density, position, streams| {
        judged(|_, _| 1.0, density, position, streams)
    });
    joint.assert_caught("the inverse ratio", (10_000, 1), |density, position, streams| {
        judged(|others, others_then| others_then / others, density, position, streams)
    });
}
