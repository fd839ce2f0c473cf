//! Normals that depend on each other: through a common mean, through neighbours, in time.

use super::{Model, Stream, half_normal, logit, normal};
use crate::terms::{self, log_half_normal, logistic, softplus};

/// μ ~ N(0, 5), τ ~ half-normal(3), eight zⱼ ~ N(0, 1), yⱼ ~ N(μ + τ zⱼ, sⱼ) with sⱼ known, from 1 to 4.5.
pub fn hierarchical() -> Model {
    const GROUPS: usize = 8;
    fn sd(group: usize) -> f64 {
        1.0 + 0.5 * group as f64
    }
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let (mean, scale) = (normal(0.0, 5.0, rng), half_normal(3.0, rng));
        let z: Vec<f64> = (0..GROUPS).map(|_| normal(0.0, 1.0, rng)).collect();
        let y = z.iter().enumerate().map(|(group, z)| normal(mean + scale * z, sd(group), rng)).collect();
        ([&[mean, scale.ln()], &z[..]].concat(), y)
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let (mean, (scale, slope)) = (terms::normal(q[0], 5.0), log_half_normal(q[1], 3.0));
        gradient[0] += mean.by_residual;
        gradient[1] += slope;
        let mut total = mean.value + scale;
        for (group, (y, z)) in y.iter().zip(&q[2..]).enumerate() {
            let effect = q[1].exp() * z;
            let term = terms::normal(y - q[0] - effect, sd(group));
            total += term.value - 0.5 * z * z;
            gradient[0] -= term.by_residual;
            gradient[1] -= term.by_residual * effect;
            gradient[2 + group] -= z + term.by_residual * q[1].exp();
        }
        total
    }
    let coordinates = &["mean", "log scale", "z0", "z1", "z2", "z3", "z4", "z5", "z6", "z7"];
    Model { name: "hierarchical, non-centred", coordinates, integers: &[], simulate, value }
}

const NEIGHBOURS: f64 = 0.9;

/// Ten normals of variance 1, neighbours correlated by 0.9, each observed with an error of standard deviation 2.
pub fn correlated_normals() -> Model {
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let mut total = 0.0;
        for i in 0..q.len() {
            let (before, sd) = if i == 0 { (0.0, 1.0) } else { (NEIGHBOURS * q[i - 1], step()) };
            let (prior, data) = (terms::normal(q[i] - before, sd), terms::normal(y[i] - q[i], 2.0));
            total += prior.value + data.value;
            gradient[i] += prior.by_residual - data.by_residual;
            if i > 0 {
                gradient[i - 1] -= NEIGHBOURS * prior.by_residual;
            }
        }
        total
    }
    let coordinates = &["x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9"];
    Model {
        name: "correlated normals",
        coordinates,
        integers: &[],
        simulate: |rng| simulate_correlated(1.0, rng),
        value,
    }
}

/// The same with a prior 1.3 times as wide where data come from.
pub fn correlated_normals_from_a_wider_prior() -> Model {
    let simulate = |rng: &mut Stream| simulate_correlated(1.3, rng);
    Model { name: "correlated normals, from a wider prior", simulate, ..correlated_normals() }
}

/// The standard deviation of a correlated normal given the one before.
fn step() -> f64 {
    (1.0 - NEIGHBOURS * NEIGHBOURS).sqrt()
}

fn simulate_correlated(width: f64, rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
    let mut x = vec![normal(0.0, width, rng)];
    (1..10).for_each(|i| x.push(normal(NEIGHBOURS * x[i - 1], width * step(), rng)));
    let y = x.iter().map(|x| normal(*x, 2.0, rng)).collect();
    (x, y)
}

/// φ ~ U(−1, 1), σ ~ half-normal(1), fifteen values of a stationary autoregression of order one.
pub fn autoregression() -> Model {
    fn simulate(rng: &mut Stream) -> (Vec<f64>, Vec<f64>) {
        let (share, sd) = (super::beta(1.0, 1.0, rng), half_normal(1.0, rng));
        let coefficient = 2.0 * share - 1.0;
        let mut y = vec![normal(0.0, sd / (1.0 - coefficient * coefficient).sqrt(), rng)];
        (1..15).for_each(|t| y.push(normal(coefficient * y[t - 1], sd, rng)));
        (vec![logit(share), sd.ln()], y)
    }
    fn value(y: &[f64], q: &[f64], gradient: &mut [f64]) -> f64 {
        let (share, sd) = (logistic(q[0]), q[1].exp());
        let (coefficient, by_logit) = (2.0 * share - 1.0, 2.0 * share * (1.0 - share));
        let (scale, slope) = log_half_normal(q[1], 1.0);
        // √(1 − φ²) = 2 √(share (1 − share))
        let root = 2.0 * (share * (1.0 - share)).sqrt();
        let first = terms::normal(y[0], sd / root);
        gradient[0] += 1.0 - 2.0 * share + first.by_log_scale * coefficient / (root * root) * by_logit;
        gradient[1] += slope + first.by_log_scale;
        let mut total = -softplus(q[0]) - softplus(-q[0]) + scale + first.value;
        for pair in y.windows(2) {
            let term = terms::normal(pair[1] - coefficient * pair[0], sd);
            total += term.value;
            gradient[0] -= term.by_residual * pair[0] * by_logit;
            gradient[1] += term.by_log_scale;
        }
        total
    }
    let coordinates = &["logit of the coefficient", "log sd"];
    Model { name: "autoregression", coordinates, integers: &[], simulate, value }
}
