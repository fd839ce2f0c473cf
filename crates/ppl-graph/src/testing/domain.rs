//! Where the elementwise functions are smooth (but for single points) and of moderate size.

use crate::{Binary, Unary};

/// An interval.
pub type Interval = (f64, f64);

/// An interval for the operand of a function.
pub fn unary_domain(f: Unary) -> Interval {
    match f {
        Unary::Neg | Unary::Abs | Unary::Square | Unary::Sinh | Unary::Cosh | Unary::Tanh => (-2.0, 2.0),
        Unary::Sign | Unary::Not | Unary::Floor | Unary::Ceil | Unary::Round => (-2.7, 2.7),
        Unary::Sqrt | Unary::Log => (0.1, 4.0),
        Unary::Reciprocal => (0.3, 3.0),
        Unary::Exp | Unary::Expm1 => (-2.0, 1.5),
        Unary::Log1p => (-0.9, 3.0),
        Unary::Log1mExp => (-4.0, -0.1),
        Unary::Softplus | Unary::Sigmoid | Unary::Sin | Unary::Cos | Unary::Atan | Unary::Asinh => (-3.0, 3.0),
        Unary::Tan => (-1.0, 1.0),
        Unary::Asin | Unary::Acos | Unary::Atanh => (-0.9, 0.9),
        Unary::Acosh => (1.1, 4.0),
        Unary::LogGamma | Unary::Digamma | Unary::Trigamma | Unary::Tetragamma => (0.4, 12.0),
        Unary::Erf | Unary::Erfc => (-2.0, 2.0),
        Unary::NormalCdf => (-3.0, 3.0),
        Unary::LogNormalCdf => (-6.0, 3.0),
        Unary::NormalQuantile => (0.05, 0.95),
    }
}

/// Intervals for the operands of a function of two.
pub fn binary_domain(f: Binary) -> (Interval, Interval) {
    match f {
        Binary::Add | Binary::Sub | Binary::Mul | Binary::MulOrZero | Binary::Min | Binary::Max => WIDE,
        Binary::Lt | Binary::Le | Binary::Eq | Binary::Ne | Binary::And | Binary::Or => WIDE,
        Binary::LogAddExp => WIDE,
        Binary::Div => ((-2.0, 2.0), (0.5, 3.0)),
        Binary::Pow => ((0.2, 3.0), (-2.0, 3.0)),
        Binary::Atan2 => ((0.3, 2.0), (-2.0, 2.0)),
        Binary::Mod => ((-3.0, 3.0), (0.7, 2.0)),
        Binary::XLogY => ((-2.0, 2.0), (0.2, 3.0)),
        Binary::XLog1p => ((-2.0, 2.0), (-0.8, 3.0)),
        Binary::LogSubExp => ((1.0, 3.0), (-2.0, 0.5)),
        Binary::GammaP | Binary::GammaQ | Binary::GammaPShape => ((0.3, 6.0), (0.2, 8.0)),
    }
}

const WIDE: (Interval, Interval) = ((-2.0, 2.0), (-2.0, 2.0));
