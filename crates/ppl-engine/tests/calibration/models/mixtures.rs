//! Constrained parameters: shares that sum to one, means in order.

use super::{Model, Stream, beta, binomial, logit, normal};
use crate::terms::{self, logistic, logit_beta};

/// θ ~ Dirichlet(1.5, 1, 0.7, 2) by breaking a stick three times, counts of ten from it.
pub fn dirichlet() -> Model {
    const SHAPES: [f64; 4] = [1.5, 1.0, 0.7, 2.0];
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let weights = SHAPES.map(|shape| super::gamma(shape, 1.0, rng));
        let (mut q, mut counts, mut left) = (Vec::new(), Vec::new(), 10.0);
        for i in 0..3 {
            let rest: f64 = weights[i + 1..].iter().sum();
            q.push(weights[i].ln() - rest.ln());
            counts.push(binomial(left, weights[i] / (weights[i] + rest), rng));
            left -= counts[i];
        }
        counts.push(left);
        (q, counts)
    }
    // The piece broken off is logistic(qᵢ) of what is left, and ∂θᵢ/∂qᵢ = θᵢ (1 − logistic qᵢ).
    fn value(counts: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let exponent = |i: usize| SHAPES[i] - 1.0 + counts[i];
        let mut total = 0.0;
        for i in 0..3 {
            let later: f64 = (i + 1..4).map(exponent).sum();
            let jacobians = (2 - i) as f64;
            let (value, slope) = logit_beta(q[i], exponent(i) + 1.0, later + jacobians + 1.0);
            total += value;
            gradient[i] += slope;
        }
        total
    }
    let coordinates = &["first break", "second break", "third break"];
    Model { name: "Dirichlet by stick breaking", coordinates, integers: &[], simulate, value }
}

/// Lower mean ~ N(−2, 1), log of the gap to the upper ~ N(1.4, 0.3), w ~ Beta(5, 5), twenty values from w N(lower, 1) +
/// (1 − w) N(upper, 1): priors under which there is one mode.
pub fn ordered_mixture() -> Model {
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let q = vec![normal(-2.0, 1.0, rng), normal(1.4, 0.3, rng), logit(beta(5.0, 5.0, rng))];
        let value = |_| {
            let is_lower = binomial(1.0, logistic(q[2]), rng) == 1.0;
            normal(if is_lower { q[0] } else { q[0] + q[1].exp() }, 1.0, rng)
        };
        let y = (0..20).map(value).collect();
        (q, y)
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let gap = q[1].exp();
        let (mean, log_gap) = (terms::normal(q[0] + 2.0, 1.0), terms::normal(q[1] - 1.4, 0.3));
        let (share, slope) = logit_beta(q[2], 5.0, 5.0);
        gradient[0] += mean.by_residual;
        gradient[1] += log_gap.by_residual;
        gradient[2] += slope;
        let mut total = mean.value + log_gap.value + share;
        for y in y {
            let (lower, upper) = (terms::normal(y - q[0], 1.0), terms::normal(y - q[0] - gap, 1.0));
            // log(w a + (1 − w) b) = log(1 − w) + log b + log(1 + e^(q₂ + log a − log b))
            let odds = q[2] + lower.value - upper.value;
            total += terms::softplus(odds) - terms::softplus(q[2]) + upper.value;
            let is_lower = logistic(odds);
            gradient[0] -= is_lower * lower.by_residual + (1.0 - is_lower) * upper.by_residual;
            gradient[1] -= (1.0 - is_lower) * upper.by_residual * gap;
            gradient[2] += is_lower - logistic(q[2]);
        }
        total
    }
    let coordinates = &["lower mean", "log gap", "logit of the lower's weight"];
    Model { name: "mixture with ordered means", coordinates, integers: &[], simulate, value }
}

/// x ~ N(0.5, 1.5), y ~ N(x², 0.5): two modes, far apart where y is large.
pub fn square() -> Model {
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let x = normal(0.5, 1.5, rng);
        (vec![x], vec![normal(x * x, 0.5, rng)])
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let (prior, data) = (terms::normal(q[0] - 0.5, 1.5), terms::normal(y[0] - q[0] * q[0], 0.5));
        gradient[0] += prior.by_residual - 2.0 * q[0] * data.by_residual;
        prior.value + data.value
    }
    Model { name: "the square of an unknown", coordinates: &["x"], integers: &[], simulate, value }
}
