//! One number: the vector of machines that we know nothing about.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::Simd;

/// One number.
#[derive(Clone, Copy)]
pub struct Scalar(f64);

macro_rules! operator {
    ($trait:ident, $method:ident) => {
        impl $trait for Scalar {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(self.0.$method(other.0))
            }
        }
    };
}
operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
operator!(Div, div);

impl Neg for Scalar {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Simd for Scalar {
    type Mask = bool;
    type Bits = u64;
    const LANES: usize = 1;
    const FUSED: bool = false;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self(x)
    }
    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self {
        // SAFETY: by the contract of the trait.
        Self(unsafe { *p })
    }
    #[inline(always)]
    unsafe fn load_part(_: *const f64, _: usize, fill: Self) -> Self {
        fill
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f64) {
        // SAFETY: by the contract of the trait.
        unsafe { *p = self.0 }
    }
    #[inline(always)]
    unsafe fn store_part(self, _: *mut f64, _: usize) {}

    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        self * b + c
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(self.0.sqrt())
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Self(self.0.abs())
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if self.0 < other.0 { self } else { other }
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if self.0 > other.0 { self } else { other }
    }
    #[inline(always)]
    fn copy_sign(self, sign: Self) -> Self {
        Self(self.0.copysign(sign.0))
    }
    #[inline(always)]
    fn less(self, other: Self) -> bool {
        self.0 < other.0
    }
    #[inline(always)]
    fn less_equal(self, other: Self) -> bool {
        self.0 <= other.0
    }
    #[inline(always)]
    fn equal(self, other: Self) -> bool {
        self.0 == other.0
    }
    #[inline(always)]
    fn mask_and(a: bool, b: bool) -> bool {
        a & b
    }
    #[inline(always)]
    fn mask_or(a: bool, b: bool) -> bool {
        a | b
    }
    #[inline(always)]
    fn mask_not(a: bool) -> bool {
        !a
    }
    #[inline(always)]
    fn any(mask: bool) -> bool {
        mask
    }
    #[inline(always)]
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
    #[inline(always)]
    fn bits(self) -> u64 {
        self.0.to_bits()
    }
    #[inline(always)]
    fn from_bits(bits: u64) -> Self {
        Self(f64::from_bits(bits))
    }
    #[inline(always)]
    fn splat_bits(x: u64) -> u64 {
        x
    }
    #[inline(always)]
    fn bits_add(a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }
    #[inline(always)]
    fn bits_and(a: u64, b: u64) -> u64 {
        a & b
    }
    #[inline(always)]
    fn shift_left<const K: u32>(a: u64) -> u64 {
        a << K
    }
    #[inline(always)]
    fn shift_right<const K: u32>(a: u64) -> u64 {
        a >> K
    }
    #[inline(always)]
    fn sum(self) -> f64 {
        self.0
    }
}
