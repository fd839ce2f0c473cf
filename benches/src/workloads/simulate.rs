//! Numbers that look like data, from a seed.

use rand::SeedableRng;
use rand_distr::{Distribution, Poisson, StandardNormal, StandardUniform};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A source of simulated data.
pub struct Simulation(Xoshiro256PlusPlus);

impl Simulation {
    pub fn new(seed: u64) -> Self {
        Simulation(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A standard normal number, to four decimals: what is written to a file is what is computed with.
    pub fn normal(&mut self) -> f64 {
        let draw: f64 = StandardNormal.sample(&mut self.0);
        rounded(draw)
    }

    pub fn normals(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.normal()).collect()
    }

    /// Uniform on [0, 1).
    pub fn uniform(&mut self) -> f64 {
        StandardUniform.sample(&mut self.0)
    }

    /// A whole number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.uniform() * n as f64) as usize
    }

    /// 1 with this log odds, else 0.
    pub fn coin(&mut self, log_odds: f64) -> f64 {
        f64::from(self.uniform() < 1.0 / (1.0 + (-log_odds).exp()))
    }

    pub fn poisson(&mut self, rate: f64) -> f64 {
        Poisson::new(rate).map_or(0.0, |distribution| distribution.sample(&mut self.0))
    }
}

/// To four decimals.
pub fn rounded(x: f64) -> f64 {
    (1e4 * x).round() / 1e4
}

/// Sum of products.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
