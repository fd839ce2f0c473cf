//! `divergences.csv`: where trajectories diverged, two rows each.
//!
//! ```text
//! chain,iteration,energy_error,state,1,2,…
//! 1,37,inf,start,0.25,-1.5
//! 1,37,inf,end,0.75,nan
//! ```

use crate::error::StoreError;
use crate::stan_csv::{parse_number, push_number};
use ppl_engine::{ChainEnd, Divergence};
use std::fs;
use std::io;
use std::path::Path;

const NAME: &str = "divergences.csv";

/// A divergence with the id of its chain.
pub type ChainDivergence = (u64, Divergence);

/// Writes the divergences of all chains, if there are any.
pub(crate) fn write(folder: &Path, ends: &[ChainEnd]) -> Result<(), StoreError> {
    let path = folder.join(NAME);
    let all = || of_chains(ends);
    let Some((_, first)) = all().next() else { return Ok(()) };
    let coordinates: String = (1..=first.start.len()).map(|k| format!(",{k}")).collect();
    let mut text = format!("chain,iteration,energy_error,state{coordinates}\n").into_bytes();
    for (chain, place) in all() {
        push_row(&mut text, chain, place, ("start", &place.start));
        push_row(&mut text, chain, place, ("end", &place.end));
    }
    fs::write(&path, text).map_err(StoreError::write(&path))
}

/// Those that are kept of chains.
pub(crate) fn of_chains<'a>(
    ends: impl IntoIterator<Item = &'a ChainEnd>,
) -> impl Iterator<Item = (u64, &'a Divergence)> {
    ends.into_iter().flat_map(|end| end.divergence_places.iter().map(|place| (end.chain, place)))
}

fn push_row(text: &mut Vec<u8>, chain: u64, place: &Divergence, (state, position): (&str, &[f64])) {
    text.extend_from_slice(format!("{chain},{},", place.iteration).as_bytes());
    push_number(text, place.energy_error);
    text.extend_from_slice(format!(",{state}").as_bytes());
    for &q in position {
        text.push(b',');
        push_number(text, q);
    }
    text.push(b'\n');
}

/// Reads them back; none where there is no file.
pub(crate) fn read(folder: &Path) -> Result<Vec<ChainDivergence>, StoreError> {
    let path = folder.join(NAME);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(StoreError::read(&path))?,
    };
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let pairs = (2..).step_by(2).zip(lines.chunks(2));
    pairs.map(|(line, pair)| parse(pair).ok_or_else(|| damaged(&path, line))).collect()
}

fn damaged(path: &Path, line: usize) -> StoreError {
    let reason = "not the two states of a divergence: remove the file to go on without".to_string();
    StoreError::Damaged { path: path.to_path_buf(), line, reason }
}

fn parse(pair: &[&str]) -> Option<ChainDivergence> {
    let [start, end] = pair else { return None };
    let (labels, start) = parse_row(start, "start")?;
    let (same, end) = parse_row(end, "end")?;
    let [chain, iteration, energy_error] = labels;
    let place =
        Divergence { iteration: iteration.parse().ok()?, energy_error: parse_number(energy_error)?, start, end };
    (labels == same && place.start.len() == place.end.len()).then_some((chain.parse().ok()?, place))
}

fn parse_row<'a>(line: &'a str, state: &str) -> Option<([&'a str; 3], Vec<f64>)> {
    let cells: Vec<&str> = line.split(',').collect();
    let [chain, iteration, error, told, position @ ..] = &cells[..] else { return None };
    let position = position.iter().map(|cell| parse_number(cell)).collect::<Option<Vec<f64>>>()?;
    (*told == state).then_some(([chain, iteration, error], position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_divergence_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), "chain,iteration,energy_error,state,1\n1,2,inf,start,0.5\n").unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("line 2: not the two states"), "{error}");
    }
}
