//! The table of cases. A family without a case fails the tests.

use crate::testing::Case;

const INF: f64 = f64::INFINITY;

const fn case(
    family: &'static str,
    arguments: &'static [&'static [f64]],
    inside: &'static [f64],
    outside: &'static [f64],
) -> Case {
    Case { family, arguments, inside, outside }
}

const LINE: &[f64] = &[-7.3, -1.1, 0.2, 0.9, 4.0];
const HALF_LINE: &[f64] = &[0.03, 0.4, 1.3, 2.9, 7.0];
const BELOW_ZERO: &[f64] = &[-0.5, -3.0];
const UNIT: &[f64] = &[0.01, 0.3, 0.5, 0.83, 0.99];
const COUNTS: &[f64] = &[0.0, 1.0, 2.0, 5.0, 11.0];
const NO_COUNTS: &[f64] = &[-1.0, 0.5];

pub(super) const CASES: &[Case] = &[
    case("normal", &[&[0.3], &[1.7]], LINE, &[]),
    case("half_normal", &[&[2.5]], HALF_LINE, BELOW_ZERO),
    case("student_t", &[&[3.0], &[0.5], &[1.2]], LINE, &[]),
    case("student_t", &[&[0.8], &[-1.0], &[2.0]], LINE, &[]),
    case("student_t", &[&[250.0], &[0.0], &[3.0]], LINE, &[]),
    case("half_student_t", &[&[4.0], &[1.5]], HALF_LINE, BELOW_ZERO),
    case("cauchy", &[&[0.5], &[1.5]], LINE, &[]),
    case("half_cauchy", &[&[2.0]], HALF_LINE, BELOW_ZERO),
    case("laplace", &[&[0.4], &[0.7]], LINE, &[]),
    case("logistic", &[&[-0.4], &[1.1]], LINE, &[]),
    case("exponential", &[&[1.3]], HALF_LINE, BELOW_ZERO),
    case("gamma", &[&[2.5], &[1.4]], HALF_LINE, BELOW_ZERO),
    case("gamma", &[&[0.4], &[0.9]], HALF_LINE, BELOW_ZERO),
    case("inv_gamma", &[&[3.0], &[2.0]], HALF_LINE, &[-0.5, 0.0]),
    case("chi_square", &[&[3.5]], HALF_LINE, BELOW_ZERO),
    case("weibull", &[&[1.7], &[2.2]], HALF_LINE, BELOW_ZERO),
    case("weibull", &[&[0.6], &[1.0]], HALF_LINE, BELOW_ZERO),
    case("lognormal", &[&[0.2], &[0.8]], HALF_LINE, &[-0.5, 0.0]),
    case("beta", &[&[2.0], &[3.5]], UNIT, &[-0.1, 1.1]),
    case("beta", &[&[0.6], &[1.5]], UNIT, &[-0.1, 1.1]),
    case("beta", &[&[60.0], &[35.0]], UNIT, &[-0.1, 1.1]),
    case("uniform", &[&[-1.0], &[2.5]], &[-0.9, 0.0, 1.2, 2.4], &[-1.1, 2.6]),
    case("flat", &[&[-INF], &[INF]], LINE, &[]),
    case("flat", &[&[0.0], &[INF]], HALF_LINE, BELOW_ZERO),
    case("elastic_net", &[&[1.5], &[0.7]], LINE, &[]),
    case("elastic_net", &[&[30.0], &[0.5]], &[-0.4, -0.03, 0.01, 0.2], &[]),
    case("bernoulli", &[&[0.3]], &[0.0, 1.0], &[-1.0, 0.5, 2.0]),
    case("bernoulli_logit", &[&[0.8]], &[0.0, 1.0], &[-1.0, 0.5, 2.0]),
    case("binomial", &[&[12.0], &[0.35]], COUNTS, &[-1.0, 0.5, 13.0]),
    case("binomial_logit", &[&[12.0], &[-0.4]], COUNTS, &[-1.0, 0.5, 13.0]),
    case("beta_binomial", &[&[12.0], &[1.5], &[2.5]], COUNTS, &[-1.0, 0.5, 13.0]),
    case("poisson", &[&[3.7]], COUNTS, NO_COUNTS),
    case("poisson_log", &[&[1.2]], COUNTS, NO_COUNTS),
    case("neg_binomial", &[&[4.0], &[1.8]], COUNTS, NO_COUNTS),
    case("categorical", &[&[0.2, 0.5, 0.3]], &[0.0, 1.0, 2.0], &[-1.0, 0.5, 3.0]),
    case("categorical_logit", &[&[0.2, -1.5, 0.3]], &[0.0, 1.0, 2.0], &[-1.0, 0.5, 3.0]),
    case("ordered_logistic", &[&[0.3], &[-1.0, 0.4, 2.0]], &[0.0, 1.0, 2.0, 3.0], &[-1.0, 4.0]),
    case("multinomial", &[&[4.0], &[0.2, 0.5, 0.3]], &[1.0, 3.0, 0.0], &[1.0, 1.0, 1.0]),
    case("dirichlet", &[&[2.0, 0.7, 3.0]], &[0.3, 0.2, 0.5], &[0.3, 0.3, 0.5]),
    case("dirichlet_multinomial", &[&[4.0], &[2.0, 0.7, 3.0]], &[1.0, 3.0, 0.0], &[1.0, 3.5, -0.5]),
    case("multi_normal", &[&[0.5, -1.0, 2.0], &[2.0, 0.3, -0.4, 0.3, 1.5, 0.2, -0.4, 0.2, 0.8]], &[0.1, 0.4, 1.7], &[]),
    case(
        "multi_normal_cholesky",
        &[&[0.5, -1.0, 2.0], &[1.4, 0.0, 0.0, 0.3, 1.1, 0.0, -0.4, 0.2, 0.8]],
        &[0.1, 0.4, 1.7],
        &[],
    ),
];

/// The cases of univariate families with a finite integral.
pub(super) fn continuous() -> impl Iterator<Item = &'static Case> {
    numbers().filter(|case| case.family().support().values == crate::Values::Real)
}

/// The cases of families of whole numbers, truth values and labels.
pub(super) fn discrete() -> impl Iterator<Item = &'static Case> {
    numbers().filter(|case| case.family().support().values != crate::Values::Real)
}

fn numbers() -> impl Iterator<Item = &'static Case> {
    CASES.iter().filter(|case| case.family().event() == crate::Event::Scalar && case.family().is_proper())
}
