//! A line for each tenth of a run, for logs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use ppl::{Progress, Sampler, Settings};

use super::unit;
use crate::printer::Printer;
use crate::words::count;

/// Counts the iterations of all chains.
pub struct Tenths {
    printer: Printer,
    chains: Vec<Counts>,
    first_chain: u64,
    /// Iterations after warm-up of each chain, and of which one is a draw.
    sampling: usize,
    thin: usize,
    unit: &'static str,
    /// Whether the sampler has divergences.
    diverges: bool,
    /// The last tenth that was told, and who is telling.
    told: AtomicUsize,
    telling: Mutex<()>,
}

/// What is known of a chain.
struct Counts {
    done: AtomicUsize,
    /// Less than planned, once warm-up has ended early.
    total: AtomicUsize,
    divergences: AtomicUsize,
}

impl Tenths {
    pub fn new(settings: &Settings, printer: Printer) -> Self {
        let sampling = settings.draws * settings.thin;
        let counts = |_| Counts {
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(settings.warmup + sampling),
            divergences: AtomicUsize::new(0),
        };
        Tenths {
            printer,
            chains: (0..settings.chains).map(counts).collect(),
            first_chain: settings.first_chain,
            sampling,
            thin: settings.thin,
            unit: unit(&settings.sampler),
            diverges: matches!(settings.sampler, Sampler::Nuts(_)),
            told: AtomicUsize::new(0),
            telling: Mutex::new(()),
        }
    }

    pub fn count(&self, progress: &Progress) {
        let Some(chain) = self.chains.get(progress.chain.wrapping_sub(self.first_chain) as usize) else { return };
        chain.divergences.store(progress.divergences, Ordering::Relaxed);
        chain.total.store(progress.total, Ordering::Relaxed);
        chain.done.store(progress.iteration, Ordering::Relaxed);
        if self.tenth() > self.told.load(Ordering::Relaxed) {
            self.tell(progress.step_size);
        }
    }

    fn tenth(&self) -> usize {
        self.sum(|chain| &chain.done) * 10 / self.sum(|chain| &chain.total).max(1)
    }

    fn sum(&self, count: impl Fn(&Counts) -> &AtomicUsize) -> usize {
        self.chains.iter().map(|chain| count(chain).load(Ordering::Relaxed)).sum()
    }

    fn draws(&self) -> usize {
        let draws = |chain: &Counts| {
            let warmup = chain.total.load(Ordering::Relaxed) - self.sampling;
            chain.done.load(Ordering::Relaxed).saturating_sub(warmup) / self.thin
        };
        self.chains.iter().map(draws).sum()
    }

    fn tell(&self, step_size: f64) {
        let _lines_in_order = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        let tenth = self.tenth();
        if tenth <= self.told.load(Ordering::Relaxed) {
            return;
        }
        self.told.store(tenth, Ordering::Relaxed);
        let draws = match self.draws() {
            0 => "warm-up".to_string(),
            draws => count(draws, self.unit),
        };
        let divergences = match self.diverges {
            true => format!(", {}", count(self.sum(|chain| &chain.divergences), "divergence")),
            false => String::new(),
        };
        let step = match step_size.is_nan() {
            true => String::new(),
            false => format!(", step size {step_size:.3}"),
        };
        self.printer.note(&format!("{:>3} %  {draws}{divergences}{step}", tenth * 10));
    }
}
