//! One coordinate that takes whole numbers, and how it is updated.

use ppl_density::{Fault, Integer, LogDensity};
use serde::{Deserialize, Serialize};

use super::gibbs;
use super::slice::Slice;
use crate::error::Fatal;
use crate::fault::FaultKind;
use crate::rng::Stream;
use crate::target::{Judged, Target, guard};

/// The most values a coordinate has for which the log densities of all of them are looked at.
const FEW_VALUES: f64 = 64.0;

/// A coordinate that takes whole numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Site {
    pub(super) coordinate: usize,
    low: f64,
    high: f64,
    /// How it is updated where it has many values.
    slice: Option<Slice>,
}

impl Site {
    pub(super) fn new(integer: Integer) -> Self {
        let Integer { coordinate, low, high } = integer;
        let few = high - low < FEW_VALUES;
        Site { coordinate, low, high, slice: (!few).then(Slice::new) }
    }

    pub(super) fn integer(&self) -> Integer {
        Integer { coordinate: self.coordinate, low: self.low, high: self.high }
    }

    /// Learns from the last update.
    pub(super) fn adapt(&mut self) {
        if let Some(slice) = &mut self.slice {
            slice.adapt();
        }
    }

    /// Moves the coordinate of a position; returns the log density there. `values` is room for those of a site's values.
    pub(super) fn update<D: LogDensity>(
        &mut self,
        target: &mut Target<D>,
        position: &mut [f64],
        log_density: f64,
        values: &mut Vec<f64>,
        rng: &mut Stream,
    ) -> Result<f64, Box<Fatal>> {
        let Site { coordinate, low, high, .. } = *self;
        let current = position[coordinate];
        let mut at = |value: f64| match value {
            value if value == current => Ok(log_density),
            value if value < low || value > high => Ok(f64::NEG_INFINITY),
            value => moved(target, position, (coordinate, value), log_density),
        };
        let [value, log_density] = match &mut self.slice {
            Some(slice) => slice.update([current, log_density], rng, at)?,
            None => {
                values.clear();
                for value in 0..(high - low) as usize + 1 {
                    values.push(at(low + value as f64)?);
                }
                let chosen = gibbs::choose(values, (current - low) as usize, rng);
                [low + chosen as f64, values[chosen]]
            }
        };
        position[coordinate] = value;
        Ok(log_density)
    }
}

/// The log density where one coordinate has another value, given the log density at the position.
fn moved<D: LogDensity>(
    target: &mut Target<D>,
    position: &mut [f64],
    (coordinate, value): (usize, f64),
    log_density: f64,
) -> Result<f64, Box<Fatal>> {
    let change = change(target, position, (coordinate, value))?;
    let current = std::mem::replace(&mut position[coordinate], value);
    let judged = match change {
        Some(change) => Ok(change.map(|change| log_density + change)),
        None => target.judge(position, None),
    };
    let there = judged.map(|judged| settle(target, position, judged));
    position[coordinate] = current;
    there
}

/// Notes what cannot be judged. A value outside the support is no fault here, where all are tried.
fn settle<D: LogDensity>(target: &mut Target<D>, position: &[f64], judged: Judged) -> f64 {
    let fault = match judged {
        Ok(there) if !there.is_nan() => return there,
        Ok(_) => FaultKind::Nan,
        Err(reason) => FaultKind::Rejected(reason),
    };
    target.note(fault, position);
    f64::NEG_INFINITY
}

/// The change of the log density, where the density tells it without evaluating the whole.
fn change<D: LogDensity>(
    target: &mut Target<D>,
    position: &[f64],
    (coordinate, value): (usize, f64),
) -> Result<Option<Judged>, Box<Fatal>> {
    let density = target.density();
    let told = match guard(|| density.log_density_change(position, coordinate, value)) {
        Ok(None) => return Ok(None),
        Ok(Some(f64::INFINITY)) => Err(target.fatal("the log density is +∞, so it is improper".to_string(), position)),
        Ok(Some(change)) => Ok(Some(Ok(change))),
        Err(Fault::Reject(reason)) => Ok(Some(Err(reason))),
        Err(Fault::Fatal(reason)) => Err(target.fatal(reason, position)),
    };
    target.evaluations += 1;
    told
}
