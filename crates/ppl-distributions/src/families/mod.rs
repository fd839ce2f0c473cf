//! The families, one file each, and their register.

mod bernoulli;
mod bernoulli_logit;
mod beta;
mod beta_binomial;
mod binomial;
mod binomial_logit;
mod categorical;
mod categorical_logit;
mod cauchy;
mod chi_square;
mod dirichlet;
mod dirichlet_multinomial;
mod elastic_net;
mod exponential;
mod flat;
mod gamma;
mod half_cauchy;
mod half_normal;
mod half_student_t;
mod inv_gamma;
mod laplace;
mod logistic;
mod lognormal;
mod multi_normal;
mod multi_normal_cholesky;
mod multinomial;
mod neg_binomial;
mod normal;
mod ordered_logistic;
mod poisson;
mod poisson_log;
mod student_t;
mod uniform;
mod weibull;

#[cfg(test)]
mod tests;

pub(crate) use multi_normal::factor;
pub(crate) use normal::half_log_two_pi;

use crate::Family;

/// Every family, in the order in which they are documented.
static FAMILIES: &[&dyn Family] = &[
    &normal::Normal,
    &half_normal::HalfNormal,
    &student_t::StudentT,
    &half_student_t::HalfStudentT,
    &cauchy::Cauchy,
    &half_cauchy::HalfCauchy,
    &laplace::Laplace,
    &logistic::Logistic,
    &exponential::Exponential,
    &gamma::Gamma,
    &inv_gamma::InvGamma,
    &chi_square::ChiSquare,
    &weibull::Weibull,
    &lognormal::Lognormal,
    &beta::Beta,
    &uniform::Uniform,
    &flat::Flat,
    &elastic_net::ElasticNet,
    &bernoulli::Bernoulli,
    &bernoulli_logit::BernoulliLogit,
    &binomial::Binomial,
    &binomial_logit::BinomialLogit,
    &beta_binomial::BetaBinomial,
    &poisson::Poisson,
    &poisson_log::PoissonLog,
    &neg_binomial::NegBinomial,
    &categorical::Categorical,
    &categorical_logit::CategoricalLogit,
    &ordered_logistic::OrderedLogistic,
    &multinomial::Multinomial,
    &dirichlet::Dirichlet,
    &dirichlet_multinomial::DirichletMultinomial,
    &multi_normal::MultiNormal,
    &multi_normal_cholesky::MultiNormalCholesky,
];

/// Every family there is.
pub fn families() -> &'static [&'static dyn Family] {
    FAMILIES
}

/// The family of a name in programs.
pub fn family(name: &str) -> Option<&'static dyn Family> {
    FAMILIES.iter().copied().find(|family| family.name() == name)
}
