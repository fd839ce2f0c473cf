//! The functions of the maps by name, each on a vector.

use super::map::{Lane1, Lane2, Lane3, LanePair};
use super::simd::Simd;
use super::{exponential, gamma, normal, power, trigonometric};
use crate as math;

macro_rules! lanes {
    ($trait:ident, $result:ty: $($name:ident($($x:ident),+) $body:expr;)*) => {
        $(
            pub(super) struct $name;
            impl $trait for $name {
                #[inline(always)]
                fn apply<V: Simd>($($x: V),+) -> $result {
                    $body
                }
            }
        )*
    };
}

lanes! { Lane1, V:
    Negate(x) -x;
    Abs(x) x.abs();
    Sign(x) V::select(x.equal(V::splat(0.0)), V::splat(0.0), x.map(f64::signum));
    Not(x) truth(x.equal(V::splat(0.0)));
    Floor(x) x.map(f64::floor);
    Ceil(x) x.map(f64::ceil);
    Round(x) x.map(f64::round);
    Sqrt(x) x.sqrt();
    Square(x) x * x;
    Reciprocal(x) V::splat(1.0) / x;
    Exp(x) exponential::exp(x);
    Expm1(x) exponential::expm1(x);
    Log(x) exponential::log(x);
    Log1p(x) exponential::log1p(x);
    Log1mExp(x) exponential::log1m_exp(x);
    Softplus(x) exponential::softplus(x);
    Sigmoid(x) exponential::sigmoid(x);
    Sin(x) trigonometric::sin(x);
    Cos(x) trigonometric::cos(x);
    Tan(x) x.map(f64::tan);
    Asin(x) x.map(f64::asin);
    Acos(x) x.map(f64::acos);
    Atan(x) x.map(f64::atan);
    Sinh(x) x.map(f64::sinh);
    Cosh(x) x.map(f64::cosh);
    Tanh(x) exponential::tanh(x);
    Asinh(x) x.map(f64::asinh);
    Acosh(x) x.map(f64::acosh);
    Atanh(x) x.map(f64::atanh);
    LogGamma(x) gamma::log_gamma(x);
    Digamma(x) gamma::digamma(x);
    Trigamma(x) x.map(math::trigamma);
    Tetragamma(x) x.map(math::tetragamma);
    Erf(x) normal::erf(x);
    Erfc(x) normal::erfc(x);
    NormalCdf(x) normal::normal_cdf(x);
    LogNormalCdf(x) normal::log_normal_cdf(x);
    NormalQuantile(x) x.map(math::normal_quantile);
}

lanes! { LanePair, (V, V):
    SoftplusSigmoid(x) exponential::softplus_sigmoid(x);
    LogGammaDigamma(x) (gamma::log_gamma(x), gamma::digamma(x));
}

lanes! { Lane2, V:
    Add(x, y) x + y;
    Sub(x, y) x - y;
    Mul(x, y) x * y;
    MulOrZero(x, y) V::select(x.equal(V::splat(0.0)), V::splat(0.0), x * y);
    Div(x, y) x / y;
    Pow(x, y) power::pow(x, y);
    Min(x, y) V::select(V::mask_or(y.less(x), is_nan(y)), y, x);
    Max(x, y) V::select(V::mask_or(x.less(y), is_nan(y)), y, x);
    Atan2(x, y) x.map2(y, f64::atan2);
    Modulo(x, y) x.map2(y, |x, y| x - y * (x / y).floor());
    Less(x, y) truth(x.less(y));
    LessEqual(x, y) truth(x.less_equal(y));
    Equal(x, y) truth(x.equal(y));
    NotEqual(x, y) truth(V::mask_not(x.equal(y)));
    And(x, y) truth(V::mask_and(is_true(x), is_true(y)));
    Or(x, y) truth(V::mask_or(is_true(x), is_true(y)));
    XLogY(x, y) exponential::times_log(x, y, exponential::log(y));
    XLog1p(x, y) exponential::times_log(x, y, exponential::log1p(y));
    LogAddExp(x, y) exponential::log_add_exp(x, y);
    LogSubExp(x, y) exponential::log_sub_exp(x, y);
    GammaP(x, y) x.map2(y, math::gamma_p);
    GammaQ(x, y) x.map2(y, math::gamma_q);
    GammaPShape(x, y) x.map2(y, math::gamma_p_shape);
}

lanes! { Lane3, V:
    MulAdd(x, y, z) x.mul_add(y, z);
    NegativeMulAdd(x, y, z) (-x).mul_add(y, z);
    Select(c, x, y) V::select(is_true(c), x, y);
}

/// 1 where it holds, else 0.
#[inline(always)]
fn truth<V: Simd>(mask: V::Mask) -> V {
    V::select(mask, V::splat(1.0), V::splat(0.0))
}

/// Whether x is not 0; NaN is not.
#[inline(always)]
fn is_true<V: Simd>(x: V) -> V::Mask {
    V::mask_not(x.equal(V::splat(0.0)))
}

#[inline(always)]
fn is_nan<V: Simd>(x: V) -> V::Mask {
    V::mask_not(x.equal(x))
}
