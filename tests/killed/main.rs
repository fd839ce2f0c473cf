//! Runs that are killed at random points go on to the same bytes as runs that are not.
//!
//! A dozen kills by default; with the feature `long-tests`, two hundred.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const KILLS: usize = if cfg!(feature = "long-tests") { 200 } else { 12 };

const MODEL: &str = "\
mu ~ normal(0, 5)
tau ~ half_normal(5)
dim group
theta[group] ~ normal(mu, tau) with noncentered
data y[group]: real ~ normal(theta, 10)
";

const DATA: &str = r#"{"y": [28, 8, -3, 7, -1, 1, 18, 12]}"#;

fn ppl(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ppl"));
    command.current_dir(folder).args(words).stderr(Stdio::null()).stdout(Stdio::null());
    command
}

/// Lines of the chains' files but for comments, which hold times.
fn draws(run: &Path) -> Vec<Vec<String>> {
    let file = |chain| fs::read_to_string(run.join(format!("csv/chain-{chain}.csv"))).expect("a chain has a file");
    let lines = |text: String| text.lines().filter(|line| !line.starts_with('#')).map(str::to_string).collect();
    (1..=3).map(file).map(lines).collect()
}

/// Numbers in [0, 1): when to kill.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Samples into `killed`, killing it again and again, each time after `longest` at most; returns how many kills hit.
fn sample_with_kills(folder: &Path, words: &[&str], longest: Duration, chance: &mut Chance) -> usize {
    let checkpoint = folder.join("killed/checkpoint");
    for kills in 0.. {
        let words = if checkpoint.exists() { &["sample", "--resume", "killed"] } else { words };
        let mut child = ppl(folder, words).args(["-q", "--checkpoint", "5"]).spawn().expect("ppl runs");
        std::thread::sleep(longest.mul_f64(chance.next()));
        if let Some(status) = child.try_wait().expect("a child can be asked") {
            assert!(matches!(status.code(), Some(0 | 3)), "{words:?}: {status}");
            return kills;
        }
        child.kill().expect("a child can be killed");
        child.wait().expect("a killed child ends");
        if !checkpoint.exists() {
            // Killed before there was a run to go on with.
            let _ = fs::remove_dir_all(folder.join("killed"));
        }
    }
    unreachable!("the loop ends when a run is finished")
}

#[test]
fn a_killed_run_goes_on_as_if_it_had_never_stopped() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let folder = scratch.path();
    fs::write(folder.join("m.model"), MODEL).expect("a model");
    fs::write(folder.join("m.json"), DATA).expect("its data");
    let samplers: [&[&str]; 5] = [
        &["--sampler", "nuts", "--save-warmup"],
        &["--sampler", "nuts", "--pool", "off", "--thin", "2"],
        &["--sampler", "ensemble", "--walkers", "20", "--save-warmup"],
        &["--sampler", "metropolis"],
        &["--sampler", "nuts", "--until", "ess=200"],
    ];
    let common = ["sample", "m.model", "m.json", "--chains", "3", "--warmup", "200", "--draws", "300", "-o"];
    let (mut chance, mut kills) = (Chance(20), 0);
    for sampler in samplers.iter().cycle() {
        let words = |run| [&common[..], &[run], sampler].concat();
        let whole = ppl(folder, &words("whole")).arg("-q").status().expect("ppl runs");
        assert!(matches!(whole.code(), Some(0 | 3)), "{whole}");
        kills += sample_with_kills(folder, &words("killed"), Duration::from_millis(120), &mut chance);
        assert!(draws(&folder.join("whole")) == draws(&folder.join("killed")), "{sampler:?} after {kills} kills");
        for run in ["whole", "killed"] {
            fs::remove_dir_all(folder.join(run)).expect("a run folder can be removed");
        }
        if kills >= KILLS {
            return;
        }
    }
}
