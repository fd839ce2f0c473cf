//! What a plan is made of: steps of instructions over places in two arenas.

use std::ops::Range;

use ppl_math::kernels::{Access, Map1, Map2, Map3, MapPair, Recurrence, Reduce1, Reduce2, SparseProduct, TiledProduct};

use super::turn::TurnInstruction;
use crate::elementwise::larger;
use crate::routines::Routine;
use crate::{Binary, NodeId, Unary};

/// Elements that a pass handles at a time: its registers stay in the nearest cache.
pub(super) const BLOCK: usize = 256;

/// Which memory a place lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Arena {
    /// Constant, shared by all chains.
    Data,
    /// Of one chain.
    Work,
    /// Registers, of one thread.
    Local,
    /// Accumulators of one part of a divided pass.
    Part,
}

/// Consecutive numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub arena: Arena,
    pub offset: usize,
    pub len: usize,
}

/// An operand of a pass: a register, or in memory, where from block to block it moves on (`mask` is all ones) or stays (`mask` is 0), and within a block
/// it is an array (`stride` 1) or one number (`stride` 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operand {
    pub arena: Arena,
    pub offset: usize,
    pub mask: usize,
    pub stride: usize,
}

impl Operand {
    /// An array as long as the pass.
    pub(super) fn stream(arena: Arena, offset: usize) -> Self {
        Operand { arena, offset, mask: usize::MAX, stride: 1 }
    }

    /// One number for all elements.
    pub(super) fn number(arena: Arena, offset: usize) -> Self {
        Operand { arena, offset, mask: 0, stride: 0 }
    }

    /// A block that lives within the pass.
    pub(super) fn register(offset: usize) -> Self {
        Operand { arena: Arena::Local, offset, mask: 0, stride: 1 }
    }

    pub(super) fn is_register(self) -> bool {
        self.arena == Arena::Local
    }

    /// All that a pass over `length` elements touches.
    pub(super) fn span(self, length: usize) -> Span {
        let len = match (self.mask, self.stride) {
            (_, 0) => 1,
            (0, _) => length.min(BLOCK),
            _ => length,
        };
        Span { arena: self.arena, offset: self.offset, len }
    }
}

/// Constant positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Positions {
    pub offset: usize,
    pub len: usize,
}

/// A constant matrix in tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tiles {
    pub span: Span,
    pub rows: usize,
    pub columns: usize,
}

/// A constant matrix in compressed rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SparseRows {
    /// Where each row begins among the elements, and where the last ends.
    pub starts: Positions,
    /// The column of each element.
    pub columns: Positions,
    /// The value of each element.
    pub values: Span,
}

/// One operation on a block of a pass.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instruction {
    Fill { a: Operand, to: Operand },
    Unary { f: Unary, kernel: Map1, a: Operand, to: Operand },
    Binary { f: Binary, kernel: Map2, a: Operand, b: Operand, to: Operand },
    Ternary { f: Ternary, kernel: Map3, a: Operand, b: Operand, c: Operand, to: Operand },
    Pair { f: Pair, kernel: MapPair, a: Operand, first: Operand, second: Operand },
    Gather { kernel: Access, source: Span, positions: Positions, to: Operand },
    Scatter { kernel: Access, a: Operand, positions: Positions, to: Span },
    Reduce { f: Total, kernel: Reduce1, a: Operand, to: Span },
    Dot { kernel: Reduce2, a: Operand, b: Operand, to: Span },
    RowsTimes { kernel: TiledProduct, matrix: Tiles, vector: Span, to: Operand },
    TimesRows { kernel: TiledProduct, matrix: Tiles, a: Operand, to: Span },
    SparseRowsTimes { kernel: SparseProduct, matrix: SparseRows, vector: Span, to: Operand },
    TimesSparseRows { kernel: SparseProduct, matrix: SparseRows, a: Operand, to: Span },
}

/// Functions of three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ternary {
    /// b where a is not 0, else c.
    Select,
    /// a·b + c.
    MulAdd,
    /// c − a·b.
    NegMulAdd,
}

/// How the elements of a pass become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Total {
    Sum,
    SumOfSquares,
    Max,
}

impl Ternary {
    pub(super) fn name(self) -> &'static str {
        match self {
            Ternary::Select => "select",
            Ternary::MulAdd => "mul_add",
            Ternary::NegMulAdd => "neg_mul_add",
        }
    }
}

impl Total {
    pub(super) fn name(self) -> &'static str {
        match self {
            Total::Sum => "sum",
            Total::SumOfSquares => "sum_of_squares",
            Total::Max => "max",
        }
    }
}

impl Pair {
    pub(super) fn name(self) -> &'static str {
        match self {
            Pair::SoftplusSigmoid => "softplus_sigmoid",
            Pair::LogGammaDigamma => "log_gamma_digamma",
        }
    }
}

/// Two functions of one number that share their work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pair {
    SoftplusSigmoid,
    LogGammaDigamma,
}

/// An operation on single numbers of the work arena.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScalarInstruction {
    pub f: ScalarFunction,
    pub a: usize,
    pub b: usize,
    pub c: usize,
    pub to: usize,
}

/// The common functions of scalars by name, all others by the kernel for arrays, so that a number and an array that
/// holds it give the same bits.
#[derive(Clone, Copy, Debug)]
pub(super) enum ScalarFunction {
    Copy,
    Add,
    Sub,
    Mul,
    Div,
    Neg,
    Square,
    Reciprocal,
    Select,
    Unary(Unary, Map1),
    Binary(Binary, Map2),
}

/// What is done in one go.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Scalars(Vec<ScalarInstruction>),
    Pass(Pass),
    Recurrence(RecurrenceStep),
    System(SystemStep),
    Loop(LoopStep),
    Join(JoinStep),
    /// An operation as the interpreter does it.
    Routine(RoutineStep),
}

/// Arrays laid side by side.
#[derive(Clone, Debug)]
pub(super) struct JoinStep {
    pub parts: Vec<Span>,
    pub to: Span,
}

/// A linear recurrence.
#[derive(Clone, Debug)]
pub(super) struct RecurrenceStep {
    pub kernel: Recurrence,
    /// As long as the addend, or one number.
    pub coefficient: Span,
    pub addend: Span,
    /// The first state, and where it goes.
    pub initial: Span,
    pub first: Option<usize>,
    /// The states after the turns.
    pub to: Span,
    pub reverse: bool,
}

/// A loop whose turn multiplies a few carries by a matrix and adds a vector. Operands are those of a pass over the turns.
#[derive(Clone, Debug)]
pub(super) struct SystemStep {
    pub turns: usize,
    pub reverse: bool,
    /// Whether a product and a sum are rounded once.
    pub fused: bool,
    /// Whether a product is 0 where the carry is 0, whatever its factor is.
    pub masked: bool,
    pub initial: Vec<Span>,
    /// One number a carry.
    pub added: Vec<Operand>,
    /// Row-major, one row a new carry.
    pub factors: Vec<Operand>,
    /// How each is multiplied where it or the carry is not finite; nothing where the carry does not count.
    pub products: Vec<Option<Product>>,
    /// The states, one row a carry.
    pub to: Span,
}

/// How a factor and a carry are multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Product {
    Plain,
    /// 0 where the factor is 0.
    Chosen,
    /// 0 where the carry is 0.
    Masked,
}

/// A loop over single numbers.
#[derive(Clone, Debug)]
pub(super) struct LoopStep {
    pub turns: usize,
    pub reverse: bool,
    /// Whether a product and a sum are rounded once.
    pub fused: bool,
    pub registers: Span,
    /// Numbers that stand in registers from before the first turn.
    pub shared: Vec<(Span, u32)>,
    /// Arrays, and the register that holds their element of a turn.
    pub each: Vec<(Span, u32)>,
    pub carries: Vec<Carry>,
    /// What a turn does.
    pub code: Vec<TurnInstruction>,
    /// The states, one row a carry.
    pub to: Span,
}

/// A carried number: its first state, and its registers before and after a turn, which may be one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Carry {
    pub initial: Span,
    pub before: u32,
    pub after: u32,
}

/// One operation on whole arrays.
#[derive(Clone, Debug)]
pub(super) struct RoutineStep {
    pub routine: Routine,
    /// The operands, by id.
    pub operands: Vec<(NodeId, Span)>,
    pub to: Span,
    pub scratch: Span,
}

/// One pass over `length` elements in blocks.
#[derive(Clone, Debug)]
pub(super) struct Pass {
    pub length: usize,
    pub accumulators: Vec<Accumulator>,
    pub instructions: Vec<Instruction>,
    /// How many parts it is divided into; 1 where it is not.
    pub parts: usize,
}

impl Pass {
    /// The elements of a part: whole blocks, but for the end of the pass.
    pub(super) fn elements(&self, part: usize) -> Range<usize> {
        let blocks = self.length.div_ceil(BLOCK);
        let start = |part: usize| self.length.min(part * blocks / self.parts * BLOCK);
        start(part)..start(part + 1)
    }
}

/// A place that instructions of a pass add to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accumulator {
    pub f: Joining,
    /// Where the result belongs.
    pub whole: Span,
    /// What instructions add to: in a divided pass a place of the part, else `whole` itself.
    pub to: Span,
}

impl Accumulator {
    pub(super) fn new(f: Joining, whole: Span) -> Self {
        Accumulator { f, whole, to: whole }
    }
}

/// How the results of parts become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joining {
    Sum,
    Max,
}

impl Joining {
    /// The result of nothing.
    pub(super) fn start(self) -> f64 {
        match self {
            Joining::Sum => 0.0,
            Joining::Max => f64::NEG_INFINITY,
        }
    }

    /// The result of two parts.
    pub(super) fn join(self, a: f64, b: f64) -> f64 {
        match self {
            Joining::Sum => a + b,
            Joining::Max => larger(a, b),
        }
    }
}

impl Instruction {
    /// Calls `visit` with each streamed operand; true where it is written.
    pub(super) fn for_each_operand(&mut self, mut visit: impl FnMut(&mut Operand, bool)) {
        match self {
            Instruction::Fill { a, to } | Instruction::Unary { a, to, .. } => {
                visit(a, false);
                visit(to, true);
            }
            Instruction::Binary { a, b, to, .. } => {
                [a, b].into_iter().for_each(|operand| visit(operand, false));
                visit(to, true);
            }
            Instruction::Ternary { a, b, c, to, .. } => {
                [a, b, c].into_iter().for_each(|operand| visit(operand, false));
                visit(to, true);
            }
            Instruction::Pair { a, first, second, .. } => {
                visit(a, false);
                [first, second].into_iter().for_each(|operand| visit(operand, true));
            }
            Instruction::Gather { to, .. }
            | Instruction::RowsTimes { to, .. }
            | Instruction::SparseRowsTimes { to, .. } => visit(to, true),
            Instruction::Scatter { a, .. }
            | Instruction::Reduce { a, .. }
            | Instruction::TimesRows { a, .. }
            | Instruction::TimesSparseRows { a, .. } => visit(a, false),
            Instruction::Dot { a, b, .. } => [a, b].into_iter().for_each(|operand| visit(operand, false)),
        }
    }

    /// The arrays that are read as a whole, and those that are added to.
    pub(super) fn wholes(&self) -> (Option<Span>, Option<Span>) {
        match *self {
            Instruction::Gather { source, .. } => (Some(source), None),
            Instruction::RowsTimes { vector, .. } | Instruction::SparseRowsTimes { vector, .. } => (Some(vector), None),
            Instruction::Scatter { to, .. }
            | Instruction::Reduce { to, .. }
            | Instruction::Dot { to, .. }
            | Instruction::TimesRows { to, .. }
            | Instruction::TimesSparseRows { to, .. } => (None, Some(to)),
            _ => (None, None),
        }
    }

    /// The array that is added to.
    pub(super) fn added_to_mut(&mut self) -> Option<&mut Span> {
        match self {
            Instruction::Scatter { to, .. }
            | Instruction::Reduce { to, .. }
            | Instruction::Dot { to, .. }
            | Instruction::TimesRows { to, .. }
            | Instruction::TimesSparseRows { to, .. } => Some(to),
            _ => None,
        }
    }

    /// Whether the result may take the place of an operand.
    pub(super) fn works_in_place(&self) -> bool {
        matches!(self, Instruction::Unary { .. } | Instruction::Binary { .. } | Instruction::Ternary { .. })
    }
}
