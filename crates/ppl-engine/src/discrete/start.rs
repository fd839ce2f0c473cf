//! Where a chain with whole numbers starts.

use ppl_density::{Fault, Integer, LogDensity, Slope, Term};

use crate::error::{ChainError, Error};
use crate::init::{Wanted, find};
use crate::rng::Streams;
use crate::target::Target;

/// Finds a starting point as [`find`] does, with whole numbers where they have to be.
pub(crate) fn start<D: LogDensity>(
    integers: &[Integer],
    target: &mut Target<D>,
    streams: &Streams,
    given: &[Option<f64>],
    wanted: Wanted,
) -> Result<Vec<f64>, ChainError> {
    if integers.is_empty() {
        return find(target, streams, given, wanted);
    }
    let spread = Spread { target, integers, given, radius: wanted.radius.max(f64::MIN_POSITIVE) };
    let mut spread = Target::new(spread);
    match find(&mut spread, streams, given, wanted) {
        Ok(position) => Ok(spread.density().spread(&position)),
        Err(ChainError::Fatal(mut fatal)) => {
            fatal.position = spread.density().spread(&fatal.position);
            Err(ChainError::Fatal(fatal))
        }
        Err(error) => Err(error),
    }
}

/// The density over real numbers near 0 of which whole numbers are made: what a search for a start can vary.
struct Spread<'a, D> {
    target: &'a mut Target<D>,
    integers: &'a [Integer],
    /// Which coordinates were given, and so are taken as they are.
    given: &'a [Option<f64>],
    /// Half the width of the box in which starts are drawn.
    radius: f64,
}

impl<D> Spread<'_, D> {
    fn spread(&self, position: &[f64]) -> Vec<f64> {
        let mut whole = position.to_vec();
        for integer in self.integers {
            let q = &mut whole[integer.coordinate];
            if self.given[integer.coordinate].is_none_or(f64::is_nan) {
                *q = self.whole_number(integer, *q);
            }
        }
        whole
    }

    /// All values of a bounded coordinate are equally probable; of others those near the bound, or near 0.
    fn whole_number(&self, integer: &Integer, q: f64) -> f64 {
        let Integer { low, high, .. } = *integer;
        let share = (0.5 + 0.5 * q / self.radius).clamp(0.0, 1.0);
        let far = (2.0 * q).exp().floor();
        match (low.is_finite(), high.is_finite()) {
            (true, true) => (low + (share * (high - low + 1.0)).floor()).min(high),
            (true, false) => low + far,
            (false, true) => high - far,
            (false, false) => (4.0 * q).round(),
        }
    }

    /// The whole position, if the given values fit.
    fn checked(&self, position: &[f64]) -> Result<Vec<f64>, Fault> {
        let whole = self.spread(position);
        let wrong = self.integers.iter().find(|integer| {
            let value = whole[integer.coordinate];
            value.fract() != 0.0 || value < integer.low || value > integer.high
        });
        match wrong {
            None => Ok(whole),
            Some(Integer { coordinate, low, high }) => {
                let value = whole[*coordinate];
                let wanted = format!("a whole number from {low} to {high} is wanted");
                Err(Fault::Reject(format!("coordinate {coordinate} is {value}: {wanted}")))
            }
        }
    }
}

impl<D: LogDensity> LogDensity for Spread<'_, D> {
    fn dim(&self) -> usize {
        self.given.len()
    }

    fn log_density(&mut self, position: &[f64]) -> Result<f64, Fault> {
        let whole = self.checked(position)?;
        self.target.log_density(&whole).map_err(|fatal| Fault::Fatal(fatal.reason))
    }

    fn log_density_and_gradient(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        let whole = self.checked(position)?;
        let value = self.target.log_density_and_gradient(&whole, gradient);
        self.integers.iter().for_each(|integer| gradient[integer.coordinate] = 0.0);
        value.map_err(|fatal| Fault::Fatal(fatal.reason))
    }

    fn terms(&mut self, position: &[f64]) -> Vec<Term> {
        let whole = self.spread(position);
        self.target.density().terms(&whole)
    }

    fn slopes(&mut self, position: &[f64]) -> Vec<Slope> {
        let whole = self.spread(position);
        self.target.density().slopes(&whole)
    }
}

/// Checks that each coordinate that takes whole numbers is one of `dim`, named once, with bounds in order.
pub(crate) fn check_integers(integers: &[Integer], dim: usize) -> Result<(), Error> {
    let mut seen = vec![false; dim];
    for Integer { coordinate, low, high } in integers {
        let whole = |bound: &f64| bound.is_infinite() || bound.fract() == 0.0;
        let in_order = low <= high && *low < f64::INFINITY && *high > f64::NEG_INFINITY;
        let before = seen.get_mut(*coordinate).map(|seen| std::mem::replace(seen, true));
        let wrong = match before {
            None => format!("coordinate {coordinate} is not one of {dim}"),
            Some(true) => format!("coordinate {coordinate} is named twice"),
            _ if whole(low) && whole(high) && in_order => continue,
            _ => format!("coordinate {coordinate} goes from {low} to {high}: give whole numbers in order"),
        };
        return Err(Error::Integers(wrong));
    }
    Ok(())
}
