//! From files to a [`Run`].

use crate::checkpoint;
use crate::divergences::{self, ChainDivergence};
use crate::error::StoreError;
use crate::folder::{RECORD, chain_file, warmup_file};
use crate::record::{ChainRecord, FORMAT, RunRecord, State};
use crate::run::{Chain, Draws, Run};
use crate::stan_csv::{ADAPTED, NUTS_COLUMNS, OTHER_COLUMNS, column_names, parse_number, stan_order};
use ppl_engine::{ChainState, Stats};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

pub(crate) fn read_run(path: &Path) -> Result<Run, StoreError> {
    let record = read_record(path)?;
    let layout = Layout::new(&record);
    let (mut draws, mut warmup) = (Draws::default(), Draws::default());
    for id in record.chain_ids() {
        let mut file = read_chain(&chain_file(path, id), &layout)?;
        if record.settings.save_warmup && !layout.is_nuts {
            file.warmup = read_chain(&warmup_file(path, id), &layout)?.draws;
        }
        draws.chains.extend(walkers(&file.draws, &layout, id));
        warmup.chains.extend(walkers(&file.warmup, &layout, id));
    }
    draws.columns = record.columns.clone();
    warmup.columns = record.columns.clone();
    let model = fs::read_to_string(path.join("model.model")).unwrap_or_default();
    let (kept, divergences) = match record.state {
        State::Running => so_far(path),
        _ => (Vec::new(), divergences::read(path)?),
    };
    Ok(Run { path: path.to_path_buf(), record, kept, model, draws, warmup, divergences })
}

/// What the checkpoint knows of chains that have not ended; nothing where there is none, or it is another version's.
fn so_far(path: &Path) -> (Vec<ChainRecord>, Vec<ChainDivergence>) {
    let states = checkpoint::read(path).map_or_else(|_| BTreeMap::new(), |checkpoint| checkpoint.states);
    let ends = || states.values().map(ChainState::end);
    let records = ends().map(|end| ChainRecord { state: State::Running, ..ChainRecord::from(end) });
    (records.collect(), divergences::of_chains(ends()).map(|(chain, place)| (chain, place.clone())).collect())
}

pub(crate) fn read_record(folder: &Path) -> Result<RunRecord, StoreError> {
    let not_a_run = |reason: String| StoreError::NotARun { path: folder.to_path_buf(), reason };
    if !folder.is_dir() {
        let what = if folder.exists() { "it is a file" } else { "there is no such folder" };
        return Err(not_a_run(what.to_owned()));
    }
    let path = folder.join(RECORD);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(not_a_run(format!("it has no {RECORD}")));
        }
        other => other.map_err(StoreError::read(&path))?,
    };
    refuse_newer(&text).map_err(not_a_run)?;
    serde_json::from_str(&text).map_err(|error| damaged(&path, error.line(), error.to_string()))
}

/// Newer formats may have fields this version misreads, so only the number is looked at.
fn refuse_newer(text: &str) -> Result<(), String> {
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    match serde_json::from_str::<Format>(text) {
        Ok(Format { format }) if format > FORMAT => {
            Err(format!("it was written by a newer version (format {format}, this version reads {FORMAT})"))
        }
        _ => Ok(()),
    }
}

/// What every file of the run looks like.
struct Layout {
    is_nuts: bool,
    /// Whether rows before the adaptation block are warm-up.
    saved_warmup: bool,
    walkers: usize,
    header: String,
    sampler_columns: usize,
    /// For each column of the file the column of the run.
    order: Vec<usize>,
    may_be_missing: bool,
}

impl Layout {
    fn new(record: &RunRecord) -> Self {
        let is_nuts = record.is_nuts();
        Self {
            is_nuts,
            saved_warmup: is_nuts && record.settings.save_warmup,
            walkers: record.walkers.max(1),
            header: column_names(record).join(","),
            sampler_columns: if is_nuts { NUTS_COLUMNS.len() } else { OTHER_COLUMNS.len() },
            order: stan_order(&record.columns),
            may_be_missing: record.state == State::Running,
        }
    }

    fn width(&self) -> usize {
        self.sampler_columns + self.order.len()
    }
}

type Rows = Vec<Vec<f64>>;

#[derive(Default)]
struct ChainFile {
    warmup: Rows,
    draws: Rows,
}

fn read_chain(path: &Path, layout: &Layout) -> Result<ChainFile, StoreError> {
    match fs::read(path) {
        Ok(bytes) => parse(&String::from_utf8_lossy(&bytes), layout, path),
        Err(error) if error.kind() == io::ErrorKind::NotFound && layout.may_be_missing => Ok(ChainFile::default()),
        Err(error) => Err(StoreError::read(path)(error)),
    }
}

fn parse(text: &str, layout: &Layout, path: &Path) -> Result<ChainFile, StoreError> {
    let mut file = ChainFile::default();
    let mut in_warmup = layout.saved_warmup;
    let mut seen_header = false;
    // What follows the last line break is a row torn off by a kill or a full disk.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    for (number, line) in (1..).zip(whole.lines()) {
        match line {
            _ if line.starts_with(ADAPTED) => in_warmup = false,
            _ if line.starts_with('#') || line.is_empty() => {}
            _ if !seen_header => {
                check_header(line, layout).map_err(|reason| damaged(path, number, reason))?;
                seen_header = true;
            }
            _ => {
                let row = parse_row(line, layout).map_err(|reason| damaged(path, number, reason))?;
                if in_warmup { &mut file.warmup } else { &mut file.draws }.push(row);
            }
        }
    }
    Ok(file)
}

fn check_header(line: &str, layout: &Layout) -> Result<(), String> {
    if line == layout.header { Ok(()) } else { Err(format!("the columns are not those of {RECORD}: `{line}`")) }
}

fn parse_row(line: &str, layout: &Layout) -> Result<Vec<f64>, String> {
    let cells = line.split(',').map(|cell| parse_number(cell).ok_or_else(|| format!("`{cell}` is not a number")));
    let row: Vec<f64> = cells.collect::<Result<_, _>>()?;
    match row.len() {
        found if found == layout.width() => Ok(row),
        found => Err(format!("{found} values where there are {} columns", layout.width())),
    }
}

/// Deals the rows of a chain's file out to its walkers. An iteration that not all walkers have finished is left out.
fn walkers(rows: &Rows, layout: &Layout, id: u64) -> Vec<Chain> {
    let whole = rows.len() / layout.walkers * layout.walkers;
    let of = |walker| rows[..whole].iter().skip(walker).step_by(layout.walkers);
    (0..layout.walkers).map(|walker| chain(of(walker), layout, id, walker)).collect()
}

fn chain<'a>(rows: impl Iterator<Item = &'a Vec<f64>> + Clone, layout: &Layout, id: u64, walker: usize) -> Chain {
    let mut values = vec![Vec::new(); layout.order.len()];
    for (file_column, &column) in layout.order.iter().enumerate() {
        values[column] = rows.clone().map(|row| row[layout.sampler_columns + file_column]).collect();
    }
    let mut previous: Option<&[f64]> = None;
    let stats = rows.map(|row| {
        let accepted = previous.replace(&row[layout.sampler_columns..]) != Some(&row[layout.sampler_columns..]);
        Stats { accepted, ..stats(row, layout.is_nuts) }
    });
    let stats = stats.collect();
    Chain { id, walker, values, stats }
}

fn stats(row: &[f64], is_nuts: bool) -> Stats {
    let stats = Stats { log_density: row[0], accept: row[1], ..Stats::default() };
    if !is_nuts {
        return stats;
    }
    Stats {
        step_size: row[2],
        depth: row[3] as u32,
        steps: row[4] as u32,
        divergent: row[5] != 0.0,
        energy: row[6],
        ..stats
    }
}

fn damaged(path: &Path, line: usize, reason: String) -> StoreError {
    StoreError::Damaged { path: path.to_path_buf(), line, reason }
}
