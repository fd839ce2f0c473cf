//! Posteriors that can be worked out on paper: conjugate pairs, and the event that never happened.

use libtest_mimic::{Failed, Trial};
use ppl_engine::Settings;

use crate::compiled::{Draws, compile, sample};
use crate::rule::Estimate;

/// Monte Carlo errors an estimate may be off.
const ERRORS: f64 = 5.0;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("closed_form::beta_binomial", beta_binomial),
        Trial::test("closed_form::gamma_poisson", gamma_poisson),
        Trial::test("closed_form::normal_with_known_sd", normal_with_known_sd),
        Trial::test("closed_form::dirichlet_multinomial", dirichlet_multinomial),
        Trial::test("closed_form::what_never_happened_may_happen", never_happened),
    ]
}

fn draws(model: &str, data: &str) -> Result<Draws, Failed> {
    sample(&compile(model, data)?, &Settings { warmup: 500, draws: 2000, threads: 1, ..Settings::default() })
}

/// Demands the mean and the standard deviation of a quantity.
fn demand(draws: &Draws, name: &str, mean: f64, sd: f64) -> Result<(), Failed> {
    let sample = draws.find(name).ok_or_else(|| format!("there are no draws of {name}"))?;
    demand_estimate(&format!("mean of {name}"), sample.mean(), mean)?;
    demand_estimate(&format!("sd of {name}"), sample.sd(), sd)
}

fn demand_estimate(what: &str, ours: Estimate, exact: f64) -> Result<(), Failed> {
    let near = (ours.value - exact).abs() <= ERRORS * ours.mcse;
    match near && ours.ess >= 400.0 {
        true => Ok(()),
        false => Err(format!("the {what} is {} ± {} (ESS {:.0}), not {exact}", ours.value, ours.mcse, ours.ess).into()),
    }
}

/// Mean and standard deviation of beta(a, b).
fn beta_moments(a: f64, b: f64) -> (f64, f64) {
    let mean = a / (a + b);
    (mean, (mean * (1.0 - mean) / (a + b + 1.0)).sqrt())
}

/// beta(2, 3) with 7 hits in 10 becomes beta(9, 6).
fn beta_binomial() -> Result<(), Failed> {
    let model = "p ~ beta(2, 3)\ndata n: count\ndata hits: count ~ binomial(n, p)\n";
    let (mean, sd) = beta_moments(9.0, 6.0);
    demand(&draws(model, r#"{"n": 10, "hits": 7}"#)?, "p", mean, sd)
}

/// gamma(3, 2) with counts that sum to 14 in 5 intervals becomes gamma(17, 7).
fn gamma_poisson() -> Result<(), Failed> {
    let model = "dim interval\nrate ~ gamma(3, 2)\ndata events[interval]: count ~ poisson(rate)\n";
    demand(&draws(model, r#"{"events": [2, 0, 5, 3, 4]}"#)?, "rate", 17.0 / 7.0, 17.0_f64.sqrt() / 7.0)
}

/// Precisions add: normal(1, 2) and four observations with sd 3 whose mean is 5.
fn normal_with_known_sd() -> Result<(), Failed> {
    let model = "dim obs\nmu ~ normal(1, 2)\ndata y[obs] ~ normal(mu, 3)\n";
    let (prior, data) = (1.0 / 4.0, 4.0 / 9.0);
    let precision: f64 = prior + data;
    let mean = (prior * 1.0 + data * 5.0) / precision;
    demand(&draws(model, r#"{"y": [2, 9, 4, 5]}"#)?, "mu", mean, precision.sqrt().recip())
}

/// Concentrations and counts add; each share is then a beta.
fn dirichlet_multinomial() -> Result<(), Failed> {
    let model = "dim kind = { red, green, blue }
data n: count
share[kind] ~ dirichlet([1, 2, 3])
data tally[kind]: count ~ multinomial(n, share)
";
    let draws = draws(model, r#"{"n": 10, "tally": [4, 1, 5]}"#)?;
    for (name, own) in [("red", 5.0), ("green", 3.0), ("blue", 8.0)] {
        let (mean, sd) = beta_moments(own, 16.0 - own);
        demand(&draws, &format!("share[{name}]"), mean, sd)?;
    }
    Ok(())
}

/// The example: p is beta(0.5, 1000.5) after 1000 days without an event, and E (1 − p)^365 is a product of ratios.
fn never_happened() -> Result<(), Failed> {
    let model = include_str!("../../examples/never_happened/model.model");
    let draws = draws(model, include_str!("../../examples/never_happened/data.json"))?;
    let (mean, sd) = beta_moments(0.5, 1000.5);
    demand(&draws, "p", mean, sd)?;
    let none: f64 = (0..365).map(|day| (1000.5 + f64::from(day)) / (1001.0 + f64::from(day))).product();
    let sample = draws.find("at_least_one").ok_or("there are no draws of at_least_one")?;
    demand_estimate("probability of at least one event", sample.mean(), 1.0 - none)
}
