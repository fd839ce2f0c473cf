//! The checked program: names resolved, dims and types known, loops flattened.
//!
//! A loop is gone as a statement: its variable is an [`Axis::Binder`] of the expressions in it, and a static `if` is a
//! [`Guard`] on the statements in it. What is left is a flat list of statements, each vectorised over its axes.

use ppl_diagnostic::Span;
use ppl_distributions::Family;
use ppl_graph::{Binary, Reduction, Unary};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])* #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)] pub struct $name(pub usize);)*
    };
}

id! {
    /// A dim of the program.
    DimId;
    /// A loop variable.
    BinderId;
    /// A part of a dim, such as `x[2..]`.
    SliceId;
    /// A variable.
    VarId;
    /// The condition under which a statement holds.
    GuardId;
}

/// A checked program.
#[derive(Clone, Debug, std::default::Default)]
pub struct Hir {
    /// The program's documentation.
    pub doc: Option<String>,
    /// Its dims.
    pub dims: Vec<Dim>,
    /// Its loop variables.
    pub binders: Vec<Binder>,
    /// Its slices.
    pub slices: Vec<Slice>,
    /// Its variables, in the order of their first mention on a left side.
    pub vars: Vec<Var>,
    /// Its static conditions.
    pub guards: Vec<Guard>,
    /// Its statements, definitions before uses.
    pub statements: Vec<Statement>,
}

/// An index set with a name of its own.
#[derive(Clone, Debug)]
pub struct Dim {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// Whether its labels have an order, so that positions and neighbours mean something.
    pub ordered: bool,
    /// Whether a category column brought it, so that it has no table of its own unless one is named.
    pub category: bool,
    /// Where its labels come from.
    pub extent: Extent,
}

impl Dim {
    /// Whether whole numbers may stand for its labels.
    pub fn has_positions(&self) -> bool {
        self.ordered || matches!(self.extent, Extent::Range(..))
    }

    /// Whether whole numbers may turn out to stand for its labels: data without labels make a dim a range.
    pub fn may_have_positions(&self) -> bool {
        self.has_positions() || (matches!(self.extent, Extent::Data) && !self.category)
    }

    /// Labels written in the program.
    pub fn labels(&self) -> &[String] {
        match &self.extent {
            Extent::Labels(labels) => labels,
            _ => &[],
        }
    }
}

/// Where the labels of a dim come from.
#[derive(Clone, Debug)]
pub enum Extent {
    /// From the data.
    Data,
    /// From the program.
    Labels(Vec<String>),
    /// Whole numbers, both ends included.
    Range(Box<Expr>, Box<Expr>),
}

/// A loop variable and what it runs over.
#[derive(Clone, Debug)]
pub struct Binder {
    /// Its name.
    pub name: String,
    /// The dim it runs over.
    pub dim: DimId,
    /// First and last position, where not the whole dim.
    pub range: Bounds,
    /// Where it is written.
    pub span: Span,
}

/// First and last position of a part of a dim, both included.
#[derive(Clone, Debug, std::default::Default)]
pub struct Bounds {
    /// The first, or the dim's first.
    pub start: Option<Box<Expr>>,
    /// The last, or the dim's last.
    pub end: Option<Box<Expr>>,
}

/// A part of a dim that is a dim of its own.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The dim it is part of.
    pub dim: DimId,
    /// Which part.
    pub bounds: Bounds,
    /// The text of the range, by which equal slices are recognised.
    pub text: String,
}

/// One axis of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Axis {
    /// A whole dim.
    Dim(DimId),
    /// The turns of a loop.
    Binder(BinderId),
    /// A part of a dim.
    Slice(SliceId),
}

/// What one element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A real number.
    Real,
    /// A whole number.
    Int,
    /// A truth value.
    Bool,
    /// A label of a dim.
    Label(DimId),
    /// Quoted text whose dim is not known yet.
    Text,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// What one element is.
    pub scalar: Scalar,
    /// Over what it varies.
    pub axes: Vec<Axis>,
}

/// What a variable is for, by the text alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `data` without `~`.
    Input,
    /// `data` with `~`.
    Outcome,
    /// `~` without `data`.
    Latent,
    /// `=`.
    Quantity,
    /// `const`.
    Const,
    /// `factor`.
    Factor,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Var {
    /// Its name.
    pub name: String,
    /// Where it is first defined.
    pub span: Span,
    /// What it is for.
    pub role: Role,
    /// Its type; axes are loop turns only for what is local to a turn.
    pub ty: Type,
    /// Its `##` documentation.
    pub doc: Option<String>,
    /// Whether its value can depend on an unknown.
    pub random: bool,
    /// Whether it goes to the output.
    pub reported: bool,
    /// Whether it is local to a loop turn or a function.
    pub local: bool,
    /// How it is read from data, for inputs and outcomes.
    pub column: Option<Column>,
    /// The smallest interval known to hold its values.
    pub interval: crate::interval::Interval,
}

/// How a variable is read from data.
#[derive(Clone, Debug)]
pub struct Column {
    /// The name in the data.
    pub name: String,
    /// What its cells are.
    pub kind: CellKind,
    /// Whether the program says so; else it follows from a default or a distribution.
    pub typed: bool,
    /// Smallest and largest value allowed by the declaration.
    pub min: Option<f64>,
    /// Largest value allowed by the declaration.
    pub max: Option<f64>,
    /// The value where the data have none, and for which elements.
    pub default: Option<Default>,
    /// Whether the default is what an outcome is computed from.
    pub computed: bool,
    /// Where its type is written, else where it is declared.
    pub span: Span,
}

/// What stands for data that are not given.
#[derive(Clone, Debug)]
pub struct Default {
    /// Which elements; all of a variable that is one number.
    pub target: Vec<TargetAxis>,
    /// Their value.
    pub value: Expr,
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Real numbers.
    Real,
    /// Whole numbers.
    Int,
    /// true, false, 1, 0.
    Bool,
    /// Labels of a dim; where `defines`, the column brings the labels.
    Label(DimId),
    /// ISO 8601 days.
    Date,
}

/// A condition known before sampling.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The condition around it.
    pub parent: Option<GuardId>,
    /// One value a loop turn.
    pub condition: Expr,
    /// Whether the statements hold where it is true, or where it is false.
    pub holds: bool,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it says.
    pub kind: StatementKind,
    /// The condition around it.
    pub guard: Option<GuardId>,
    /// Where it is written.
    pub span: Span,
}

/// The forms of statement that are left.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // one a line of the program: too few for a box to be worth its noise
pub enum StatementKind {
    /// Read a variable from the data.
    Data(VarId),
    /// Define elements of a variable.
    Define {
        /// The variable.
        var: VarId,
        /// Which elements.
        target: Vec<TargetAxis>,
        /// Their value.
        value: Expr,
    },
    /// Give elements of a variable a distribution.
    Sample {
        /// The variable, a latent or an outcome.
        var: VarId,
        /// Which elements.
        target: Vec<TargetAxis>,
        /// Their distribution.
        distribution: Dist,
        /// What follows `with`.
        hints: Hints,
    },
    /// Add to the log density.
    Factor {
        /// Its name.
        var: VarId,
        /// Which elements it has; where empty, those of the value.
        target: Vec<TargetAxis>,
        /// What is added, one element a term.
        value: Expr,
    },
    /// Stop unless this holds.
    Require {
        /// All of it must be true.
        condition: Expr,
        /// What to say otherwise.
        message: Option<String>,
    },
}

/// One index of a left side.
#[derive(Clone, Debug)]
pub enum TargetAxis {
    /// All of it, or all turns of a loop.
    Axis(Axis),
    /// One element: a label or a position.
    At(Expr),
}

/// Requests to the sampler.
#[derive(Clone, Debug, std::default::Default)]
pub struct Hints {
    /// Whether the coordinate is the standardised value.
    pub noncentered: bool,
    /// A starting value.
    pub init: Option<Expr>,
}

/// A distribution with its arguments.
#[derive(Clone, Debug)]
pub struct Dist {
    /// Which.
    pub kind: DistKind,
    /// The axis of vector arguments: that of the values' event, or one that the values choose from.
    pub axis: Option<Axis>,
    /// The dim whose labels the values are.
    pub labels: Option<DimId>,
    /// Where it is written.
    pub span: Span,
}

/// The forms of distribution.
#[derive(Clone)]
pub enum DistKind {
    /// A family.
    Family {
        /// Which.
        family: &'static dyn Family,
        /// Its arguments, in the order of its parameters, or of the alternate's.
        arguments: Vec<Expr>,
        /// Which alternate parametrisation the arguments are of.
        alternate: Option<usize>,
    },
    /// Renormalised on an interval.
    Truncated {
        /// What is truncated.
        base: Box<Dist>,
        /// The lower end.
        lower: Option<Expr>,
        /// The upper end.
        upper: Option<Expr>,
    },
    /// Independent draws, increasing along the event axis.
    Ordered(Box<Dist>),
    /// Independent draws, given that they sum to 0 along the event axis.
    ZeroSum(Box<Dist>),
}

impl std::fmt::Debug for DistKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DistKind::Family { family, arguments, alternate } => {
                write!(f, "{}({arguments:?}, {alternate:?})", family.name())
            }
            DistKind::Truncated { base, lower, upper } => write!(f, "truncated({base:?}, {lower:?}, {upper:?})"),
            DistKind::Ordered(base) => write!(f, "ordered({base:?})"),
            DistKind::ZeroSum(base) => write!(f, "zero_sum({base:?})"),
        }
    }
}

impl Dist {
    /// The family at the bottom.
    pub fn family(&self) -> &'static dyn Family {
        match &self.kind {
            DistKind::Family { family, .. } => *family,
            DistKind::Truncated { base, .. } | DistKind::Ordered(base) | DistKind::ZeroSum(base) => base.family(),
        }
    }

    /// Calls `visit` for every expression in it.
    pub fn for_each_expr(&self, visit: &mut dyn FnMut(&Expr)) {
        match &self.kind {
            DistKind::Family { arguments, .. } => arguments.iter().for_each(visit),
            DistKind::Truncated { base, lower, upper } => {
                base.for_each_expr(visit);
                lower.iter().chain(upper).for_each(visit);
            }
            DistKind::Ordered(base) | DistKind::ZeroSum(base) => base.for_each_expr(visit),
        }
    }

    /// The distribution of one element, below `truncated`, `ordered` and `zero_sum`.
    pub fn base(&self) -> &Dist {
        match &self.kind {
            DistKind::Family { .. } => self,
            DistKind::Truncated { base, .. } | DistKind::Ordered(base) | DistKind::ZeroSum(base) => base.base(),
        }
    }

    /// The arguments of the family at the bottom, and what each may be.
    pub fn arguments(&self) -> (&[Expr], &'static [ppl_distributions::Parameter]) {
        match &self.base().kind {
            DistKind::Family { family, arguments, alternate: None } => (arguments, family.parameters()),
            DistKind::Family { family, arguments, alternate: Some(i) } => (arguments, family.alternates()[*i].parameters),
            _ => unreachable!("the base is a family"),
        }
    }

    /// Whether values are vectors along an event axis.
    pub fn is_vector(&self) -> bool {
        match &self.kind {
            DistKind::Family { family, .. } => family.event() == ppl_distributions::Event::Vector,
            DistKind::Truncated { base, .. } => base.is_vector(),
            DistKind::Ordered(_) | DistKind::ZeroSum(_) => true,
        }
    }
}

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
            ExprKind::Const(_)
            | ExprKind::Label(..)
            | ExprKind::Var(_)
            | ExprKind::Turn(_)
            | ExprKind::Size(_) => {}
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
