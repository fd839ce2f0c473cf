//! The draws of one chain, on their way to a file.

use crate::error::StoreError;
use crate::folder::{chain_file, warmup_file};
use crate::record::RunRecord;
use crate::row_file::RowFile;
use crate::stan_csv::{Header, adaptation, elapsed, push_number, stan_order};
use ppl_engine::{Adapted, ChainEnd, Draw, Sink, SinkError, Stats};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Writes the draws of one chain as Stan CSV, a whole row at a time.
pub struct ChainSink {
    file: RowFile,
    /// Where warm-up draws go if they have no place in `file`.
    warmup: Option<RowFile>,
    header: Header,
    order: Vec<usize>,
    is_nuts: bool,
    /// Whether the metric is written as a full matrix.
    is_dense: bool,
    /// Whether the sampler has a chapter of warm-up in the file.
    saves_warmup: bool,
    thin: usize,
    /// Warm-up draws in `file`.
    warmup_draws: usize,
    started: Instant,
    warmed_up: Option<Instant>,
}

impl ChainSink {
    pub(crate) fn create(folder: &Path, record: &RunRecord, chain: u64) -> Result<Self, StoreError> {
        let header = Header::new(record, chain);
        let is_nuts = record.is_nuts();
        let save_warmup = record.settings.save_warmup;
        let open = |path: PathBuf| {
            let mut file = RowFile::create(&path)?;
            file.text(&header.text)?;
            Ok(file)
        };
        let warmup = if save_warmup && !is_nuts { Some(open(warmup_file(folder, chain))?) } else { None };
        Ok(Self {
            file: open(chain_file(folder, chain))?,
            warmup,
            header,
            order: stan_order(&record.columns),
            is_nuts,
            is_dense: record.is_dense(),
            saves_warmup: save_warmup && is_nuts,
            thin: record.settings.thin,
            warmup_draws: 0,
            started: Instant::now(),
            warmed_up: None,
        })
    }

    fn write_draw(&mut self, draw: &Draw) -> Result<(), StoreError> {
        if draw.row.len() != self.order.len() {
            return Err(StoreError::Width { expected: self.order.len(), found: draw.row.len() });
        }
        let (order, is_nuts) = (&self.order, self.is_nuts);
        let write = |text: &mut Vec<u8>| push_row(text, draw, order, is_nuts);
        match &mut self.warmup {
            Some(warmup) if draw.warmup => warmup.draw(write),
            _ => {
                self.warmup_draws += usize::from(draw.warmup);
                self.file.draw(write)
            }
        }
    }

    /// Ends the file: the time lines, and the counts as they turned out.
    fn close(&mut self) -> Result<(), StoreError> {
        let now = Instant::now();
        let warmed_up = self.warmed_up.unwrap_or(now);
        let ended = self.file.text(&elapsed(warmed_up - self.started, now - warmed_up));
        let ended = ended.and(self.warmup.as_mut().map_or(Ok(()), RowFile::flush));
        // Fewer draws than planned can be told even where the disk is full: the counts have their place already.
        ended.and(self.correct_counts())
    }

    fn correct_counts(&mut self) -> Result<(), StoreError> {
        let warmup = self.warmup_draws.min(self.file.kept());
        let (offset, text) = self.header.samples((self.file.kept() - warmup) * self.thin);
        self.file.replace(offset, &text)?;
        if self.saves_warmup {
            let (offset, text) = self.header.warmup(warmup * self.thin);
            self.file.replace(offset, &text)?;
        }
        Ok(())
    }
}

impl Sink for ChainSink {
    fn warmup_done(&mut self, adapted: &Adapted) -> Result<(), SinkError> {
        self.warmed_up = Some(Instant::now());
        if self.is_nuts {
            self.file.text(&adaptation(adapted, self.is_dense))?;
        }
        Ok(())
    }

    fn draw(&mut self, draw: &Draw) -> Result<(), SinkError> {
        Ok(self.write_draw(draw)?)
    }

    fn finish(&mut self, _end: &ChainEnd) -> Result<(), SinkError> {
        Ok(self.close()?)
    }
}

fn push_row(text: &mut Vec<u8>, draw: &Draw, order: &[usize], is_nuts: bool) {
    push_stats(text, &draw.stats, is_nuts);
    for &column in order {
        text.push(b',');
        push_number(text, draw.row[column]);
    }
    text.push(b'\n');
}

fn push_stats(text: &mut Vec<u8>, stats: &Stats, is_nuts: bool) {
    push_number(text, stats.log_density);
    let mut push = |value| {
        text.push(b',');
        push_number(text, value);
    };
    push(stats.accept);
    if is_nuts {
        push(stats.step_size);
        push(f64::from(stats.depth));
        push(f64::from(stats.steps));
        push(f64::from(u8::from(stats.divergent)));
        push(stats.energy);
    }
}
