//! A logistic regression, written by hand: did an O-ring fail at this temperature?

use ppl_engine::{Fault, LogDensity, Output};

/// Temperature at launch in °F, and whether a field joint's O-ring showed distress: the 23 flights of the space shuttle
/// before the Challenger (Dalal, Fowlkes and Hoadley 1989).
const FLIGHTS: [(f64, bool); 23] = [
    (66.0, false),
    (70.0, true),
    (69.0, false),
    (68.0, false),
    (67.0, false),
    (72.0, false),
    (73.0, false),
    (70.0, false),
    (57.0, true),
    (63.0, true),
    (70.0, true),
    (78.0, false),
    (67.0, false),
    (53.0, true),
    (67.0, false),
    (75.0, false),
    (70.0, false),
    (81.0, false),
    (76.0, false),
    (79.0, false),
    (75.0, true),
    (76.0, false),
    (58.0, true),
];

/// Temperatures are centred and counted in tens of degrees, so that both coefficients are of order one.
fn scaled(temperature: f64) -> f64 {
    (temperature - 70.0) / 10.0
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The posterior of an intercept and a slope with normal priors of scale 5: positions are the two coefficients themselves.
#[derive(Clone, Copy, Debug)]
pub struct Challenger;

impl LogDensity for Challenger {
    fn dim(&self) -> usize {
        2
    }

    fn log_density(&mut self, position: &[f64]) -> Result<f64, Fault> {
        self.log_density_and_gradient(position, &mut [0.0; 2])
    }

    fn log_density_and_gradient(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        let (intercept, slope) = (position[0], position[1]);
        let mut value = -(intercept * intercept + slope * slope) / 50.0;
        gradient[0] = -intercept / 25.0;
        gradient[1] = -slope / 25.0;
        for (temperature, failed) in FLIGHTS {
            let x = scaled(temperature);
            let eta = intercept + slope * x;
            let sign = if failed { 1.0 } else { -1.0 };
            value -= (-sign * eta).exp().ln_1p();
            let residual = sign * logistic(-sign * eta);
            gradient[0] += residual;
            gradient[1] += residual * x;
        }
        Ok(value)
    }
}

/// What is stored of a position: both coefficients, and the probability of a failure at the 31 °F of the last launch.
#[derive(Clone, Copy, Debug)]
pub struct Probabilities;

impl Output for Probabilities {
    fn width(&self) -> usize {
        3
    }

    fn write(&mut self, position: &[f64], _: &mut dyn ppl_engine::Rng, row: &mut [f64]) -> Result<(), Fault> {
        row[..2].copy_from_slice(position);
        row[2] = logistic(position[0] + position[1] * scaled(31.0));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_that_of_the_value() {
        let position = [-0.7, -1.3];
        let mut gradient = [0.0; 2];
        Challenger.log_density_and_gradient(&position, &mut gradient).unwrap();
        for at in 0..2 {
            let moved = |by: f64| {
                let mut position = position;
                position[at] += by;
                Challenger.log_density(&position).unwrap()
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((slope - gradient[at]).abs() < 1e-8);
        }
    }
}
