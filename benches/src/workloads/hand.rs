//! What densities by hand share.

/// ln(1 + exp x) and its slope, by one exponential.
pub fn logistic_pair(x: f64) -> (f64, f64) {
    let e = (-x.abs()).exp();
    let sigmoid = if x >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) };
    (x.max(0.0) + e.ln_1p(), sigmoid)
}

/// The log density of normal(0, `sd`) numbers, up to a constant; sets their gradient.
pub fn normal(sd: f64, at: &[f64], to: &mut [f64]) -> f64 {
    let precision = 1.0 / (sd * sd);
    at.iter().zip(to).fold(0.0, |value, (x, slope)| {
        *slope = -precision * x;
        value - 0.5 * precision * x * x
    })
}
