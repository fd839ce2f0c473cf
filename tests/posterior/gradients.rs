//! Gradients against central differences, at reference draws.

use libtest_mimic::Failed;
use ppl_density::LogDensity;

use crate::cases::Case;
use crate::compiled::{compile, position};
use crate::reference::Database;
use crate::scores::Scores;

/// Step of the differences in widths of the posterior; their error is its square.
const STEP: f64 = 1e-4;
/// Largest error, in units of the gradient and its spread over the posterior.
const TOLERANCE: f64 = 1e-6;

/// Compares every component at five draws.
pub fn check(case: &Case, database: &Database) -> Result<(), Failed> {
    let program = compile(&case.model()?, &database.data(case.name)?)?;
    let draws = database.draws(case.name)?;
    let scores = Scores::new(&program, &draws)?;
    let mut density = program.density();
    for point in draws.five_points() {
        let mut at = position(&program, &point)?;
        let mut gradient = vec![0.0; program.dim()];
        density.log_density_and_gradient(&at, &mut gradient)?;
        for (coordinate, &ours) in gradient.iter().enumerate() {
            let spread = scores.gradient_sd(coordinate);
            let difference = central_difference(&mut density, &mut at, coordinate, STEP / spread)?;
            // NaN is not close.
            let close = (ours - difference).abs() <= TOLERANCE * (ours.abs() + spread);
            if !close {
                let component = coordinate + 1;
                return Err(format!("component {component} is {ours}, by differences {difference}").into());
            }
        }
    }
    Ok(())
}

/// The slope along one coordinate; `at` is left as it was.
fn central_difference(
    density: &mut impl LogDensity,
    at: &mut [f64],
    coordinate: usize,
    step: f64,
) -> Result<f64, Failed> {
    let centre = at[coordinate];
    let (above, below) = (centre + step, centre - step);
    at[coordinate] = above;
    let high = density.log_density(at)?;
    at[coordinate] = below;
    let low = density.log_density(at)?;
    at[coordinate] = centre;
    // What rounding left of the step, not the step, is the distance.
    Ok((high - low) / (above - below))
}
