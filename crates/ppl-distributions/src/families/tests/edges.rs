//! The ends of supports and domains.

use crate::testing::{assert_close, log_density_at};

fn at(name: &str, arguments: &[&[f64]], x: &[f64]) -> f64 {
    log_density_at(crate::family(name).unwrap(), arguments, x)
}

const NEVER: f64 = f64::NEG_INFINITY;

#[test]
fn certain_outcomes_have_log_density_zero() {
    assert_eq!(at("binomial", &[&[7.0], &[0.0]], &[0.0]), 0.0);
    assert_eq!(at("binomial", &[&[7.0], &[1.0]], &[7.0]), 0.0);
    assert_eq!(at("binomial", &[&[0.0], &[0.3]], &[0.0]), 0.0);
    assert_eq!(at("bernoulli", &[&[0.0]], &[0.0]), 0.0);
    assert_eq!(at("bernoulli", &[&[1.0]], &[1.0]), 0.0);
    assert_eq!(at("poisson", &[&[0.0]], &[0.0]), 0.0);
    assert_eq!(at("poisson_log", &[&[NEVER]], &[0.0]), 0.0);
    assert_eq!(at("categorical", &[&[0.0, 1.0]], &[1.0]), 0.0);
    assert_eq!(at("multinomial", &[&[2.0], &[0.0, 1.0]], &[0.0, 2.0]), 0.0);
}

#[test]
fn impossible_outcomes_have_log_density_minus_infinity() {
    assert_eq!(at("binomial", &[&[7.0], &[0.0]], &[1.0]), NEVER);
    assert_eq!(at("binomial", &[&[7.0], &[1.0]], &[6.0]), NEVER);
    assert_eq!(at("bernoulli", &[&[0.0]], &[1.0]), NEVER);
    assert_eq!(at("poisson", &[&[0.0]], &[3.0]), NEVER);
    assert_eq!(at("poisson_log", &[&[NEVER]], &[3.0]), NEVER);
    assert_eq!(at("categorical", &[&[0.0, 1.0]], &[0.0]), NEVER);
    assert_eq!(at("multinomial", &[&[2.0], &[0.0, 1.0]], &[1.0, 1.0]), NEVER);
}

#[test]
fn densities_at_the_ends_of_their_support_are_limits() {
    assert_eq!(at("beta", &[&[1.0], &[1.0]], &[0.0]), 0.0);
    assert_eq!(at("beta", &[&[1.0], &[1.0]], &[1.0]), 0.0);
    assert_eq!(at("beta", &[&[2.0], &[1.0]], &[0.0]), NEVER);
    assert_eq!(at("beta", &[&[0.5], &[1.0]], &[0.0]), f64::INFINITY);
    assert_eq!(at("gamma", &[&[1.0], &[2.0]], &[0.0]), 2f64.ln());
    assert_eq!(at("weibull", &[&[1.0], &[2.0]], &[0.0]), -(2f64.ln()));
    assert_eq!(at("exponential", &[&[2.0]], &[0.0]), 2f64.ln());
    assert_eq!(at("uniform", &[&[0.0], &[2.0]], &[2.0]), -(2f64.ln()));
    assert_eq!(at("dirichlet", &[&[1.0, 1.0]], &[0.0, 1.0]), 0.0);
    assert_eq!(at("lognormal", &[&[0.0], &[1.0]], &[0.0]), NEVER);
}

#[test]
fn large_log_odds_do_not_overflow() {
    assert_eq!(at("bernoulli_logit", &[&[900.0]], &[1.0]), 0.0);
    assert_eq!(at("bernoulli_logit", &[&[900.0]], &[0.0]), -900.0);
    assert_eq!(at("logistic", &[&[0.0], &[1.0]], &[900.0]), -900.0);
    assert_close(at("categorical_logit", &[&[900.0, -900.0]], &[1.0]), -1800.0, 1e-15, "logits");
    assert_close(at("ordered_logistic", &[&[60.0], &[-1.0, 1.0]], &[0.0]), -61.0, 1e-12, "ordinal");
    let middle = at("ordered_logistic", &[&[60.0], &[-1.0, 1.0]], &[1.0]);
    assert_close(middle, -59.0 + (-(-2f64).exp()).ln_1p(), 1e-12, "ordinal");
}

#[test]
fn the_elastic_net_is_normalised_at_every_ratio_of_its_penalties() {
    // ln Z by the asymptotic series of Mills' ratio: Z = 2/l1 · (1 − q + 3q² − 15q³ …) with q = 2 l2 / l1².
    for l1 in [9.0f64, 50.0, 1e4] {
        let q: f64 = 2.0 / (l1 * l1);
        let series = 1.0 - q + 3.0 * q * q - 15.0 * q.powi(3) + 105.0 * q.powi(4);
        let log_z = (2.0 / l1).ln() + series.ln();
        assert_close(-at("elastic_net", &[&[l1], &[1.0]], &[0.0]), log_z, 945.0 * q.powi(5) + 1e-14, "series");
    }
    // Both forms meet where they change over, at l1 = 8 √(2 l2).
    let [below, above] = [1.0 - 1e-9, 1.0 + 1e-9].map(|f| at("elastic_net", &[&[8.0 * f], &[0.5]], &[0.0]));
    assert_close(below, above, 1e-8, "changeover");
    let slope = (above - below) / 1.6e-8;
    assert!((slope - 0.122).abs() < 0.01, "{slope}");
    assert_eq!(at("elastic_net", &[&[2.0], &[0.0]], &[0.0]), 0.0);
    assert!(at("elastic_net", &[&[1e150], &[1e-150]], &[0.0]).is_finite());
}
