//! The operations of the graph.

use crate::Shape;

/// A node, by its position in the graph; operands come before what uses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A constant array of numbers held by the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DataId(pub u32);

/// A constant array of flat positions held by the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IndexId(pub u32);

/// What one turn of a loop does, held by the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BodyId(pub u32);

/// A constant sparse matrix held by the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SparseId(pub u32);

/// The statement a node was made for; its meaning belongs to whoever builds the graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(pub u32);

/// One operation with the shape of its result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// What is computed.
    pub op: Op,
    /// The shape of the result.
    pub shape: Shape,
}

/// What a node computes. `a`, `b` are operands; shapes are stated where they are not plain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// Consecutive numbers of the input vector, row-major, from `offset`.
    Input {
        /// First position in the input vector.
        offset: usize,
    },
    /// A constant array.
    Data(DataId),
    /// A constant scalar, by its bits.
    Const(u64),
    /// Elementwise function of one array.
    Unary(Unary, NodeId),
    /// Elementwise function of two arrays of one shape, or of an array and a scalar.
    Binary(Binary, NodeId, NodeId),
    /// `a` where `c` is not 0, else `b`, elementwise; scalars lift. Only the chosen side counts, in value and gradient.
    Select(NodeId, NodeId, NodeId),
    /// Repeats `source` along new axes: its axis `k` becomes axis `axes[k]` of the result (strictly increasing).
    Broadcast {
        /// The array to repeat.
        source: NodeId,
        /// Where its axes go.
        axes: Vec<usize>,
    },
    /// Axis `k` of the result is axis `permutation[k]` of `source`.
    Transpose {
        /// The array.
        source: NodeId,
        /// Which axis comes from where.
        permutation: Vec<usize>,
    },
    /// The same numbers in the same order under another shape.
    Reshape(NodeId),
    /// `result[i] = source[index[i]]`, both flat.
    Gather {
        /// The array read from.
        source: NodeId,
        /// Flat positions, as many as the result has elements.
        index: IndexId,
    },
    /// `result[index[i]] += source[i]`, both flat, from zeros.
    Scatter {
        /// The array read from.
        source: NodeId,
        /// Flat positions in the result, as many as `source` has elements.
        index: IndexId,
    },
    /// `result[i] = source[index[i]]` with an index that is computed; flat positions from 0; out of range gives NaN.
    Take {
        /// The array read from.
        source: NodeId,
        /// Flat positions as numbers.
        index: NodeId,
    },
    /// `result[index[i]] += source[i]` with an index that is computed.
    Put {
        /// The array read from.
        source: NodeId,
        /// Flat positions as numbers.
        index: NodeId,
    },
    /// The flat contents of several arrays one after the other.
    Concat(Vec<NodeId>),
    /// Reduces the axes `axes` (increasing) of `source` away.
    Reduce {
        /// How.
        kind: Reduction,
        /// The array.
        source: NodeId,
        /// Which axes.
        axes: Vec<usize>,
    },
    /// Running sums along the last axis; from the end where `reverse`.
    CumulativeSum {
        /// The array.
        source: NodeId,
        /// From the last element.
        reverse: bool,
    },
    /// The T + 1 states of `x[t+1] = coefficient[t]·x[t] + addend[t]` from `x[0] = initial`, for an addend of `[T]` and
    /// a coefficient of `[T]` or one number; with `reverse` those of `x[t] = coefficient[t]·x[t+1] + addend[t]` from
    /// `x[T] = initial`. A coefficient of 0 starts anew, whatever the state was.
    LinearRecurrence {
        /// What the state is multiplied by.
        coefficient: NodeId,
        /// What is added.
        addend: NodeId,
        /// The state before the first turn, one number.
        initial: NodeId,
        /// From the last element to the first.
        reverse: bool,
    },
    /// The states of a loop of T turns over c carried numbers: `[c, T+1]`, one row a carry. Turn t leads from the states
    /// at t to those at t + 1; with `reverse` turns go from the last to the first, and turn t leads from the states at
    /// t + 1 to those at t. See [`Body`](crate::Body).
    Scan {
        /// What a turn does.
        body: BodyId,
        /// The states before the first turn, one number a carry.
        initial: Vec<NodeId>,
        /// Arrays of `[T]`, of which turn t reads element t.
        each: Vec<NodeId>,
        /// Numbers that all turns read.
        shared: Vec<NodeId>,
        /// From the last element to the first.
        reverse: bool,
    },
    /// Matrix product: `[m,k]·[k,n]`, `[m,k]·[k]`, `[k]·[k,n]` or `[k]·[k]`.
    MatMul(NodeId, NodeId),
    /// Product `X·v` of a constant sparse matrix with a vector, or `Xᵀ·v` where `transposed`.
    SparseProduct {
        /// X.
        matrix: SparseId,
        /// v.
        vector: NodeId,
        /// Whether the transpose is multiplied.
        transposed: bool,
    },
    /// The lower Cholesky factor of a symmetric matrix; NaN where it is not positive definite.
    Cholesky(NodeId),
    /// Solves `L x = b` (or `Lᵀ x = b` where `transposed`) for lower-triangular `L [n,n]` and `b` of `[n]` or `[n,m]`.
    SolveTriangular {
        /// The lower triangle.
        lower: NodeId,
        /// The right-hand side.
        right: NodeId,
        /// Whether the transpose is solved.
        transposed: bool,
    },
    /// Solves `A x = b` for square `A [n,n]` and `b` of `[n]` or `[n,m]`; NaN where singular.
    Solve(NodeId, NodeId),
    /// The inverse of a square matrix; NaN where singular.
    Inverse(NodeId),
    /// The log of the absolute determinant of a square matrix; −∞ where singular.
    LogDeterminant(NodeId),
    /// The last axis in increasing order.
    Sort(NodeId),
    /// Positions (from 0, along the last axis) that put the last axis in increasing order, ties by position.
    ArgSort(NodeId),
}

/// Elementwise functions of one number. Truth is 1 and 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Unary {
    Neg,
    Abs,
    Sign,
    Not,
    Floor,
    Ceil,
    Round,
    Sqrt,
    Square,
    Reciprocal,
    Exp,
    Expm1,
    Log,
    Log1p,
    /// ln(1 − exp(x)) for x ≤ 0.
    Log1mExp,
    /// ln(1 + exp(x)).
    Softplus,
    /// 1 / (1 + exp(−x)).
    Sigmoid,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
    /// ln |Γ(x)|.
    LogGamma,
    Digamma,
    Trigamma,
    /// The derivative of trigamma; has no derivative of its own here.
    Tetragamma,
    Erf,
    Erfc,
    /// Standard normal distribution function.
    NormalCdf,
    /// Its log, accurate in the tail.
    LogNormalCdf,
    /// Its inverse.
    NormalQuantile,
}

/// Elementwise functions of two numbers. Truth is 1 and 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    /// x·y, but 0 where x is 0, whatever y is: adjoints of a side that was not chosen stay 0.
    MulOrZero,
    Div,
    Pow,
    Min,
    Max,
    Atan2,
    /// Remainder with the sign of the divisor.
    Mod,
    Lt,
    Le,
    Eq,
    Ne,
    And,
    Or,
    /// x·ln y, with 0·ln 0 = 0.
    XLogY,
    /// x·ln(1 + y), with 0·ln 0 = 0.
    XLog1p,
    /// ln(exp x + exp y).
    LogAddExp,
    /// ln(exp x − exp y) for x ≥ y.
    LogSubExp,
    /// Regularised lower incomplete gamma function P(a, x), first operand a.
    GammaP,
    /// Regularised upper incomplete gamma function Q(a, x), first operand a.
    GammaQ,
    /// ∂P(a, x)/∂a.
    GammaPShape,
}

/// How axes are reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Reduction {
    Sum,
    Product,
    Min,
    Max,
    LogSumExp,
    /// Position (from 0) of the largest, the first of equals.
    ArgMax,
    ArgMin,
}

impl Reduction {
    /// Whether the result is a position rather than a value.
    pub(crate) fn is_position(self) -> bool {
        matches!(self, Reduction::ArgMax | Reduction::ArgMin)
    }
}

impl Op {
    /// Calls `visit` for each operand, in order.
    pub fn for_each_operand(&self, mut visit: impl FnMut(NodeId)) {
        match self {
            Op::Input { .. } | Op::Data(_) | Op::Const(_) => {}
            Op::Unary(_, a) | Op::Reshape(a) | Op::Cholesky(a) | Op::Inverse(a) => visit(*a),
            Op::LogDeterminant(a) | Op::Sort(a) | Op::ArgSort(a) => visit(*a),
            Op::Broadcast { source, .. } | Op::Transpose { source, .. } => visit(*source),
            Op::Gather { source, .. } | Op::Scatter { source, .. } => visit(*source),
            Op::Reduce { source, .. } | Op::CumulativeSum { source, .. } => visit(*source),
            Op::Binary(_, a, b) | Op::MatMul(a, b) | Op::Solve(a, b) => [*a, *b].into_iter().for_each(visit),
            Op::Take { source, index } | Op::Put { source, index } => [*source, *index].into_iter().for_each(visit),
            Op::SolveTriangular { lower, right, .. } => [*lower, *right].into_iter().for_each(visit),
            Op::SparseProduct { vector, .. } => visit(*vector),
            Op::Select(c, a, b) => [*c, *a, *b].into_iter().for_each(visit),
            Op::LinearRecurrence { coefficient, addend, initial, .. } => {
                [*coefficient, *addend, *initial].into_iter().for_each(visit);
            }
            Op::Scan { initial, each, shared, .. } => {
                [initial, each, shared].into_iter().flatten().copied().for_each(visit);
            }
            Op::Concat(parts) => parts.iter().copied().for_each(visit),
        }
    }

    /// The same operation on other operands.
    pub fn map_operands(self, mut map: impl FnMut(NodeId) -> NodeId) -> Op {
        match self {
            Op::Input { .. } | Op::Data(_) | Op::Const(_) => self,
            Op::Unary(f, a) => Op::Unary(f, map(a)),
            Op::Binary(f, a, b) => Op::Binary(f, map(a), map(b)),
            Op::Select(c, a, b) => Op::Select(map(c), map(a), map(b)),
            Op::Broadcast { source, axes } => Op::Broadcast { source: map(source), axes },
            Op::Transpose { source, permutation } => Op::Transpose { source: map(source), permutation },
            Op::Reshape(a) => Op::Reshape(map(a)),
            Op::Gather { source, index } => Op::Gather { source: map(source), index },
            Op::Scatter { source, index } => Op::Scatter { source: map(source), index },
            Op::Take { source, index } => Op::Take { source: map(source), index: map(index) },
            Op::Put { source, index } => Op::Put { source: map(source), index: map(index) },
            Op::Concat(parts) => Op::Concat(parts.into_iter().map(map).collect()),
            Op::Reduce { kind, source, axes } => Op::Reduce { kind, source: map(source), axes },
            Op::CumulativeSum { source, reverse } => Op::CumulativeSum { source: map(source), reverse },
            Op::LinearRecurrence { coefficient, addend, initial, reverse } => Op::LinearRecurrence {
                coefficient: map(coefficient),
                addend: map(addend),
                initial: map(initial),
                reverse,
            },
            Op::Scan { body, initial, each, shared, reverse } => {
                let [initial, each, shared] =
                    [initial, each, shared].map(|ids| ids.into_iter().map(&mut map).collect::<Vec<_>>());
                Op::Scan { body, initial, each, shared, reverse }
            }
            Op::MatMul(a, b) => Op::MatMul(map(a), map(b)),
            Op::SparseProduct { matrix, vector, transposed } => {
                Op::SparseProduct { matrix, vector: map(vector), transposed }
            }
            Op::Cholesky(a) => Op::Cholesky(map(a)),
            Op::SolveTriangular { lower, right, transposed } => {
                Op::SolveTriangular { lower: map(lower), right: map(right), transposed }
            }
            Op::Solve(a, b) => Op::Solve(map(a), map(b)),
            Op::Inverse(a) => Op::Inverse(map(a)),
            Op::LogDeterminant(a) => Op::LogDeterminant(map(a)),
            Op::Sort(a) => Op::Sort(map(a)),
            Op::ArgSort(a) => Op::ArgSort(map(a)),
        }
    }
}
