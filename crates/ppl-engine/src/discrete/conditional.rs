//! The density of the other coordinates, given the whole numbers.

use ppl_density::{Fault, LogDensity};
use serde::{Deserialize, Serialize};

use crate::error::{ChainError, Fatal};
use crate::target::Target;

/// The coordinates that are not whole numbers, with these held where they are.
pub(crate) struct Conditional<'a, D> {
    pub(crate) target: &'a mut Target<D>,
    /// Where the coordinates stand in the whole position.
    pub(crate) places: &'a [usize],
    /// The whole position and the gradient there.
    pub(crate) whole: &'a mut Whole,
}

/// A position of the whole density, and room for its gradient.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Whole {
    pub(crate) position: Vec<f64>,
    gradient: Vec<f64>,
}

impl Whole {
    pub(crate) fn at(position: Vec<f64>) -> Self {
        Whole { gradient: vec![0.0; position.len()], position }
    }

    /// The same failure, at the whole position at which it happened.
    pub(crate) fn blame(&self, error: ChainError) -> ChainError {
        match error {
            ChainError::Fatal(fatal) => {
                ChainError::Fatal(Box::new(Fatal { position: self.position.clone(), ..*fatal }))
            }
            other => other,
        }
    }

    /// Takes the coordinates at some places.
    pub(crate) fn put(&mut self, places: &[usize], values: &[f64]) {
        places.iter().zip(values).for_each(|(&place, value)| self.position[place] = *value);
    }
}

impl<D: LogDensity> LogDensity for Conditional<'_, D> {
    fn dim(&self) -> usize {
        self.places.len()
    }

    fn log_density(&mut self, position: &[f64]) -> Result<f64, Fault> {
        self.whole.put(self.places, position);
        self.target.log_density(&self.whole.position).map_err(|fatal| Fault::Fatal(fatal.reason))
    }

    fn log_density_and_gradient(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        self.whole.put(self.places, position);
        let Whole { position, gradient: all } = &mut *self.whole;
        let evaluated = self.target.log_density_and_gradient(position, all);
        let log_density = evaluated.map_err(|fatal| Fault::Fatal(fatal.reason))?;
        self.places.iter().zip(&mut *gradient).for_each(|(&place, g)| *g = all[place]);
        self.target.check_gradient(log_density, gradient, position);
        Ok(log_density)
    }
}
