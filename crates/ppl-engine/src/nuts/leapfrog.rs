//! Leapfrog steps of the Hamiltonian system −log p(q) + ½ pᵀΣp.

use ppl_density::LogDensity;
use ppl_math::kernels::{Octet, Task};
use serde::{Deserialize, Serialize};

use super::metric::{Euclidean, Shape};
use super::octets::{Vector, each};
use crate::error::Fatal;
use crate::target::Target;

/// A position with its log density and gradient, and the energy of the state it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) position: Vector,
    pub(crate) gradient: Vector,
    /// Σ times the gradient: what a kick does to the velocity.
    #[serde(skip)]
    pub(crate) push: Vector,
    pub(crate) log_density: f64,
    pub(crate) energy: f64,
}

impl Point {
    pub(crate) fn new(dim: usize) -> Self {
        let zeros = || Vector::zeros(dim);
        let (log_density, energy) = (f64::NAN, f64::NAN);
        Point { position: zeros(), gradient: zeros(), push: zeros(), log_density, energy }
    }
}

/// A momentum p and its velocity Σp.
///
/// Both are carried from step to step, so that the metric is applied once a gradient, and to nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Motion {
    pub(crate) momentum: Vector,
    pub(crate) velocity: Vector,
}

impl Motion {
    pub(crate) fn new(dim: usize) -> Self {
        Motion { momentum: Vector::zeros(dim), velocity: Vector::zeros(dim) }
    }

    pub(crate) fn copy_from(&mut self, other: &Motion) {
        self.momentum.octets_mut().copy_from_slice(other.momentum.octets());
        self.velocity.octets_mut().copy_from_slice(other.velocity.octets());
    }
}

/// One leapfrog step from a point and its motion to others: half a kick, a drift, half a kick.
#[inline]
pub(crate) fn leapfrog<D: LogDensity>(
    target: &mut Target<D>,
    metric: &Euclidean,
    step_size: f64,
    (from, departure): (&Point, &Motion),
    (to, motion): (&mut Point, &mut Motion),
) -> Result<(), Box<Fatal>> {
    let half = 0.5 * step_size;
    metric.processor.run(Depart { sizes: [half, step_size], from, departure, motion, to: &mut to.position });
    to.log_density = target.log_density_and_gradient(&to.position, &mut to.gradient)?;
    to.energy = metric.processor.run(Arrive { shape: metric.shape(), size: half, at: to, motion }) - to.log_density;
    if !to.energy.is_finite() {
        target.check_gradient(to.log_density, &to.gradient, &to.position);
    }
    Ok(())
}

/// A kick, and a drift from there.
pub(super) struct Depart<'a> {
    /// Of the kick and of the drift.
    pub(super) sizes: [f64; 2],
    pub(super) from: &'a Point,
    pub(super) departure: &'a Motion,
    pub(super) motion: &'a mut Motion,
    pub(super) to: &'a mut Vector,
}

impl Task for Depart<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Octet>(self) {
        let Depart { sizes, from, departure, motion: Motion { momentum, velocity }, to } = self;
        let [kick, drift] = sizes.map(V::splat);
        let read = [&from.gradient, &from.push, &from.position, &departure.momentum, &departure.velocity];
        each::<V, _, _>(read, [momentum, velocity, to], |[g, w, x, p, v], _| {
            let v = v + kick * w;
            [p + kick * g, v, x + drift * v]
        });
    }
}

/// Applies the metric to the gradient at a point, and kicks; gives ½ p·v after that.
pub(super) struct Arrive<'a> {
    pub(super) shape: &'a Shape,
    pub(super) size: f64,
    pub(super) at: &'a mut Point,
    pub(super) motion: &'a mut Motion,
}

impl Task for Arrive<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<V: Octet>(self) -> f64 {
        let Arrive { shape, size, at: Point { gradient, push, .. }, motion: Motion { momentum, velocity } } = self;
        let (size, mut product) = (V::splat(size), V::splat(0.0));
        match shape {
            Shape::Diagonal { inverse, .. } => {
                each([gradient, inverse], [push, momentum, velocity], |[g, s], [_, p, v]| {
                    let w = s * g;
                    let [p, v] = kick(size, [g, w], [p, v], &mut product);
                    [w, p, v]
                });
            }
            _ => {
                shape.multiply::<V>(gradient, push);
                each([gradient, push], [momentum, velocity], |push, motion| kick(size, push, motion, &mut product));
            }
        }
        0.5 * product.sum()
    }
}

/// Kicks a momentum and its velocity, and adds their product.
#[inline(always)]
fn kick<V: Octet>(size: V, [g, w]: [V; 2], [p, v]: [V; 2], product: &mut V) -> [V; 2] {
    let (p, v) = (p + size * g, v + size * w);
    *product = *product + p * v;
    [p, v]
}

#[cfg(test)]
pub(super) mod tests;
