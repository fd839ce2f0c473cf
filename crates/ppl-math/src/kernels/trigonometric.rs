//! Sine and cosine on vectors.
//!
//! Source: fdlibm (Sun Microsystems, 1993): the parts of π/2 and the polynomials on |x| ≤ π/4.

use super::power::is_odd;
use super::simd::Simd;

/// π/2 in two parts of 33 bits, so that whole multiples up to 2²⁰ are exact, and the rest.
const HALF_PI: [f64; 3] = [1.57079632673412561417e+00, 6.07710050630396597660e-11, 2.02226624879595063154e-21];

/// Beyond this, and this close to a multiple of π/2, the three parts are not enough.
const LARGEST: f64 = 1e5;
const NEAREST: f64 = 1e-6;

/// (sin x/x − 1)/x² in powers of x².
const SINE: [f64; 6] = [
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
];

/// (cos x − 1 + x²/2)/x⁴ in powers of x².
const COSINE: [f64; 6] = [
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
];

/// x = n·π/2 + high + low for whole n, where that is accurate.
struct Reduced<V: Simd> {
    n: V,
    high: V,
    low: V,
    accurate: V::Mask,
}

#[inline(always)]
fn reduce<V: Simd>(x: V) -> Reduced<V> {
    let n = (x * V::splat(std::f64::consts::FRAC_2_PI)).round();
    let most = (-n).mul_add(V::splat(HALF_PI[0]), x);
    let second = n * V::splat(HALF_PI[1]);
    let nearly = most - second;
    let error = (most - nearly) - second;
    let low = (-n).mul_add(V::splat(HALF_PI[2]), error);
    let far = V::mask_or(n.equal(V::splat(0.0)), V::splat(NEAREST).less(nearly.abs()));
    Reduced { n, high: nearly, low, accurate: V::mask_and(far, x.abs().less(V::splat(LARGEST))) }
}

/// sin(high + low) for |high| ≤ π/4.
#[inline(always)]
fn near_sine<V: Simd>(high: V, low: V) -> V {
    let square = high * high;
    let cube = square * high;
    let tail = square.mul_add(V::splat(-0.5) * low, low);
    high + cube.mul_add(square.polynomial(&SINE), tail)
}

/// cos(high + low) for |high| ≤ π/4.
#[inline(always)]
fn near_cosine<V: Simd>(high: V, low: V) -> V {
    let one = V::splat(1.0);
    let square = high * high;
    let half = V::splat(0.5) * square;
    let most = one - half;
    let tail = (square * square).mul_add(square.polynomial(&COSINE), -(high * low));
    most + (((one - most) - half) + tail)
}

/// sin(high + low + quarters·π/2).
#[inline(always)]
fn sine_of_quarters<V: Simd>(high: V, low: V, quarters: V) -> V {
    let odd = is_odd(quarters);
    let y = V::select(odd, near_cosine(high, low), near_sine(high, low));
    let half = V::select(odd, quarters - V::splat(1.0), quarters) * V::splat(0.5);
    V::select(is_odd(half), -y, y)
}

/// sin x, which keeps the sign of 0.
#[inline(always)]
pub(super) fn sin<V: Simd>(x: V) -> V {
    let Reduced { n, high, low, accurate } = reduce(x);
    let y = V::select(x.equal(V::splat(0.0)), x, sine_of_quarters(high, low, n));
    if V::any(V::mask_not(accurate)) { V::select(accurate, y, x.map(f64::sin)) } else { y }
}

/// cos x.
#[inline(always)]
pub(super) fn cos<V: Simd>(x: V) -> V {
    let Reduced { n, high, low, accurate } = reduce(x);
    let y = sine_of_quarters(high, low, n + V::splat(1.0));
    if V::any(V::mask_not(accurate)) { V::select(accurate, y, x.map(f64::cos)) } else { y }
}
