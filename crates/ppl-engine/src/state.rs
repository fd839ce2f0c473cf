//! A chain between two iterations, as it is kept for going on later.

use ppl_density::Integer;
use serde::{Deserialize, Serialize};

use crate::kernel::AnyKernel;
use crate::settings::Settings;
use crate::sink::ChainEnd;

/// A chain between two iterations: all that is needed to go on as if it had never stopped.
///
/// No state of a random generator is in it, because streams are opened by iteration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChainState {
    /// Counts so far.
    pub(crate) end: ChainEnd,
    /// Sum of the acceptance statistics after warm-up.
    pub(crate) accept: f64,
    /// Iterations of warm-up, which may have ended before its time.
    pub(crate) warmup: usize,
    /// The iteration at which the chain last met the others.
    pub(crate) met: usize,
    pub(crate) kernel: Option<AnyKernel>,
    /// Where the sink stood.
    pub(crate) mark: Vec<u64>,
}

impl ChainState {
    pub(crate) fn new(chain: u64, warmup: usize) -> Self {
        ChainState { end: ChainEnd::new(chain), accept: 0.0, warmup, met: 0, kernel: None, mark: Vec::new() }
    }

    /// Id of the chain.
    pub fn chain(&self) -> u64 {
        self.end.chain
    }

    /// What the chain had counted.
    pub fn end(&self) -> &ChainEnd {
        &self.end
    }

    /// Iterations done, warm-up included.
    pub fn iterations(&self) -> usize {
        self.end.iterations
    }

    /// Draws that the sink had taken, without warm-up.
    pub fn draws(&self) -> usize {
        self.end.draws
    }

    /// Where the sink stood, as [`crate::Sink::mark`] said.
    pub fn mark(&self) -> &[u64] {
        &self.mark
    }

    /// Whether a chain of such settings and dimensions can go on from here.
    pub(crate) fn fits(&self, settings: &Settings, dim: usize, integers: &[Integer]) -> bool {
        let id = self.chain().wrapping_sub(settings.first_chain);
        let known = (id as usize) < settings.chains && self.warmup <= settings.warmup;
        known && self.kernel.as_ref().is_none_or(|kernel| kernel.fits(settings, dim, integers))
    }
}
