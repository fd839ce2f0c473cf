//! Threads that evaluate a log density beside a chain's own.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;

use ppl_density::{Fault, LogDensity};

use crate::target::guard;

/// A thread with a log density of its own, for as long as the helper lives.
pub(crate) struct Helper {
    work: SyncSender<Batch>,
    done: Receiver<Batch>,
    /// The batch while nobody works on it.
    idle: Batch,
}

/// Positions that follow one another, and what the log density says of each.
#[derive(Debug, Default)]
struct Batch {
    positions: Vec<f64>,
    values: Vec<Result<f64, Fault>>,
}

impl Helper {
    /// Starts a thread that evaluates `density`.
    pub(crate) fn hire<'scope, D: LogDensity + Send>(
        scope: &'scope Scope<'scope, '_>,
        density: &'scope mut D,
    ) -> Helper {
        let (work, orders) = sync_channel::<Batch>(1);
        let (results, done) = sync_channel(1);
        scope.spawn(move || {
            // Either end is closed when the helper is dropped.
            while let Ok(mut batch) = orders.recv() {
                batch.evaluate(density);
                if results.send(batch).is_err() {
                    return;
                }
            }
        });
        Helper { work, done, idle: Batch::default() }
    }

    /// Gives the thread positions to evaluate.
    pub(crate) fn begin(&mut self, positions: &[f64]) {
        let mut batch = std::mem::take(&mut self.idle);
        batch.positions.clear();
        batch.positions.extend_from_slice(positions);
        self.work.send(batch).expect("the thread lasts as long as its helper");
    }

    /// Waits for the values at the positions given last.
    pub(crate) fn finish(&mut self) -> &mut Vec<Result<f64, Fault>> {
        self.idle = self.done.recv().expect("the thread lasts as long as its helper, and catches panics");
        &mut self.idle.values
    }
}

impl Batch {
    fn evaluate(&mut self, density: &mut impl LogDensity) {
        let positions = self.positions.chunks_exact(density.dim());
        self.values.clear();
        for position in positions {
            self.values.push(guard(|| density.log_density(position)));
        }
    }
}
