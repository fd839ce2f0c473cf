//! The same densities in plain loops: a forward pass that keeps what the backward pass needs.

/// What the passes keep, so that a call allocates nothing.
#[derive(Default)]
pub struct Kept {
    pub a: Vec<f64>,
    pub b: Vec<f64>,
    pub c: Vec<f64>,
}

impl Kept {
    fn resize(&mut self, n: usize) {
        [&mut self.a, &mut self.b, &mut self.c].into_iter().for_each(|kept| kept.resize(n, 0.0));
    }
}

/// Standard normal priors: their log density, and their slopes.
fn priors(at: &[f64], to: &mut [f64]) -> f64 {
    at.iter().zip(to).fold(0.0, |value, (x, slope)| {
        *slope = -x;
        value - 0.5 * x * x
    })
}

fn log_sum_exp<const K: usize>(x: [f64; K]) -> f64 {
    let largest = x.into_iter().fold(f64::NEG_INFINITY, f64::max);
    largest + x.into_iter().map(|x| (x - largest).exp()).sum::<f64>().ln()
}

pub fn hidden_markov_of_four(y: &[f64], kept: &mut Kept, at: &[f64], to: &mut [f64]) -> f64 {
    const K: usize = 4;
    let n = y.len();
    kept.a.resize(K * n, 0.0);
    let value = priors(at, to);
    let logits = |from: usize| -> [f64; K] { std::array::from_fn(|j| at[K + from * K + j]) };
    let total: [f64; K] = std::array::from_fn(|from| log_sum_exp(logits(from)));
    let matrix: [[f64; K]; K] = std::array::from_fn(|from| logits(from).map(|logit| logit - total[from]));
    let emission = |t: usize, k: usize| -0.5 * (y[t] - at[k]) * (y[t] - at[k]);
    let mut x: [f64; K] = std::array::from_fn(|k| emission(0, k));
    kept.a[..K].copy_from_slice(&x);
    for t in 1..n {
        let paths = |to: usize| std::array::from_fn::<f64, K, _>(|from| x[from] + matrix[from][to]);
        x = std::array::from_fn(|to| log_sum_exp(paths(to)) + emission(t, to));
        kept.a[t * K..(t + 1) * K].copy_from_slice(&x);
    }
    let likelihood = log_sum_exp(x);
    let mut back = x.map(|x| (x - likelihood).exp());
    let mut slopes = [[0.0; K]; K];
    for t in (0..n).rev() {
        (0..K).for_each(|k| to[k] += back[k] * (y[t] - at[k]));
        if t == 0 {
            break;
        }
        let mut next = [0.0; K];
        for j in 0..K {
            let reached = kept.a[t * K + j] - emission(t, j);
            for i in 0..K {
                let share = back[j] * (kept.a[(t - 1) * K + i] + matrix[i][j] - reached).exp();
                slopes[i][j] += share;
                next[i] += share;
            }
        }
        back = next;
    }
    for i in 0..K {
        let row: f64 = slopes[i].iter().sum();
        (0..K).for_each(|j| to[K + i * K + j] += slopes[i][j] - row * matrix[i][j].exp());
    }
    value + likelihood
}

#[allow(clippy::needless_range_loop)] // forwards as backwards
pub fn local_level(y: &[f64], kept: &mut Kept, at: &[f64], to: &mut [f64]) -> f64 {
    let n = y.len();
    kept.resize(n);
    let mut value = priors(at, to);
    let (noise, walk) = (at[0].exp(), at[1].exp());
    let (mut level, mut variance) = (0.0, 1.0);
    for t in 0..n {
        (kept.a[t], kept.b[t]) = (level, variance);
        let (total, error) = (variance + noise, y[t] - level);
        value -= 0.5 * (total.ln() + error * error / total);
        let gain = variance / total;
        level += gain * error;
        variance = gain * noise + walk;
    }
    let (mut back_level, mut back_variance, mut slope_noise, mut slope_walk) = (0.0, 0.0, 0.0, 0.0);
    for t in (0..n).rev() {
        let (variance, error) = (kept.b[t], y[t] - kept.a[t]);
        let total = variance + noise;
        let (inverse, gain) = (1.0 / total, variance / total);
        slope_walk += back_variance;
        let back_gain = back_level * error + back_variance * noise;
        let back_total = -0.5 * inverse * (1.0 - error * error * inverse) - back_gain * gain * inverse;
        slope_noise += back_variance * gain + back_total;
        back_level = back_level * (1.0 - gain) + error * inverse;
        back_variance = back_gain * inverse + back_total;
    }
    to[0] += slope_noise * noise;
    to[1] += slope_walk * walk;
    value
}

#[allow(clippy::needless_range_loop)] // forwards as backwards
pub fn garch(y: &[f64], kept: &mut Kept, at: &[f64], to: &mut [f64]) -> f64 {
    let n = y.len();
    kept.resize(n);
    let mut value = priors(at, to);
    let [omega, alpha, beta] = [at[0].exp(), at[1].exp(), at[2].exp()];
    let mut v = 1.0;
    for t in 0..n {
        kept.a[t] = v;
        value -= 0.5 * (v.ln() + y[t] * y[t] / v);
        v = omega + alpha * y[t] * y[t] + beta * v;
    }
    let (mut back, mut slopes) = (0.0, [0.0; 3]);
    for t in (0..n).rev() {
        let (v, square) = (kept.a[t], y[t] * y[t]);
        slopes[0] += back;
        slopes[1] += back * square;
        slopes[2] += back * v;
        back = beta * back - 0.5 * (1.0 - square / v) / v;
    }
    to[0] += slopes[0] * omega;
    to[1] += slopes[1] * alpha;
    to[2] += slopes[2] * beta;
    value
}

pub fn epidemic(y: &[f64], kept: &mut Kept, at: &[f64], to: &mut [f64]) -> f64 {
    let n = y.len();
    kept.resize(n);
    let mut value = priors(at, to);
    let (rate, gamma) = (1e-3 * at[0].exp(), at[1].exp());
    let (mut healthy, mut ill) = (990.0, 10.0);
    for (t, y) in y.iter().enumerate() {
        (kept.a[t], kept.b[t]) = (healthy, ill);
        let new = rate * healthy * ill;
        value += y * new.ln() - new;
        healthy -= new;
        ill += new - gamma * ill;
    }
    let (mut back_healthy, mut back_ill, mut slope_rate, mut slope_gamma) = (0.0, 0.0, 0.0, 0.0);
    for (t, y) in y.iter().enumerate().rev() {
        let (healthy, ill) = (kept.a[t], kept.b[t]);
        let back_new = back_ill - back_healthy + y / (rate * healthy * ill) - 1.0;
        slope_rate += back_new * healthy * ill;
        slope_gamma -= back_ill * ill;
        back_healthy += back_new * rate * ill;
        back_ill += back_new * rate * healthy - gamma * back_ill;
    }
    to[0] += slope_rate * rate;
    to[1] += slope_gamma * gamma;
    value
}

pub fn second_order(y: &[f64], kept: &mut Kept, at: &[f64], to: &mut [f64]) -> f64 {
    kept.resize(y.len());
    let mut value = priors(at, to);
    let (mut x, mut before) = (0.0, 0.0);
    for (t, y) in y.iter().enumerate() {
        (x, before) = (at[0] * x + at[1] * before + at[2 + t], x);
        value -= 0.5 * (y - x) * (y - x);
        kept.a[t] = x;
    }
    let (mut back, mut back_before) = (0.0, 0.0);
    for (t, y) in y.iter().enumerate().rev() {
        back += y - kept.a[t];
        to[0] += back * if t > 0 { kept.a[t - 1] } else { 0.0 };
        to[1] += back * if t > 1 { kept.a[t - 2] } else { 0.0 };
        to[2 + t] += back;
        (back, back_before) = (at[0] * back + back_before, at[1] * back);
    }
    value
}
