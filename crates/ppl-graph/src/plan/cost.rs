//! What a pass is estimated to take.
//!
//! The figures are nanoseconds an element with AVX2, measured with data in the nearest caches and rounded; of matrices
//! twice that, because they come from further away. They are the same for every instruction set and machine, so that
//! plans are.

use super::Plan;
use super::instruction::{Instruction, Pair, Pass, Step};
use crate::{Binary, Unary};

/// Nanoseconds of an evaluation; nothing where the plan has steps without an estimate.
pub(super) fn of_plan(plan: &Plan) -> Option<f64> {
    let step = |step: &Step| match step {
        Step::Scalars(instructions) => Some(2.0 * instructions.len() as f64),
        Step::Pass(pass) => Some(of(pass)),
        Step::Join(_) => Some(0.0),
        Step::Recurrence(_) | Step::System(_) | Step::Loop(_) | Step::Routine(_) => None,
    };
    plan.steps.iter().map(step).sum()
}

/// Nanoseconds of a pass on one thread.
pub(super) fn of(pass: &Pass) -> f64 {
    let an_element: f64 = pass.instructions.iter().map(|instruction| element(instruction, pass.length)).sum();
    an_element * pass.length as f64
}

/// Nanoseconds of an instruction for an element of a pass.
fn element(instruction: &Instruction, length: usize) -> f64 {
    match instruction {
        Instruction::Fill { .. } | Instruction::Reduce { .. } | Instruction::Dot { .. } => 0.05,
        Instruction::Ternary { .. } => 0.1,
        Instruction::Unary { f, .. } => unary(*f),
        Instruction::Binary { f, .. } => binary(*f),
        Instruction::Pair { f: Pair::SoftplusSigmoid, .. } => 2.4,
        Instruction::Pair { f: Pair::LogGammaDigamma, .. } => 4.0,
        Instruction::Gather { .. } | Instruction::Scatter { .. } => 0.5,
        Instruction::RowsTimes { matrix, .. } | Instruction::TimesRows { matrix, .. } => 0.1 * matrix.columns as f64,
        Instruction::SparseRowsTimes { matrix, .. } | Instruction::TimesSparseRows { matrix, .. } => {
            0.4 * matrix.values.len as f64 / length as f64
        }
    }
}

fn unary(f: Unary) -> f64 {
    use Unary::*;
    match f {
        Neg | Abs | Sign | Not | Floor | Ceil | Round | Square => 0.1,
        Sqrt | Reciprocal => 0.3,
        Exp | Expm1 | Log | Log1p | Sigmoid | Tanh | Sin | Cos => 1.0,
        Softplus | Log1mExp | Digamma | Erf | Erfc | NormalCdf => 2.0,
        LogGamma | LogNormalCdf => 4.0,
        Tan | Asin | Acos | Atan | Sinh | Cosh | Asinh | Acosh | Atanh => 8.0,
        Trigamma | Tetragamma | NormalQuantile => 8.0,
    }
}

fn binary(f: Binary) -> f64 {
    use Binary::*;
    match f {
        Add | Sub | Mul | MulOrZero | Min | Max | Lt | Le | Eq | Ne | And | Or => 0.1,
        Div | Mod => 0.3,
        XLogY | XLog1p => 1.0,
        LogAddExp | LogSubExp => 2.0,
        Pow | Atan2 => 8.0,
        GammaP | GammaQ | GammaPShape => 100.0,
    }
}
