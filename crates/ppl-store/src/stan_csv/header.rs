//! The comment block and the line of names at the top.

use super::{NUTS_COLUMNS, OTHER_COLUMNS, stan_names, stan_order};
use crate::record::RunRecord;
use ppl_engine::{Integrator, Nuts, Sampler, Settings};
use std::fmt::Write;

/// Room for a count that may be corrected at the end: an interrupted run has fewer rows than it set out to make.
const COUNT_WIDTH: usize = 20;

/// The text above the draws, and where its counts stand.
pub(crate) struct Header {
    pub(crate) text: String,
    samples: u64,
    warmup: u64,
    integrator: Option<u64>,
}

impl Header {
    pub(crate) fn new(record: &RunRecord, chain: u64) -> Self {
        let mut text = preamble(record);
        let settings = &record.settings;
        let samples = count(&mut text, "num_samples", settings.draws * settings.thin * record.walkers);
        let warmup = count(&mut text, "num_warmup", settings.warmup);
        text += &options(record, chain);
        text += &names(record).join(",");
        text.push('\n');
        let integrator = text.find(INTEGRATOR).map(|at| (at + INTEGRATOR.len()) as u64);
        Self { text, samples, warmup, integrator }
    }

    /// Where the number of draws (times the thinning) stands, and its text.
    pub(crate) fn samples(&self, number: usize) -> (u64, String) {
        (self.samples, padded(number))
    }

    /// Where the number of warm-up iterations stands, and its text.
    pub(crate) fn warmup(&self, number: usize) -> (u64, String) {
        (self.warmup, padded(number))
    }

    /// Where the integrator stands, and its text; nothing for samplers without one.
    pub(crate) fn integrator(&self, chosen: Integrator) -> Option<(u64, String)> {
        Some((self.integrator?, integrator(chosen)))
    }
}

/// All columns of the file.
pub(crate) fn names(record: &RunRecord) -> Vec<String> {
    let sampler: &[&str] = if record.is_nuts() { &NUTS_COLUMNS } else { &OTHER_COLUMNS };
    let parameters = stan_names(&record.columns);
    let ordered = stan_order(&record.columns).into_iter().map(|column| parameters[column].clone());
    sampler.iter().map(ToString::to_string).chain(ordered).collect()
}

/// What stands before the integrator.
const INTEGRATOR: &str = "\n#             integrator = ";

/// Its name, as long as any, because the one that warm-up has chosen takes its place at the end.
fn integrator(integrator: Integrator) -> String {
    let name = match integrator {
        Integrator::Auto => "auto",
        Integrator::Leapfrog => "leapfrog",
        Integrator::Walnuts => "walnuts",
    };
    format!("{name:<8}")
}

fn padded(number: usize) -> String {
    format!("{number:<COUNT_WIDTH$}")
}

/// Writes the line of a count; returns where the number stands.
fn count(text: &mut String, key: &str, number: usize) -> u64 {
    *text += &format!("#     {key} = ");
    let offset = text.len() as u64;
    *text += &padded(number);
    text.push('\n');
    offset
}

/// Stan's version is that of the format written here; readers ask for it.
fn preamble(record: &RunRecord) -> String {
    let mut text = String::new();
    let mut line = |line: &str| writeln!(text, "# {line}").expect("a string takes any text");
    line("stan_version_major = 2");
    line("stan_version_minor = 36");
    line("stan_version_patch = 0");
    line(&format!("model = {}", record.model_name.replace(char::is_control, " ")));
    line(&format!("start_datetime = {}", record.started));
    line(&format!("ppl_version = {}", record.version));
    line(&format!("model_sha256 = {}", record.model_sha256));
    line("method = sample");
    line("  sample");
    text
}

/// What the header says of an acceptance that warm-up chose: the format has one number, and wants it before the draws.
const CHOSEN_AT_MOST: f64 = 0.85;

fn options(record: &RunRecord, chain: u64) -> String {
    let Settings { sampler, thin, seed, save_warmup, .. } = &record.settings;
    let save_warmup = *save_warmup && record.is_nuts();
    let mut text = format!("#     save_warmup = {save_warmup}\n#     thin = {thin}\n");
    text += &match sampler {
        Sampler::Nuts(options) => nuts(options, metric(record.dim, record.is_dense())),
        Sampler::Ensemble(_) => other("ensemble", record.walkers),
        Sampler::Metropolis(_) => other("metropolis", record.walkers),
    };
    text + &format!(
        "#     num_chains = 1\n# id = {chain}\n# init = 2\n# random\n#   seed = {seed}\n# num_threads = 1\n"
    )
}

fn metric(dim: usize, dense: bool) -> &'static str {
    match (dim, dense) {
        (0, _) => "unit_e",
        (_, true) => "dense_e",
        (_, false) => "diag_e",
    }
}

fn nuts(options: &Nuts, metric: &str) -> String {
    let (delta, stepsize) = (options.target_accept.unwrap_or(CHOSEN_AT_MOST), options.initial_step.unwrap_or(1.0));
    let (max_depth, integrator) = (options.max_depth, integrator(options.integrator));
    format!(
        "#     adapt
#       engaged = true
#       gamma = 0.05
#       delta = {delta}
#       kappa = 0.75
#       t0 = 10
#       init_buffer = 75
#       term_buffer = 50
#       window = 25
#     algorithm = hmc
#       hmc
#         engine = nuts
#           nuts
#             max_depth = {max_depth}{INTEGRATOR}{integrator}
#         metric = {metric}
#         stepsize = {stepsize}
#         stepsize_jitter = 0
"
    )
}

/// cmdstanpy looks the metric up whatever the sampler.
fn other(algorithm: &str, walkers: usize) -> String {
    format!("#     algorithm = {algorithm}\n#         metric = unit_e\n#     walkers = {walkers}\n")
}
