//! Terms of log densities with their derivatives.

/// A term with its derivatives.
pub struct Normal {
    pub value: f64,
    pub by_residual: f64,
    pub by_log_scale: f64,
}

/// A normal distribution at so far from its mean.
pub fn normal(residual: f64, scale: f64) -> Normal {
    let z = residual / scale;
    Normal { value: -0.5 * z * z - scale.ln(), by_residual: -z / scale, by_log_scale: z * z - 1.0 }
}

/// The log of a scale that is half-normal of some width, with its Jacobian: value and derivative.
pub fn log_half_normal(log_scale: f64, width: f64) -> (f64, f64) {
    let z = log_scale.exp() / width;
    (log_scale - 0.5 * z * z, 1.0 - z * z)
}

pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// log(1 + eˣ) = −log(1 − logistic x).
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// The logit of a share that is beta with these shapes, with its Jacobian: value and derivative.
pub fn logit_beta(logit: f64, a: f64, b: f64) -> (f64, f64) {
    (-a * softplus(-logit) - b * softplus(logit), a - (a + b) * logistic(logit))
}
