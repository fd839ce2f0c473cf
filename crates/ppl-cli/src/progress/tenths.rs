//! A line for each tenth of a run, for logs.

use std::sync::atomic::{AtomicUsize, Ordering};

use ppl::{Progress, Settings};

use crate::printer::Printer;

/// Counts the iterations of all chains.
pub struct Tenths {
    printer: Printer,
    total: usize,
    done: AtomicUsize,
    draws: AtomicUsize,
    /// Divergences of each chain.
    divergences: Vec<AtomicUsize>,
    first_chain: u64,
}

impl Tenths {
    pub fn new(settings: &Settings, printer: Printer) -> Self {
        Tenths {
            printer,
            total: settings.chains * (settings.warmup + settings.draws * settings.thin),
            done: AtomicUsize::new(0),
            draws: AtomicUsize::new(0),
            divergences: (0..settings.chains).map(|_| AtomicUsize::new(0)).collect(),
            first_chain: settings.first_chain,
        }
    }

    pub fn count(&self, progress: &Progress) {
        let chain = progress.chain.wrapping_sub(self.first_chain) as usize;
        if let Some(count) = self.divergences.get(chain) {
            count.store(progress.divergences, Ordering::Relaxed);
        }
        self.draws.fetch_add(usize::from(!progress.warmup), Ordering::Relaxed);
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let tenth = |done: usize| done * 10 / self.total;
        if tenth(done) > tenth(done - 1) {
            self.tell(tenth(done) * 10, progress.step_size);
        }
    }

    fn tell(&self, percent: usize, step_size: f64) {
        let draws = match self.draws.load(Ordering::Relaxed) {
            0 => "warm-up".to_string(),
            draws => format!("{draws} draws"),
        };
        let divergences: usize = self.divergences.iter().map(|count| count.load(Ordering::Relaxed)).sum();
        let step = match step_size.is_nan() {
            true => String::new(),
            false => format!(", step size {step_size:.3}"),
        };
        self.printer.note(&format!("{percent:>3} %  {draws}, {divergences} divergences{step}"));
    }
}
