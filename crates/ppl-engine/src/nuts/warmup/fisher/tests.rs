use super::*;
use crate::rng::{Purpose, Streams, normal};
use crate::sink::InverseMetric;

/// Draws of a normal with this covariance and mean 3, with their scores.
fn normal_draws(covariance: &DMatrix<f64>, n: usize, seed: u64) -> Window {
    let dim = covariance.nrows();
    let factor = covariance.clone().cholesky().unwrap();
    let mut window = Window::new(dim);
    for k in 0..n {
        let mut rng = Streams::new(seed, 1).open(Purpose::Momentum, k);
        let deviation = factor.l() * DVector::from_fn(dim, |_, _| normal(&mut rng));
        let score = -factor.solve(&deviation);
        let position: Vec<f64> = deviation.iter().map(|z| z + 3.0).collect();
        window.add(&position, score.as_slice());
    }
    window
}

/// Unit variances but for a direction in which they are 400, and units of their own.
fn stretched(units: &[f64]) -> DMatrix<f64> {
    let dim = units.len();
    let along = DVector::from_element(dim, (dim as f64).sqrt().recip());
    let correlation = DMatrix::identity(dim, dim) + 399.0 * &along * along.transpose();
    DMatrix::from_fn(dim, dim, |i, j| units[i] * correlation[(i, j)] * units[j])
}

fn as_matrix(metric: Euclidean) -> DMatrix<f64> {
    match metric.inverse() {
        InverseMetric::None => unreachable!("a metric was learned"),
        InverseMetric::Diagonal(variances) => DMatrix::from_diagonal(&DVector::from_vec(variances)),
        InverseMetric::Dense(values, dim) => DMatrix::from_vec(dim, dim, values),
        InverseMetric::LowRank { variances, directions, eigenvalues } => {
            let (dim, rank) = (variances.len(), eigenvalues.len());
            let scales = DMatrix::from_diagonal(&DVector::from_vec(variances).map(f64::sqrt));
            let u = DMatrix::from_vec(dim, rank, directions);
            let lambda = DMatrix::from_diagonal(&DVector::from_vec(eigenvalues).add_scalar(-1.0));
            &scales * (DMatrix::identity(dim, dim) + &u * lambda * u.transpose()) * &scales
        }
    }
}

/// The largest error, in units of the standard deviations.
fn error(found: &DMatrix<f64>, expected: &DMatrix<f64>) -> f64 {
    let unit = |i: usize, j: usize| (expected[(i, i)] * expected[(j, j)]).sqrt();
    let errors = (0..expected.nrows()).flat_map(|i| (0..expected.nrows()).map(move |j| (i, j)));
    errors.map(|(i, j)| (found[(i, j)] - expected[(i, j)]).abs() / unit(i, j)).fold(0.0, f64::max)
}

#[test]
fn a_normal_is_recovered_from_two_draws_more_than_dimensions() {
    let covariance = stretched(&[1.0, 1e6, 1e-6, 1.0, 30.0]);
    for seed in 1..20 {
        let window = normal_draws(&covariance, 7, seed);
        let found = as_matrix(fit(Shape::Dense, &window).unwrap().metric);
        assert!(error(&found, &covariance) < 1e-2, "seed {seed}: {found}");
    }
}

#[test]
fn independent_coordinates_are_recovered_from_three_draws() {
    let variances = DMatrix::from_diagonal(&DVector::from_vec(vec![1e-12, 1.0, 1e12]));
    let found = as_matrix(fit(Shape::Diagonal, &normal_draws(&variances, 3, 1)).unwrap().metric);
    assert!(error(&found, &variances) < 1e-9, "{found}");
}

#[test]
fn correlations_have_the_right_sign_in_every_shape() {
    for sign in [-1.0, 1.0] {
        let covariance = DMatrix::from_row_slice(2, 2, &[1.0, 0.95 * sign, 0.95 * sign, 1.0]);
        for shape in [Shape::LowRank, Shape::Dense] {
            let found = as_matrix(fit(shape, &normal_draws(&covariance, 50, 5)).unwrap().metric);
            assert!(found[(0, 1)] * sign > 0.5, "{shape:?} {sign}: {found}");
        }
    }
}

#[test]
fn a_few_wide_directions_are_found_among_many_dimensions() {
    let covariance = stretched(&[1.0; 60]);
    let window = normal_draws(&covariance, 20, 2);
    let found = fit(Shape::LowRank, &window).unwrap().metric;
    let along = DVector::from_element(60, 60_f64.sqrt().recip());
    let variance = (along.transpose() * as_matrix(found) * &along)[0];
    assert!((200.0..800.0).contains(&variance), "{variance}");
}

#[test]
fn the_shape_follows_the_target() {
    let chosen = |covariance: &DMatrix<f64>, n: usize| {
        let shapes = [Shape::Diagonal, Shape::Variance, Shape::LowRank, Shape::Dense];
        choose(&shapes, &normal_draws(covariance, n, 4))
    };
    assert_eq!(chosen(&DMatrix::identity(5, 5), 100), Shape::Diagonal);
    assert_eq!(chosen(&stretched(&[1.0, 2.0, 3.0, 4.0, 5.0]), 100), Shape::Dense);
    // Too few draws for every correlation of forty dimensions, enough for one direction.
    let shape = chosen(&stretched(&[1.0; 40]), 30);
    assert!(matches!(shape, Shape::LowRank | Shape::Dense), "{shape:?}");
}

#[test]
fn metrics_follow_a_change_of_units() {
    let units = [1e-6, 1.0, 1e6];
    let (plain, scaled) = (normal_draws(&stretched(&[1.0; 3]), 40, 9), normal_draws(&stretched(&units), 40, 9));
    for shape in [Shape::Diagonal, Shape::Variance, Shape::LowRank, Shape::Dense] {
        let [plain, scaled] = [&plain, &scaled].map(|window| as_matrix(fit(shape, window).unwrap().metric));
        let expected = DMatrix::from_fn(3, 3, |i, j| units[i] * plain[(i, j)] * units[j]);
        assert!(error(&scaled, &expected) < 1e-6, "{shape:?}: {scaled} {expected}");
    }
}

#[test]
fn draws_that_say_nothing_make_no_metric() {
    let mut window = Window::new(2);
    assert!(learn(Metric::Auto, &window).is_none());
    for _ in 0..30 {
        window.add(&[1.0, 2.0], &[0.0, 0.0]);
    }
    assert!(learn(Metric::Auto, &window).is_none());
    window.add(&[f64::MAX, 1.0], &[f64::MAX, 1.0]);
    assert!(learn(Metric::Dense, &window).is_none());
}
