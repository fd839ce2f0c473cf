//! Slice updates of a coordinate with many values, or infinitely many.

use serde::{Deserialize, Serialize};

use crate::rng::{Stream, uniform};

/// Steps by which an interval grows at most.
const MOST_STEPS: f64 = 64.0;
/// Steps from which on the width is too small, and values tried from which on it is too large.
const MANY_STEPS: u32 = 3;
const MANY_TRIES: u32 = 4;
const LARGEST_WIDTH: f64 = 1e15;

/// The width of the interval that is stepped out from, and what the last update met.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Slice {
    width: f64,
    steps: u32,
    tries: u32,
}

impl Slice {
    pub(super) fn new() -> Self {
        Slice { width: 4.0, steps: 0, tries: 0 }
    }

    /// Doubles or halves the width if the last update suggests it; of use in warm-up only.
    pub(super) fn adapt(&mut self) {
        if self.steps >= MANY_STEPS && self.width < LARGEST_WIDTH {
            self.width *= 2.0;
        } else if self.tries >= MANY_TRIES && self.width > 1.0 {
            self.width *= 0.5;
        }
    }

    /// Draws a value that leaves the distribution with this log density over whole numbers invariant; returns it with
    /// its log density.
    ///
    /// The whole numbers are cells of the real line, on which the density is constant; there it is the slice sampler
    /// with stepping out and shrinkage (Neal 2003, figures 3 and 5).
    pub(super) fn update<E>(
        &mut self,
        [current, log_density]: [f64; 2],
        rng: &mut Stream,
        mut at: impl FnMut(f64) -> Result<f64, E>,
    ) -> Result<[f64; 2], E> {
        let level = log_density + (1.0 - uniform(rng)).ln();
        let place = current + uniform(rng);
        let mut low = place - self.width * uniform(rng);
        let mut high = low + self.width;
        let mut below = (MOST_STEPS * uniform(rng)).floor();
        let mut above = MOST_STEPS - 1.0 - below;
        (self.steps, self.tries) = (0, 0);
        while below > 0.0 && at(low.floor())? > level {
            (low, below, self.steps) = (low - self.width, below - 1.0, self.steps + 1);
        }
        while above > 0.0 && at(high.floor())? > level {
            (high, above, self.steps) = (high + self.width, above - 1.0, self.steps + 1);
        }
        loop {
            let tried = low + (high - low) * uniform(rng);
            let value = tried.floor();
            if value == current {
                return Ok([current, log_density]);
            }
            let found = at(value)?;
            if found > level {
                return Ok([value, found]);
            }
            self.tries += 1;
            if tried < place { low = tried } else { high = tried }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};

    /// Two islands apart: whether an interval reaches the other is chance, and has to be as probable on the way back.
    const WEIGHTS: [f64; 7] = [0.1, 0.3, 0.0, 0.0, 0.0, 0.4, 0.2];

    #[test]
    fn islands_have_their_probabilities() {
        let (updates, mut slice) = (200_000, Slice::new());
        let mut rng = Streams::new(1, 1).open(Purpose::Sweep, 0);
        let log = |value: f64| match value {
            0.0..=6.0 => Ok(WEIGHTS[value as usize].ln()),
            _ => Ok(f64::NEG_INFINITY),
        };
        let (mut at, mut shares) = ([0.0, WEIGHTS[0].ln()], [0.0; 7]);
        for _ in 0..updates {
            at = slice.update::<()>(at, &mut rng, log).unwrap();
            shares[at[0] as usize] += 1.0 / f64::from(updates);
        }
        let near = shares.iter().zip(WEIGHTS).all(|(share, weight)| (share - weight).abs() < 0.01);
        assert!(near, "{shares:?}");
    }
}
