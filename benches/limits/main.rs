//! The waits a user notices, against their limits: first draw, a large model, a large table.

#![allow(clippy::print_stdout)] // a benchmark is there to print its figures

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ppl_benches::{Figures, large_model, large_table};

const REGRESSION: &str = "
    dim row
    data group[row]: category, a[row], b[row], c[row]
    k[group] ~ normal(0, 1)
    s ~ exponential(1)
    data y[row] ~ normal(k[group] + a + b + c, s)
";

fn main() {
    if let Some(file) = std::env::args().skip_while(|a| a != "--bind").nth(1) {
        return bind_once(Path::new(&file));
    }
    println!("{:<44} {:>10} {:>10} {:>10} {:>10}", "", "min", "median", "max", "limit");
    first_draw();
    check_a_megabyte();
    bind_a_million_rows();
}

fn row(name: &str, figures: Figures, limit: Duration) {
    let ms = |d: Duration| format!("{:.1} ms", d.as_secs_f64() * 1e3);
    let (min, median, max) = (ms(figures.min), ms(figures.median), ms(figures.max));
    println!("{name:<44} {min:>10} {median:>10} {max:>10} {:>10}", ms(limit));
}

/// The whole process: read, compile, find a start, one warm-up draw, one draw, write the run folder.
fn first_draw() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("inside the workspace");
    let example = root.join("examples/eight_schools");
    let binary = release_binary(root);
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut run = 0;
    let figures = Figures::of(20, || {
        run += 1;
        let status = Command::new(&binary)
            .args(["sample", "--quiet", "--chains", "1", "--warmup", "1", "--draws", "1", "-o"])
            .arg(folder.path().join(run.to_string()))
            .args([example.join("model.model"), example.join("data.csv")])
            .status();
        assert!(status.is_ok_and(|s| s.code().is_some_and(|code| code != 1 && code != 2)), "the run failed");
    });
    row("eight schools: process to first draw", figures, Duration::from_millis(50));
}

/// The binary beside this benchmark, built in the same profile.
fn release_binary(root: &Path) -> PathBuf {
    let status =
        Command::new(env!("CARGO")).args(["build", "--release", "--quiet", "-p", "ppl-cli"]).current_dir(root).status();
    assert!(status.is_ok_and(|s| s.success()), "the binary does not build");
    let own = std::env::current_exe().expect("a benchmark has a path");
    own.ancestors().nth(2).expect("in target/release/deps").join("ppl")
}

fn check_a_megabyte() {
    let text = large_model(1 << 20);
    let figures = Figures::of(5, || {
        let model = ppl::Model::parse("large.model", &text);
        assert!(model.check().is_ok());
    });
    row("a model of 1 MiB: parse and check", figures, Duration::from_secs(2));
}

/// In a process of its own, so that its peak memory is that of the binding.
fn bind_a_million_rows() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("rows.csv");
    let text = large_table(1_000_000);
    std::fs::write(&file, &text).expect("the scratch folder takes a table");
    let own = std::env::current_exe().expect("a benchmark has a path");
    let mut peak = String::new();
    let figures = Figures::of(5, || {
        let output = Command::new(&own).arg("--bind").arg(&file).output().expect("this program runs again");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        peak = String::from_utf8_lossy(&output.stdout).into_owned();
    });
    row("1,000,000 rows × 5 columns: read and bind", figures, Duration::from_secs(3));
    let megabytes = text.len() as f64 / 1e6;
    let peak: f64 = peak.trim().parse::<f64>().unwrap_or(f64::NAN) / 1e3;
    println!("  peak memory {peak:.0} MB for a file of {megabytes:.0} MB: {:.1} times (limit 6)", peak / megabytes);
}

/// Reads and binds a table, and prints the peak of resident memory in kilobytes.
fn bind_once(file: &Path) {
    let text = std::fs::read_to_string(file).expect("the table is there");
    let model = ppl::Model::parse("regression.model", REGRESSION);
    let data = ppl::Data::new().csv("rows.csv", text);
    let program = model.bind(&data).expect("the table fits the model");
    assert_eq!(program.dim(), 201);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("{}", peak.map_or("NaN", |p| p.trim().trim_end_matches(" kB")));
}
