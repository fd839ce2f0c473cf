//! Vectors of `f64`: what the kernels are written in.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod sse2;

use std::ops::{Add, Div, Mul, Neg, Sub};

pub(super) use scalar::Scalar;
#[cfg(target_arch = "x86_64")]
pub(super) use {avx2::Avx2, avx512::Avx512, sse2::Sse2};

/// 1.5·2⁵²: added to a number below 2⁵¹ in size it rounds to whole, which then stands in the low bits.
const WHOLE: f64 = 6755399441055744.0;

/// A vector of `LANES` numbers of one instruction set.
///
/// Every method compiles to a few instructions of that set, which is why a value may exist only in a function that is
/// reached through the table of an available [`Isa`](super::Isa). All methods are inlined into such a function.
pub(super) trait Simd:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// The truth of a comparison in each lane.
    type Mask: Copy;
    /// The lanes as 64-bit integers.
    type Bits: Copy;
    /// How many numbers it holds.
    const LANES: usize;
    /// Whether [`Simd::mul_add`] rounds once.
    const FUSED: bool;

    fn splat(x: f64) -> Self;
    /// # Safety
    /// `p` is valid for reads of `LANES` numbers.
    unsafe fn load(p: *const f64) -> Self;
    /// The first `count < LANES` numbers, `fill` beyond.
    /// # Safety
    /// `p` is valid for reads of `count` numbers.
    unsafe fn load_part(p: *const f64, count: usize, fill: Self) -> Self;
    /// # Safety
    /// `p` is valid for writes of `LANES` numbers.
    unsafe fn store(self, p: *mut f64);
    /// Stores the first `count < LANES` numbers.
    /// # Safety
    /// `p` is valid for writes of `count` numbers.
    unsafe fn store_part(self, p: *mut f64, count: usize);

    /// `self·b + c`.
    fn mul_add(self, b: Self, c: Self) -> Self;
    fn sqrt(self) -> Self;
    fn abs(self) -> Self;
    /// The smaller; `other` where either is NaN.
    fn min(self, other: Self) -> Self;
    /// The larger; `other` where either is NaN.
    fn max(self, other: Self) -> Self;
    /// With the sign of `sign` in place of its own.
    fn copy_sign(self, sign: Self) -> Self;

    fn less(self, other: Self) -> Self::Mask;
    fn less_equal(self, other: Self) -> Self::Mask;
    fn equal(self, other: Self) -> Self::Mask;
    fn mask_and(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    fn mask_or(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    fn mask_not(a: Self::Mask) -> Self::Mask;
    /// Whether it holds in any lane.
    fn any(mask: Self::Mask) -> bool;
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    fn bits(self) -> Self::Bits;
    fn from_bits(bits: Self::Bits) -> Self;
    fn splat_bits(x: u64) -> Self::Bits;
    fn bits_add(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn bits_and(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn shift_left<const K: u32>(a: Self::Bits) -> Self::Bits;
    /// Zeros come in from the left.
    fn shift_right<const K: u32>(a: Self::Bits) -> Self::Bits;

    /// Halves added to halves until one number is left: lane j and lane j + LANES/2 first.
    fn sum(self) -> f64;

    /// The sum of N vectors in a row, in the order of [`Simd::sum`].
    #[inline(always)]
    fn total<const N: usize>(mut row: [Self; N]) -> f64 {
        let mut half = N / 2;
        while half > 0 {
            for k in 0..half {
                row[k] = row[k] + row[k + half];
            }
            half /= 2;
        }
        row[0].sum()
    }

    /// The sums of eight rows of eight numbers, side by side; each as [`Simd::total`] adds it.
    #[inline(always)]
    fn totals<const N: usize>(rows: [[Self; N]; 8]) -> [Self; N] {
        assert!(N * Self::LANES == 8, "a row is eight numbers");
        let mut totals = [0.0; 8];
        for (total, row) in totals.iter_mut().zip(rows) {
            *total = Self::total(row);
        }
        let mut out = [Self::splat(0.0); N];
        for (k, out) in out.iter_mut().enumerate() {
            // SAFETY: N vectors are eight numbers.
            *out = unsafe { Self::load(totals.as_ptr().add(k * Self::LANES)) };
        }
        out
    }

    /// The nearest whole number, ties to even, for |x| < 2⁵¹.
    #[inline(always)]
    fn round(self) -> Self {
        (self + Self::splat(WHOLE)) - Self::splat(WHOLE)
    }

    /// 2ⁿ for whole n from −1022 to 1023.
    #[inline(always)]
    fn power_of_two(n: Self) -> Self {
        let low = Self::bits_add((n + Self::splat(WHOLE)).bits(), Self::splat_bits(1023));
        Self::from_bits(Self::shift_left::<52>(low))
    }

    /// x·2ⁿ for whole n from −2000 to 2000, rounded once.
    #[inline(always)]
    fn scale(self, n: Self) -> Self {
        if Self::any(Self::less(Self::splat(1021.0), n.abs())) {
            let half = (n * Self::splat(0.5)).round();
            return self * Self::power_of_two(half) * Self::power_of_two(n - half);
        }
        self * Self::power_of_two(n)
    }

    /// A small whole number held in the bits of an integer as a number.
    #[inline(always)]
    fn from_whole(bits: Self::Bits) -> Self {
        Self::from_bits(Self::bits_add(bits, Self::splat_bits(WHOLE.to_bits()))) - Self::splat(WHOLE)
    }

    /// The function in each lane, one after the other.
    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        let mut lanes = [0.0; 8];
        // SAFETY: eight numbers are room for every vector.
        unsafe {
            self.store(lanes.as_mut_ptr());
            lanes[..Self::LANES].iter_mut().for_each(|x| *x = f(*x));
            Self::load(lanes.as_ptr())
        }
    }

    /// The function of two in each lane, one after the other.
    #[inline(always)]
    fn map2(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let (mut lanes, mut others) = ([0.0; 8], [0.0; 8]);
        // SAFETY: eight numbers are room for every vector.
        unsafe {
            self.store(lanes.as_mut_ptr());
            other.store(others.as_mut_ptr());
            lanes[..Self::LANES].iter_mut().zip(others).for_each(|(x, y)| *x = f(*x, y));
            Self::load(lanes.as_ptr())
        }
    }

    /// Σ c\[k\]·x^k, even and odd powers apart: half the latency of Horner's rule.
    #[inline(always)]
    fn polynomial(self, coefficients: &[f64]) -> Self {
        let square = self * self;
        let top = coefficients.len() - 1;
        let mut sums = [Self::splat(coefficients[top]), Self::splat(coefficients[top - 1])];
        for k in (0..top - 1).rev() {
            let parity = (top - k) % 2;
            sums[parity] = sums[parity].mul_add(square, Self::splat(coefficients[k]));
        }
        let (even, odd) = if top.is_multiple_of(2) { (sums[0], sums[1]) } else { (sums[1], sums[0]) };
        odd.mul_add(self, even)
    }
}

/// Implements the operators of a vector type by one intrinsic each, and its negation by flipping signs.
#[cfg(target_arch = "x86_64")]
macro_rules! operators {
    ($vector:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, $xor:ident, $splat:ident) => {
        operators!(one $vector, Add, add, $add);
        operators!(one $vector, Sub, sub, $sub);
        operators!(one $vector, Mul, mul, $mul);
        operators!(one $vector, Div, div, $div);
        impl std::ops::Neg for $vector {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                // SAFETY: a value exists only where the instruction set does.
                Self(unsafe { $xor(self.0, $splat(-0.0)) })
            }
        }
    };
    (one $vector:ident, $trait:ident, $method:ident, $intrinsic:ident) => {
        impl std::ops::$trait for $vector {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                // SAFETY: a value exists only where the instruction set does.
                Self(unsafe { $intrinsic(self.0, other.0) })
            }
        }
    };
}
#[cfg(target_arch = "x86_64")]
use operators;
