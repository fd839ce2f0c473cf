//! Arguments outside their domain are faults: NaN, inside and outside the support, in densities and draws.

use super::cases::CASES;
use crate::testing::{Case, log_density_at, rng};
use crate::{Domain, Event};

/// Values that a domain does not allow, for an argument that holds so many numbers.
fn forbidden(domain: Domain, own: &[f64]) -> Vec<Vec<f64>> {
    let with = |index: usize, value: f64| {
        let mut values = own.to_vec();
        values[index] = value;
        values
    };
    match domain {
        Domain::Real | Domain::Vector => vec![],
        Domain::Positive => vec![vec![-1.5], vec![-0.25], vec![f64::NAN]],
        Domain::Unit => vec![vec![-0.5], vec![1.5], vec![f64::NAN]],
        Domain::Count => vec![vec![-1.0], vec![2.5], vec![f64::NAN]],
        Domain::PositiveVector => vec![with(1, -0.5), with(0, f64::NAN)],
        Domain::Simplex => vec![with(0, own[0] + 0.01), with(0, -0.2), with(1, f64::NAN)],
        Domain::Increasing => vec![with(1, own[0] - 1.0), with(2, f64::NAN)],
        Domain::Covariance => vec![with(0, -1.0), with(1, 9.0)],
        Domain::CholeskyFactor => vec![with(0, -1.0), with(4, 0.0)],
    }
}

fn check(case: &Case, index: usize, bad: &[f64]) {
    let family = case.family();
    let mut arguments = case.arguments.to_vec();
    arguments[index] = bad;
    let width = if family.event() == Event::Vector { 3 } else { 1 };
    for x in case.inside.chunks(width).chain(case.outside.chunks(width)) {
        let log = log_density_at(family, &arguments, x);
        assert!(log.is_nan(), "{} with {arguments:?} at {x:?}: {log}", case.family);
    }
    let mut out = vec![0.0; width];
    family.draw(&mut rng(1), &arguments, &mut out);
    assert!(out.iter().any(|x| x.is_nan()), "{} with {arguments:?}: {out:?}", case.family);
}

#[test]
fn arguments_outside_their_domain_give_nan() {
    let mut checked = 0;
    for case in CASES {
        for (index, parameter) in case.family().parameters().iter().enumerate() {
            for bad in forbidden(parameter.domain, case.arguments[index]) {
                check(case, index, &bad);
                checked += 1;
            }
        }
    }
    assert!(checked > 100);
}

#[test]
fn domains_between_arguments_are_checked_too() {
    let at = |name: &str, arguments: &[&[f64]], x: f64| log_density_at(crate::family(name).unwrap(), arguments, &[x]);
    assert!(at("uniform", &[&[2.0], &[1.0]], 1.5).is_nan());
    assert!(at("flat", &[&[2.0], &[1.0]], 1.5).is_nan());
    for (l1, l2) in [(-1.0, 1.0), (1.0, -1.0), (0.0, 0.0)] {
        assert!(at("elastic_net", &[&[l1], &[l2]], 0.5).is_nan());
    }
}

#[test]
fn distribution_functions_of_arguments_outside_their_domain_are_nan() {
    for case in CASES.iter().filter(|case| case.family().event() == Event::Scalar) {
        for (index, parameter) in case.family().parameters().iter().enumerate() {
            for bad in forbidden(parameter.domain, case.arguments[index]) {
                let mut scalars = case.scalars();
                scalars[index] = bad[0];
                let Some(tails) = case.family().tails(case.inside[0], &scalars) else {
                    continue;
                };
                assert!(tails.below.is_nan() && tails.above.is_nan(), "{} {scalars:?}", case.family);
                let quantile = case.family().quantile(0.3, &scalars).unwrap();
                assert!(quantile.is_nan(), "{} {scalars:?}: {quantile}", case.family);
            }
        }
    }
}
