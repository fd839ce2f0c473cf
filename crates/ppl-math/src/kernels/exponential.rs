//! Exponentials and logs on vectors.
//!
//! Source: the reductions of Tang (1989, ACM TOMS 15) for exp and of fdlibm (Sun Microsystems, 1993) for log and log1p;
//! the polynomial of exp is a Chebyshev fit with error below 2e-17.

use super::simd::Simd;

/// ln 2 to 33 bits, so that whole multiples up to 2¹⁰·2 are exact, and the rest.
pub(super) const LN_2: (f64, f64) = (6.93147180369123816490e-01, 1.90821492927058770002e-10);

/// (exp r − 1 − r)/r² for |r| ≤ ½ ln 2.
const EXP: [f64; 10] = [
    0.500000000000000102211,
    0.166666666666666674527,
    0.041666666666624127873,
    0.00833333333333006183252,
    0.00138888889172137169014,
    0.000198412698630536168779,
    0.0000248015212959543751312,
    0.00000275572684599970647717,
    2.7620088445409748161e-7,
    2.51003854955103190776e-8,
];

/// (ln((1 + s)/(1 − s))/s − 2)/s² in powers of s², for |s| ≤ 0.1716 (fdlibm).
const LOG: [f64; 7] = [
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
];

/// Whole n and p = exp(x − n·ln 2) − 1 with |p| ≤ 0.42, so that exp x = 2ⁿ(1 + p); for |x| < 2000.
#[inline(always)]
fn reduced_exp<V: Simd>(x: V) -> (V, V) {
    let n = (x * V::splat(std::f64::consts::LOG2_E)).round();
    let r = (-n).mul_add(V::splat(LN_2.1), (-n).mul_add(V::splat(LN_2.0), x));
    (n, (r * r).mul_add(r.polynomial(&EXP), r))
}

/// x within bounds, NaN kept.
#[inline(always)]
fn clamp<V: Simd>(x: V, lower: f64, upper: f64) -> V {
    V::splat(lower).max(V::splat(upper).min(x))
}

/// exp x.
#[inline(always)]
pub(super) fn exp<V: Simd>(x: V) -> V {
    let (n, p) = reduced_exp(clamp(x, -746.0, 710.0));
    (V::splat(1.0) + p).scale(n)
}

/// exp(x + low), where low is at most a rounding error of x and counts only where the result is finite.
#[inline(always)]
pub(super) fn exp_of_sum<V: Simd>(x: V, low: V) -> V {
    let (n, p) = reduced_exp(clamp(x, -746.0, 710.0));
    let low = V::select(x.abs().less(V::splat(746.0)), low, V::splat(0.0));
    // exp(low) = 1 + low to the last digit.
    let p = p + (V::splat(1.0) + p) * low;
    (V::splat(1.0) + p).scale(n)
}

/// exp x − 1, which keeps the sign of 0.
#[inline(always)]
pub(super) fn expm1<V: Simd>(x: V) -> V {
    let (n, p) = reduced_exp(clamp(x, -50.0, 710.0));
    let y = expm1_of_parts(n, p);
    V::select(x.equal(V::splat(0.0)), x, y)
}

/// 2ⁿ(1 + p) − 1 for n ≥ −100.
#[inline(always)]
fn expm1_of_parts<V: Simd>(n: V, p: V) -> V {
    let one = V::splat(1.0);
    let inverse = V::power_of_two(-(n.min(V::splat(1000.0))));
    (p + (one - inverse)).scale(n)
}

/// ln x.
#[inline(always)]
pub(super) fn log<V: Simd>(x: V) -> V {
    log_of_sum(x, None)
}

/// ln(u + c), where c is at most a rounding error of u.
#[inline(always)]
pub(super) fn log_of_sum<V: Simd>(u: V, c: Option<V>) -> V {
    let smallest = V::splat(f64::MIN_POSITIVE);
    let ordinary = V::mask_and(smallest.less_equal(u), u.less_equal(V::splat(f64::MAX)));
    let special = V::any(V::mask_not(ordinary));
    let (mut normal, mut shift) = (u, V::splat(-1023.0));
    if special {
        let subnormal = u.less(smallest);
        normal = V::select(subnormal, u * V::splat(TWO_54), u);
        shift = V::select(subnormal, V::splat(-1023.0 - 54.0), shift);
    }
    let (k, f) = split(normal, shift);
    let low = if let Some(c) = c { c / u } else { V::splat(0.0) };
    let y = log_of_parts(k, f, f / (V::splat(2.0) + f), low);
    if special { log_at_edges(u, y) } else { y }
}

/// 2⁵⁴: makes every subnormal number normal.
const TWO_54: f64 = 18014398509481984.0;

/// k and f with x = 2^k(1 + f) and √½ ≤ 1 + f < √2, for normal x; `shift` is added to the biased exponent.
#[inline(always)]
pub(super) fn split<V: Simd>(x: V, shift: V) -> (V, V) {
    const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    const ONE: u64 = 0x3ff0_0000_0000_0000;
    let raised = V::bits_add(x.bits(), V::splat_bits(ONE - ROOT_HALF));
    let fraction = V::bits_and(raised, V::splat_bits(0x000f_ffff_ffff_ffff));
    let mantissa = V::from_bits(V::bits_add(fraction, V::splat_bits(ROOT_HALF)));
    (V::from_whole(V::shift_right::<52>(raised)) + shift, mantissa - V::splat(1.0))
}

/// k·ln 2 + ln(1 + f) + low, where s = f/(2 + f).
#[inline(always)]
fn log_of_parts<V: Simd>(k: V, f: V, s: V, low: V) -> V {
    let z = s * s;
    let half_square = V::splat(0.5) * f * f;
    let rest = z.polynomial(&LOG).mul_add(z, half_square);
    let low = k.mul_add(V::splat(LN_2.1), low);
    k.mul_add(V::splat(LN_2.0), f - (half_square - s.mul_add(rest, low)))
}

/// The log at 0, below, at infinity and at NaN; `y` elsewhere.
#[inline(always)]
fn log_at_edges<V: Simd>(u: V, y: V) -> V {
    let zero = V::splat(0.0);
    let y = V::select(u.equal(zero), V::splat(f64::NEG_INFINITY), y);
    let y = V::select(u.less(zero), V::splat(f64::NAN), y);
    V::select(u.less(V::splat(f64::INFINITY)), y, u)
}

/// ln(1 + x), which keeps the sign of 0.
#[inline(always)]
pub(super) fn log1p<V: Simd>(x: V) -> V {
    let one = V::splat(1.0);
    let u = one + x;
    let most = u - one;
    let c = (one - (u - most)) + (x - most);
    V::select(x.equal(V::splat(0.0)), x, log_of_sum(u, Some(c)))
}

/// ln(1 − q) for 0 ≤ q ≤ ½.
#[inline(always)]
pub(super) fn log_of_complement<V: Simd>(q: V) -> (V, V) {
    let u = V::splat(1.0) - q;
    (u, (V::splat(1.0) - u) - q)
}

/// ln(1 − exp x).
#[inline(always)]
pub(super) fn log1m_exp<V: Simd>(x: V) -> V {
    let (n, p) = reduced_exp(clamp(x, -746.0, 710.0));
    let near = V::splat(-std::f64::consts::LN_2).less(x);
    let (far_u, far_c) = log_of_complement((V::splat(1.0) + p).scale(n));
    let near_u = -expm1_of_parts(n.max(V::splat(-100.0)), p);
    let log = log_of_sum(V::select(near, near_u, far_u), Some(V::select(near, V::splat(0.0), far_c)));
    -log.abs() // the log of what rounds to 1 is −0
}

/// exp(−|x|) = e with what ln(1 + e) needs: 1 + e = 2^k(1 + f) and |f| ≤ 0.4143.
struct UnitExp<V> {
    e: V,
    f: V,
    k: V,
}

#[inline(always)]
fn unit_exp<V: Simd>(x: V) -> UnitExp<V> {
    let e = exp(-x.abs());
    let high = V::splat(std::f64::consts::SQRT_2 - 1.0).less(e);
    let f = V::select(high, (e - V::splat(1.0)) * V::splat(0.5), e);
    UnitExp { e, f, k: V::select(high, V::splat(1.0), V::splat(0.0)) }
}

/// ln(1 + exp(−|x|)).
#[inline(always)]
fn log1p_unit_exp<V: Simd>(x: V) -> V {
    let UnitExp { f, k, .. } = unit_exp(x);
    log_of_parts(k, f, f / (V::splat(2.0) + f), V::splat(0.0))
}

/// ln(1 + exp x).
#[inline(always)]
pub(super) fn softplus<V: Simd>(x: V) -> V {
    x.max(V::splat(0.0)) + log1p_unit_exp(x)
}

/// 1/(1 + exp(−x)).
#[inline(always)]
pub(super) fn sigmoid<V: Simd>(x: V) -> V {
    let (e, one) = (exp(-x.abs()), V::splat(1.0));
    V::select(x.less(V::splat(0.0)), e, one) / (one + e)
}

/// Both, with one division.
#[inline(always)]
pub(super) fn softplus_sigmoid<V: Simd>(x: V) -> (V, V) {
    let UnitExp { e, f, k } = unit_exp(x);
    let (zero, one) = (V::splat(0.0), V::splat(1.0));
    let (first, second) = (one + e, V::splat(2.0) + f);
    let inverse = one / (first * second);
    let softplus = x.max(zero) + log_of_parts(k, f, f * first * inverse, zero);
    (softplus, V::select(x.less(zero), e, one) * (second * inverse))
}

/// tanh x, which keeps the sign of 0.
#[inline(always)]
pub(super) fn tanh<V: Simd>(x: V) -> V {
    let t = expm1(V::splat(2.0) * V::splat(22.0).min(x.abs()));
    (t / (t + V::splat(2.0))).copy_sign(x)
}

/// ln(exp x + exp y).
#[inline(always)]
pub(super) fn log_add_exp<V: Simd>(x: V, y: V) -> V {
    let larger = V::select(y.less(x), x, y);
    let sum = larger + log1p_unit_exp(x - y);
    V::select(x.equal(y), x + V::splat(std::f64::consts::LN_2), sum)
}

/// ln(exp x − exp y) for x ≥ y.
#[inline(always)]
pub(super) fn log_sub_exp<V: Simd>(x: V, y: V) -> V {
    let equal = V::mask_and(x.equal(y), x.less(V::splat(f64::INFINITY)));
    V::select(equal, V::splat(f64::NEG_INFINITY), x + log1m_exp(y - x))
}

/// x·`log`, but 0 where x is 0 and y is not NaN.
#[inline(always)]
pub(super) fn times_log<V: Simd>(x: V, y: V, log: V) -> V {
    V::select(V::mask_and(x.equal(V::splat(0.0)), y.equal(y)), V::splat(0.0), x * log)
}
