//! Whole runs forced to each instruction set that the machine has: any number of threads gives the same bytes, and the
//! draws of all of them agree within their Monte Carlo errors.
//!
//! With the feature `long-tests` the regression is so large that threads without a chain take part in its gradients.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use ppl::Isa;
use ppl_stats::{ess_bulk, mcse_mean, mcse_sd, mean, sd};
use serde_json::{Value, json};

/// How far means and standard deviations of two runs may be apart, in Monte Carlo errors of both together: two right runs
/// are further apart in one comparison of two million.
const ERRORS: f64 = 5.0;
/// The fewest effective draws with which a comparison says something.
const LEAST_ESS: f64 = 400.0;
const CHAINS: usize = 2;
/// Rows of the regression.
const ROWS: usize = if cfg!(feature = "long-tests") { 20_000 } else { 1500 };

/// Products with a matrix.
const REGRESSION: &str = "\
dim row
dim column
data X[row, column]
a ~ normal(0, 2)
b[column] ~ normal(0, 1)
data y[row]: bool ~ bernoulli_logit(a + X @ b)
";

const HIERARCHICAL: &str = "\
dim group
mu ~ normal(0, 5)
tau ~ half_normal(5)
theta[group] ~ normal(mu, tau) with noncentered
data y[group] ~ normal(theta, 10)
";

const LOOPS: &str = "\
dim day: ordered
phi ~ normal(0, 0.5)
psi ~ normal(0, 0.5)
sigma ~ half_normal(1)
for t in day[3..] { data y[t] ~ normal(phi * y[t - 1] + psi * y[t - 2], sigma) }

dim place = 1..8
height ~ half_normal(2)
reach ~ lognormal(1, 0.5)
for i in place, j in place {
  S[i, j] = height ^ 2 * exp(-((i - j) / reach) ^ 2 / 2) + (if i == j then 0.1 else 0)
}
data z[place] ~ multi_normal(0, S)
";

/// Numbers in [−1, 1).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    fn vector(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.next()).collect()
    }
}

fn regression_data() -> Value {
    let mut noise = Noise(1);
    let x: Vec<Vec<f64>> = (0..ROWS).map(|_| noise.vector(8)).collect();
    let y: Vec<u8> = x.iter().map(|x| u8::from(0.8 * x[0] - 0.5 * x[1] + noise.next() > 0.0)).collect();
    json!({"X": x, "y": y})
}

/// The columns of a run by name, a vector a chain.
type Draws = BTreeMap<String, Vec<Vec<f64>>>;

/// Samples a model in a folder; returns the draws as text, without comments, which hold times.
fn sample(folder: &Path, isa: Isa, threads: usize) -> Vec<String> {
    let run = folder.join("run");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ppl"));
    command.current_dir(folder).env("PPL_ISA", isa.name()).stdout(Stdio::null());
    command.args(["sample", "m.model", "m.json", "-q", "--draws", "1000", "-o", "run"]);
    command.args(["--chains", &CHAINS.to_string(), "--threads", &threads.to_string()]);
    let output = command.output().expect("ppl runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let record = fs::read_to_string(run.join("run.json")).expect("a run has a record");
    let record: Value = serde_json::from_str(&record).expect("a record is JSON");
    assert_eq!(record["machine"], isa.name(), "the run was forced");
    let file = |chain| fs::read_to_string(run.join(format!("csv/chain-{chain}.csv"))).expect("a chain has a file");
    let kept =
        |text: String| text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    let chains = (1..=CHAINS).map(file).map(kept).collect();
    fs::remove_dir_all(run).expect("a run folder can be removed");
    chains
}

/// Reads columns of draws; those of the sampler, whose names end with underscores, but for the log density.
fn read(chains: &[String]) -> Draws {
    let mut draws = Draws::new();
    for (chain, text) in chains.iter().enumerate() {
        let mut lines = text.lines();
        let names: Vec<&str> = lines.next().expect("a head").split(',').collect();
        for line in lines {
            for (name, cell) in names.iter().zip(line.split(',')) {
                let column = draws.entry(name.to_string()).or_insert_with(|| vec![Vec::new(); CHAINS]);
                column[chain].push(cell.parse().expect("a number"));
            }
        }
    }
    draws.retain(|name, _| !name.ends_with("__") || name == "lp__");
    draws
}

/// Mean and standard deviation, each with its Monte Carlo error.
fn estimates(chains: &[Vec<f64>]) -> [(f64, f64); 2] {
    let chains: Vec<&[f64]> = chains.iter().map(Vec::as_slice).collect();
    let ess = ess_bulk(&chains).expect("draws vary");
    assert!(ess >= LEAST_ESS, "the effective sample size is {ess:.0}");
    let number = |estimate: Result<f64, ppl_stats::Undefined>| estimate.expect("draws vary");
    [(number(mean(&chains)), number(mcse_mean(&chains))), (number(sd(&chains)), number(mcse_sd(&chains)))]
}

/// Fails where two runs differ by more than chance.
fn assert_agreement(what: &str, ours: &Draws, theirs: &Draws) {
    assert!(ours.keys().eq(theirs.keys()), "{what}: other columns");
    for (name, chains) in ours {
        for ((a, a_error), (b, b_error)) in estimates(chains).into_iter().zip(estimates(&theirs[name])) {
            let errors = (a - b).abs() / a_error.hypot(b_error);
            assert!(errors <= ERRORS, "{what}: {name} is {a} and {b}, {errors:.1} errors apart");
        }
    }
}

/// Runs a model on every instruction set, and compares each with the first.
fn check(model: &str, data: &Value) {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let folder = scratch.path();
    fs::write(folder.join("m.model"), model).expect("a model");
    fs::write(folder.join("m.json"), data.to_string()).expect("its data");
    let mut first: Option<Draws> = None;
    for isa in Isa::available() {
        let text = sample(folder, isa, 1);
        assert!(text == sample(folder, isa, 3), "{}: other bytes on three threads", isa.name());
        let draws = read(&text);
        match &first {
            Some(first) => assert_agreement(isa.name(), first, &draws),
            None => first = Some(draws),
        }
    }
}

#[test]
fn a_regression_is_the_same_posterior_on_every_instruction_set() {
    check(REGRESSION, &regression_data());
}

#[test]
fn a_hierarchical_model_is_the_same_posterior_on_every_instruction_set() {
    check(HIERARCHICAL, &json!({"y": [28, 8, -3, 7, -1, 1, 18, 12]}));
}

#[test]
fn a_model_with_loops_is_the_same_posterior_on_every_instruction_set() {
    let mut noise = Noise(2);
    check(LOOPS, &json!({"y": noise.vector(60), "z": noise.vector(8)}));
}

#[test]
fn draws_of_another_posterior_do_not_agree() {
    let mut noise = Noise(3);
    let mut draws = |centre: f64, scale: f64| -> Draws {
        let chains = (0..CHAINS).map(|_| noise.vector(1000).iter().map(|x| centre + scale * x).collect());
        Draws::from([("x".to_string(), chains.collect())])
    };
    let (right, shifted, wider) = (draws(0.0, 1.0), draws(0.2, 1.0), draws(0.0, 1.2));
    assert_agreement("the same", &right, &draws(0.0, 1.0));
    for wrong in [shifted, wider] {
        assert!(std::panic::catch_unwind(|| assert_agreement("another", &right, &wrong)).is_err());
    }
}
