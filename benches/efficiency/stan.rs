//! Stan's NUTS, run by stanli in a Python process.

use std::path::{Path, PathBuf};
use std::process::Command;

use ppl_engine::Settings;
use serde::Deserialize;

use crate::figures::Figures;
use crate::subject::{Column, Subject};

/// What the process says of the draws it has written.
#[derive(Deserialize)]
struct Answer {
    names: Vec<String>,
    chains: usize,
    warmup: f64,
    sampling: f64,
    divergences: f64,
}

/// Samples with Stan's own settings but the number of iterations.
pub fn run(subject: &Subject, warmup: usize, settings: &Settings, root: &Path) -> Result<Figures, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let [data, draws] = ["data.json", "draws"].map(|name| folder.path().join(name));
    std::fs::write(&data, &subject.data).map_err(|error| error.to_string())?;
    let numbers = [warmup, settings.draws, settings.seed as usize].map(|number| number.to_string());
    let output = Command::new(python(root))
        .arg(root.join("benches/peers/stan_draws.py"))
        .args([&subject.stan, &data])
        .args(numbers)
        .arg(&draws)
        .output()
        .map_err(|error| format!("{}: {error}", python(root).display()))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().lines().last().unwrap_or_default().to_string());
    }
    let answer: Answer = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let bytes = std::fs::read(&draws).map_err(|error| error.to_string())?;
    let columns = columns(subject, &answer, &bytes, settings.draws)?;
    Ok(Figures::new(&columns, [answer.warmup, answer.sampling], answer.divergences))
}

/// The interpreter of the peers' environment, which `benches/peers/run` makes.
fn python(root: &Path) -> PathBuf {
    let environment = std::env::var_os("PEERS_VENV").map_or(root.join("benches/peers/.venv"), PathBuf::from);
    environment.join("bin/python")
}

/// Our columns among Stan's, which lie chain by chain and column by column within each.
fn columns(subject: &Subject, answer: &Answer, bytes: &[u8], draws: usize) -> Result<Vec<Column>, String> {
    let numbers: Vec<f64> = bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
    let width = answer.names.len();
    let place = |name: &String| answer.names.iter().position(|own| own == name).ok_or(format!("no `{name}` in Stan"));
    let places: Vec<usize> = match subject.names.is_empty() {
        true => (0..subject.dim()).collect(),
        false => subject.names.iter().map(place).collect::<Result<_, _>>()?,
    };
    let slice = |chain: usize, column: usize| numbers[(chain * width + column) * draws..][..draws].to_vec();
    Ok(places.into_iter().map(|column| (0..answer.chains).map(|chain| slice(chain, column)).collect()).collect())
}
