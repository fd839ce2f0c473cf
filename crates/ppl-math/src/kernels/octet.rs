//! Eight numbers side by side, with the same bits on every instruction set.

use std::ops::{Add, Mul, Sub};

#[cfg(target_arch = "x86_64")]
use super::simd::{Avx2, Avx512, Sse2};
use super::simd::{Scalar, Simd};

/// How many numbers there are in an [`Octet`].
const EIGHT: usize = 8;

/// Eight numbers side by side: what a [`Task`](super::Task) computes with.
///
/// Operations round once each and never fuse, so the bits do not depend on the instruction set.
pub trait Octet: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// Eight times the same.
    fn splat(x: f64) -> Self;

    /// Eight numbers of a slice.
    fn load(from: &[f64; EIGHT]) -> Self;

    /// Writes all eight.
    fn store(self, to: &mut [f64; EIGHT]);

    /// Their sum: halves added to halves, number j and number j + 4 first.
    fn sum(self) -> f64;

    /// The sums of eight octets, side by side.
    fn sums(octets: [Self; EIGHT]) -> Self;
}

/// An octet of N vectors.
///
/// Its vectors exist only where their instruction set does: nobody but `Processor::run` names one.
#[derive(Clone, Copy)]
pub(super) struct Vectors<V, const N: usize>([V; N]);

#[cfg(target_arch = "x86_64")]
pub(super) type OctetAvx512 = Vectors<Avx512, 1>;
#[cfg(target_arch = "x86_64")]
pub(super) type OctetAvx2 = Vectors<Avx2, 2>;
#[cfg(target_arch = "x86_64")]
pub(super) type OctetSse2 = Vectors<Sse2, 4>;
pub(super) type OctetScalar = Vectors<Scalar, EIGHT>;

impl<V: Simd, const N: usize> Vectors<V, N> {
    /// Holds for every octet that there is; without it no method compiles.
    const WHOLE: () = assert!(V::LANES * N == EIGHT);
}

impl<V: Simd, const N: usize> Octet for Vectors<V, N> {
    #[inline(always)]
    fn splat(x: f64) -> Self {
        Vectors([V::splat(x); N])
    }

    #[inline(always)]
    fn load(from: &[f64; EIGHT]) -> Self {
        let () = Self::WHOLE;
        let mut vectors = [V::splat(0.0); N];
        for (k, vector) in vectors.iter_mut().enumerate() {
            // SAFETY: N vectors are eight numbers.
            *vector = unsafe { V::load(from.as_ptr().add(k * V::LANES)) };
        }
        Vectors(vectors)
    }

    #[inline(always)]
    fn store(self, to: &mut [f64; EIGHT]) {
        let () = Self::WHOLE;
        for (k, vector) in self.0.into_iter().enumerate() {
            // SAFETY: N vectors are eight numbers.
            unsafe { vector.store(to.as_mut_ptr().add(k * V::LANES)) }
        }
    }

    #[inline(always)]
    fn sum(self) -> f64 {
        V::total(self.0)
    }

    #[inline(always)]
    fn sums(octets: [Self; EIGHT]) -> Self {
        let mut rows = [[V::splat(0.0); N]; EIGHT];
        for (row, octet) in rows.iter_mut().zip(octets) {
            *row = octet.0;
        }
        Vectors(V::totals(rows))
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident) => {
        impl<V: Simd, const N: usize> $trait for Vectors<V, N> {
            type Output = Self;
            #[inline(always)]
            fn $method(mut self, other: Self) -> Self {
                for k in 0..N {
                    self.0[k] = self.0[k].$method(other.0[k]);
                }
                self
            }
        }
    };
}

operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
