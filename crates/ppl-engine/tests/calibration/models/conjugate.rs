//! Conjugate pairs.

use super::{Model, Stream, beta, binomial, gamma, logit, normal, poisson};
use crate::terms::{self, logit_beta};

/// 1/σ² ~ Gamma(3, 2), μ ~ N(1, 2σ), six values from N(μ, σ).
pub fn normal_gamma() -> Model {
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let sd = gamma(3.0, 2.0, rng).sqrt().recip();
        let mean = normal(1.0, 2.0 * sd, rng);
        (vec![mean, sd.ln()], (0..6).map(|_| normal(mean, sd, rng)).collect())
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let (sd, precision) = (q[1].exp(), (-2.0 * q[1]).exp());
        let prior = terms::normal(q[0] - 1.0, 2.0 * sd);
        gradient[0] += prior.by_residual;
        // The Jacobian of the log scale is that of the precision, up to a constant, times it.
        gradient[1] += prior.by_log_scale - 6.0 + 4.0 * precision;
        let mut total = prior.value - 6.0 * q[1] - 2.0 * precision;
        for y in y {
            let term = terms::normal(y - q[0], sd);
            total += term.value;
            gradient[0] -= term.by_residual;
            gradient[1] += term.by_log_scale;
        }
        total
    }
    Model { name: "normal, gamma precision", coordinates: &["mean", "log sd"], integers: &[], simulate, value }
}

/// p ~ Beta(0.8, 2), k ~ Binomial(12, p).
pub fn beta_binomial() -> Model {
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let p = beta(0.8, 2.0, rng);
        (vec![logit(p)], vec![binomial(12.0, p, rng)])
    }
    fn value(k: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let (value, slope) = logit_beta(q[0], 0.8 + k[0], 14.0 - k[0]);
        gradient[0] += slope;
        value
    }
    Model { name: "beta, binomial", coordinates: &["logit p"], integers: &[], simulate, value }
}

/// λ ~ Gamma(2, 0.5), a count from Poisson(λ).
pub fn gamma_poisson() -> Model {
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let rate = gamma(2.0, 0.5, rng);
        (vec![rate.ln()], vec![poisson(rate, rng)])
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let (shape, rate) = (2.0 + y[0], 1.5);
        gradient[0] += shape - rate * q[0].exp();
        shape * q[0] - rate * q[0].exp()
    }
    Model { name: "gamma, Poisson", coordinates: &["log rate"], integers: &[], simulate, value }
}

/// The same with the density of λ taken for that of log λ.
pub fn gamma_poisson_without_jacobian() -> Model {
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        gradient[0] -= 1.0;
        (gamma_poisson().value)(y, q, gradient) - q[0]
    }
    Model { name: "gamma, Poisson, without Jacobian", value, ..gamma_poisson() }
}
