//! Targets with known moments, and what the suites measure of draws.
#![allow(dead_code, reason = "each suite uses a part")]

use std::sync::atomic::AtomicBool;

use ppl_density::{Fault, LogDensity};
use ppl_engine::*;

/// A log density with gradient from two functions.
#[derive(Clone, Copy)]
pub struct Target {
    pub dim: usize,
    pub value: fn(&[f64]) -> f64,
    pub gradient: fn(&[f64], &mut [f64]),
}

impl LogDensity for Target {
    fn dim(&self) -> usize {
        self.dim
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        Ok((self.value)(q))
    }
    fn log_density_and_gradient(&mut self, q: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        (self.gradient)(q, gradient);
        self.log_density(q)
    }
}

/// Independent standard normals.
pub fn normal(dim: usize) -> Target {
    Target {
        dim,
        value: |q| -0.5 * q.iter().map(|x| x * x).sum::<f64>(),
        gradient: |q, g| g.iter_mut().zip(q).for_each(|(g, x)| *g = -x),
    }
}

/// log x of x ~ Gamma(shape 2, rate 3), whose mean is 2/3 and variance 2/9.
pub fn log_gamma() -> Target {
    Target { dim: 1, value: |q| 2.0 * q[0] - 3.0 * q[0].exp(), gradient: |q, g| g[0] = 2.0 - 3.0 * q[0].exp() }
}

/// logit x of x ~ Beta(0.8, 2), whose mean is 2/7.
pub fn logit_beta() -> Target {
    fn logistic(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }
    Target {
        dim: 1,
        // log x = −log(1 + e^{−q}), log(1 − x) = −log(1 + e^q), and the Jacobian adds both.
        value: |q| -0.8 * (-q[0]).exp().ln_1p() - 2.0 * q[0].exp().ln_1p(),
        gradient: |q, g| g[0] = 0.8 - 2.8 * logistic(q[0]),
    }
}

/// Two normals with standard deviations 1 and 3 and correlation 0.95.
pub fn correlated() -> Target {
    const C: f64 = 1.0 / (1.0 - 0.95 * 0.95);
    Target {
        dim: 2,
        value: |q| {
            let (x, y) = (q[0], q[1] / 3.0);
            -0.5 * C * (x * x - 1.9 * x * y + y * y)
        },
        gradient: |q, g| {
            let (x, y) = (q[0], q[1] / 3.0);
            g[0] = -C * (x - 0.95 * y);
            g[1] = -C * (y - 0.95 * x) / 3.0;
        },
    }
}

/// A non-centred funnel: v ~ N(0, 3) and x = z exp(v / 2) observed as nothing; the positions are independent normals.
pub fn funnel() -> Target {
    Target {
        dim: 3,
        value: |q| -q[0] * q[0] / 18.0 - 0.5 * (q[1] * q[1] + q[2] * q[2]),
        gradient: |q, g| {
            g[0] = -q[0] / 9.0;
            g[1] = -q[1];
            g[2] = -q[2];
        },
    }
}

/// Neal's funnel as he wrote it: v ~ N(0, 3) and nine x ~ N(0, exp(v / 2)).
pub fn centred_funnel() -> Target {
    Target {
        dim: 10,
        value: |q| {
            let squares: f64 = q[1..].iter().map(|x| x * x).sum();
            -q[0] * q[0] / 18.0 - 0.5 * squares * (-q[0]).exp() - 4.5 * q[0]
        },
        gradient: |q, g| {
            let precision = (-q[0]).exp();
            let squares: f64 = q[1..].iter().map(|x| x * x).sum();
            g[0] = -q[0] / 9.0 + 0.5 * squares * precision - 4.5;
            g[1..].iter_mut().zip(&q[1..]).for_each(|(g, x)| *g = -x * precision);
        },
    }
}

/// x ~ N(0, 1), y ~ N(x², 1): mean of y is 1, its variance 3.
pub fn banana() -> Target {
    Target {
        dim: 2,
        value: |q| -0.5 * q[0] * q[0] - 0.5 * (q[1] - q[0] * q[0]).powi(2),
        gradient: |q, g| {
            let r = q[1] - q[0] * q[0];
            g[0] = -q[0] + 2.0 * q[0] * r;
            g[1] = -r;
        },
    }
}

/// An ensemble of 32 walkers that makes all moves.
pub fn all_moves() -> Sampler {
    let names = ["stretch", "walk", "walk:5", "differential", "snooker", "side", "kde", "slice", "gaussian-random:1:2"];
    let moves = names.map(|name| (name.parse().unwrap(), 1.0)).to_vec();
    Sampler::Ensemble(Ensemble { walkers: Some(32), moves })
}

/// Metropolis with both updates, and second tries.
pub fn mixed() -> Sampler {
    let updates = vec![(UpdateKind::Joint, 1.0), (UpdateKind::Componentwise, 1.0)];
    Sampler::Metropolis(Metropolis { updates, delayed_rejection: Some(0.2), ..Metropolis::default() })
}

pub fn settings(sampler: Sampler, warmup: usize, draws: usize) -> Settings {
    Settings { sampler, warmup, draws, chains: 2, threads: 2, ..Settings::default() }
}

/// One of each kind, as they are by default.
pub fn samplers() -> [Sampler; 3] {
    [Sampler::Nuts(Nuts::default()), Sampler::Ensemble(Ensemble::default()), Sampler::Metropolis(Metropolis::default())]
}

/// Samples any density and tells how its chains ended.
pub fn ends(density: &(impl LogDensity + Clone + Send), settings: &Settings) -> Result<Vec<ChainEnd>, Error> {
    let sinks = vec![MemorySink::default(); settings.chains];
    let output = Positions { dim: density.dim() };
    sample(density, &output, settings, &Starts::random(), sinks, &(), &AtomicBool::new(false))
}

pub fn run(target: Target, settings: &Settings) -> Vec<MemorySink> {
    let output = Positions { dim: target.dim };
    sample_to_memory(&target, &output, settings, &Starts::random()).unwrap()
}

/// The mean of `f` over all draws, and its standard error by the means of batches in time.
pub fn mean_and_error(chains: &[MemorySink], f: impl Fn(&[f64]) -> f64) -> (f64, f64) {
    let batches: Vec<f64> = chains.iter().flat_map(|chain| batch_means(&chain.draws, &f)).collect();
    let n = batches.len() as f64;
    let mean = batches.iter().sum::<f64>() / n;
    let variance = batches.iter().map(|b| (b - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

fn batch_means(draws: &Draws, f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let size = draws.len() / 20;
    let mean =
        |batch: usize| (batch * size..(batch + 1) * size).map(|draw| f(draws.row(draw))).sum::<f64>() / size as f64;
    (0..20).map(mean).collect()
}

/// Fails unless the mean of `f` is `expected` within 4.5 standard errors, and these are below `precision`.
pub fn assert_mean(what: &str, chains: &[MemorySink], expected: f64, precision: f64, f: impl Fn(&[f64]) -> f64) {
    let (mean, error) = mean_and_error(chains, f);
    assert!(error < precision, "{what}: the standard error {error} is too large");
    let z = (mean - expected) / error;
    assert!(z.abs() < 4.5, "{what}: {mean} ± {error}, expected {expected}");
}
