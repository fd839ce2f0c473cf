//! A line a chain that changes in place.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use ppl::{ChainEnd, Progress, Settings};

use super::unit;
use crate::words::count;

/// Milliseconds between two changes of a line: what an eye can follow.
const PAUSE: u64 = 50;

/// One line a chain.
pub struct Bars {
    lines: Vec<Line>,
    screen: MultiProgress,
    first_chain: u64,
    warmup: usize,
    /// Iterations after warm-up.
    sampling: usize,
    unit: &'static str,
    began: Instant,
}

struct Line {
    bar: ProgressBar,
    /// When it last changed, in milliseconds since the start.
    changed: AtomicU64,
}

impl Bars {
    pub fn new(settings: &Settings) -> Self {
        let screen = MultiProgress::new();
        let total = (settings.warmup + settings.draws * settings.thin) as u64;
        let lines = (0..settings.chains as u64).map(|index| {
            let bar = screen.add(ProgressBar::new(total).with_style(style()));
            bar.set_prefix(format!("chain {}", settings.first_chain.wrapping_add(index)));
            Line { bar, changed: AtomicU64::new(0) }
        });
        Bars {
            lines: lines.collect(),
            screen: screen.clone(),
            first_chain: settings.first_chain,
            warmup: settings.warmup,
            sampling: settings.draws * settings.thin,
            unit: unit(&settings.sampler),
            began: Instant::now(),
        }
    }

    pub fn show(&self, progress: &Progress) {
        let Some(line) = self.line(progress.chain) else { return };
        let now = self.began.elapsed().as_millis() as u64;
        if now < line.changed.load(Ordering::Relaxed) + PAUSE {
            return;
        }
        line.changed.store(now, Ordering::Relaxed);
        line.bar.set_message(self.message(progress));
        line.bar.set_length(progress.total as u64);
        line.bar.set_position(progress.iteration as u64);
    }

    pub fn end(&self, end: &ChainEnd) {
        let Some(line) = self.line(end.chain) else { return };
        line.bar.set_position(end.iterations as u64);
        line.bar.abandon_with_message(format!("{}{}", count(end.draws, self.unit), divergences(end.divergences)));
    }

    pub fn clear(self) {
        // A terminal that is gone shows nothing to remove.
        let _ = self.screen.clear();
    }

    fn line(&self, chain: u64) -> Option<&Line> {
        self.lines.get(chain.wrapping_sub(self.first_chain) as usize)
    }

    fn message(&self, progress: &Progress) -> String {
        let phase = match progress.warmup {
            true => format!("warm-up {}/{}", progress.iteration, self.warmup),
            // Warm-up may have ended before its time.
            false => count((progress.iteration + self.sampling).saturating_sub(progress.total), self.unit),
        };
        let step = match progress.step_size.is_nan() {
            true => String::new(),
            false => format!(", step size {:.3}", progress.step_size),
        };
        phase + &divergences(progress.divergences) + &step
    }
}

/// What follows the draws of a chain; nothing where there are none.
fn divergences(number: usize) -> String {
    if number == 0 { String::new() } else { format!(", {}", count(number, "divergence")) }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{prefix:>9} {bar:24} {percent:>3} %  {msg}").expect("the template is well formed")
}
