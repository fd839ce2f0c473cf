//! Vectors in octets, and loops over them.
//!
//! Element i of a vector goes into partial sum i mod 8, whatever the instruction set: the bits are the same on all.

use std::ops::{Deref, DerefMut};

use ppl_math::kernels::{AlignedBuffer, Octet};
use serde::{Deserialize, Serialize};

/// How many elements are taken at a time.
pub(super) const EIGHT: usize = 8;

/// A vector whose last octet is filled up with zeros, so that loops over octets need no rest.
///
/// Loops keep the zeros: whatever they multiply these with is finite, and nothing else is added.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<f64>", into = "Vec<f64>")]
pub(crate) struct Vector(AlignedBuffer);

impl Vector {
    pub(super) fn zeros(dim: usize) -> Self {
        Vector(AlignedBuffer::zeros(dim))
    }

    #[inline(always)]
    pub(super) fn octets(&self) -> &[[f64; EIGHT]] {
        self.0.octets()
    }

    #[inline(always)]
    pub(super) fn octets_mut(&mut self) -> &mut [[f64; EIGHT]] {
        self.0.octets_mut()
    }
}

impl From<&[f64]> for Vector {
    fn from(elements: &[f64]) -> Self {
        Vector(AlignedBuffer::from(elements))
    }
}

impl From<Vec<f64>> for Vector {
    fn from(elements: Vec<f64>) -> Self {
        Vector::from(&*elements)
    }
}

impl From<Vector> for Vec<f64> {
    fn from(vector: Vector) -> Self {
        vector.to_vec()
    }
}

impl Deref for Vector {
    type Target = [f64];

    #[inline]
    fn deref(&self) -> &[f64] {
        &self.0
    }
}

impl DerefMut for Vector {
    #[inline]
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.0
    }
}

/// Goes over vectors of one length: `written` ← f(`read`, `written`).
#[inline(always)]
pub(super) fn each<V: Octet, const R: usize, const W: usize>(
    read: [&Vector; R],
    written: [&mut Vector; W],
    mut f: impl FnMut([V; R], [V; W]) -> [V; W],
) {
    let read = read.map(Vector::octets);
    let written = written.map(Vector::octets_mut);
    let octets = read[0].len();
    assert!(read.iter().all(|x| x.len() == octets) && written.iter().all(|x| x.len() == octets));
    for k in 0..octets {
        let (mut from, mut to) = ([V::splat(0.0); R], [V::splat(0.0); W]);
        for i in 0..R {
            from[i] = V::load(&read[i][k]);
        }
        for i in 0..W {
            to[i] = V::load(&written[i][k]);
        }
        let to = f(from, to);
        for i in 0..W {
            to[i].store(&mut written[i][k]);
        }
    }
}

/// y ← a∘b.
#[inline(always)]
pub(super) fn multiply<V: Octet>([a, b]: [&Vector; 2], y: &mut Vector) {
    for ((a, b), y) in a.octets().iter().zip(b.octets()).zip(y.octets_mut()) {
        (V::load(a) * V::load(b)).store(y);
    }
}

/// The sum of each octet.
#[inline(always)]
pub(super) fn totals<V: Octet, const N: usize>(octets: [V; N]) -> [f64; N] {
    let mut totals = [0.0; N];
    for i in 0..N {
        totals[i] = octets[i].sum();
    }
    totals
}

/// a·b.
#[inline(always)]
pub(super) fn product<V: Octet>(a: &Vector, b: &Vector) -> f64 {
    let mut sum = V::splat(0.0);
    for (a, b) in a.octets().iter().zip(b.octets()) {
        sum = sum + V::load(a) * V::load(b);
    }
    sum.sum()
}

/// Uᵀx for some columns U.
#[inline(always)]
pub(super) fn products<V: Octet, const N: usize>(columns: &[Vector; N], x: &Vector) -> [f64; N] {
    let (columns, x) = (columns.each_ref().map(Vector::octets), x.octets());
    assert!(columns.iter().all(|column| column.len() == x.len()));
    let mut sums = [V::splat(0.0); N];
    for (k, x) in x.iter().enumerate() {
        let x = V::load(x);
        for i in 0..N {
            sums[i] = sums[i] + V::load(&columns[i][k]) * x;
        }
    }
    totals(sums)
}

/// y ← y + U f for some columns U.
#[inline(always)]
pub(super) fn add_combination<V: Octet, const N: usize>(columns: &[Vector; N], factors: [f64; N], y: &mut Vector) {
    let (columns, y) = (columns.each_ref().map(Vector::octets), y.octets_mut());
    assert!(columns.iter().all(|column| column.len() == y.len()));
    for (k, y) in y.iter_mut().enumerate() {
        let mut sum = V::load(y);
        for i in 0..N {
            sum = sum + V::splat(factors[i]) * V::load(&columns[i][k]);
        }
        sum.store(y);
    }
}
