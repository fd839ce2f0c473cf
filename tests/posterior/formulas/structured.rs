//! The models with more structure than a line: hierarchy, lags, a covariance, a mixture.

use super::fields::Fields;
use super::{Formula, Value, normal, student, vector};

pub fn formula(case: &str, data: &Fields) -> Option<Formula> {
    match case {
        "eight_schools-eight_schools_centered" => Some(schools(data, false)),
        "eight_schools-eight_schools_noncentered" => Some(schools(data, true)),
        "arK-arK" => Some(autoregression(data)),
        "gp_pois_regr-gp_regr" => Some(gaussian_process(data)),
        "low_dim_gauss_mix-low_dim_gauss_mix" => Some(mixture(data)),
        _ => None,
    }
}

/// One density of the effects; the non-centred coordinates z = (theta − mu) / tau add ln tau a school to the Jacobian.
fn schools(data: &Fields, standardized: bool) -> Formula {
    let (y, sigma) = (data.vector("y"), data.vector("sigma"));
    Box::new(move |point| {
        let (mu, tau, theta) = (point["mu"], point["tau"], vector(point, "theta"));
        let effects: f64 = theta.iter().map(|&effect| normal(effect, mu, tau)).sum();
        let likelihood: f64 = y.iter().zip(&theta).zip(&sigma).map(|((&y, &mean), &sd)| normal(y, mean, sd)).sum();
        let logs = if standardized { 1 + theta.len() } else { 1 };
        Value {
            natural: normal(mu, 0.0, 5.0) + student(tau, 1.0, 0.0, 5.0) + effects + likelihood,
            log_jacobian: logs as f64 * tau.ln(),
        }
    })
}

fn autoregression(data: &Fields) -> Formula {
    let y = data.vector("y");
    Box::new(move |point| {
        let (alpha, beta, sigma) = (point["alpha"], vector(point, "beta"), point["sigma"]);
        let order = beta.len();
        let mean = |t: usize| alpha + (1..=order).map(|lag| beta[lag - 1] * y[t - lag]).sum::<f64>();
        let likelihood: f64 = (order..y.len()).map(|t| normal(y[t], mean(t), sigma)).sum();
        let slopes: f64 = beta.iter().map(|&slope| normal(slope, 0.0, 10.0)).sum();
        let prior = normal(alpha, 0.0, 10.0) + slopes + student(sigma, 1.0, 0.0, 2.5);
        Value { natural: prior + likelihood, log_jacobian: sigma.ln() }
    })
}

fn mixture(data: &Fields) -> Formula {
    let y = data.vector("y");
    Box::new(move |point| {
        let (mu, sigma, theta) = (vector(point, "mu"), vector(point, "sigma"), point["theta"]);
        let likelihood: f64 = y
            .iter()
            .map(|&y| {
                let lower = theta * normal(y, mu[0], sigma[0]).exp();
                let upper = (1.0 - theta) * normal(y, mu[1], sigma[1]).exp();
                (lower + upper).ln()
            })
            .sum();
        let normals: f64 = mu.iter().chain(&sigma).map(|&x| normal(x, 0.0, 2.0)).sum();
        let weight = theta.ln() + (1.0 - theta).ln();
        Value {
            // beta(5, 5) has both logarithms four times, the logistic transform once.
            natural: likelihood + normals + 4.0 * weight,
            log_jacobian: (mu[1] - mu[0]).ln() + sigma[0].ln() + sigma[1].ln() + weight,
        }
    })
}

fn gaussian_process(data: &Fields) -> Formula {
    let (x, y) = (data.vector("x"), data.vector("y"));
    Box::new(move |point| {
        let (rho, alpha, sigma) = (point["rho"], point["alpha"], point["sigma"]);
        let kernel = |i: usize, j: usize| {
            let noise = if i == j { sigma } else { 0.0 };
            alpha.powi(2) * (-0.5 * ((x[i] - x[j]) / rho).powi(2)).exp() + noise
        };
        // Gamma with shape 25 and rate 4.
        let prior = 24.0 * rho.ln() - 4.0 * rho + normal(alpha, 0.0, 2.0) + normal(sigma, 0.0, 1.0);
        let likelihood = multivariate_normal(&y, kernel);
        Value { natural: prior + likelihood, log_jacobian: rho.ln() + alpha.ln() + sigma.ln() }
    })
}

/// Log density of a multivariate normal with mean 0, without its constant, by conditioning every element on those before
/// it: the rows of the Cholesky factor, one after another.
fn multivariate_normal(y: &[f64], covariance: impl Fn(usize, usize) -> f64) -> f64 {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    let mut residuals: Vec<f64> = Vec::new();
    let mut total = 0.0;
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    for (i, &value) in y.iter().enumerate() {
        let mut row: Vec<f64> = Vec::new();
        for (j, other) in rows.iter().enumerate() {
            row.push((covariance(i, j) - dot(&row, other)) / other[j]);
        }
        let sd = (covariance(i, i) - dot(&row, &row)).sqrt();
        let mean = dot(&row, &residuals);
        total += normal(value, mean, sd);
        residuals.push((value - mean) / sd);
        row.push(sd);
        rows.push(row);
    }
    total
}
