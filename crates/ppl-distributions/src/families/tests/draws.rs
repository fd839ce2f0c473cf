//! Draws have the distribution that the density states. Seeds are fixed; for a fresh seed a test of one case would
//! fail with probability below 1e-6.

use super::cases::{CASES, continuous, discrete};
use crate::testing::{Case, argument_shape, log_densities, rng};
use crate::{Event, Values};

const DRAWS: usize = 4000;

fn draw_numbers(case: &Case, seed: u64) -> Vec<f64> {
    let mut rng = rng(seed);
    let draw = |_| {
        let mut x = [0.0];
        case.family().draw(&mut rng, case.arguments, &mut x);
        x[0]
    };
    (0..DRAWS).map(draw).collect()
}

#[test]
fn continuous_draws_pass_the_test_of_kolmogorov_and_smirnov() {
    // √(ln(2 / 1e-6) / 2) / √n: Massart's bound on the largest distance.
    let largest = (2e6f64.ln() / 2.0).sqrt() / (DRAWS as f64).sqrt();
    for (seed, case) in continuous().enumerate() {
        let mut draws = draw_numbers(case, seed as u64);
        draws.sort_by(f64::total_cmp);
        let distance = draws.iter().enumerate().fold(0.0, |distance: f64, (k, &x)| {
            let p = case.family().tails(x, &case.scalars()).unwrap().below;
            let steps = [k as f64, (k + 1) as f64].map(|count| (p - count / DRAWS as f64).abs());
            distance.max(steps[0]).max(steps[1])
        });
        assert!(distance < largest, "{}: {distance}", case.family);
    }
}

#[test]
fn discrete_draws_have_the_frequencies_of_the_density() {
    for (seed, case) in discrete().enumerate() {
        let draws = draw_numbers(case, seed as u64);
        let values: Vec<f64> = (0..20).map(f64::from).collect();
        let logs = log_densities(case.family(), case.arguments, &values);
        for (value, log) in values.iter().zip(logs) {
            let (n, p) = (DRAWS as f64, log.exp());
            let count = draws.iter().filter(|x| *x == value).count() as f64;
            // Bernstein's inequality with probability 1e-8.
            let margin = 19.0 / 3.0 + (19f64.powi(2) / 9.0 + 38.0 * n * p * (1.0 - p)).sqrt();
            assert!((count - n * p).abs() < margin, "{} {value}: {count} of {}", case.family, n * p);
        }
        assert!(draws.iter().all(|x| x.fract() == 0.0 && *x >= 0.0), "{}", case.family);
    }
}

/// The mean and the covariance of the vectors of a case.
fn moments(case: &Case) -> ([f64; 3], [[f64; 3]; 3]) {
    let a = case.arguments;
    let covariance = |p: &[f64], factor: f64| {
        [0, 1, 2].map(|i| [0, 1, 2].map(|j| factor * (if i == j { p[i] } else { 0.0 } - p[i] * p[j])))
    };
    let shares = |alpha: &[f64]| {
        let total: f64 = alpha.iter().sum();
        (total, [0, 1, 2].map(|k| alpha[k] / total))
    };
    match case.family {
        "multinomial" => {
            let n = a[0][0];
            ([0, 1, 2].map(|k| n * a[1][k]), covariance(a[1], n))
        }
        "dirichlet" => {
            let (total, mean) = shares(a[0]);
            (mean, covariance(&mean, 1.0 / (total + 1.0)))
        }
        "dirichlet_multinomial" => {
            let (n, (total, p)) = (a[0][0], shares(a[1]));
            (p.map(|p| n * p), covariance(&p, n * (n + total) / (1.0 + total)))
        }
        "multi_normal" => ([0, 1, 2].map(|k| a[0][k]), [0, 1, 2].map(|i| [0, 1, 2].map(|j| a[1][3 * i + j]))),
        "multi_normal_cholesky" => {
            let l = |i: usize, k: usize| a[1][3 * i + k];
            let product = |i: usize, j: usize| (0..3).map(|k| l(i, k) * l(j, k)).sum();
            ([0, 1, 2].map(|k| a[0][k]), [0, 1, 2].map(|i| [0, 1, 2].map(|j| product(i, j))))
        }
        other => panic!("the moments of {other} are not in this test"),
    }
}

#[test]
fn vectors_have_the_mean_and_covariance_of_their_family() {
    for case in CASES.iter().filter(|case| case.family().event() == Event::Vector) {
        let (mean, covariance) = moments(case);
        let mut rng = rng(5);
        let draws: Vec<[f64; 3]> = (0..DRAWS)
            .map(|_| {
                let mut x = [0.0; 3];
                case.family().draw(&mut rng, case.arguments, &mut x);
                x
            })
            .collect();
        for i in 0..3 {
            check_mean(case, draws.iter().map(|x| x[i]), mean[i]);
            for j in 0..=i {
                let products = draws.iter().map(|x| (x[i] - mean[i]) * (x[j] - mean[j]));
                check_mean(case, products, covariance[i][j]);
            }
        }
    }
}

/// The mean of draws is within 6 standard errors (probability 2e-9 for a normal mean).
fn check_mean(case: &Case, values: impl Iterator<Item = f64> + Clone, expected: f64) {
    let n = DRAWS as f64;
    let mean = values.clone().sum::<f64>() / n;
    let variance = values.map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    let error = 6.0 * (variance / n).sqrt() + 1e-12;
    assert!((mean - expected).abs() < error, "{}: {mean} for {expected}", case.family);
}

#[test]
fn draws_lie_in_the_support() {
    for case in CASES.iter().filter(|case| case.family().is_proper()) {
        let (family, support) = (case.family(), case.family().support());
        let width = if family.event() == Event::Vector { 3 } else { 1 };
        let mut out = vec![0.0; width];
        for seed in 0..20 {
            family.draw(&mut rng(seed), case.arguments, &mut out);
            let log = crate::testing::log_density_at(family, case.arguments, &out);
            assert!(log > f64::NEG_INFINITY, "{}: {out:?}", case.family);
        }
        assert!(support.values != Values::Label || width == 1);
    }
}

#[test]
fn a_flat_density_has_no_draws() {
    let mut x = [0.0];
    crate::family("flat").unwrap().draw(&mut rng(1), &[&[0.0], &[1.0]], &mut x);
    assert!(x[0].is_nan());
}

#[test]
fn small_dirichlet_shapes_do_not_underflow_to_nan() {
    let family = crate::family("dirichlet").unwrap();
    for seed in 0..50 {
        let mut x = [0.0; 4];
        family.draw(&mut rng(seed), &[&[1e-4; 4]], &mut x);
        assert!((x.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
    assert_eq!(argument_shape(family.parameters()[0].domain, 4), [4]);
}
