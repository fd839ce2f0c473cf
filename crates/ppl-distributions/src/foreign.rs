//! Names of distributions in other systems, with what to write here.

use crate::families;

/// What to write for the name of a distribution in another system; where its arguments mean something else, says so.
/// None for names that are known nowhere, and for families of this crate.
///
/// ```
/// use ppl_distributions::foreign_name;
/// assert_eq!(foreign_name("HalfNormal"), Some("half_normal"));
/// assert!(foreign_name("dnorm").unwrap().contains("precision"));
/// assert_eq!(foreign_name("normal"), None);
/// ```
pub fn foreign_name(name: &str) -> Option<&'static str> {
    let plain = plain(name);
    if families().iter().any(|family| family.name() == name) {
        return None;
    }
    density_suffix(name)
        .or_else(|| FOREIGN.iter().find(|(names, _)| names.contains(&plain.as_str())).map(|row| row.1))
        .or_else(|| families().iter().map(|f| f.name()).find(|own| self::plain(own) == plain))
}

/// Lower case, without underscores and dots.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '.')).flat_map(char::to_lowercase).collect()
}

fn density_suffix(name: &str) -> Option<&'static str> {
    let (_, suffix) = name.rsplit_once('_')?;
    match suffix {
        "lpdf" | "lpmf" | "lupdf" | "lupmf" | "logpdf" | "logpmf" => {
            Some("NAME_logp(x, …), as in normal_logp(y, mu, sigma)")
        }
        "lcdf" | "lccdf" => Some("log(NAME_cdf(x, …)), as in log(normal_cdf(y, mu, sigma))"),
        "rng" => Some("a statement `x ~ NAME(…)`, or NAME_draw(…) in the `draw` of a `dist`"),
        _ => None,
    }
}

/// Names without case, underscores and dots, and what to write.
const FOREIGN: &[(&[&str], &str)] = &[
    (&["gaussian", "norm", "mvgaussian1d"], "normal(mu, sigma)"),
    (&["dnorm"], "normal(mu, sigma), or normal(mu, precision = tau): the second argument of BUGS is a precision"),
    (&["dlnorm"], "lognormal(mu, sigma): the second argument of BUGS is a precision, sigma = 1 / sqrt(tau)"),
    (&["dt"], "student_t(nu, mu, sigma): in BUGS nu comes last and the second argument is a precision"),
    (&["t", "student", "tdist", "studentst"], "student_t(nu, mu, sigma)"),
    (&["halft", "halfstudent"], "half_student_t(nu, sigma)"),
    (&["ddexp", "doubleexponential"], "laplace(mu, sigma), where BUGS has 1 / sigma"),
    (&["dlogis"], "logistic(mu, sigma), where BUGS has 1 / sigma"),
    (&["dexp", "expon"], "exponential(rate), or exponential(mean = m)"),
    (&["dgamma"], "gamma(shape, rate)"),
    (&["gammascale"], "gamma(shape = a, scale = s)"),
    (&["inversegamma", "invgamma", "igamma", "dinvgamma"], "inv_gamma(shape, scale)"),
    (&["chisq", "chisquared", "chi2", "dchisqr", "dchisq"], "chi_square(nu)"),
    (&["dweib", "dweibull"], "weibull(shape, scale): in BUGS the second argument is lambda = scale^(-shape)"),
    (&["dbeta"], "beta(alpha, beta)"),
    (&["betaproportion"], "beta(mean = m, size = k)"),
    (&["dunif", "unif"], "uniform(lower, upper)"),
    (&["dflat", "improperuniform"], "flat(), or flat(lower = a, upper = b)"),
    (&["halfflat"], "flat(lower = 0)"),
    (&["bern", "dbern"], "bernoulli(p)"),
    (&["bernoullilogits", "bernlogit"], "bernoulli_logit(eta)"),
    (&["binom"], "binomial(trials, p)"),
    (&["dbin", "dbinom"], "binomial(trials, p): in BUGS p comes first"),
    (&["betabinom", "dbetabin"], "beta_binomial(trials, alpha, beta)"),
    (&["pois", "dpois"], "poisson(rate)"),
    (&["poislog", "logpoisson"], "poisson_log(eta)"),
    (&["negbinomial2", "negbinom", "negativebinomial", "nbinom"], "neg_binomial(mean, size)"),
    (&["negbinomial2log"], "neg_binomial(log_mean = eta, size = phi)"),
    (&["dnegbin"], "neg_binomial(size = r, p = p): in BUGS p comes first"),
    (&["geometric", "dgeom"], "neg_binomial(size = 1, p = p), which counts the failures before a success"),
    (&["cat", "dcat", "discrete"], "categorical(p)"),
    (&["categoricallogits", "softmaxcategorical"], "categorical_logit(eta)"),
    (&["orderedlogit", "cumulativelogit"], "ordered_logistic(eta, cuts)"),
    (&["orderedprobit"], "ordered_logistic(eta, cuts); there is no probit form"),
    (&["dmulti", "multinom"], "multinomial(trials, p): in BUGS p comes first"),
    (&["ddirch", "dirich", "ddirich"], "dirichlet(alpha)"),
    (&["multnomialdirichlet", "dirmult", "dirichletmult"], "dirichlet_multinomial(trials, alpha)"),
    (
        &["dmnorm", "multinormalprec", "multinormalprecision"],
        "multi_normal(mu, precision = Q): the second argument is a precision matrix",
    ),
    (&["mvnormal", "multivariatenormal", "mvn", "mvnorm"], "multi_normal(mu, covariance)"),
    (&["mvnormalcholesky", "mvncholesky"], "multi_normal_cholesky(mu, cholesky)"),
    (&["zerosumnormal"], "zero_sum(normal(0, sigma))"),
    (&["truncatednormal", "truncnorm", "truncnormal"], "truncated(normal(mu, sigma), lower = a, upper = b)"),
    (&["orderednormal"], "ordered(normal(mu, sigma))"),
    (&["lasso"], "laplace(0, 1 / l1), or elastic_net(l1, 0)"),
    (&["ridge"], "normal(0, sigma), or elastic_net(0, l2)"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_systems_lead_to_ours() {
        for (foreign, own) in [
            ("Normal", "normal"),
            ("halfnormal", "half_normal"),
            ("StudentT", "student_t"),
            ("inverse_gamma", "inv_gamma(shape, scale)"),
            ("bern", "bernoulli(p)"),
            ("cat", "categorical(p)"),
            ("neg_binomial_2", "neg_binomial(mean, size)"),
            ("MvNormal", "multi_normal(mu, covariance)"),
        ] {
            assert_eq!(foreign_name(foreign), Some(own), "{foreign}");
        }
    }

    #[test]
    fn where_arguments_mean_something_else_the_answer_says_so() {
        assert!(foreign_name("dnorm").unwrap().contains("precision"));
        assert!(foreign_name("dbin").unwrap().contains("p comes first"));
        assert!(foreign_name("normal_lpdf").unwrap().contains("normal_logp"));
    }

    #[test]
    fn own_names_and_unknown_names_have_no_answer() {
        assert!(families().iter().all(|family| foreign_name(family.name()).is_none()));
        assert_eq!(foreign_name("theta"), None);
    }

    #[test]
    fn no_foreign_name_stands_twice() {
        let mut names: Vec<_> = FOREIGN.iter().flat_map(|row| row.0).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(names.iter().all(|name| plain(name) == **name));
    }
}
