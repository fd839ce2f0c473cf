//! Agreement with the densities of another library, and of vectors with their formulas.

use nalgebra::{Matrix3, Vector3};
use statrs::distribution::{
    Bernoulli, Beta, Binomial, Cauchy, ChiSquared, Continuous, Discrete, Exp, Gamma, InverseGamma, Laplace, LogNormal,
    NegativeBinomial, Normal, Poisson, StudentsT, Uniform, Weibull,
};

use super::cases::CASES;
use crate::testing::{Case, assert_close, log_density_at};

/// ln f(x) according to statrs, where it has the family.
fn continuous(case: &Case, x: f64) -> Option<f64> {
    let a = case.scalars();
    Some(match case.family {
        "normal" => Normal::new(a[0], a[1]).ok()?.ln_pdf(x),
        "student_t" => StudentsT::new(a[1], a[2], a[0]).ok()?.ln_pdf(x),
        "cauchy" => Cauchy::new(a[0], a[1]).ok()?.ln_pdf(x),
        "laplace" => Laplace::new(a[0], a[1]).ok()?.ln_pdf(x),
        "exponential" => Exp::new(a[0]).ok()?.ln_pdf(x),
        "gamma" => Gamma::new(a[0], a[1]).ok()?.ln_pdf(x),
        "inv_gamma" => InverseGamma::new(a[0], a[1]).ok()?.ln_pdf(x),
        "chi_square" => ChiSquared::new(a[0]).ok()?.ln_pdf(x),
        "weibull" => Weibull::new(a[0], a[1]).ok()?.ln_pdf(x),
        "lognormal" => LogNormal::new(a[0], a[1]).ok()?.ln_pdf(x),
        "beta" => Beta::new(a[0], a[1]).ok()?.ln_pdf(x),
        "uniform" => Uniform::new(a[0], a[1]).ok()?.ln_pdf(x),
        _ => return None,
    })
}

fn discrete(case: &Case, x: u64) -> Option<f64> {
    let a = case.scalars();
    let logistic = |eta: f64| 1.0 / (1.0 + (-eta).exp());
    Some(match case.family {
        "bernoulli" => Bernoulli::new(a[0]).ok()?.ln_pmf(x),
        "bernoulli_logit" => Bernoulli::new(logistic(a[0])).ok()?.ln_pmf(x),
        "binomial" => Binomial::new(a[1], a[0] as u64).ok()?.ln_pmf(x),
        "binomial_logit" => Binomial::new(logistic(a[1]), a[0] as u64).ok()?.ln_pmf(x),
        "poisson" => Poisson::new(a[0]).ok()?.ln_pmf(x),
        "poisson_log" => Poisson::new(a[0].exp()).ok()?.ln_pmf(x),
        "neg_binomial" => NegativeBinomial::new(a[1], a[1] / (a[0] + a[1])).ok()?.ln_pmf(x),
        _ => return None,
    })
}

/// Vectors by their textbook formulas.
fn vectors(case: &Case) -> Option<f64> {
    let (x, a) = (case.inside, case.arguments);
    let log_factorial = |n: f64| ppl_math::log_gamma(n + 1.0);
    Some(match case.family {
        "multinomial" => {
            let terms = x.iter().zip(a[1]).map(|(x, p)| x * p.ln() - log_factorial(*x));
            log_factorial(a[0][0]) + terms.sum::<f64>()
        }
        "dirichlet" => {
            let terms = x.iter().zip(a[0]).map(|(x, a)| (a - 1.0) * x.ln() - ppl_math::log_gamma(*a));
            ppl_math::log_gamma(a[0].iter().sum()) + terms.sum::<f64>()
        }
        "multi_normal" => {
            let covariance = Matrix3::from_row_slice(a[1]);
            let residual = Vector3::from_row_slice(x) - Vector3::from_row_slice(a[0]);
            let volume = (covariance * std::f64::consts::TAU).determinant();
            let square = residual.dot(&(covariance.try_inverse()? * residual));
            -0.5 * (volume.ln() + square)
        }
        _ => return None,
    })
}

#[test]
fn log_densities_agree_with_statrs_and_with_textbooks() {
    let mut compared = 0;
    for case in CASES {
        let own = |x: &[f64]| log_density_at(case.family(), case.arguments, x);
        for &x in case.inside {
            if let Some(log) = continuous(case, x).or_else(|| discrete(case, x as u64)) {
                assert_close(own(&[x]), log, 1e-10, case.family);
                compared += 1;
            }
        }
        if let Some(log) = vectors(case) {
            assert_close(own(case.inside), log, 1e-10, case.family);
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared} comparisons");
}

#[test]
fn forms_of_one_distribution_agree() {
    let at = |name: &str, arguments: &[&[f64]], x: &[f64]| log_density_at(crate::family(name).unwrap(), arguments, x);
    let ln_2 = std::f64::consts::LN_2;
    for x in [0.2, 1.9] {
        let pairs = [
            (at("half_normal", &[&[1.3]], &[x]), at("normal", &[&[0.0], &[1.3]], &[x]) + ln_2),
            (at("half_cauchy", &[&[1.3]], &[x]), at("cauchy", &[&[0.0], &[1.3]], &[x]) + ln_2),
            (at("half_student_t", &[&[3.0], &[1.3]], &[x]), at("student_t", &[&[3.0], &[0.0], &[1.3]], &[x]) + ln_2),
            (at("student_t", &[&[1.0], &[0.1], &[1.3]], &[x]), at("cauchy", &[&[0.1], &[1.3]], &[x])),
            (at("elastic_net", &[&[1.3], &[0.0]], &[x]), at("laplace", &[&[0.0], &[1.0 / 1.3]], &[x])),
            (at("elastic_net", &[&[0.0], &[0.7]], &[x]), at("normal", &[&[0.0], &[1.4f64.sqrt().recip()]], &[x])),
        ];
        pairs.iter().for_each(|(a, b)| assert_close(*a, *b, 1e-12, "pair"));
    }
    let categorical = at("categorical", &[&[0.2, 0.5, 0.3]], &[1.0]);
    let logits = [0.2f64.ln() + 3.0, 0.5f64.ln() + 3.0, 0.3f64.ln() + 3.0];
    assert_close(at("categorical_logit", &[&logits], &[1.0]), categorical, 1e-13, "categorical");
    let two_cuts = at("ordered_logistic", &[&[0.3], &[0.0]], &[1.0]);
    assert_close(two_cuts, at("bernoulli_logit", &[&[0.3]], &[1.0]), 1e-14, "ordered_logistic");
    let lower = [1.4, 0.0, 0.3, 1.1];
    let covariance = [1.96, 0.42, 0.42, 1.3];
    let x = [0.4, -1.0];
    assert_close(
        at("multi_normal_cholesky", &[&[0.0, 1.0], &lower], &x),
        at("multi_normal", &[&[0.0, 1.0], &covariance], &x),
        1e-13,
        "multi_normal",
    );
    let beta = at("beta_binomial", &[&[5.0], &[2.0], &[3.0]], &[4.0]);
    let two = at("dirichlet_multinomial", &[&[5.0], &[2.0, 3.0]], &[4.0, 1.0]);
    assert_close(two, beta, 1e-13, "dirichlet_multinomial");
}
