//! Expressions of the checked program.

use ppl_diagnostic::Span;
use ppl_graph::{Binary, Reduction, Unary};

use super::{Axis, BinderId, DimId, Dist, SliceId, Type, VarId};

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Type,
    /// Where it is written.
    pub span: Span,
}

/// The forms of expression.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A number or a truth value.
    Const(f64),
    /// A label, looked up when the labels of its dim are known.
    Label(DimId, String),
    /// A whole variable.
    Var(VarId),
    /// A loop variable.
    Turn(BinderId),
    /// The whole number that stands for a label of a range or an ordered dim.
    Position(Box<Expr>),
    /// Elements of an array, one subscript for each of its axes.
    Index(Box<Expr>, Vec<Subscript>),
    /// A function of one number, elementwise.
    Unary(Unary, Box<Expr>),
    /// A function of two numbers, elementwise.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `if c then a else b`, elementwise.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A reduction over axes, of the elements where the filter is true.
    Reduce {
        /// How.
        kind: Reduce,
        /// What.
        source: Box<Expr>,
        /// Over which axes.
        axes: Vec<Axis>,
        /// Which elements.
        filter: Option<Box<Expr>>,
    },
    /// A function along one axis that keeps the axis.
    Along(Along, Box<Expr>, Axis),
    /// A function of matrices and vectors.
    Matrix(Matrix, Vec<Expr>),
    /// Elements written one by one along a dim, by label.
    Stack(DimId, Vec<(StackKey, Expr)>),
    /// How many labels a dim has.
    Size(DimId),
    /// A log density, a distribution function, …, of a value.
    Density(DensityKind, Box<Expr>, Box<Dist>),
}

/// Which element of a [`ExprKind::Stack`].
#[derive(Clone, Debug)]
pub enum StackKey {
    /// By position from 0.
    Position(usize),
    /// By label.
    Label(String),
}

/// One subscript.
#[derive(Clone, Debug)]
pub enum Subscript {
    /// The whole axis.
    Keep,
    /// The elements at these labels or positions.
    At(Expr),
    /// A part of it, which becomes the axis of this slice.
    Slice(SliceId),
}

/// Reductions of the language.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Reduce {
    Basic(Reduction),
    Mean,
    Variance,
    Sd,
    Norm,
    All,
    Any,
    Quantile(f64),
}

/// Functions along one axis that keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Along {
    CumulativeSum,
    Softmax,
    LogSoftmax,
    Sort,
    Rank,
}

/// Functions of matrices and vectors; shapes are told by the types of the operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Matrix {
    Multiply,
    Transpose,
    Inverse,
    Cholesky,
    Solve,
    LogDet,
    Diag,
    Diagonal,
    Outer,
    QuadForm,
    QuadFormDiag,
}

/// What `NAME_…(x, …)` of a distribution gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum DensityKind {
    LogDensity,
    Cdf,
    LogCdf,
    LogCcdf,
}

impl Expr {
    /// Calls `visit` for each direct subexpression.
    pub fn for_each_child(&self, visit: &mut dyn FnMut(&Expr)) {
        match &self.kind {
            ExprKind::Const(_) | ExprKind::Label(..) | ExprKind::Var(_) | ExprKind::Turn(_) | ExprKind::Size(_) => {}
            ExprKind::Index(base, subscripts) => {
                visit(base);
                for subscript in subscripts {
                    if let Subscript::At(e) = subscript {
                        visit(e);
                    }
                }
            }
            ExprKind::Unary(_, a) | ExprKind::Along(_, a, _) | ExprKind::Position(a) => visit(a),
            ExprKind::Binary(_, a, b) => {
                visit(a);
                visit(b);
            }
            ExprKind::If(c, a, b) => [c, a, b].into_iter().for_each(|e| visit(e)),
            ExprKind::Reduce { source, filter, .. } => {
                visit(source);
                filter.iter().for_each(|e| visit(e));
            }
            ExprKind::Matrix(_, operands) => operands.iter().for_each(visit),
            ExprKind::Stack(_, elements) => elements.iter().for_each(|(_, e)| visit(e)),
            ExprKind::Density(_, x, dist) => {
                visit(x);
                dist.for_each_expr(visit);
            }
        }
    }

    /// Whether `test` holds for the expression or for any expression in it.
    pub fn any(&self, test: &mut dyn FnMut(&Expr) -> bool) -> bool {
        let mut found = test(self);
        self.for_each_child(&mut |child| found = found || child.any(test));
        found
    }
}
