//! Names and values of the elementwise functions.

use ppl_math as math;

use crate::{Binary, Reduction, Unary};

/// Names of the variants; one that is left out does not compile, so the list of all is complete.
macro_rules! names {
    ($kind:ident: $($variant:ident $name:literal,)*) => {
        impl $kind {
            /// Every variant, in the order of their definition.
            pub const ALL: &'static [$kind] = &[$($kind::$variant),*];

            /// The name in the textual form.
            pub fn name(self) -> &'static str {
                match self { $($kind::$variant => $name),* }
            }

            /// The variant of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|variant| variant.name() == name)
            }
        }
    };
}

names! { Unary:
    Neg "neg", Abs "abs", Sign "sign", Not "not", Floor "floor", Ceil "ceil", Round "round", Sqrt "sqrt",
    Square "square", Reciprocal "reciprocal", Exp "exp", Expm1 "expm1", Log "log", Log1p "log1p",
    Log1mExp "log1m_exp", Softplus "softplus", Sigmoid "sigmoid", Sin "sin", Cos "cos", Tan "tan", Asin "asin",
    Acos "acos", Atan "atan", Sinh "sinh", Cosh "cosh", Tanh "tanh", Asinh "asinh", Acosh "acosh", Atanh "atanh",
    LogGamma "log_gamma", Digamma "digamma", Trigamma "trigamma", Tetragamma "tetragamma", Erf "erf", Erfc "erfc",
    NormalCdf "normal_cdf", LogNormalCdf "log_normal_cdf", NormalQuantile "normal_quantile",
}

names! { Binary:
    Add "add", Sub "sub", Mul "mul", MulOrZero "mul_or_zero", Div "div", Pow "pow", Min "min", Max "max", Atan2 "atan2", Mod "mod", Lt "lt",
    Le "le", Eq "eq", Ne "ne", And "and", Or "or", XLogY "x_log_y", XLog1p "x_log1p", LogAddExp "log_add_exp",
    LogSubExp "log_sub_exp", GammaP "gamma_p", GammaQ "gamma_q", GammaPShape "gamma_p_shape",
}

names! { Reduction:
    Sum "sum", Product "product", Min "min", Max "max", LogSumExp "log_sum_exp", ArgMax "arg_max", ArgMin "arg_min",
}

impl Unary {
    /// The function on numbers.
    pub fn function(self) -> fn(f64) -> f64 {
        match self {
            Unary::Neg => |x| -x,
            Unary::Abs => f64::abs,
            Unary::Sign => sign,
            Unary::Not => |x| truth(x == 0.0),
            Unary::Floor => f64::floor,
            Unary::Ceil => f64::ceil,
            Unary::Round => f64::round,
            Unary::Sqrt => f64::sqrt,
            Unary::Square => |x| x * x,
            Unary::Reciprocal => |x| 1.0 / x,
            Unary::Exp => f64::exp,
            Unary::Expm1 => f64::exp_m1,
            Unary::Log => f64::ln,
            Unary::Log1p => f64::ln_1p,
            Unary::Log1mExp => math::log1m_exp,
            Unary::Softplus => math::softplus,
            Unary::Sigmoid => math::sigmoid,
            Unary::Sin => f64::sin,
            Unary::Cos => f64::cos,
            Unary::Tan => f64::tan,
            Unary::Asin => f64::asin,
            Unary::Acos => f64::acos,
            Unary::Atan => f64::atan,
            Unary::Sinh => f64::sinh,
            Unary::Cosh => f64::cosh,
            Unary::Tanh => f64::tanh,
            Unary::Asinh => f64::asinh,
            Unary::Acosh => f64::acosh,
            Unary::Atanh => f64::atanh,
            Unary::LogGamma => math::log_gamma,
            Unary::Digamma => math::digamma,
            Unary::Trigamma => math::trigamma,
            Unary::Tetragamma => math::tetragamma,
            Unary::Erf => math::erf,
            Unary::Erfc => math::erfc,
            Unary::NormalCdf => math::normal_cdf,
            Unary::LogNormalCdf => math::log_normal_cdf,
            Unary::NormalQuantile => math::normal_quantile,
        }
    }

    /// The value at x.
    pub fn apply(self, x: f64) -> f64 {
        self.function()(x)
    }
}

impl Binary {
    /// The function on numbers.
    pub fn function(self) -> fn(f64, f64) -> f64 {
        match self {
            Binary::Add => |x, y| x + y,
            Binary::Sub => |x, y| x - y,
            Binary::Mul => |x, y| x * y,
            Binary::MulOrZero => |x, y| if x == 0.0 { 0.0 } else { x * y },
            Binary::Div => |x, y| x / y,
            Binary::Pow => f64::powf,
            Binary::Min => smaller,
            Binary::Max => larger,
            Binary::Atan2 => f64::atan2,
            Binary::Mod => |x, y| x - y * (x / y).floor(),
            Binary::Lt => |x, y| truth(x < y),
            Binary::Le => |x, y| truth(x <= y),
            Binary::Eq => |x, y| truth(x == y),
            Binary::Ne => |x, y| truth(x != y),
            Binary::And => |x, y| truth(x != 0.0 && y != 0.0),
            Binary::Or => |x, y| truth(x != 0.0 || y != 0.0),
            Binary::XLogY => math::x_log_y,
            Binary::XLog1p => math::x_log1p,
            Binary::LogAddExp => math::log_add_exp,
            Binary::LogSubExp => math::log_sub_exp,
            Binary::GammaP => math::gamma_p,
            Binary::GammaQ => math::gamma_q,
            Binary::GammaPShape => math::gamma_p_shape,
        }
    }

    /// The value at (x, y).
    pub fn apply(self, x: f64, y: f64) -> f64 {
        self.function()(x, y)
    }
}

fn truth(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

/// −1, 0 or 1; unlike `signum` 0 at 0.
fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// The smaller of two; NaN where either is.
pub(crate) fn smaller(x: f64, y: f64) -> f64 {
    if y < x || y.is_nan() { y } else { x }
}

/// The larger of two; NaN where either is.
pub(crate) fn larger(x: f64, y: f64) -> f64 {
    if y > x || y.is_nan() { y } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_variant() {
        for &f in Unary::ALL {
            assert_eq!(Unary::from_name(f.name()), Some(f));
        }
        for &f in Binary::ALL {
            assert_eq!(Binary::from_name(f.name()), Some(f));
        }
        for &kind in Reduction::ALL {
            assert_eq!(Reduction::from_name(kind.name()), Some(kind));
        }
    }

    #[test]
    fn not_a_number_passes_through_extremes() {
        for f in [Binary::Min, Binary::Max] {
            assert!(f.apply(f64::NAN, 1.0).is_nan() && f.apply(1.0, f64::NAN).is_nan());
        }
    }

    #[test]
    fn remainder_has_the_sign_of_the_divisor() {
        assert_eq!((Binary::Mod.apply(-1.0, 3.0), Binary::Mod.apply(1.0, -3.0)), (2.0, -2.0));
    }
}
