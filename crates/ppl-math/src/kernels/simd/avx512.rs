//! AVX-512 (F, DQ, VL): eight numbers.

use std::arch::x86_64::*;

use super::{Simd, operators};

/// Eight numbers of AVX-512.
#[derive(Clone, Copy)]
pub struct Avx512(__m512d);

operators!(Avx512, _mm512_add_pd, _mm512_sub_pd, _mm512_mul_pd, _mm512_div_pd, _mm512_xor_pd, _mm512_set1_pd);

/// Adds the parts of two vectors that one choice puts together to those that another does.
///
/// # Safety
/// The machine has the instruction set.
#[inline(always)]
unsafe fn fold<const SOME: i32, const OTHERS: i32>(a: Avx512, b: Avx512) -> Avx512 {
    // SAFETY: by the contract.
    Avx512(unsafe { _mm512_add_pd(_mm512_shuffle_f64x2::<SOME>(a.0, b.0), _mm512_shuffle_f64x2::<OTHERS>(a.0, b.0)) })
}

impl Simd for Avx512 {
    type Mask = __mmask8;
    type Bits = __m512i;
    const LANES: usize = 8;
    const FUSED: bool = true;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm512_set1_pd(x) })
    }
    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self {
        // SAFETY: by the contract of the trait.
        Self(unsafe { _mm512_loadu_pd(p) })
    }
    #[inline(always)]
    unsafe fn load_part(p: *const f64, count: usize, fill: Self) -> Self {
        // SAFETY: by the contract of the trait.
        Self(unsafe { _mm512_mask_loadu_pd(fill.0, (1 << count) - 1, p) })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f64) {
        // SAFETY: by the contract of the trait.
        unsafe { _mm512_storeu_pd(p, self.0) }
    }
    #[inline(always)]
    unsafe fn store_part(self, p: *mut f64, count: usize) {
        // SAFETY: by the contract of the trait.
        unsafe { _mm512_mask_storeu_pd(p, (1 << count) - 1, self.0) }
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm512_fmadd_pd(self.0, b.0, c.0) })
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm512_sqrt_pd(self.0) })
    }
    #[inline(always)]
    fn abs(self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm512_andnot_pd(_mm512_set1_pd(-0.0), self.0) })
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm512_min_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm512_max_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn copy_sign(self, sign: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe {
            let bit = _mm512_set1_pd(-0.0);
            _mm512_or_pd(_mm512_andnot_pd(bit, self.0), _mm512_and_pd(bit, sign.0))
        })
    }
    #[inline(always)]
    fn less(self, other: Self) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    fn less_equal(self, other: Self) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm512_cmp_pd_mask::<_CMP_LE_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    fn equal(self, other: Self) -> Self::Mask {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm512_cmp_pd_mask::<_CMP_EQ_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    fn mask_and(a: Self::Mask, b: Self::Mask) -> Self::Mask {
        a & b
    }
    #[inline(always)]
    fn mask_or(a: Self::Mask, b: Self::Mask) -> Self::Mask {
        a | b
    }
    #[inline(always)]
    fn mask_not(a: Self::Mask) -> Self::Mask {
        !a
    }
    #[inline(always)]
    fn any(mask: Self::Mask) -> bool {
        mask != 0
    }
    #[inline(always)]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm512_mask_blend_pd(mask, no.0, yes.0) })
    }
    #[inline(always)]
    fn bits(self) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm512_castpd_si512(self.0) }
    }
    #[inline(always)]
    fn from_bits(bits: Self::Bits) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm512_castsi512_pd(bits) })
    }
    #[inline(always)]
    fn splat_bits(x: u64) -> Self::Bits {
        // SAFETY: reached only where the instruction set is available.
        unsafe { _mm512_set1_epi64(x as i64) }
    }
    #[inline(always)]
    fn bits_add(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm512_add_epi64(a, b) }
    }
    #[inline(always)]
    fn bits_and(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm512_and_si512(a, b) }
    }
    #[inline(always)]
    fn shift_left<const K: u32>(a: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm512_sll_epi64(a, _mm_cvtsi32_si128(K as i32)) }
    }
    #[inline(always)]
    fn shift_right<const K: u32>(a: Self::Bits) -> Self::Bits {
        // SAFETY: a value exists only where the instruction set does.
        unsafe { _mm512_srl_epi64(a, _mm_cvtsi32_si128(K as i32)) }
    }
    #[inline(always)]
    fn sum(self) -> f64 {
        // SAFETY: a value exists only where the instruction set does.
        unsafe {
            let four = _mm256_add_pd(_mm512_castpd512_pd256(self.0), _mm512_extractf64x4_pd::<1>(self.0));
            let two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd::<1>(four));
            _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
        }
    }
    #[inline(always)]
    fn totals<const N: usize>(mut rows: [[Self; N]; 8]) -> [Self; N] {
        // SAFETY: a value exists only where the instruction set does.
        unsafe {
            // Halves are added to halves for two rows at a time, then quarters to quarters for four.
            let (a, b) = (fold::<0x44, 0xee>(rows[0][0], rows[2][0]), fold::<0x44, 0xee>(rows[4][0], rows[6][0]));
            let (c, d) = (fold::<0x44, 0xee>(rows[1][0], rows[3][0]), fold::<0x44, 0xee>(rows[5][0], rows[7][0]));
            let (even, odd) = (fold::<0x88, 0xdd>(a, b).0, fold::<0x88, 0xdd>(c, d).0);
            rows[0][0] = Self(_mm512_add_pd(_mm512_unpacklo_pd(even, odd), _mm512_unpackhi_pd(even, odd)));
        }
        rows[0]
    }
    #[inline(always)]
    fn scale(self, n: Self) -> Self {
        // SAFETY: a value exists only where the instruction set does.
        Self(unsafe { _mm512_scalef_pd(self.0, n.0) })
    }
}
