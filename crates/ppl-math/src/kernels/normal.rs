//! The error function and the normal distribution function on vectors.
//!
//! Source: Cody (1969), as the functions on numbers.

use super::exponential::{exp, log_of_complement, log_of_sum};
use super::simd::Simd;
use crate::error_function::{FAR, MIDDLE, NEAR, SMALL};

/// Beyond this in size every tail is 0, and the square of it is still a number.
const HUGE: f64 = 1e10;

#[inline(always)]
fn ratio<V: Simd>((numerator, denominator): (&[f64], &[f64]), x: V) -> V {
    x.polynomial(numerator) / x.polynomial(denominator)
}

/// exp(x²)·erfc(x) for x > 0.46875.
#[inline(always)]
fn scaled_positive<V: Simd>(x: V) -> V {
    let far = V::splat(4.0).less(x);
    let mut y = ratio(MIDDLE, V::splat(4.0).min(x));
    if V::any(far) {
        let r = V::splat(1.0) / (x * x);
        let root = V::splat(0.564189583547756286948);
        y = V::select(far, (-r).mul_add(ratio(FAR, r), root) / x, y);
    }
    y
}

/// The bits of a number but for the last 27.
const LEADING: u64 = !0x07ff_ffff;

/// exp(−factor·x²), where the rounding of x² would cost digits: its error is found and added.
#[inline(always)]
fn exp_minus_square<V: Simd>(x: V, factor: f64) -> V {
    let x = V::splat(HUGE).min(x);
    let head = V::from_bits(V::bits_and(x.bits(), V::splat_bits(LEADING)));
    let tail = x - head;
    let square = x * x;
    let error = (head * head - square) + (head + head) * tail + tail * tail;
    let e = exp(square * V::splat(-factor));
    (-(error * V::splat(factor))).mul_add(e, e)
}

/// erf x for |x| ≤ 0.46875.
#[inline(always)]
fn erf_near<V: Simd>(x: V) -> V {
    x * ratio(NEAR, x * x)
}

/// erf x.
#[inline(always)]
pub(super) fn erf<V: Simd>(x: V) -> V {
    let size = x.abs();
    let near = size.less_equal(V::splat(SMALL));
    let tail = exp_minus_square(size, 1.0) * scaled_positive(size);
    V::select(near, erf_near(x), (V::splat(1.0) - tail).copy_sign(x))
}

/// 1 − erf x.
#[inline(always)]
pub(super) fn erfc<V: Simd>(x: V) -> V {
    let size = x.abs();
    let near = size.less_equal(V::splat(SMALL));
    let tail = exp_minus_square(size, 1.0) * scaled_positive(size);
    let far = V::select(x.less(V::splat(0.0)), V::splat(2.0) - tail, tail);
    V::select(near, V::splat(1.0) - erf_near(x), far)
}

/// What Φ and ln Φ share.
struct Tail<V> {
    /// Φ(x).
    cdf: V,
    /// 1 − Φ(|x|), for |x| > 0.67.
    tail: V,
    /// The tail without its exponential fall.
    scaled: V,
}

#[inline(always)]
fn normal_tail<V: Simd>(x: V) -> Tail<V> {
    let half = V::splat(0.5);
    let z = x * V::splat(std::f64::consts::FRAC_1_SQRT_2);
    let near = z.abs().less_equal(V::splat(SMALL));
    let scaled = half * scaled_positive(z.abs());
    let tail = exp_minus_square(x.abs(), 0.5) * scaled;
    let far = V::select(x.less(V::splat(0.0)), tail, V::splat(1.0) - tail);
    Tail { cdf: V::select(near, erf_near(z).mul_add(half, half), far), tail, scaled }
}

/// Φ(x).
#[inline(always)]
pub(super) fn normal_cdf<V: Simd>(x: V) -> V {
    normal_tail(x).cdf
}

/// ln Φ(x).
#[inline(always)]
pub(super) fn log_normal_cdf<V: Simd>(x: V) -> V {
    let (one, zero) = (V::splat(1.0), V::splat(0.0));
    let Tail { cdf, tail, scaled } = normal_tail(x);
    let (low, high) = (x.less(-one), one.less(x));
    let (complement, correction) = log_of_complement(tail);
    let u = V::select(low, scaled, V::select(high, complement, cdf));
    let log = log_of_sum(u, Some(V::select(high, correction, zero)));
    -V::select(low, (V::splat(-0.5) * x).mul_add(x, log), log).abs() // the log of what rounds to 1 is −0
}
