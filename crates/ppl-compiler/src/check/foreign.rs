//! Functions by the names that other languages have for them.

/// What is written here for a function of Stan, BUGS, R or NumPy: another name, or a few words.
pub(super) fn ours(theirs: &str) -> Option<&'static str> {
    let lower = theirs.to_ascii_lowercase();
    TABLE.iter().find(|(names, _)| names.split(' ').any(|name| name == lower)).map(|(_, ours)| *ours)
}

/// Their names, in lower case, and ours.
const TABLE: &[(&str, &str)] = &[
    ("sigmoid expit invlogit inverse_logit ilogit logistic plogis", "inv_logit"),
    ("ln", "log"),
    ("fabs", "abs"),
    ("sqr", "square"),
    ("loggamma gammaln loggam", "lgamma"),
    ("logsumexp lse", "log_sum_exp"),
    ("logaddexp", "log_add_exp"),
    ("logit_inverse", "inv_logit"),
    ("std stdev stddev", "sd"),
    ("var", "variance"),
    ("avg average", "mean"),
    ("product", "prod"),
    ("length nrow ncol len rows cols num_elements", "size(dim)"),
    ("pnorm phi normcdf", "Phi"),
    ("qnorm probit ppf", "inv_Phi"),
    ("tgamma", "exp(lgamma(x))"),
    ("cumsum", "cumulative_sum"),
    ("dot_product inprod", "dot"),
    ("chol cholesky_decompose", "cholesky"),
    ("det determinant logdet log_determinant", "log_det"),
    ("inv_spd", "inverse"),
    ("t", "transpose"),
    ("diag_matrix", "diag"),
    ("crossprod", "transpose(A) @ A"),
    ("matmul dot_matrix", "A @ B"),
    ("ifelse if_else switch", "if c then a else b"),
    ("which_max which.max", "argmax"),
    ("which_min which.min", "argmin"),
    ("lbinom lchoose binomial_coefficient_log", "lchoose"),
    ("int_step", "step"),
];
