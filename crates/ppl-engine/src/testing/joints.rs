//! Parameters with data whose posteriors can be drawn from exactly.

use ppl_density::{Fault, LogDensity};
use rand_distr::{Beta, Binomial, Gamma, Normal};

use super::{Joint, variate};
use crate::rng::{Stream, normal};

/// The posterior of a joint, with the numbers that its data come to.
#[derive(Clone)]
pub(crate) struct Posterior {
    dim: usize,
    pub(crate) data: Vec<f64>,
    value: fn(&[f64], &[f64]) -> f64,
    gradient: fn(&[f64], &[f64], &mut [f64]),
}

impl LogDensity for Posterior {
    fn dim(&self) -> usize {
        self.dim
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        Ok((self.value)(&self.data, q))
    }
    fn log_density_and_gradient(&mut self, q: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        (self.gradient)(&self.data, q, gradient);
        self.log_density(q)
    }
}

/// x ~ N(0, I₃), y ~ N(x, diag(1, 0.25, 0.01)): x given y is N(wy, diag(1 − w)), w = (0.5, 0.8, 100/101).
pub(crate) fn normal_means() -> Joint<Posterior> {
    const WEIGHTS: [f64; 3] = [0.5, 0.8, 100.0 / 101.0];
    fn draw(walkers: usize, rng: &mut Stream) -> (Posterior, Vec<f64>) {
        let noise = WEIGHTS.map(|w| (1.0 / w - 1.0).sqrt());
        let data: Vec<f64> = noise.iter().map(|sd| normal(rng) + sd * normal(rng)).collect();
        let exact = |i: usize, rng: &mut Stream| WEIGHTS[i] * data[i] + (1.0 - WEIGHTS[i]).sqrt() * normal(rng);
        let positions = (0..3 * walkers).map(|at| exact(at % 3, rng)).collect();
        (Posterior { dim: 3, data, value, gradient }, positions)
    }
    fn residual(y: &[f64], q: &[f64], i: usize) -> f64 {
        q[i] - WEIGHTS[i] * y[i]
    }
    fn value(y: &[f64], q: &[f64]) -> f64 {
        (0..3).map(|i| -0.5 * residual(y, q, i).powi(2) / (1.0 - WEIGHTS[i])).sum()
    }
    fn gradient(y: &[f64], q: &[f64], gradient: &mut [f64]) {
        (0..3).for_each(|i| gradient[i] = -residual(y, q, i) / (1.0 - WEIGHTS[i]));
    }
    Joint {
        dim: 3,
        draw,
        functions: &[
            ("x₀", |_, q| q[0]),
            ("x₀²", |_, q| q[0] * q[0]),
            ("x₂ y₂", |y, q| q[2] * y.data[2]),
            ("x₀ x₁", |_, q| q[0] * q[1]),
            ("‖x‖²", |_, q| q.iter().map(|x| x * x).sum()),
            ("‖x − wy‖²", |y, q| (0..3).map(|i| residual(&y.data, q, i).powi(2) / (1.0 - WEIGHTS[i])).sum()),
        ],
    }
}

/// p ~ Beta(0.8, 2), k ~ Binomial(5, p), on the logit scale: bounded and skewed.
pub(crate) fn beta_binomial() -> Joint<Posterior> {
    fn draw(walkers: usize, rng: &mut Stream) -> (Posterior, Vec<f64>) {
        let p = variate(Beta::new(0.8, 2.0).expect("positive shapes"), rng);
        let k = variate(Binomial::new(5, p).expect("a probability"), rng) as f64;
        let posterior = Beta::new(0.8 + k, 7.0 - k).expect("positive shapes");
        let logit = |p: f64| (p / (1.0 - p)).ln();
        let positions = (0..walkers).map(|_| logit(variate(posterior, rng))).collect();
        (Posterior { dim: 1, data: vec![k], value, gradient }, positions)
    }
    fn logistic(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }
    // log p = −log(1 + e^{−q}), log(1 − p) = −log(1 + e^q), and the Jacobian adds both.
    fn value(k: &[f64], q: &[f64]) -> f64 {
        -(0.8 + k[0]) * (-q[0]).exp().ln_1p() - (7.0 - k[0]) * q[0].exp().ln_1p()
    }
    fn gradient(k: &[f64], q: &[f64], gradient: &mut [f64]) {
        gradient[0] = 0.8 + k[0] - 7.8 * logistic(q[0]);
    }
    Joint {
        dim: 1,
        draw,
        functions: &[
            ("p", |_, q| logistic(q[0])),
            ("p²", |_, q| logistic(q[0]).powi(2)),
            ("p k", |k, q| logistic(q[0]) * k.data[0]),
            ("logit p", |_, q| q[0]),
            ("p < 0.1", |_, q| f64::from(logistic(q[0]) < 0.1)),
        ],
    }
}

/// λ ~ Gamma(2, 3) on the log scale, without data: skewed.
pub(crate) fn log_gamma() -> Joint<Posterior> {
    fn draw(walkers: usize, rng: &mut Stream) -> (Posterior, Vec<f64>) {
        let gamma = Gamma::new(2.0, 1.0 / 3.0).expect("positive parameters");
        let positions = (0..walkers).map(|_| f64::ln(variate(gamma, rng))).collect();
        let value = |_: &[f64], q: &[f64]| 2.0 * q[0] - 3.0 * q[0].exp();
        let gradient = |_: &[f64], q: &[f64], g: &mut [f64]| g[0] = 2.0 - 3.0 * q[0].exp();
        (Posterior { dim: 1, data: Vec::new(), value, gradient }, positions)
    }
    Joint {
        dim: 1,
        draw,
        functions: &[("λ", |_, q| q[0].exp()), ("log λ", |_, q| q[0]), ("log² λ", |_, q| q[0] * q[0])],
    }
}

/// x ~ N(0, 1), y ~ N(x², 1): a curved ridge.
pub(crate) fn banana() -> Joint<Posterior> {
    fn draw(walkers: usize, rng: &mut Stream) -> (Posterior, Vec<f64>) {
        let pair = |rng: &mut Stream| {
            let x = normal(rng);
            [x, variate(Normal::new(x * x, 1.0).expect("a positive scale"), rng)]
        };
        let positions = (0..walkers).flat_map(|_| pair(rng)).collect();
        (Posterior { dim: 2, data: Vec::new(), value, gradient }, positions)
    }
    fn value(_: &[f64], q: &[f64]) -> f64 {
        -0.5 * q[0] * q[0] - 0.5 * (q[1] - q[0] * q[0]).powi(2)
    }
    fn gradient(_: &[f64], q: &[f64], g: &mut [f64]) {
        let r = q[1] - q[0] * q[0];
        (g[0], g[1]) = (-q[0] + 2.0 * q[0] * r, -r);
    }
    Joint {
        dim: 2,
        draw,
        functions: &[
            ("x", |_, q| q[0]),
            ("x²", |_, q| q[0] * q[0]),
            ("y", |_, q| q[1]),
            ("y²", |_, q| q[1] * q[1]),
            ("x² y", |_, q| q[0] * q[0] * q[1]),
        ],
    }
}
