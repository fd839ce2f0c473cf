//! Posteriors whose scale varies by orders of magnitude: how often a run with default settings is right, or says that it
//! may not be.
//!
//! `cargo bench -p ppl-benches --bench hard [-- --seeds 100 --warmup 500 --draws 1000 --target 0.85 --integrator walnuts NAME…]`

#![allow(clippy::print_stdout)] // a benchmark is there to print its figures

use ppl::{Content, Fit, Integrator, Nuts, Program, Sampler, Settings};

/// A posterior with the standard deviation of a log scale, known beyond Monte Carlo.
struct Target {
    name: &'static str,
    model: &'static str,
    column: &'static str,
    sd: f64,
    scale: fn(f64) -> f64,
}

// What nothing observed depends on is drawn without a sampler, so the first and the last have an outcome that says nothing.
const TARGETS: [Target; 3] = [
    Target {
        name: "funnel",
        model: "dim k = 1..10\nv ~ normal(0, 3)\nx[k] ~ normal(0, exp(v / 2)) with centered\ndata y: real ~ normal(v + sum(x), 1e9)",
        column: "v",
        sd: 3.0,
        scale: |v| v,
    },
    Target {
        name: "eight schools, centred",
        model: "dim school\ndata sigma[school]: real(min = 0)\nmu ~ normal(0, 5)\ntau ~ half_cauchy(5)\n\
                theta[school] ~ normal(mu, tau) with centered\ndata y[school] ~ normal(theta, sigma)",
        column: "tau",
        // By quadrature over log tau, all else integrated out.
        sd: 1.171_226,
        scale: f64::ln,
    },
    Target {
        name: "twenty normals",
        model: "dim k = 1..20\nx[k] ~ normal(0, 1)\ndata y: real ~ normal(sum(x), 1e9)",
        column: "x[1]",
        sd: 1.0,
        scale: |x| x,
    },
];

const SCHOOLS: &str = r#"{"y": [28, 8, -3, 7, -1, 1, 18, 12], "sigma": [15, 10, 16, 11, 9, 11, 10, 18]}"#;

fn main() {
    let request = Request::read();
    println!(
        "{:<24} {:<10} {:>6} {:>7} {:>7} {:>7} {:>9} {:>8} {:>10} {:>9} {:>8}",
        "posterior", "steps", "seeds", "right", "warned", "silent", "gradients", "ESS", "ESS/kgrad", "sd", "diverg"
    );
    for target in &TARGETS {
        if !request.names.is_empty() && !request.names.iter().any(|n| target.name.contains(n.as_str())) {
            continue;
        }
        let data = if target.model.contains("school") { SCHOOLS } else { r#"{"y": 0}"# };
        let data = ppl::Data::new().json("data.json", data);
        let program = ppl::Model::parse(target.name, target.model).bind(&data).expect("the model fits the data");
        for integrator in &request.integrators {
            let runs: Vec<Run> = (1..=request.seeds)
                .map(|seed| Run::of(&program, target, &request.settings(*integrator, seed)))
                .collect();
            report(target, *integrator, &runs);
        }
    }
}

fn report(target: &Target, integrator: Integrator, runs: &[Run]) {
    let count = |f: &dyn Fn(&Run) -> bool| runs.iter().filter(|run| f(run)).count();
    let mean = |f: &dyn Fn(&Run) -> f64| runs.iter().map(f).sum::<f64>() / runs.len() as f64;
    println!(
        "{:<24} {:<10} {:>6} {:>7} {:>7} {:>7} {:>9.0} {:>8.0} {:>10.2} {:>9.3} {:>8.1}",
        target.name,
        format!("{integrator:?}").to_lowercase(),
        runs.len(),
        count(&|run| run.right),
        count(&|run| run.warned),
        count(&|run| !run.right && !run.warned),
        mean(&|run| run.gradients),
        mean(&|run| run.ess),
        mean(&|run| 1e3 * run.ess / run.gradients),
        mean(&|run| run.sd),
        mean(&|run| run.divergences),
    );
}

struct Request {
    names: Vec<String>,
    seeds: u64,
    settings: Settings,
    nuts: Nuts,
    integrators: Vec<Integrator>,
}

impl Request {
    fn read() -> Self {
        let mut request = Request {
            names: Vec::new(),
            seeds: 100,
            settings: Settings::default(),
            nuts: Nuts::default(),
            integrators: vec![Integrator::Leapfrog, Integrator::Walnuts, Integrator::Auto],
        };
        let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().expect("a value after the option");
            match argument.as_str() {
                "--seeds" => request.seeds = value().parse().expect("a number"),
                "--warmup" => request.settings.warmup = value().parse().expect("a number"),
                "--draws" => request.settings.draws = value().parse().expect("a number"),
                "--target" => request.nuts.target_accept = Some(value().parse().expect("a number")),
                "--integrator" => {
                    request.integrators = match value().as_str() {
                        "auto" => vec![Integrator::Auto],
                        "walnuts" => vec![Integrator::Walnuts],
                        _ => vec![Integrator::Leapfrog],
                    }
                }
                _ => request.names.push(argument),
            }
        }
        request
    }

    fn settings(&self, integrator: Integrator, seed: u64) -> Settings {
        let sampler = Sampler::Nuts(Nuts { integrator, ..self.nuts.clone() });
        Settings { sampler, seed, ..self.settings.clone() }
    }
}

/// What came of one run.
struct Run {
    sd: f64,
    right: bool,
    warned: bool,
    gradients: f64,
    ess: f64,
    divergences: f64,
}

impl Run {
    fn of(program: &Program, target: &Target, settings: &Settings) -> Self {
        let fit = program.sample(settings).expect("the run has draws");
        let summary = fit.summary();
        let least = |row: &ppl::Row| match &row.content {
            Content::Numbers(summary) => summary.ess_bulk.min(summary.ess_tail),
            Content::Shares(_) => f64::NAN,
        };
        let sd = deviation(&fit, target);
        Run {
            sd,
            right: (sd / target.sd - 1.0).abs() < 0.05,
            warned: !fit.convergence(&summary).passed(),
            gradients: fit.chains.iter().map(|chain| chain.evaluations as f64).sum(),
            ess: summary.iter().map(least).fold(f64::INFINITY, f64::min),
            divergences: fit.chains.iter().map(|chain| chain.divergences as f64).sum(),
        }
    }
}

fn deviation(fit: &Fit, target: &Target) -> f64 {
    let chains = fit.column(target.column).expect("a column of the model");
    let draws: Vec<f64> = chains.concat().iter().map(|x| (target.scale)(*x)).collect();
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    (draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (draws.len() - 1) as f64).sqrt()
}
