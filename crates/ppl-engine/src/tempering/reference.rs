//! The distribution at the hot end of the path, which can be drawn from at will.

use serde::{Deserialize, Serialize};

use crate::rng::{Stream, normal, uniform};

/// Share of draws from the wide component.
const WIDE_SHARE: f64 = 0.25;
/// How much wider it is.
const WIDTH: f64 = 5.0;
/// A scale shrinks to no less than this share of itself in one fit, so that a chain that stood still does no harm.
const LEAST_SHRINKING: f64 = 1e-3;

/// Independent normals with one centre and one scale a coordinate; a share of the draws has scales [`WIDTH`] times as
/// large.
///
/// The wide component is the defence against a fit to draws of one mode alone (Hesterberg 1995): another mode keeps
/// mass along the path, so that it can be found again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reference {
    centre: Vec<f64>,
    scale: Vec<f64>,
    /// Σ log scale + ½ dim log 2π.
    log_norm: f64,
}

impl Reference {
    /// The one to begin with: centred on 0, with scale 1.
    pub(crate) fn standard(dim: usize) -> Self {
        Reference::new(vec![0.0; dim], vec![1.0; dim])
    }

    fn new(centre: Vec<f64>, scale: Vec<f64>) -> Self {
        let half_log_tau = 0.5 * std::f64::consts::TAU.ln();
        let log_norm = scale.iter().map(|s| s.ln() + half_log_tau).sum();
        Reference { centre, scale, log_norm }
    }

    /// The reference with the centre and the scales of some positions.
    pub(crate) fn fitted(&self, moments: &Moments) -> Self {
        if moments.count < 2 {
            return self.clone();
        }
        let scales = self.scale.iter().zip(&moments.squares);
        let scales = scales.map(|(old, sum)| (sum / (moments.count - 1) as f64).sqrt().max(LEAST_SHRINKING * old));
        let fitted = Reference::new(moments.mean.clone(), scales.collect());
        if fitted.log_norm.is_finite() && fitted.centre.iter().all(|c| c.is_finite()) { fitted } else { self.clone() }
    }

    /// The log density, normalised.
    pub(crate) fn log_density(&self, position: &[f64]) -> f64 {
        let [narrow, wide] = self.components(position);
        let largest = narrow.max(wide);
        if largest == f64::NEG_INFINITY {
            return largest;
        }
        largest + ((narrow - largest).exp() + (wide - largest).exp()).ln()
    }

    /// gradient ← weight · gradient + `own` · gradient of the log density.
    pub(crate) fn blend_gradient(&self, position: &[f64], gradient: &mut [f64], [weight, own]: [f64; 2]) {
        let [narrow, wide] = self.components(position);
        let wide_share = 1.0 / (1.0 + (narrow - wide).exp());
        let pull = own * (1.0 - wide_share + wide_share / (WIDTH * WIDTH));
        for (((g, q), c), s) in gradient.iter_mut().zip(position).zip(&self.centre).zip(&self.scale) {
            *g = weight * *g - pull * (q - c) / (s * s);
        }
    }

    /// The log densities of both components, times their shares.
    fn components(&self, position: &[f64]) -> [f64; 2] {
        let coordinates = position.iter().zip(&self.centre).zip(&self.scale);
        let half_square = 0.5 * coordinates.map(|((q, c), s)| ((q - c) / s).powi(2)).sum::<f64>();
        let narrow = (1.0 - WIDE_SHARE).ln() - half_square;
        let wide = WIDE_SHARE.ln() - half_square / (WIDTH * WIDTH) - position.len() as f64 * WIDTH.ln();
        [narrow - self.log_norm, wide - self.log_norm]
    }

    /// Draws a position.
    pub(crate) fn draw(&self, rng: &mut Stream, position: &mut [f64]) {
        let width = if uniform(rng) < WIDE_SHARE { WIDTH } else { 1.0 };
        for ((q, c), s) in position.iter_mut().zip(&self.centre).zip(&self.scale) {
            *q = c + width * s * normal(rng);
        }
    }
}

/// Means and sums of squared deviations of positions, coordinate by coordinate (Welford 1962).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Moments {
    count: usize,
    mean: Vec<f64>,
    squares: Vec<f64>,
}

impl Moments {
    pub(crate) fn new(dim: usize) -> Self {
        Moments { count: 0, mean: vec![0.0; dim], squares: vec![0.0; dim] }
    }

    pub(crate) fn add(&mut self, position: &[f64]) {
        self.count += 1;
        let weight = 1.0 / self.count as f64;
        for ((mean, squares), q) in self.mean.iter_mut().zip(&mut self.squares).zip(position) {
            let deviation = q - *mean;
            *mean += weight * deviation;
            *squares += deviation * (q - *mean);
        }
    }

    /// Takes the positions of others (Chan, Golub and LeVeque 1983).
    pub(crate) fn join(&mut self, others: &Moments) {
        let (n, m) = (self.count as f64, others.count as f64);
        self.count += others.count;
        let weight = if others.count == 0 { 0.0 } else { m / (n + m) };
        for at in 0..self.mean.len() {
            let deviation = others.mean[at] - self.mean[at];
            self.mean[at] += weight * deviation;
            self.squares[at] += others.squares[at] + n * weight * deviation * deviation;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};

    fn shifted() -> Reference {
        Reference::new(vec![1.0, -2.0], vec![0.5, 3.0])
    }

    #[test]
    fn the_gradient_is_that_of_the_log_density() {
        for position in [[1.3, -1.0], [3.0, 11.0], [-0.9, 4.0]] {
            let mut gradient = [10.0, 20.0];
            shifted().blend_gradient(&position, &mut gradient, [0.5, 2.0]);
            for (i, start) in [(0, 5.0), (1, 10.0)] {
                let at = |h: f64| {
                    let mut moved = position;
                    moved[i] += h;
                    shifted().log_density(&moved)
                };
                let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
                assert!((gradient[i] - start - 2.0 * slope).abs() < 1e-7, "{gradient:?}");
            }
        }
    }

    #[test]
    fn the_density_is_normalised_and_that_of_the_draws() {
        // Under draws of q, the mean of f(q)/q(q) is the integral of f, here of a standard normal at the same place.
        let (reference, streams) = (shifted(), Streams::new(1, 1));
        let mut position = [0.0; 2];
        let ratios = (0..100_000).map(|i| {
            reference.draw(&mut streams.open(Purpose::Swap, i), &mut position);
            let (x, y) = (position[0] - 1.0, position[1] + 2.0);
            let normal = (-0.5 * (x * x + y * y)).exp() / std::f64::consts::TAU;
            normal / reference.log_density(&position).exp()
        });
        let mean = ratios.sum::<f64>() / 1e5;
        assert!((mean - 1.0).abs() < 0.02, "{mean}");
    }

    #[test]
    fn a_fit_takes_the_moments_of_the_positions_but_shrinks_slowly() {
        let mut moments = Moments::new(2);
        for position in [[1.0, 4.0], [3.0, 4.0], [5.0, 4.0]] {
            moments.add(&position);
        }
        let mut joined = Moments::new(2);
        joined.add(&[1.0, 4.0]);
        let mut others = Moments::new(2);
        others.add(&[3.0, 4.0]);
        others.add(&[5.0, 4.0]);
        joined.join(&others);
        joined.join(&Moments::new(2));
        assert_eq!(joined, moments);
        let fitted = shifted().fitted(&moments);
        assert_eq!((fitted.centre, fitted.scale), (vec![3.0, 4.0], vec![2.0, 0.003]));
        assert_eq!(shifted().fitted(&Moments::new(2)), shifted());
    }
}
