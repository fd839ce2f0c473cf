//! Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari & Gelman 2018, "Validating Bayesian inference
//! algorithms with simulation-based calibration").
//!
//! Parameters drawn from the prior, and data given them, make the parameters a draw from their posterior. Among draws of a
//! right sampler, thinned until they are nearly independent, every rank of their true value is then equally probable: for
//! each parameter, and for the log density, which sees mistakes that no parameter alone shows (Modrák et al. 2023). The
//! ranks of many simulations are judged by [`ecdf`], all quantities of all models together.
//!
//! A few simulations of each model by default; with the feature `long-tests`, a thousand, at a level of 5 %. The small
//! run is to fail by mistakes alone, so its level is a tenth of a per cent. `PPL_CALIBRATION_TABLE=1` with `--nocapture`
//! shows all p values.

mod ecdf;
mod models;
mod replicate;
mod terms;

use std::io::Write;

use ecdf::{holm, p_value};
use models::Model;
use ppl_engine::{Ensemble, Integrator, Metropolis, Nuts, Sampler, Settings, Tempering, UpdateKind};
use replicate::{Case, KEPT, Posterior};

const LONG: bool = cfg!(feature = "long-tests");
const LEVEL: f64 = if LONG { 0.05 } else { 0.001 };
/// Simulations of each model with NUTS, and with the other samplers.
const SIMULATIONS: [usize; 2] = if LONG { [1000, 1000] } else { [20, 5] };

/// Four chains with the default warm-up; `draws` is where the search for enough of them begins.
fn case(model: Model, (sampler, kind): (&'static str, Sampler), draws: usize) -> Case {
    let settings = Settings { sampler: kind, draws, threads: 1, ..Settings::default() };
    Case { model, sampler, settings }
}

fn nuts(model: Model) -> Case {
    case(model, ("NUTS", Sampler::Nuts(Nuts::default())), 100)
}

fn walnuts(model: Model) -> Case {
    let walnuts = Nuts { integrator: Integrator::Walnuts, ..Nuts::default() };
    case(model, ("WALNUTS", Sampler::Nuts(walnuts)), 100)
}

fn tempered(model: Model) -> Case {
    let mut case = nuts(model);
    case.sampler = "NUTS, tempered";
    case.settings.tempering = Some(Tempering::default());
    case
}

fn ensemble(model: Model) -> Case {
    case(model, ("ensemble", Sampler::Ensemble(Ensemble::default())), 20)
}

/// A longer warm-up, because its steps adapt by their acceptance alone.
fn metropolis(model: Model, sampler: &'static str, options: Metropolis) -> Case {
    let mut case = case(model, (sampler, Sampler::Metropolis(options)), 500);
    case.settings.warmup = 5000;
    case
}

fn joint(model: Model) -> Case {
    metropolis(model, "Metropolis", Metropolis::default())
}

fn mixed(model: Model) -> Case {
    let updates = vec![(UpdateKind::Joint, 1.0), (UpdateKind::Componentwise, 1.0)];
    let options = Metropolis { updates, delayed_rejection: Some(0.2), ..Metropolis::default() };
    metropolis(model, "Metropolis with both updates and second tries", options)
}

/// Every model with NUTS as it is by default; the other samplers on a few models each.
fn cases() -> [Vec<Case>; 2] {
    let others = vec![
        walnuts(models::hierarchical()),
        walnuts(models::negative_binomial()),
        ensemble(models::beta_binomial()),
        ensemble(models::logistic_regression()),
        joint(models::negative_binomial()),
        mixed(models::student_regression()),
        joint(models::change_point()),
        tempered(models::square()),
    ];
    [models::all().into_iter().map(nuts).collect(), others]
}

/// A quantity of a case with its ranks.
struct Quantity {
    name: String,
    ranks: Vec<usize>,
}

impl Quantity {
    fn p_value(&self) -> f64 {
        p_value(&self.ranks, KEPT)
    }
}

fn quantities(case: &Case, simulations: usize) -> Result<Vec<Quantity>, String> {
    let replicates = case.ranks(simulations)?;
    let names = case.model.coordinates.iter().chain(&["log density"]);
    let quantity = |(at, name): (usize, &&str)| Quantity {
        name: format!("{}: {name}", case.name()),
        ranks: replicates.iter().map(|ranks| ranks[at]).collect(),
    };
    Ok(names.enumerate().map(quantity).collect())
}

/// Quantities with their p values, and these adjusted for the number of quantities.
fn judged(quantities: &[Quantity]) -> Vec<(String, f64)> {
    let p_values: Vec<f64> = quantities.iter().map(Quantity::p_value).collect();
    let described = quantities.iter().zip(&p_values).map(|(quantity, p)| format!("{}: p = {p:.2e}", quantity.name));
    described.zip(holm(&p_values)).collect()
}

/// Quantities whose ranks are not those of a right sampler.
fn outside(quantities: &[Quantity], level: f64) -> Vec<String> {
    let judged = judged(quantities);
    if std::env::var_os("PPL_CALIBRATION_TABLE").is_some() {
        for (described, adjusted) in &judged {
            let _ = writeln!(std::io::stderr(), "{described}, adjusted {adjusted:.2}");
        }
    }
    let wrong = judged.into_iter().filter(|(_, adjusted)| *adjusted <= level);
    wrong.map(|(described, adjusted)| format!("{described}, adjusted {adjusted:.2e}")).collect()
}

#[test]
fn ranks_of_true_values_are_uniform() {
    let cases = cases().into_iter().zip(SIMULATIONS);
    let cases = cases.flat_map(|(cases, simulations)| cases.into_iter().map(move |case| (case, simulations)));
    let (mut judged, mut wrong) = (Vec::new(), Vec::new());
    for (case, simulations) in cases {
        match quantities(&case, simulations) {
            Ok(quantities) => judged.extend(quantities),
            Err(stuck) => wrong.push(stuck),
        }
    }
    wrong.extend(outside(&judged, LEVEL));
    assert!(wrong.is_empty(), "of {} quantities:\n{}", judged.len(), wrong.join("\n"));
}

/// Fails unless the mistake in a model is seen.
fn assert_caught(model: Model, simulations: usize) {
    let quantities = quantities(&nuts(model), simulations).expect("the chains mix");
    let found = outside(&quantities, 1e-4);
    assert!(!found.is_empty(), "{} is not seen", model.name);
}

#[test]
fn a_prior_wider_than_that_of_the_density_is_caught() {
    assert_caught(models::correlated_normals_from_a_wider_prior(), 100);
}

#[test]
fn a_forgotten_jacobian_is_caught() {
    assert_caught(models::gamma_poisson_without_jacobian(), 200);
}

#[test]
fn gradients_of_the_models_are_those_of_differences() {
    for model in models::all().into_iter().chain([models::square()]) {
        for seed in 0..5 {
            let (position, data) = model.simulate_from(seed);
            Posterior::new(model, data).check_gradient(&position);
        }
    }
}
