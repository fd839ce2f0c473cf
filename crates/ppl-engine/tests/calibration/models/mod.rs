//! Models: a prior and data to simulate from, and the log density of the posterior on unconstrained coordinates.

mod conjugate;
mod mixtures;
mod regressions;
mod series;
mod whole;

use ppl_engine::Integer;
use rand::SeedableRng;
use rand_distr::{Beta, Binomial, Distribution, Gamma, Poisson, StandardNormal};

pub use conjugate::*;
pub use mixtures::*;
pub use regressions::*;
pub use series::*;
pub use whole::*;

pub type Stream = rand_xoshiro::Xoshiro256PlusPlus;

/// A joint distribution of parameters and data.
#[derive(Clone, Copy)]
pub struct Model {
    pub name: &'static str,
    pub coordinates: &'static [&'static str],
    pub integers: &'static [Integer],
    /// A position from the prior, and data given it.
    pub simulate: fn(&mut Stream) -> (Vec<f64>, Vec<f64>),
    /// The log density at data and a position; its gradient is added to what is there.
    pub value: fn(&[f64], &[f64], &mut [f64]) -> f64,
}

impl Model {
    pub fn simulate_from(&self, seed: u64) -> (Vec<f64>, Vec<f64>) {
        (self.simulate)(&mut Stream::seed_from_u64(seed))
    }
}

pub fn all() -> Vec<Model> {
    vec![
        normal_gamma(),
        beta_binomial(),
        gamma_poisson(),
        linear_regression(),
        logistic_regression(),
        negative_binomial(),
        student_regression(),
        hierarchical(),
        correlated_normals(),
        autoregression(),
        dirichlet(),
        ordered_mixture(),
        change_point(),
        population(),
    ]
}

fn normal(mean: f64, sd: f64, rng: &mut Stream) -> f64 {
    let z: f64 = StandardNormal.sample(rng);
    mean + sd * z
}

fn half_normal(sd: f64, rng: &mut Stream) -> f64 {
    normal(0.0, sd, rng).abs()
}

fn gamma(shape: f64, rate: f64, rng: &mut Stream) -> f64 {
    Gamma::new(shape, 1.0 / rate).expect("positive parameters").sample(rng)
}

fn beta(a: f64, b: f64, rng: &mut Stream) -> f64 {
    Beta::new(a, b).expect("positive shapes").sample(rng)
}

fn binomial(trials: f64, probability: f64, rng: &mut Stream) -> f64 {
    Binomial::new(trials as u64, probability).expect("a probability").sample(rng) as f64
}

fn poisson(mean: f64, rng: &mut Stream) -> f64 {
    Poisson::new(mean).expect("a positive mean").sample(rng)
}

fn logit(share: f64) -> f64 {
    share.ln() - (-share).ln_1p()
}
