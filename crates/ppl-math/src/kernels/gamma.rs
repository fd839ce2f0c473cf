//! The log gamma function and its derivative on vectors of positive numbers; the rest is left to those on numbers.
//!
//! Source: as the functions on numbers, with the series about 2 replaced by a Chebyshev fit.

use super::exponential::log;
use super::simd::Simd;
use crate as math;

/// From here on the asymptotic series reach full precision.
const ASYMPTOTIC: f64 = 10.0;

/// ln Γ(2 + z)/z for |z| ≤ ½, to 1.5e-18.
const ABOUT_TWO: [f64; 19] = [
    0.422784335098467139393,
    0.322467033424113235619,
    -0.0673523010531981034198,
    0.0205808084277803800648,
    -0.00738555102867199839532,
    0.00289051033103426685901,
    -0.00119275391184281568591,
    0.000509669515411545834793,
    -0.000223154754005205077304,
    0.0000994576735581949820741,
    -0.0000449263133791556974528,
    0.0000205055907558334531104,
    -0.00000943871509921153266068,
    0.00000438470440459836032595,
    -0.00000204390481070299067437,
    9.20052789496810049063e-7,
    -4.32523934456048163805e-7,
    2.78740805211358997781e-7,
    -1.32199456661178744782e-7,
];

/// ln |Γ(x)|.
#[inline(always)]
pub(super) fn log_gamma<V: Simd>(x: V) -> V {
    let positive = V::splat(0.0).less(x);
    let y = log_gamma_of_positive(V::select(positive, x, V::splat(1.0)));
    if V::any(V::mask_not(positive)) { V::select(positive, y, x.map(math::log_gamma)) } else { y }
}

/// ψ(x).
#[inline(always)]
pub(super) fn digamma<V: Simd>(x: V) -> V {
    let positive = V::splat(0.0).less(x);
    let y = digamma_of_positive(V::select(positive, x, V::splat(1.0)));
    if V::any(V::mask_not(positive)) { V::select(positive, y, x.map(math::digamma)) } else { y }
}

#[inline(always)]
fn log_gamma_of_positive<V: Simd>(x: V) -> V {
    let large = V::splat(ASYMPTOTIC).less_equal(x);
    if !V::any(V::mask_not(large)) {
        return stirling(x, log(x));
    }
    let low = x.less(V::splat(1.5));
    let (z, factor) = about_two(x, low);
    let log = log(V::select(large, x, factor));
    let y = z.mul_add(z.polynomial(&ABOUT_TWO), V::select(low, -log, log));
    V::select(large, stirling(x, log), y)
}

/// z and q with ln Γ(x) = ln Γ(2 + z) ± ln q, minus where x is `low`, |z| ≤ ½; for x < 10.5.
#[inline(always)]
fn about_two<V: Simd>(x: V, low: V::Mask) -> (V, V) {
    let one = V::splat(1.0);
    let half = x.less(V::splat(0.5));
    let low_z = V::select(half, x, x - one);
    let low_factor = V::select(half, x.mul_add(x, x), x);
    let from_two = x - V::splat(2.0);
    let steps = from_two.round();
    let mut factor = one;
    for step in 1..=8 {
        let step = V::splat(f64::from(step));
        factor = factor * V::select(step.less_equal(steps), x - step, one);
    }
    (V::select(low, low_z, from_two - steps), V::select(low, low_factor, factor))
}

/// (x − ½)(ln x − 1) + ½ ln 2π − ½ + 1/(12x) − …, for x ≥ 10.
#[inline(always)]
fn stirling<V: Simd>(x: V, log: V) -> V {
    const SERIES: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360360.0,
        1.0 / 156.0,
        -3617.0 / 122400.0,
    ];
    const HALF_LOG_TAU_LESS_HALF: f64 = 0.418938533204672741780;
    let r = V::splat(1.0) / x;
    let correction = (r * r).polynomial(&SERIES).mul_add(r, V::splat(HALF_LOG_TAU_LESS_HALF));
    (x - V::splat(0.5)).mul_add(log - V::splat(1.0), correction)
}

#[inline(always)]
fn digamma_of_positive<V: Simd>(x: V) -> V {
    const SERIES: [f64; 7] =
        [-1.0 / 12.0, 1.0 / 120.0, -1.0 / 252.0, 1.0 / 240.0, -1.0 / 132.0, 691.0 / 32760.0, -1.0 / 12.0];
    let (raised, sum) = raise(x);
    let r = V::splat(1.0) / raised;
    let square = r * r;
    let series = square.mul_add(square.polynomial(&SERIES), V::splat(-0.5) * r);
    sum + log(raised) + series
}

/// Numbers below 10 raised by 10, and −Σ 1/(x + k) over k = 0, …, 9 for them, 0 for the others.
///
/// With t = x(x + 9), terms k and 9 − k add to (2x + 9)/(t + k(9 − k)); the five are kept as one fraction.
#[inline(always)]
fn raise<V: Simd>(x: V) -> (V, V) {
    let small = x.less(V::splat(ASYMPTOTIC));
    if !V::any(small) {
        return (x, V::splat(0.0));
    }
    let t = x * (x + V::splat(9.0));
    let (mut numerator, mut denominator) = (V::splat(1.0), t);
    for offset in [8.0, 14.0, 18.0, 20.0] {
        let factor = t + V::splat(offset);
        numerator = numerator.mul_add(factor, denominator);
        denominator = denominator * factor;
    }
    let sum = -(x + x + V::splat(9.0)) * (numerator / denominator);
    (V::select(small, x + V::splat(10.0), x), V::select(small, sum, V::splat(0.0)))
}
