//! Distribution functions integrate densities, in every form, and quantiles invert them.

use super::cases::{continuous, discrete};
use crate::Tails;
use crate::testing::{Case, Stage, assert_close, integral, log_densities};

/// The graph forms at x: P(X ≤ x), its log, and ln P(X > x).
fn graph_forms(case: &Case, x: &[f64]) -> Option<[Vec<f64>; 3]> {
    let family = case.family();
    let mut stage = Stage::new(family, case.arguments, x, &[x.len()]);
    let cdf = family.cdf(&mut stage.graph, stage.x, &stage.arguments)?;
    let log_cdf = family.log_cdf(&mut stage.graph, stage.x, &stage.arguments)?;
    let log_ccdf = family.log_ccdf(&mut stage.graph, stage.x, &stage.arguments)?;
    Some([cdf, log_cdf, log_ccdf].map(|node| stage.values(node)))
}

fn check_forms(case: &Case, x: &[f64]) {
    let scalars = case.scalars();
    let Some([cdf, log_cdf, log_ccdf]) = graph_forms(case, x) else {
        assert!(case.family().tails(0.0, &scalars).is_none(), "{}", case.family);
        return;
    };
    for (k, &x) in x.iter().enumerate() {
        let Tails { below, above } = case.family().tails(x, &scalars).unwrap();
        let what = format!("{} at {x}", case.family);
        assert_close(cdf[k], below, 1e-10, &what);
        assert_close(log_cdf[k], below.ln(), 1e-9, &what);
        assert_close(log_ccdf[k], above.ln(), 1e-9, &what);
    }
}

#[test]
fn graphs_and_numbers_agree_on_the_distribution_function() {
    for case in continuous().chain(discrete()) {
        check_forms(case, case.inside);
        check_forms(case, &[case.inside, case.outside, &[-40.0, 25.0]].concat());
    }
}

#[test]
fn every_continuous_family_has_a_distribution_function_and_it_integrates_the_density() {
    for case in continuous() {
        let (family, scalars) = (case.family(), case.scalars());
        let (lower, upper) = family.support().interval(&scalars);
        for &x in case.inside {
            let Tails { below, above } = family.tails(x, &scalars).unwrap();
            let density = |x: &[f64]| log_densities(family, case.arguments, x);
            let kink = if case.family == "elastic_net" { 0.0 } else { family.quantile(0.5, &scalars).unwrap() };
            let what = format!("{} at {x}", case.family);
            assert_close(integral([lower, kink.min(x), x], density), below, 1e-8, &what);
            assert_close(integral([x, kink.max(x), upper], density), above, 1e-8, &what);
        }
    }
}

#[test]
fn discrete_distribution_functions_sum_the_density() {
    let mut checked = 0;
    for case in discrete() {
        let points: Vec<f64> = (0..14).map(f64::from).collect();
        let logs = log_densities(case.family(), case.arguments, &points);
        let mut total = 0.0;
        for (&x, log) in points.iter().zip(logs) {
            total += log.exp();
            let Some(tails) = case.family().tails(x, &case.scalars()) else {
                break;
            };
            assert_close(tails.below, total, 1e-12, case.family);
            assert_close(tails.above, 1.0 - total, 1e-12, case.family);
            let between = case.family().tails(x + 0.5, &case.scalars()).unwrap();
            assert_eq!(between, tails);
            checked += 1;
        }
    }
    assert!(checked > 80);
}

#[test]
fn quantiles_invert_continuous_distribution_functions() {
    for case in continuous() {
        let (family, scalars) = (case.family(), case.scalars());
        for p in [1e-12, 0.003, 0.25, 0.5, 0.7, 0.999] {
            let x = family.quantile(p, &scalars).unwrap();
            // As near as the numbers around x allow.
            let [before, after] = [x.next_down(), x.next_up()].map(|x| family.tails(x, &scalars).unwrap());
            let within = |low: f64, p: f64, high: f64| low * (1.0 - 1e-10) <= p && p <= high * (1.0 + 1e-10);
            let near =
                if p < 0.5 { within(before.below, p, after.below) } else { within(after.above, 1.0 - p, before.above) };
            assert!(near, "{} at {p}: {x} is between {before:?} and {after:?}", case.family);
        }
        let ends = family.support().interval(&scalars);
        let quantile = |p| family.quantile(p, &scalars).unwrap();
        assert_eq!((quantile(0.0), quantile(1.0)), ends, "{}", case.family);
        assert!(quantile(1.5).is_nan() && quantile(-0.1).is_nan(), "{}", case.family);
    }
}

#[test]
fn quantiles_of_whole_numbers_are_the_first_that_reach_the_probability() {
    for case in discrete() {
        let (family, scalars) = (case.family(), case.scalars());
        for &x in case.inside {
            let Some(tails) = family.tails(x, &scalars) else {
                continue;
            };
            let before = family.tails(x - 1.0, &scalars).unwrap().below;
            let inner = before + 0.5 * (tails.below - before);
            assert_eq!(family.quantile(inner, &scalars), Some(x), "{}", case.family);
        }
    }
}

#[test]
fn tails_keep_their_relative_accuracy() {
    let log_tail = |name: &'static str, arguments: &'static [&'static [f64]], x: f64, upper: bool| {
        let case = Case { family: name, arguments, inside: &[], outside: &[] };
        let [_, log_cdf, log_ccdf] = graph_forms(&case, &[x]).unwrap();
        if upper { log_ccdf[0] } else { log_cdf[0] }
    };
    // ln Φ(−40) by arithmetic of 30 digits.
    assert_close(log_tail("normal", &[&[0.0], &[1.0]], -40.0, false), -804.608442013754, 1e-13, "normal");
    // P(T > t) of 3 degrees of freedom is 2√3 / (π t³) for large t, but for a relative error of the order t⁻².
    let t: f64 = 1e4;
    let leading = (2.0 * 3f64.sqrt() / std::f64::consts::PI / t.powi(3)).ln();
    assert_close(log_tail("student_t", &[&[3.0], &[0.0], &[1.0]], t, true), leading, 1e-7, "student_t");
    // I_x(a, 1) = x^a.
    assert_close(log_tail("beta", &[&[50.0], &[1.0]], 1e-6, false), 50.0 * 1e-6f64.ln(), 1e-12, "beta");
    assert_close(log_tail("beta", &[&[1.0], &[50.0]], 0.999, true), 50.0 * 1e-3f64.ln(), 1e-10, "beta");
    // The upper tail of an elastic net with a small l2 is that of a Laplace distribution.
    assert_close(
        log_tail("elastic_net", &[&[2.0], &[1e-12]], 30.0, true),
        -60.0 - std::f64::consts::LN_2,
        1e-9,
        "elastic_net",
    );
}
