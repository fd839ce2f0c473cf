//! Unknown whole numbers beside real ones.

use ppl_engine::Integer;

use super::{Model, Stream, beta, binomial, gamma, logit, poisson};
use crate::terms::{logistic, logit_beta, softplus};

/// A change after k of twenty counts, k uniform on 1 … 19, from a rate ~ Gamma(3, 1) to one ~ Gamma(30, 2). With the same
/// prior for both there would be two modes where the data change little: an early change and a late one back.
pub fn change_point() -> Model {
    const COUNTS: usize = 20;
    const PRIORS: [(f64, f64); 2] = [(3.0, 1.0), (30.0, 2.0)];
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let rates = PRIORS.map(|(shape, rate)| gamma(shape, rate, rng));
        let change = 1 + (beta(1.0, 1.0, rng) * 19.0) as usize;
        let y = (0..COUNTS).map(|t| poisson(rates[usize::from(t >= change)], rng)).collect();
        (vec![rates[0].ln(), rates[1].ln(), change as f64], y)
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let (before, after) = y.split_at(q[2] as usize);
        let sides = [before, after].into_iter().enumerate().map(|(side, y)| {
            let (shape, rate) = (PRIORS[side].0 + y.iter().sum::<f64>(), PRIORS[side].1 + y.len() as f64);
            gradient[side] += shape - rate * q[side].exp();
            shape * q[side] - rate * q[side].exp()
        });
        sides.sum()
    }
    Model {
        name: "change point",
        coordinates: &["log rate before", "log rate after", "change"],
        integers: &[Integer { coordinate: 2, low: 1.0, high: 19.0 }],
        simulate,
        value,
    }
}

/// N ~ Poisson(20), p ~ Beta(2, 2), three counts from Binomial(N, p).
pub fn population() -> Model {
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let (size, p) = (poisson(20.0, rng), beta(2.0, 2.0, rng));
        (vec![logit(p), size], (0..3).map(|_| binomial(size, p, rng)).collect())
    }
    /// log n! / (n − k)!, finite up to 170!, beyond which the prior has next to nothing.
    fn log_ways(n: f64, k: f64) -> f64 {
        (0..k as usize).map(|drawn| n - drawn as f64).product::<f64>().ln()
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let (share, slope) = logit_beta(q[0], 2.0, 2.0);
        gradient[0] += slope;
        let mut total = share + q[1] * 20.0_f64.ln() - log_ways(q[1], q[1]);
        for &y in y {
            if y > q[1] {
                return f64::NEG_INFINITY;
            }
            total += log_ways(q[1], y) + y * q[0] - q[1] * softplus(q[0]);
            gradient[0] += y - q[1] * logistic(q[0]);
        }
        total
    }
    Model {
        name: "population of unknown size",
        coordinates: &["logit p", "size"],
        integers: &[Integer { coordinate: 1, low: 0.0, high: f64::INFINITY }],
        simulate,
        value,
    }
}
