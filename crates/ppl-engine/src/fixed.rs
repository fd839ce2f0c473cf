//! The kernel of a target without coordinates: nothing moves, and only simulated quantities differ between draws.

use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use crate::error::ChainError;
use crate::kernel::Kernel;
use crate::rng::Streams;
use crate::sink::{Adapted, InverseMetric, Stats};
use crate::target::Target;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Fixed {
    walkers: usize,
    stats: Stats,
}

impl Fixed {
    pub(crate) fn new<D: LogDensity>(target: &mut Target<D>, walkers: usize) -> Result<Self, ChainError> {
        let log_density = target.log_density(&[])?;
        Ok(Fixed { walkers, stats: Stats { log_density, accept: 1.0, ..Stats::default() } })
    }
}

impl<D: LogDensity> Kernel<D> for Fixed {
    fn step(&mut self, _: &mut Target<D>, _: &Streams, _: usize) -> Result<(), ChainError> {
        Ok(())
    }

    fn adapt(&mut self, _: &mut Target<D>, _: &Streams, _: usize) -> Result<(), ChainError> {
        Ok(())
    }

    fn freeze(&mut self) {}

    fn adapted(&self) -> Adapted {
        Adapted { step_size: f64::NAN, inverse_metric: InverseMetric::None, integrator: None }
    }

    fn walkers(&self) -> usize {
        self.walkers
    }

    fn position(&self, _: usize) -> &[f64] {
        &[]
    }

    fn stats(&self, _: usize) -> Stats {
        self.stats
    }
}
