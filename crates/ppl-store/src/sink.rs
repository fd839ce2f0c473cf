//! The draws of one chain, on their way to a file.

use crate::error::StoreError;
use crate::folder::{chain_file, warmup_file};
use crate::record::RunRecord;
use crate::row_file::RowFile;
use crate::stan_csv::{Header, adaptation, elapsed, push_number, stan_order};
use ppl_engine::{Adapted, ChainEnd, ChainState, Draw, Integrator, Sink, SinkError, Stats};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

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
    /// Time that the chain had run before it was cut off.
    before: Duration,
    /// How long warm-up took.
    warmed_up: Option<Duration>,
}

impl ChainSink {
    pub(crate) fn create(folder: &Path, record: &RunRecord, chain: u64) -> Result<Self, StoreError> {
        let header = Header::new(record, chain);
        let open = |path: PathBuf| {
            let mut file = RowFile::create(&path)?;
            file.text(&header.text)?;
            Ok(file)
        };
        let warmup = has_warmup_file(record).then(|| open(warmup_file(folder, chain))).transpose()?;
        let file = open(chain_file(folder, chain))?;
        Ok(ChainSink::new(record, header, file, warmup))
    }

    /// Goes on where a sink had left a [`Sink::mark`].
    pub(crate) fn reopen(folder: &Path, record: &RunRecord, state: &ChainState) -> Result<Self, StoreError> {
        let (chain, header) = (state.chain(), Header::new(record, state.chain()));
        let path = chain_file(folder, chain);
        let &[written, draws, warmup_written, warmup_rows, warmup_draws, elapsed, warmed_up] = state.mark() else {
            let reason = "the state that was kept says nothing of it".to_owned();
            return Err(StoreError::Damaged { path, line: 1, reason });
        };
        let file = RowFile::reopen(&path, written, draws as usize)?;
        let reopen = || RowFile::reopen(&warmup_file(folder, chain), warmup_written, warmup_rows as usize);
        let warmup = has_warmup_file(record).then(reopen).transpose()?;
        let mut sink = ChainSink::new(record, header, file, warmup);
        sink.warmup_draws = warmup_draws as usize;
        sink.before = Duration::from_micros(elapsed);
        sink.warmed_up = (warmed_up < u64::MAX).then(|| Duration::from_micros(warmed_up));
        Ok(sink)
    }

    fn new(record: &RunRecord, header: Header, file: RowFile, warmup: Option<RowFile>) -> Self {
        Self {
            file,
            warmup,
            header,
            order: stan_order(&record.columns),
            is_nuts: record.is_nuts(),
            is_dense: record.is_dense(),
            saves_warmup: record.settings.save_warmup && record.is_nuts(),
            thin: record.settings.thin,
            warmup_draws: 0,
            started: Instant::now(),
            before: Duration::ZERO,
            warmed_up: None,
        }
    }

    /// Time that the chain has run, before it was cut off and since.
    fn elapsed(&self) -> Duration {
        self.before + self.started.elapsed()
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

    /// Ends the file: the time lines, and counts and integrator as they turned out.
    fn close(&mut self, integrator: Option<Integrator>) -> Result<(), StoreError> {
        let all = self.elapsed();
        let warmup = self.warmed_up.unwrap_or(all);
        let ended = self.file.text(&elapsed(warmup, all.saturating_sub(warmup)));
        let ended = ended.and(self.warmup.as_mut().map_or(Ok(()), RowFile::flush));
        // Fewer draws than planned can be told even where the disk is full: the counts have their place already.
        let corrected = ended.and(self.correct_counts());
        match integrator.and_then(|integrator| self.header.integrator(integrator)) {
            Some((offset, text)) => corrected.and(self.file.replace(offset, &text)),
            None => corrected,
        }
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
        self.warmed_up = Some(self.elapsed());
        if self.is_nuts {
            self.file.text(&adaptation(adapted, self.is_dense))?;
        }
        Ok(())
    }

    fn draw(&mut self, draw: &Draw) -> Result<(), SinkError> {
        Ok(self.write_draw(draw)?)
    }

    fn finish(&mut self, end: &ChainEnd) -> Result<(), SinkError> {
        Ok(self.close(end.adapted.as_ref().and_then(|adapted| adapted.integrator))?)
    }

    fn mark(&mut self) -> Result<Vec<u64>, SinkError> {
        let [written, draws] = self.file.mark()?;
        let [warmup_written, warmup_rows] = self.warmup.as_mut().map_or(Ok([0; 2]), RowFile::mark)?;
        let micros = |time: Duration| time.as_micros() as u64;
        let times = [micros(self.elapsed()), self.warmed_up.map_or(u64::MAX, micros)];
        let counts = [written, draws, warmup_written, warmup_rows, self.warmup_draws as u64];
        Ok([&counts[..], &times].concat())
    }
}

/// Whether warm-up draws go to a file of their own.
fn has_warmup_file(record: &RunRecord) -> bool {
    record.settings.save_warmup && !record.is_nuts()
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
