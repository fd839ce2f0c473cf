//! The same densities as somebody would write them in plain loops, value and gradient in one pass.

use ppl_math::{digamma, log_gamma};

/// ln(1 + exp x) and its slope, by one exponential.
fn logistic_pair(x: f64) -> (f64, f64) {
    let e = (-x.abs()).exp();
    let sigmoid = if x >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) };
    (x.max(0.0) + e.ln_1p(), sigmoid)
}

fn standard_normal(at: &[f64], to: &mut [f64]) -> f64 {
    at.iter().zip(to).fold(0.0, |value, (x, slope)| {
        *slope -= x;
        value - 0.5 * x * x
    })
}

pub fn eight_schools(y: &[f64; 8], sd: &[f64; 8], at: &[f64], to: &mut [f64]) -> f64 {
    let (mu, tau, raw) = (at[0], at[1].exp(), &at[2..10]);
    let ratio = 0.04 * tau * tau;
    let mut value = -0.02 * mu * mu - ratio.ln_1p() + at[1];
    let (mut slope_mu, mut slope_tau) = (-0.04 * mu, -0.08 * tau / (1.0 + ratio));
    for k in 0..8 {
        let z = (y[k] - mu - tau * raw[k]) / sd[k];
        value -= 0.5 * (z * z + raw[k] * raw[k]) + sd[k].ln();
        let pull = z / sd[k];
        slope_mu += pull;
        slope_tau += pull * raw[k];
        to[2 + k] = pull * tau - raw[k];
    }
    to[0] = slope_mu;
    to[1] = slope_tau * tau + 1.0;
    value
}

pub fn logistic(x: &[f64], y: &[f64], beta: &[f64], to: &mut [f64]) -> f64 {
    to.fill(0.0);
    let mut value = standard_normal(beta, to);
    for (row, y) in x.chunks_exact(beta.len()).zip(y) {
        let eta: f64 = row.iter().zip(beta).map(|(x, b)| x * b).sum();
        let (cost, p) = logistic_pair(eta);
        value += y * eta - cost;
        to.iter_mut().zip(row).for_each(|(slope, x)| *slope += (y - p) * x);
    }
    value
}

pub fn linear(x: &[f64], y: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    let p = at.len() - 1;
    to.fill(0.0);
    let mut value = standard_normal(at, to);
    let beta = &at[..p];
    let precision = (-2.0 * at[p]).exp();
    let mut squares = 0.0;
    for (row, y) in x.chunks_exact(p).zip(y) {
        let mean: f64 = row.iter().zip(beta).map(|(x, b)| x * b).sum();
        let residual = y - mean;
        squares += residual * residual;
        to.iter_mut().zip(row).for_each(|(slope, x)| *slope += precision * residual * x);
    }
    value -= 0.5 * precision * squares + y.len() as f64 * at[p];
    to[p] += precision * squares - y.len() as f64;
    value
}

pub fn hierarchical_poisson(group: &[u32], x: &[f64], y: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    to.fill(0.0);
    let mut value = standard_normal(at, to);
    let (mu, tau, slope, raw) = (at[0], at[1].exp(), at[2], &at[3..]);
    let mut pulls = vec![0.0; raw.len()];
    for ((&group, x), y) in group.iter().zip(x).zip(y) {
        let eta = mu + tau * raw[group as usize] + slope * x;
        let rate = eta.exp();
        value += y * eta - rate;
        pulls[group as usize] += y - rate;
        to[2] += (y - rate) * x;
    }
    for (k, pull) in pulls.iter().enumerate() {
        to[0] += pull;
        to[1] += pull * tau * raw[k];
        to[3 + k] += pull * tau;
    }
    value
}

pub fn item_response(persons: usize, items: usize, y: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    to.fill(0.0);
    let mut value = standard_normal(at, to);
    let slopes: Vec<f64> = at[persons..persons + items].iter().map(|x| x.exp()).collect();
    let difficulty = &at[persons + items..];
    for i in 0..persons {
        for j in 0..items {
            let gap = at[i] - difficulty[j];
            let eta = slopes[j] * gap;
            let (cost, p) = logistic_pair(eta);
            let pull = y[i * items + j] - p;
            value += y[i * items + j] * eta - cost;
            to[i] += pull * slopes[j];
            to[persons + items + j] -= pull * slopes[j];
            to[persons + j] += pull * eta;
        }
    }
    value
}

pub fn mixture(y: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    to.fill(0.0);
    let mut value = standard_normal(at, to);
    let norm = (0..3).map(|k| at[k].exp()).sum::<f64>().ln();
    let sd: [f64; 3] = std::array::from_fn(|k| at[6 + k].exp());
    for y in y {
        let z: [f64; 3] = std::array::from_fn(|k| (y - at[3 + k]) / sd[k]);
        let joint: [f64; 3] = std::array::from_fn(|k| at[k] - norm - 0.5 * z[k] * z[k] - at[6 + k]);
        let largest = joint[0].max(joint[1]).max(joint[2]);
        let powers = joint.map(|x| (x - largest).exp());
        let sum = powers[0] + powers[1] + powers[2];
        value += largest + sum.ln();
        for k in 0..3 {
            let share = powers[k] / sum;
            to[k] += share;
            to[3 + k] += share * z[k] / sd[k];
            to[6 + k] += share * (z[k] * z[k] - 1.0);
        }
    }
    for k in 0..3 {
        to[k] -= y.len() as f64 * (at[k] - norm).exp();
    }
    value
}

pub fn gaussian_process(x: &[f64], y: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    let n = x.len();
    to.fill(0.0);
    let mut value = standard_normal(at, to);
    let (variance, scale, nugget) = ((2.0 * at[0]).exp(), (-2.0 * at[1]).exp(), (2.0 * at[2]).exp());
    let kernel = |i: usize, j: usize| variance * (-0.5 * (x[i] - x[j]).powi(2) * scale).exp();
    let mut factor = vec![0.0; n * n];
    for i in 0..n {
        let (above, row) = factor.split_at_mut(i * n);
        for j in 0..=i {
            let other = if j < i { &above[j * n..j * n + j] } else { &[] };
            let partial: f64 = other.iter().zip(&row[..]).map(|(a, b)| a * b).sum();
            row[j] = if j < i {
                (kernel(i, j) - partial) / above[j * n + j]
            } else {
                (variance + nugget - row[..i].iter().map(|a| a * a).sum::<f64>()).sqrt()
            };
        }
    }
    // The inverse of the factor, row by row, and from it that of the covariance.
    let mut inverse = vec![0.0; n * n];
    for i in 0..n {
        let (above, row) = inverse.split_at_mut(i * n);
        row[i] = 1.0;
        for j in 0..i {
            let c = factor[i * n + j];
            row[..=j].iter_mut().zip(&above[j * n..]).for_each(|(a, b)| *a -= c * b);
        }
        row[..=i].iter_mut().for_each(|a| *a /= factor[i * n + i]);
    }
    let mut alpha = vec![0.0; n];
    for i in 0..n {
        let z: f64 = inverse[i * n..=i * n + i].iter().zip(y).map(|(a, y)| a * y).sum();
        value -= 0.5 * z * z + factor[i * n + i].ln();
        alpha.iter_mut().zip(&inverse[i * n..=i * n + i]).for_each(|(a, c)| *a += c * z);
    }
    let mut precision = vec![0.0; n * n];
    for k in 0..n {
        let row = &inverse[k * n..=k * n + k];
        for i in 0..=k {
            let c = row[i];
            precision[i * n..=i * n + i].iter_mut().zip(row).for_each(|(a, b)| *a += c * b);
        }
    }
    for i in 0..n {
        for j in 0..=i {
            let pull = 0.5 * (alpha[i] * alpha[j] - precision[i * n + j]) * if i == j { 1.0 } else { 2.0 };
            let k = kernel(i, j);
            to[0] += 2.0 * pull * k;
            to[1] += pull * k * (x[i] - x[j]).powi(2) * scale;
            to[2] += if i == j { 2.0 * pull * nugget } else { 0.0 };
        }
    }
    value
}

pub fn dirichlet_multinomial(y: &[f64], totals: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    to.fill(0.0);
    let mut value = standard_normal(at, to);
    let alpha: [f64; 3] = std::array::from_fn(|k| at[k].exp());
    let (n, mass) = (totals.len() as f64, alpha.iter().sum::<f64>());
    let (mut slopes, mut common) = ([0.0; 3], n * digamma(mass));
    value += n * log_gamma(mass);
    for (row, total) in y.chunks_exact(3).zip(totals) {
        value -= log_gamma(mass + total);
        common -= digamma(mass + total);
        for k in 0..3 {
            value += log_gamma(alpha[k] + row[k]);
            slopes[k] += digamma(alpha[k] + row[k]);
        }
    }
    for k in 0..3 {
        value -= n * log_gamma(alpha[k]);
        to[k] += alpha[k] * (slopes[k] - n * digamma(alpha[k]) + common);
    }
    value
}
