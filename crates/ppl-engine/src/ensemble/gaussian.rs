//! A random walk that does not look at the other walkers.

use crate::moves::Coordinates;
use crate::rng::{Stream, below, normal, uniform};

/// q = s + f σ ξ in all coordinates or in one, with ln f uniform on ± ln `spread`; symmetric.
pub(super) fn propose(
    current: &[f64],
    (scale, spread): (f64, f64),
    (coordinates, iteration): (Coordinates, usize),
    rng: &mut Stream,
    proposal: &mut [f64],
) -> f64 {
    let scale = scale * spread.powf(2.0 * uniform(rng) - 1.0);
    proposal.copy_from_slice(current);
    match coordinates {
        Coordinates::Together => proposal.iter_mut().for_each(|q| *q += scale * normal(rng)),
        Coordinates::Random => proposal[below(rng, current.len())] += scale * normal(rng),
        Coordinates::Sequential => proposal[iteration % current.len()] += scale * normal(rng),
    }
    0.0
}
