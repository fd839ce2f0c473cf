//! Powers on vectors: exp(y·ln x), with the log as a sum of two numbers so that large exponents lose no digits.
//!
//! Source: the sums and products of Dekker (1971), Numerische Mathematik 18; the series of the log beyond its second
//! term is a Chebyshev fit with error below 2e-21.

use super::exponential::{LN_2, exp_of_sum, split};
use super::simd::Simd;

/// A number as the sum of two, the second at most a rounding error of the first.
#[derive(Clone, Copy)]
struct Pair<V> {
    high: V,
    low: V,
}

/// a + b for |a| ≥ |b| or a = 0.
#[inline(always)]
fn sum<V: Simd>(a: V, b: V) -> Pair<V> {
    let high = a + b;
    Pair { high, low: b - (high - a) }
}

/// a·b, where products and sums are rounded once.
#[inline(always)]
fn product<V: Simd>(a: V, b: V) -> Pair<V> {
    let high = a * b;
    Pair { high, low: a.mul_add(b, -high) }
}

impl<V: Simd> Pair<V> {
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        let Pair { high, low } = product(self.high, other.high);
        sum(high, low + (self.high * other.low + self.low * other.high))
    }
}

/// ln x for normal x > 0, to about 65 bits.
#[inline(always)]
fn log<V: Simd>(x: V) -> Pair<V> {
    let (k, f) = split(x, V::splat(-1023.0));
    let s = quotient(f, sum(V::splat(2.0), f));
    let series = s.times(series(s));
    let twice = Pair { high: s.high + s.high, low: s.low + s.low };
    let first = sum(k * V::splat(LN_2.0), twice.high);
    let second = sum(first.high, series.high);
    let low = (first.low + second.low) + (twice.low + series.low) + k * V::splat(LN_2.1);
    sum(second.high, low)
}

/// a/b.
#[inline(always)]
fn quotient<V: Simd>(a: V, b: Pair<V>) -> Pair<V> {
    let high = a / b.high;
    let Pair { high: back, low: error } = product(high, b.high);
    let rest = ((a - back) - error) - high * b.low;
    Pair { high, low: rest / b.high }
}

/// 2/3·s² + 2/5·s⁴ + …, what ln((1 + s)/(1 − s))/s has beyond 2.
#[inline(always)]
fn series<V: Simd>(s: Pair<V>) -> Pair<V> {
    const TWO_THIRDS: (f64, f64) = (0.6666666666666666, 3.700743415417188e-17);
    const REST: [f64; 8] = [
        0.399999999999999998158,
        0.285714285714293713355,
        0.222222222216527644028,
        0.181818183361000429935,
        0.153845948869861745234,
        0.133348087999536993126,
        0.117061264340270665781,
        0.117243273798757625888,
    ];
    let square = s.times(s);
    let rest = square.high.mul_add(square.high.polynomial(&REST), V::splat(TWO_THIRDS.1));
    square.times(sum(V::splat(TWO_THIRDS.0), rest))
}

/// x^y. Without products that are rounded once the standard library is faster.
#[inline(always)]
pub(super) fn pow<V: Simd>(x: V, y: V) -> V {
    if V::FUSED { fused_pow(x, y) } else { x.map2(y, f64::powf) }
}

#[inline(always)]
fn fused_pow<V: Simd>(x: V, y: V) -> V {
    let size = x.abs();
    let normal = V::mask_and(V::splat(f64::MIN_POSITIVE).less_equal(size), size.less_equal(V::splat(f64::MAX)));
    let ordinary = V::mask_and(V::mask_and(normal, sign_is_known(x, y)), y.abs().less(V::splat(TWO_51)));
    let log = log(V::select(normal, size, V::splat(1.0)));
    let Pair { high, low } = product(y, log.high);
    let magnitude = exp_of_sum(high, y.mul_add(log.low, low));
    let negative = V::mask_and(x.less(V::splat(0.0)), is_odd(y));
    let power = V::select(negative, -magnitude, magnitude);
    if V::any(V::mask_not(ordinary)) { V::select(ordinary, power, x.map2(y, f64::powf)) } else { power }
}

/// Below this whole numbers can be told by rounding.
const TWO_51: f64 = 2251799813685248.0;

/// Whether x is positive or y is whole.
#[inline(always)]
fn sign_is_known<V: Simd>(x: V, y: V) -> V::Mask {
    V::mask_or(V::splat(0.0).less(x), y.round().equal(y))
}

/// Whether a whole number is odd.
#[inline(always)]
pub(super) fn is_odd<V: Simd>(y: V) -> V::Mask {
    let half = y * V::splat(0.5);
    V::mask_not(half.round().equal(half))
}
