//! SSE2: two numbers.

use std::arch::x86_64::*;

use super::{Simd, operators};

/// Two numbers of SSE2.
#[derive(Clone, Copy)]
pub struct Sse2(__m128d);

operators!(Sse2, _mm_add_pd, _mm_sub_pd, _mm_mul_pd, _mm_div_pd, _mm_xor_pd, _mm_set1_pd);

impl Simd for Sse2 {
    type Mask = __m128d;
    type Bits = __m128i;
    const LANES: usize = 2;
    const FUSED: bool = false;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm_set1_pd(x) })
    }
    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self {
        // SAFETY: by the contract of the trait.
        Self(unsafe { _mm_loadu_pd(p) })
    }
    #[inline(always)]
    unsafe fn load_part(p: *const f64, count: usize, fill: Self) -> Self {
        // SAFETY: by the contract of the trait.
        if count == 0 { fill } else { Self(unsafe { _mm_loadl_pd(fill.0, p) }) }
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f64) {
        // SAFETY: by the contract of the trait.
        unsafe { _mm_storeu_pd(p, self.0) }
    }
    #[inline(always)]
    unsafe fn store_part(self, p: *mut f64, count: usize) {
        // SAFETY: by the contract of the trait.
        if count > 0 {
            unsafe { _mm_store_sd(p, self.0) }
        }
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        self * b + c
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm_sqrt_pd(self.0) })
    }
    #[inline(always)]
    fn abs(self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm_andnot_pd(_mm_set1_pd(-0.0), self.0) })
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm_min_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm_max_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn copy_sign(self, sign: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe {
            let bit = _mm_set1_pd(-0.0);
            _mm_or_pd(_mm_andnot_pd(bit, self.0), _mm_and_pd(bit, sign.0))
        })
    }
    #[inline(always)]
    fn less(self, other: Self) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_cmplt_pd(self.0, other.0) }
    }
    #[inline(always)]
    fn less_equal(self, other: Self) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_cmple_pd(self.0, other.0) }
    }
    #[inline(always)]
    fn equal(self, other: Self) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_cmpeq_pd(self.0, other.0) }
    }
    #[inline(always)]
    fn mask_and(a: Self::Mask, b: Self::Mask) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_and_pd(a, b) }
    }
    #[inline(always)]
    fn mask_or(a: Self::Mask, b: Self::Mask) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_or_pd(a, b) }
    }
    #[inline(always)]
    fn mask_not(a: Self::Mask) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_xor_pd(a, _mm_castsi128_pd(_mm_set1_epi64x(-1))) }
    }
    #[inline(always)]
    fn any(mask: Self::Mask) -> bool {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_movemask_pd(mask) != 0 }
    }
    #[inline(always)]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm_or_pd(_mm_and_pd(mask, yes.0), _mm_andnot_pd(mask, no.0)) })
    }
    #[inline(always)]
    fn bits(self) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_castpd_si128(self.0) }
    }
    #[inline(always)]
    fn from_bits(bits: Self::Bits) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm_castsi128_pd(bits) })
    }
    #[inline(always)]
    fn splat_bits(x: u64) -> Self::Bits {
        // SAFETY: reached only where the instruction set is available.
        unsafe { _mm_set1_epi64x(x as i64) }
    }
    #[inline(always)]
    fn bits_add(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_add_epi64(a, b) }
    }
    #[inline(always)]
    fn bits_and(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_and_si128(a, b) }
    }
    #[inline(always)]
    fn shift_left<const K: u32>(a: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_sll_epi64(a, _mm_cvtsi32_si128(K as i32)) }
    }
    #[inline(always)]
    fn shift_right<const K: u32>(a: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_srl_epi64(a, _mm_cvtsi32_si128(K as i32)) }
    }
    #[inline(always)]
    fn sum(self) -> f64 {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm_cvtsd_f64(_mm_add_sd(self.0, _mm_unpackhi_pd(self.0, self.0))) }
    }
}
