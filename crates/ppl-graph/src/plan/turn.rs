//! What a turn of a loop does, as instructions for the runner.
//!
//! The result of an instruction is kept at hand for the next one, whose first operand it may be (`chained`), because a
//! turn is mostly one chain of numbers that wait for each other, and a way through memory costs as much as a sum.

mod code;

pub(super) use code::code;

use crate::{Binary, Unary};

/// An operation on registers of a loop, which are counted from its first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TurnInstruction {
    pub f: TurnFunction,
    /// Whether the first operand is the result of the instruction before; of the first instruction of a turn, that of
    /// the last one of the turn before.
    pub chained: bool,
    pub a: u32,
    pub b: u32,
    pub c: u32,
    pub to: u32,
}

/// The functions by name are those that loops use most, all others are called.
#[derive(Clone, Copy, Debug)]
pub(super) enum TurnFunction {
    Copy,
    Neg,
    Square,
    Reciprocal,
    Exp,
    Add,
    /// a − b.
    Sub,
    /// b − a.
    SubFrom,
    Mul,
    /// a·b, but 0 where a is 0.
    MulOrZero,
    /// a/b.
    Div,
    /// b/a.
    DivInto,
    LogAddExp,
    /// ln Σ exp of the b registers from a on.
    LogSumExp,
    /// a·b + c.
    MulAdd,
    /// b·c + a.
    AddMul,
    /// c − a·b.
    NegMulAdd,
    /// a − b·c.
    SubMul,
    /// b where a is not 0, else c.
    Select,
    Unary(Unary, fn(f64) -> f64),
    Binary(Binary, fn(f64, f64) -> f64),
}

/// Functions are equal by name.
impl PartialEq for TurnFunction {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl TurnFunction {
    pub(super) fn of_unary(f: Unary) -> Self {
        match f {
            Unary::Neg => TurnFunction::Neg,
            Unary::Square => TurnFunction::Square,
            Unary::Reciprocal => TurnFunction::Reciprocal,
            Unary::Exp => TurnFunction::Exp,
            _ => TurnFunction::Unary(f, f.function()),
        }
    }

    pub(super) fn of_binary(f: Binary) -> Self {
        match f {
            Binary::Add => TurnFunction::Add,
            Binary::Sub => TurnFunction::Sub,
            Binary::Mul => TurnFunction::Mul,
            Binary::MulOrZero => TurnFunction::MulOrZero,
            Binary::Div => TurnFunction::Div,
            Binary::LogAddExp => TurnFunction::LogAddExp,
            _ => TurnFunction::Binary(f, f.function()),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            TurnFunction::Copy => "copy",
            TurnFunction::Neg => "neg",
            TurnFunction::Square => "square",
            TurnFunction::Reciprocal => "reciprocal",
            TurnFunction::Exp => "exp",
            TurnFunction::Add => "add",
            TurnFunction::Sub => "sub",
            TurnFunction::SubFrom => "sub_from",
            TurnFunction::Mul => "mul",
            TurnFunction::MulOrZero => "mul_or_zero",
            TurnFunction::Div => "div",
            TurnFunction::DivInto => "div_into",
            TurnFunction::LogAddExp => "log_add_exp",
            TurnFunction::LogSumExp => "log_sum_exp",
            TurnFunction::MulAdd => "mul_add",
            TurnFunction::AddMul => "add_mul",
            TurnFunction::NegMulAdd => "neg_mul_add",
            TurnFunction::SubMul => "sub_mul",
            TurnFunction::Select => "select",
            TurnFunction::Unary(f, _) => f.name(),
            TurnFunction::Binary(f, _) => f.name(),
        }
    }

    /// How many operands count as registers of their own.
    pub(super) fn arity(self) -> usize {
        use TurnFunction::*;
        match self {
            LogSumExp => 0,
            Copy | Neg | Square | Reciprocal | Exp | Unary(..) => 1,
            Add | Sub | SubFrom | Mul | MulOrZero | Div | DivInto | LogAddExp | Binary(..) => 2,
            MulAdd | AddMul | NegMulAdd | SubMul | Select => 3,
        }
    }
}

impl TurnInstruction {
    /// The registers of its operands.
    pub(super) fn operands_mut(&mut self) -> impl Iterator<Item = &mut u32> {
        let count = self.f.arity();
        [&mut self.a, &mut self.b, &mut self.c].into_iter().take(count)
    }

    fn reads(&self, register: u32) -> bool {
        [self.a, self.b, self.c].into_iter().take(self.f.arity()).any(|operand| operand == register)
    }

    /// The same with operand `k` in the first place, where there is a way to say it.
    fn led_by(self, k: usize) -> Option<Self> {
        use TurnFunction::*;
        let TurnInstruction { f, a, b, c, .. } = self;
        let (f, [a, b, c]) = match (f, k) {
            (_, 0) => (f, [a, b, c]),
            (Add | Mul | LogAddExp | MulAdd | NegMulAdd, 1) => (f, [b, a, c]),
            (Sub, 1) => (SubFrom, [b, a, c]),
            (Div, 1) => (DivInto, [b, a, c]),
            (MulAdd, 2) => (AddMul, [c, a, b]),
            (NegMulAdd, 2) => (SubMul, [c, a, b]),
            _ => return None,
        };
        Some(TurnInstruction { f, a, b, c, ..self })
    }

    /// The same with its first operand from the instruction before, whose result stands in a register, if it reads that.
    fn chained_to(self, result: u32) -> Self {
        let found = [self.a, self.b, self.c].into_iter().take(self.f.arity()).position(|operand| operand == result);
        match found.and_then(|k| self.led_by(k)) {
            Some(led) => TurnInstruction { chained: true, ..led },
            None => self,
        }
    }
}
