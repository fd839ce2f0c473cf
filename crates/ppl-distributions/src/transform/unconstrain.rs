//! From values back to unconstrained coordinates, as plain numbers.

use super::zero_sum::column_scale;
use crate::{Structure, Values};

/// How far from 1 (or 0) the sum of a simplex (or zero-sum vector) may be.
const SUM_TOLERANCE: f64 = 1e-8;

/// A support with plain numbers for its ends.
#[derive(Clone, Copy, Debug)]
pub struct NumericSupport<'a> {
    /// What the values are.
    pub values: Values,
    /// The lower end: one number for all, or one an element.
    pub lower: Option<&'a [f64]>,
    /// The upper end: one number for all, or one an element.
    pub upper: Option<&'a [f64]>,
    /// How the elements of a vector hang together.
    pub structure: Structure,
}

impl NumericSupport<'_> {
    fn lower(&self, element: usize) -> f64 {
        at(self.lower, element, f64::NEG_INFINITY)
    }

    fn upper(&self, element: usize) -> f64 {
        at(self.upper, element, f64::INFINITY)
    }
}

fn at(bound: Option<&[f64]>, element: usize, none: f64) -> f64 {
    bound.map_or(none, |values| values[if values.len() == 1 { 0 } else { element }])
}

/// The coordinates whose constrained value is `value`, flat; vectors have `event` elements.
///
/// # Errors
/// What is wrong with the first value outside the inside of the support, as in `-1 is not above 0`. The ends of a
/// continuous support have no finite coordinates, so they are refused too.
pub fn unconstrain(support: &NumericSupport, value: &[f64], event: usize) -> Result<Vec<f64>, String> {
    if support.values != Values::Real {
        return Ok(value.to_vec());
    }
    match support.structure {
        Structure::Free => {
            let elements = value.iter().enumerate();
            elements.map(|(k, &x)| free(x, support.lower(k), support.upper(k))).collect()
        }
        Structure::Ordered => by_event(value, event, |start, x| ordered(support, start, x)),
        Structure::Simplex => by_event(value, event, |_, x| simplex(x)),
        Structure::ZeroSum => by_event(value, event, |_, x| zero_sum(x)),
        Structure::Counts(_) => Ok(value.to_vec()),
    }
}

fn by_event(
    value: &[f64],
    event: usize,
    coordinates: impl Fn(usize, &[f64]) -> Result<Vec<f64>, String>,
) -> Result<Vec<f64>, String> {
    let events = value.chunks(event).enumerate().map(|(k, x)| coordinates(k * event, x));
    Ok(events.collect::<Result<Vec<_>, _>>()?.concat())
}

/// The coordinate of a number between bounds that may be infinite.
fn free(x: f64, lower: f64, upper: f64) -> Result<f64, String> {
    is_inside(x, lower, upper)?;
    Ok(match (lower.is_finite(), upper.is_finite()) {
        (false, false) => x,
        (true, false) => (x - lower).ln(),
        (false, true) => (upper - x).ln(),
        (true, true) => (x - lower).ln() - (upper - x).ln(),
    })
}

fn is_inside(x: f64, lower: f64, upper: f64) -> Result<(), String> {
    if !x.is_finite() {
        return Err(format!("{x} is not a finite number"));
    }
    if x <= lower {
        return Err(format!("{x} is not above {lower}"));
    }
    if x >= upper {
        return Err(format!("{x} is not below {upper}"));
    }
    Ok(())
}

fn ordered(support: &NumericSupport, start: usize, x: &[f64]) -> Result<Vec<f64>, String> {
    let (lower, upper) = (support.lower(start), support.upper(start));
    let mut u = vec![free(x[0], lower, upper)?];
    for pair in x.windows(2) {
        is_inside(pair[1], pair[0], upper).map_err(|reason| format!("{reason}, as values must increase"))?;
        // Above a lower end only, steps are free; under an upper end they are shares of the room left.
        u.push(free(pair[1], pair[0], upper)?);
    }
    Ok(u)
}

fn simplex(x: &[f64]) -> Result<Vec<f64>, String> {
    x.iter().try_for_each(|&p| is_inside(p, 0.0, f64::INFINITY))?;
    let total: f64 = x.iter().sum();
    if (total - 1.0).abs() > SUM_TOLERANCE {
        return Err(format!("the sum is {total}, not 1"));
    }
    let logs: Vec<f64> = x.iter().map(|p| p.ln()).collect();
    Ok(isometric_coordinates(&logs))
}

fn zero_sum(x: &[f64]) -> Result<Vec<f64>, String> {
    x.iter().try_for_each(|&v| is_inside(v, f64::NEG_INFINITY, f64::INFINITY))?;
    let (total, size) = x.iter().fold((0.0, 1.0), |(sum, size), v| (sum + v, size + v.abs()));
    if total.abs() > SUM_TOLERANCE * size {
        return Err(format!("the sum is {total}, not 0"));
    }
    Ok(isometric_coordinates(x))
}

/// Vᵀ z for Helmert's basis V; a constant added to z changes nothing.
fn isometric_coordinates(z: &[f64]) -> Vec<f64> {
    let mut before = 0.0;
    (1..z.len())
        .map(|j| {
            before += z[j - 1];
            column_scale(j) * (before - j as f64 * z[j])
        })
        .collect()
}
