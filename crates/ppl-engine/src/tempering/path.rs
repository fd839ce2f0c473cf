//! The densities between the reference and the target.

use ppl_density::{Fault, LogDensity};

use super::reference::Reference;
use crate::explorer::Place;
use crate::target::Target;

/// reference^(1 − β) · target^β, unnormalised, at an inverse temperature β in (0, 1].
///
/// The reference is normalised, so that no split of the target into prior and likelihood is needed, and every density
/// on the path has a finite integral if the target has one.
pub(crate) struct Tempered<'a, D> {
    pub(crate) target: &'a mut Target<D>,
    pub(crate) reference: &'a Reference,
    pub(crate) beta: f64,
}

impl<D> Tempered<'_, D> {
    fn blend(&self, log_density: f64, position: &[f64]) -> f64 {
        // At 1 the reference has no weight even where it is −∞.
        match self.beta == 1.0 {
            true => log_density,
            false => (1.0 - self.beta) * self.reference.log_density(position) + self.beta * log_density,
        }
    }
}

impl<D: LogDensity> LogDensity for Tempered<'_, D> {
    fn dim(&self) -> usize {
        self.target.dim()
    }

    fn log_density(&mut self, position: &[f64]) -> Result<f64, Fault> {
        let log_density = self.target.log_density(position).map_err(|fatal| Fault::Fatal(fatal.reason))?;
        Ok(self.blend(log_density, position))
    }

    fn log_density_and_gradient(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        let evaluated = self.target.log_density_and_gradient(position, gradient);
        let log_density = evaluated.map_err(|fatal| Fault::Fatal(fatal.reason))?;
        self.target.check_gradient(log_density, gradient, position);
        if self.beta < 1.0 {
            self.reference.blend_gradient(position, gradient, [self.beta, 1.0 - self.beta]);
        }
        Ok(self.blend(log_density, position))
    }
}

/// Takes a place on the path to an inverse temperature `ratio` times as large, without evaluating the target.
///
/// With β′ = ratio · β, (1 − β′) r + β′ p = ratio · [(1 − β) r + β p] + (1 − ratio) r for the log densities r of the
/// reference and p of the target, and so for their gradients.
pub(crate) fn reheat(place: &mut Place, reference: &Reference, ratio: f64) {
    *place.log_density = ratio * *place.log_density + (1.0 - ratio) * reference.log_density(place.position);
    reference.blend_gradient(place.position, place.gradient, [ratio, 1.0 - ratio]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Quartic;

    impl LogDensity for Quartic {
        fn dim(&self) -> usize {
            2
        }
        fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
            Ok(-q[0].powi(4) - (q[1] - 3.0).powi(2))
        }
        fn log_density_and_gradient(&mut self, q: &[f64], g: &mut [f64]) -> Result<f64, Fault> {
            (g[0], g[1]) = (-4.0 * q[0].powi(3), -2.0 * (q[1] - 3.0));
            self.log_density(q)
        }
    }

    fn evaluated(beta: f64, position: &[f64]) -> (f64, Vec<f64>) {
        let (mut target, mut gradient) = (Target::new(Quartic), vec![0.0; 2]);
        let mut path = Tempered { target: &mut target, reference: &Reference::standard(2), beta };
        (path.log_density_and_gradient(position, &mut gradient).unwrap(), gradient)
    }

    #[test]
    fn a_place_is_reheated_to_what_an_evaluation_gives() {
        let mut position = vec![0.7, 1.9];
        for (from, to) in [(0.01, 0.3), (0.3, 1.0), (1.0, 0.2)] {
            let (mut log_density, mut gradient) = evaluated(from, &position);
            let (expected, slope) = evaluated(to, &position);
            let mut place = Place { position: &mut position, gradient: &mut gradient, log_density: &mut log_density };
            reheat(&mut place, &Reference::standard(2), to / from);
            assert!((log_density - expected).abs() < 1e-12);
            assert!(gradient.iter().zip(&slope).all(|(a, b)| (a - b).abs() < 1e-12), "{gradient:?} {slope:?}");
        }
    }

    #[test]
    fn the_end_of_the_path_is_the_target_to_the_bit() {
        for position in [[0.1, 0.2], [1e200, 0.0]] {
            assert_eq!(evaluated(1.0, &position).0, Quartic.log_density(&position).unwrap());
        }
    }
}
