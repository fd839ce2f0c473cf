//! From a position to the row that is stored.

use ppl_density::Fault;
use rand::Rng;

/// Turns a position into the row that is stored: values on their natural scale, reports, simulated quantities.
///
/// Each chain works on its own clone. The row may depend on nothing but the position and the random stream, which is
/// opened anew for each iteration; the walkers of an ensemble share it, one after another.
pub trait Output {
    /// Length of a row.
    fn width(&self) -> usize;

    /// Writes the row of `position` to `row`, of length [`Self::width`].
    ///
    /// # Errors
    /// [`Fault::Reject`] fills the row with NaN and is counted; [`Fault::Fatal`] ends the chain.
    fn write(&mut self, position: &[f64], rng: &mut dyn Rng, row: &mut [f64]) -> Result<(), Fault>;
}

/// Stores the unconstrained position itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Positions {
    /// Length of a position.
    pub dim: usize,
}

impl Output for Positions {
    fn width(&self) -> usize {
        self.dim
    }

    fn write(&mut self, position: &[f64], _rng: &mut dyn Rng, row: &mut [f64]) -> Result<(), Fault> {
        if position.len() != self.dim {
            return Err(Fault::Fatal(format!(
                "`Positions` was made for {} dimensions and the log density has {}",
                self.dim,
                position.len()
            )));
        }
        row.copy_from_slice(position);
        Ok(())
    }
}
