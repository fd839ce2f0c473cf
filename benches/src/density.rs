//! Log densities of any kind, as one type.

use ppl::{Fault, LogDensity};

/// A log density of any kind that each chain takes a clone of.
pub struct Density(Box<dyn Own>);

/// What a boxed density must be able to do.
trait Own: LogDensity + Send {
    fn boxed_clone(&self) -> Box<dyn Own>;
}

impl<D: LogDensity + Clone + Send + 'static> Own for D {
    fn boxed_clone(&self) -> Box<dyn Own> {
        Box::new(self.clone())
    }
}

impl Density {
    /// Any density.
    pub fn new(density: impl LogDensity + Clone + Send + 'static) -> Self {
        Density(Box::new(density))
    }
}

impl Clone for Density {
    fn clone(&self) -> Self {
        Density(self.0.boxed_clone())
    }
}

impl LogDensity for Density {
    fn dim(&self) -> usize {
        self.0.dim()
    }

    fn log_density(&mut self, position: &[f64]) -> Result<f64, Fault> {
        self.0.log_density(position)
    }

    fn log_density_and_gradient(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        self.0.log_density_and_gradient(position, gradient)
    }

    fn draw_prior(&mut self, uniform: &mut dyn FnMut() -> f64, position: &mut [f64]) -> bool {
        self.0.draw_prior(uniform, position)
    }
}
