//! Which kernel computes what.

use ppl_math::kernels::{Access, Kernels, Map1, Map2, Map3, Reduce1};

use super::instruction::{Ternary, Total};
use crate::{Binary, Unary};

pub(super) fn unary(k: &Kernels, f: Unary) -> Map1 {
    match f {
        Unary::Neg => k.negate,
        Unary::Abs => k.abs,
        Unary::Sign => k.sign,
        Unary::Not => k.not,
        Unary::Floor => k.floor,
        Unary::Ceil => k.ceil,
        Unary::Round => k.round,
        Unary::Sqrt => k.sqrt,
        Unary::Square => k.square,
        Unary::Reciprocal => k.reciprocal,
        Unary::Exp => k.exp,
        Unary::Expm1 => k.expm1,
        Unary::Log => k.log,
        Unary::Log1p => k.log1p,
        Unary::Log1mExp => k.log1m_exp,
        Unary::Softplus => k.softplus,
        Unary::Sigmoid => k.sigmoid,
        Unary::Sin => k.sin,
        Unary::Cos => k.cos,
        Unary::Tan => k.tan,
        Unary::Asin => k.asin,
        Unary::Acos => k.acos,
        Unary::Atan => k.atan,
        Unary::Sinh => k.sinh,
        Unary::Cosh => k.cosh,
        Unary::Tanh => k.tanh,
        Unary::Asinh => k.asinh,
        Unary::Acosh => k.acosh,
        Unary::Atanh => k.atanh,
        Unary::LogGamma => k.log_gamma,
        Unary::Digamma => k.digamma,
        Unary::Trigamma => k.trigamma,
        Unary::Tetragamma => k.tetragamma,
        Unary::Erf => k.erf,
        Unary::Erfc => k.erfc,
        Unary::NormalCdf => k.normal_cdf,
        Unary::LogNormalCdf => k.log_normal_cdf,
        Unary::NormalQuantile => k.normal_quantile,
    }
}

pub(super) fn binary(k: &Kernels, f: Binary) -> Map2 {
    match f {
        Binary::Add => k.add,
        Binary::Sub => k.sub,
        Binary::Mul => k.mul,
        Binary::MulOrZero => k.mul_or_zero,
        Binary::Div => k.div,
        Binary::Pow => k.pow,
        Binary::Min => k.min,
        Binary::Max => k.max,
        Binary::Atan2 => k.atan2,
        Binary::Mod => k.modulo,
        Binary::Lt => k.less,
        Binary::Le => k.less_equal,
        Binary::Eq => k.equal,
        Binary::Ne => k.not_equal,
        Binary::And => k.and,
        Binary::Or => k.or,
        Binary::XLogY => k.x_log_y,
        Binary::XLog1p => k.x_log1p,
        Binary::LogAddExp => k.log_add_exp,
        Binary::LogSubExp => k.log_sub_exp,
        Binary::GammaP => k.gamma_p,
        Binary::GammaQ => k.gamma_q,
        Binary::GammaPShape => k.gamma_p_shape,
    }
}

pub(super) fn ternary(k: &Kernels, f: Ternary) -> Map3 {
    match f {
        Ternary::Select => k.select,
        Ternary::MulAdd => k.mul_add,
        Ternary::NegMulAdd => k.negative_mul_add,
    }
}

pub(super) fn total(k: &Kernels, f: Total) -> Reduce1 {
    match f {
        Total::Sum => k.sum,
        Total::SumOfSquares => k.sum_of_squares,
        Total::Max => k.maximum,
    }
}

/// Sorted positions with long runs have kernels of their own.
pub(super) fn gather(k: &Kernels, positions: &[u32]) -> Access {
    if has_runs(positions) { k.segment_broadcast } else { k.gather }
}

pub(super) fn scatter(k: &Kernels, positions: &[u32]) -> Access {
    if positions.is_sorted() { k.segment_sum } else { k.scatter_add }
}

fn has_runs(positions: &[u32]) -> bool {
    let changes = positions.windows(2).filter(|pair| pair[0] != pair[1]).count();
    positions.is_sorted() && positions.len() >= 8 * (changes + 1)
}
