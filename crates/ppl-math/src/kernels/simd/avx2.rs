//! AVX2 with fused multiply-add: four numbers.

use std::arch::x86_64::*;

use super::{Simd, operators};

/// Four numbers of AVX2.
#[derive(Clone, Copy)]
pub struct Avx2(__m256d);

operators!(Avx2, _mm256_add_pd, _mm256_sub_pd, _mm256_mul_pd, _mm256_div_pd, _mm256_xor_pd, _mm256_set1_pd);

/// All bits of the first `count` lanes, for `count` ≤ 4.
#[inline(always)]
fn first(count: usize) -> __m256i {
    const ROW: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];
    // SAFETY: the four integers from 4 − count on lie in the row.
    unsafe { _mm256_loadu_si256(ROW.as_ptr().add(4 - count).cast()) }
}

impl Simd for Avx2 {
    type Mask = __m256d;
    type Bits = __m256i;
    const LANES: usize = 4;
    const FUSED: bool = true;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm256_set1_pd(x) })
    }
    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self {
        // SAFETY: by the contract of the trait.
        Self(unsafe { _mm256_loadu_pd(p) })
    }
    #[inline(always)]
    unsafe fn load_part(p: *const f64, count: usize, fill: Self) -> Self {
        // SAFETY: by the contract of the trait.
        unsafe {
            let mask = first(count);
            Self(_mm256_blendv_pd(fill.0, _mm256_maskload_pd(p, mask), _mm256_castsi256_pd(mask)))
        }
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f64) {
        // SAFETY: by the contract of the trait.
        unsafe { _mm256_storeu_pd(p, self.0) }
    }
    #[inline(always)]
    unsafe fn store_part(self, p: *mut f64, count: usize) {
        // SAFETY: by the contract of the trait.
        unsafe { _mm256_maskstore_pd(p, first(count), self.0) }
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm256_fmadd_pd(self.0, b.0, c.0) })
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm256_sqrt_pd(self.0) })
    }
    #[inline(always)]
    fn abs(self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm256_andnot_pd(_mm256_set1_pd(-0.0), self.0) })
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm256_min_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm256_max_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn copy_sign(self, sign: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe {
            let bit = _mm256_set1_pd(-0.0);
            _mm256_or_pd(_mm256_andnot_pd(bit, self.0), _mm256_and_pd(bit, sign.0))
        })
    }
    #[inline(always)]
    fn less(self, other: Self) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_cmp_pd::<_CMP_LT_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    fn less_equal(self, other: Self) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_cmp_pd::<_CMP_LE_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    fn equal(self, other: Self) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_cmp_pd::<_CMP_EQ_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    fn mask_and(a: Self::Mask, b: Self::Mask) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_and_pd(a, b) }
    }
    #[inline(always)]
    fn mask_or(a: Self::Mask, b: Self::Mask) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_or_pd(a, b) }
    }
    #[inline(always)]
    fn mask_not(a: Self::Mask) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_xor_pd(a, _mm256_castsi256_pd(_mm256_set1_epi64x(-1))) }
    }
    #[inline(always)]
    fn any(mask: Self::Mask) -> bool {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_movemask_pd(mask) != 0 }
    }
    #[inline(always)]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm256_blendv_pd(no.0, yes.0, mask) })
    }
    #[inline(always)]
    fn bits(self) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_castpd_si256(self.0) }
    }
    #[inline(always)]
    fn from_bits(bits: Self::Bits) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm256_castsi256_pd(bits) })
    }
    #[inline(always)]
    fn splat_bits(x: u64) -> Self::Bits {
        // SAFETY: reached only where the instruction set is available.
        unsafe { _mm256_set1_epi64x(x as i64) }
    }
    #[inline(always)]
    fn bits_add(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_add_epi64(a, b) }
    }
    #[inline(always)]
    fn bits_and(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_and_si256(a, b) }
    }
    #[inline(always)]
    fn shift_left<const K: u32>(a: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_sll_epi64(a, _mm_cvtsi32_si128(K as i32)) }
    }
    #[inline(always)]
    fn shift_right<const K: u32>(a: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm256_srl_epi64(a, _mm_cvtsi32_si128(K as i32)) }
    }
    #[inline(always)]
    fn sum(self) -> f64 {
        // SAFETY: a value exists only where the instruction set does.
        unsafe {
            let two = _mm_add_pd(_mm256_castpd256_pd128(self.0), _mm256_extractf128_pd::<1>(self.0));
            _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
        }
    }
}
