//! The checked program: names resolved, dims and types known, loops flattened.
//!
//! A loop is gone as a statement: its variable is an [`Axis::Binder`] of the expressions in it, and a static `if` is a
//! [`Guard`] on the statements in it. What is left is a flat list of statements, each vectorised over its axes.

mod dist;
mod expr;

use ppl_diagnostic::Span;

pub use dist::{Dist, DistKind};
pub use expr::{Along, DensityKind, Expr, ExprKind, Matrix, Reduce, StackKey, Subscript};

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
