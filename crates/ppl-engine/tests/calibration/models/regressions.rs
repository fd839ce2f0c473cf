//! Regressions on fixed covariates.

use rand_distr::{Distribution, StudentT};

use super::{Model, Stream, gamma, half_normal, normal, poisson};
use crate::terms::{self, log_half_normal, logistic, softplus};

/// Rows of a regression.
const ROWS: usize = 20;

/// An intercept, and two covariates between −1 and 1.
fn covariates(row: usize) -> [f64; 3] {
    let even = |i: usize| (2.0 * i as f64 - 19.0) / 19.0;
    [1.0, even(row), even(row * 7 % ROWS)]
}

fn product(row: usize, coefficients: &[f64]) -> f64 {
    covariates(row).iter().zip(coefficients).map(|(x, b)| x * b).sum()
}

/// Adds the derivative by the linear predictor of a row to those by its coefficients.
fn add(row: usize, by_predictor: f64, gradient: &mut [f64]) {
    covariates(row).iter().zip(gradient).for_each(|(x, g)| *g += x * by_predictor);
}

/// Independent priors N(0, sd) of coefficients.
fn prior(coefficients: &[f64], sd: f64, gradient: &mut [f64]) -> f64 {
    let terms = coefficients.iter().zip(gradient).map(|(b, g)| {
        let term = terms::normal(*b, sd);
        *g += term.by_residual;
        term.value
    });
    terms.sum()
}

fn coefficients(number: usize, sd: f64, rng: &mut Stream) -> Vec<f64> {
    (0..number).map(|_| normal(0.0, sd, rng)).collect()
}

/// Coefficients ~ N(0, 2), σ ~ half-normal(1).
pub fn linear_regression() -> Model {
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let (mut q, sd) = (coefficients(3, 2.0, rng), half_normal(1.0, rng));
        let y = (0..ROWS).map(|row| normal(product(row, &q), sd, rng)).collect();
        q.push(sd.ln());
        (q, y)
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let (sd, (scale, slope)) = (q[3].exp(), log_half_normal(q[3], 1.0));
        gradient[3] += slope;
        let mut total = scale + prior(&q[..3], 2.0, &mut gradient[..3]);
        for (row, y) in y.iter().enumerate() {
            let term = terms::normal(y - product(row, &q[..3]), sd);
            total += term.value;
            add(row, -term.by_residual, &mut gradient[..3]);
            gradient[3] += term.by_log_scale;
        }
        total
    }
    let coordinates = &["intercept", "first slope", "second slope", "log sd"];
    Model { name: "linear regression", coordinates, integers: &[], simulate, value }
}

/// Coefficients ~ N(0, 1.5).
pub fn logistic_regression() -> Model {
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let q = coefficients(3, 1.5, rng);
        let y = (0..ROWS).map(|row| super::binomial(1.0, logistic(product(row, &q)), rng)).collect();
        (q, y)
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let mut total = prior(q, 1.5, gradient);
        for (row, y) in y.iter().enumerate() {
            let predictor = product(row, q);
            total += y * predictor - softplus(predictor);
            add(row, y - logistic(predictor), gradient);
        }
        total
    }
    let coordinates = &["intercept", "first slope", "second slope"];
    Model { name: "logistic regression", coordinates, integers: &[], simulate, value }
}

/// Coefficients ~ N(0, 0.8), log φ ~ N(1, 0.5); counts with mean μ = exp(predictor) and variance μ + μ²/φ.
pub fn negative_binomial() -> Model {
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let (mut q, log_size) = (coefficients(2, 0.8, rng), normal(1.0, 0.5, rng));
        let size = log_size.exp();
        let count = |row| {
            let mean = product(row, &q).exp() * gamma(size, size, rng);
            if mean > 0.0 { poisson(mean, rng) } else { 0.0 }
        };
        let y = (0..ROWS).map(count).collect();
        q.push(log_size);
        (q, y)
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let (size, spread) = (q[2].exp(), terms::normal(q[2] - 1.0, 0.5));
        let mut total = spread.value + prior(&q[..2], 0.8, &mut gradient[..2]);
        let mut by_size = 0.0;
        for (row, &y) in y.iter().enumerate() {
            let predictor = product(row, &q[..2]);
            // log Γ(y + φ) / Γ(φ) as a sum; φ / (φ + μ) = logistic(log φ − predictor).
            for before in 0..y as usize {
                total += (size + before as f64).ln();
                by_size += (size + before as f64).recip();
            }
            let (none, some) = (softplus(predictor - q[2]), softplus(q[2] - predictor));
            total -= size * none + y * some;
            let mean_share = logistic(predictor - q[2]);
            let by_predictor = y * (1.0 - mean_share) - size * mean_share;
            add(row, by_predictor, &mut gradient[..2]);
            gradient[2] -= size * none + by_predictor;
        }
        gradient[2] += spread.by_residual + size * by_size;
        total
    }
    let coordinates = &["intercept", "slope", "log size"];
    Model { name: "negative binomial regression", coordinates, integers: &[], simulate, value }
}

/// Coefficients ~ N(0, 2), scale ~ half-normal(1), errors of Student's t with four degrees of freedom.
pub fn student_regression() -> Model {
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let (mut q, scale) = (coefficients(2, 2.0, rng), half_normal(1.0, rng));
        let t = StudentT::new(4.0).expect("positive degrees of freedom");
        let y = (0..ROWS).map(|row| product(row, &q) + scale * t.sample(rng)).collect();
        q.push(scale.ln());
        (q, y)
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let (unit, (scale, slope)) = (q[2].exp(), log_half_normal(q[2], 1.0));
        gradient[2] += slope;
        let mut total = scale + prior(&q[..2], 2.0, &mut gradient[..2]);
        for (row, y) in y.iter().enumerate() {
            let z = (y - product(row, &q[..2])) / unit;
            total -= q[2] + 2.5 * (0.25 * z * z).ln_1p();
            let pull = 5.0 * z / (4.0 + z * z);
            add(row, pull / unit, &mut gradient[..2]);
            gradient[2] += pull * z - 1.0;
        }
        total
    }
    let coordinates = &["intercept", "slope", "log scale"];
    Model { name: "regression with Student's t", coordinates, integers: &[], simulate, value }
}
