//! Densities are normalised, and −∞ outside the support.

use super::cases::{CASES, continuous, discrete};
use crate::testing::{assert_close, integral, log_densities, log_density_at};
use crate::{Event, Structure, families};

#[test]
fn every_family_stands_in_the_table_and_every_name_once() {
    for family in families() {
        assert!(CASES.iter().any(|case| case.family == family.name()), "{}", family.name());
        assert_eq!(families().iter().filter(|other| other.name() == family.name()).count(), 1);
        assert!(!family.doc().is_empty());
    }
}

#[test]
fn continuous_densities_integrate_to_one() {
    for case in continuous() {
        let (family, scalars) = (case.family(), case.scalars());
        let (lower, upper) = family.support().interval(&scalars);
        let kink = if case.family == "elastic_net" { 0.0 } else { family.quantile(0.5, &scalars).unwrap() };
        let total = integral([lower, kink, upper], |x| log_densities(family, case.arguments, x));
        assert_close(total, 1.0, 1e-9, case.family);
    }
}

#[test]
fn discrete_densities_sum_to_one() {
    for case in discrete() {
        let points: Vec<f64> = (0..600).map(f64::from).collect();
        let logs = log_densities(case.family(), case.arguments, &points);
        assert_close(logs.iter().map(|log| log.exp()).sum(), 1.0, 1e-11, case.family);
    }
}

#[test]
fn counts_of_categories_sum_to_one() {
    for case in CASES.iter().filter(|case| matches!(case.family().support().structure, Structure::Counts(_))) {
        let total: f64 = (0..=4)
            .flat_map(|a| (0..=4 - a).map(move |b| [a, b, 4 - a - b].map(f64::from)))
            .map(|x| log_density_at(case.family(), case.arguments, &x).exp())
            .sum();
        assert_close(total, 1.0, 1e-12, case.family);
    }
}

#[test]
fn inside_the_density_is_positive_and_outside_it_is_zero() {
    for case in CASES {
        let family = case.family();
        let values = |flat: &'static [f64]| {
            let width = if family.event() == Event::Vector { 3 } else { 1 };
            flat.chunks(width).map(|x| log_density_at(family, case.arguments, x))
        };
        assert!(values(case.inside).all(f64::is_finite), "{}", case.family);
        assert!(values(case.outside).all(|log| log == f64::NEG_INFINITY), "{}", case.family);
    }
}
