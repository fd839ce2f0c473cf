//! A log density against draws of its posterior, with no sampler of ours between.
//!
//! Where u is drawn from a density whose gradient of the log is g, partial integration gives E g = 0 and
//! E (u − E u) g = −1, coordinate by coordinate. The draws are nearly independent, so the errors are sd / √n.

use libtest_mimic::Failed;
use ppl_compiler::Program;
use ppl_density::LogDensity;

use crate::cases::Case;
use crate::compiled::{compile, position};
use crate::reference::{Database, ReferenceDraws};

/// Standard errors a mean may be off. The draws are fixed, so a right density that passes once passes always.
const ERRORS: f64 = 5.0;

/// Applies both identities to every coordinate over all reference draws.
pub fn check(case: &Case, database: &Database) -> Result<(), Failed> {
    let program = compile(&case.model()?, &database.data(case.name)?)?;
    let scores = Scores::new(&program, &database.draws(case.name)?)?;
    let faults: Vec<String> = (0..program.dim()).flat_map(|coordinate| scores.faults(coordinate)).collect();
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults.join("\n").into()),
    }
}

/// Unconstrained positions of reference draws and the gradients there, a vector a draw.
pub struct Scores {
    positions: Vec<Vec<f64>>,
    gradients: Vec<Vec<f64>>,
}

impl Scores {
    pub fn new(program: &Program, draws: &ReferenceDraws) -> Result<Scores, Failed> {
        let mut density = program.density();
        let positions: Vec<Vec<f64>> =
            draws.points().map(|point| position(program, &point)).collect::<Result<_, Failed>>()?;
        let mut gradients = vec![vec![0.0; program.dim()]; positions.len()];
        for (position, gradient) in positions.iter().zip(&mut gradients) {
            density.log_density_and_gradient(position, gradient)?;
        }
        Ok(Scores { positions, gradients })
    }

    /// Standard deviation of one component of the gradient; its inverse is the width of the posterior in that
    /// coordinate, given the others.
    pub fn gradient_sd(&self, coordinate: usize) -> f64 {
        let (_, error) = mean_and_error(self.gradients.iter().map(|gradient| gradient[coordinate]));
        error * (self.gradients.len() as f64).sqrt()
    }

    fn faults(&self, coordinate: usize) -> Vec<String> {
        let of = |rows: &[Vec<f64>]| -> Vec<f64> { rows.iter().map(|row| row[coordinate]).collect() };
        let (u, g) = (of(&self.positions), of(&self.gradients));
        let (centre, _) = mean_and_error(u.iter().copied());
        let products = u.iter().zip(&g).map(|(u, g)| (u - centre) * g);
        let identities = [
            ("gradient", 0.0, mean_and_error(g.iter().copied())),
            ("(u - mean u) times gradient", -1.0, mean_and_error(products)),
        ];
        let off = identities.into_iter().filter(|(_, expected, (mean, error))| {
            // NaN is not close.
            let close = (mean - expected).abs() <= ERRORS * error;
            !close
        });
        off.map(|(what, expected, (mean, error))| {
            format!("coordinate {}: the mean of {what} is {mean} ± {error}, not {expected}", coordinate + 1)
        })
        .collect()
    }
}

fn mean_and_error(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    let variance = values.map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}
