//! The model's output as the engine wants it.

use ppl_compiler::ModelOutput;
use ppl_density::Fault;
use rand::Rng;

/// A model's output columns, written by the engine's chains: both crates are strangers to each other.
#[derive(Clone)]
pub(crate) struct Rows(pub(crate) ModelOutput);

impl ppl_engine::Output for Rows {
    fn width(&self) -> usize {
        self.0.width()
    }

    fn write(&mut self, position: &[f64], rng: &mut dyn Rng, row: &mut [f64]) -> Result<(), Fault> {
        self.0.write(position, rng, row)
    }
}
