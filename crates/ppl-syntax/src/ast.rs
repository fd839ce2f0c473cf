//! The syntax tree: what was written, with the place of everything.
//!
//! Chains of operators of one precedence are flat ([`ExprKind::Chain`]), so a sum of a hundred thousand terms has
//! no depth; every other nesting is bounded by the parser's limit, so recursion over a tree is safe.

use ppl_diagnostic::{SourceId, Span};

/// A whole model file.
#[derive(Clone, Debug, PartialEq)]
pub struct Ast {
    /// Where it was read from.
    pub source: SourceId,
    /// The documentation of the program: the first `##` block, where it stands apart from a statement.
    pub doc: Option<String>,
    /// The statements in the order of the text.
    pub items: Vec<Stmt>,
}

/// A name as written, after Unicode normalisation (NFC).
#[derive(Clone, Debug, PartialEq)]
pub struct Ident {
    /// The name.
    pub name: String,
    /// Its place.
    pub span: Span,
}

/// A quoted text, unescaped.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it says.
    pub value: String,
    /// Its place, quotes included.
    pub span: Span,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// From its first to its last letter.
    pub span: Span,
    /// Its `##` documentation.
    pub doc: Option<String>,
}

/// The thirteen forms of statement.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// `use "priors.model"`
    Use(Text),
    /// `dim school`, `dim class = {low, mid}`, `dim k = 1..3`, `dim visit within patient: ordered`
    Dim(DimDecl),
    /// `const m = mean(x)`
    Const {
        /// What is defined.
        target: Target,
        /// Its value.
        value: Expr,
    },
    /// `fn f(a, b = 1) = a + b`
    Fn(FnDef),
    /// `dist name(…) { … }`
    Dist(DistDef),
    /// `require all(x > 0), "x must be positive"`
    Require {
        /// What must hold.
        condition: Expr,
        /// What to say otherwise.
        message: Option<Text>,
    },
    /// `for i in obs, j in item { … }`
    For {
        /// The loop variables.
        binders: Vec<Binder>,
        /// The statements of one turn.
        body: Vec<Stmt>,
    },
    /// `if t == 1 { … } else { … }`; an `else if` is an `otherwise` with one `If` in it.
    If {
        /// Known before sampling.
        condition: Expr,
        /// Where it holds.
        then: Vec<Stmt>,
        /// Where it does not.
        otherwise: Option<Vec<Stmt>>,
    },
    /// `factor tie = e`
    Factor {
        /// Its name, perhaps with dims.
        target: Target,
        /// What is added to the log density.
        value: Expr,
    },
    /// `data x[obs], y[obs] ~ normal(mu, sigma)`
    Data(Vec<DataItem>),
    /// `report effect = exp(theta)`
    ReportBinding(Binding),
    /// `report mu, ratio`
    ReportNames(Vec<Ident>),
    /// `mu ~ normal(0, 1)` or `mu = a + b`
    Binding(Binding),
}

/// `dim …`
#[derive(Clone, Debug, PartialEq)]
pub struct DimDecl {
    /// Its name.
    pub name: Ident,
    /// The dim it is ragged within.
    pub within: Option<Ident>,
    /// `ordered`, or nothing.
    pub ty: Option<TypeRef>,
    /// Its labels or range, where the program gives them.
    pub extent: Option<DimExtent>,
}

/// What stands behind `=` in a `dim`.
#[derive(Clone, Debug, PartialEq)]
pub enum DimExtent {
    /// `{low, mid, "very high"}`
    Labels(Vec<Label>),
    /// `1..3`
    Range(Expr, Expr),
}

/// A label, bare or quoted.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Its text.
    pub text: String,
    /// Its place.
    pub span: Span,
    /// Whether it was quoted.
    pub quoted: bool,
}

/// `: real(min = 0)`, `: category`, `: class`
#[derive(Clone, Debug, PartialEq)]
pub struct TypeRef {
    /// The name behind the colon.
    pub name: Ident,
    /// Its arguments.
    pub args: Vec<Arg>,
    /// From the name to the closing bracket.
    pub span: Span,
}

/// The left side of a statement: `theta[school]`, `h[t in day[2..]]`, `c["north"]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The variable.
    pub name: Ident,
    /// Its indices; empty without brackets.
    pub indices: Vec<TargetIndex>,
    /// All of it.
    pub span: Span,
}

/// One index on the left side.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetIndex {
    /// `i in obs`, `t in day[2..]`
    Binder(Binder),
    /// A dim, a loop variable, a label or a position.
    Expr(Expr),
}

/// `t in day[2..]`
#[derive(Clone, Debug, PartialEq)]
pub struct Binder {
    /// The loop variable.
    pub name: Ident,
    /// The dim it runs over.
    pub dim: Ident,
    /// The part of the dim it runs over.
    pub range: Option<Range>,
    /// All of it.
    pub span: Span,
}

/// `2..`, `..n`, `2..n`, both ends included.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// First position.
    pub start: Option<Box<Expr>>,
    /// Last position.
    pub end: Option<Box<Expr>>,
    /// All of it.
    pub span: Span,
}

/// One variable of a `data` statement.
#[derive(Clone, Debug, PartialEq)]
pub struct DataItem {
    /// What is given.
    pub target: Target,
    /// Its type.
    pub ty: Option<TypeRef>,
    /// The column to read, where its name is another.
    pub from: Option<Text>,
    /// Its default, or what an outcome is computed from.
    pub value: Option<Expr>,
    /// Its distribution, which makes it an outcome.
    pub tilde: Option<Tilde>,
    /// All of it.
    pub span: Span,
}

/// `~ normal(mu, tau) with noncentered`
#[derive(Clone, Debug, PartialEq)]
pub struct Tilde {
    /// The distribution.
    pub distribution: Expr,
    /// What follows `with`.
    pub hints: Vec<Hint>,
    /// From the tilde to the last hint.
    pub span: Span,
}

/// `noncentered`, `init = 0.5`
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    /// Its name.
    pub name: Ident,
    /// Its value.
    pub value: Option<Expr>,
}

/// A latent or a quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// What is defined.
    pub target: Target,
    /// Its type.
    pub ty: Option<TypeRef>,
    /// How.
    pub body: BindingBody,
}

/// The right side of a binding.
#[derive(Clone, Debug, PartialEq)]
pub enum BindingBody {
    /// `~ d`: a random variable.
    Tilde(Tilde),
    /// `= e`: a quantity.
    Define(Expr),
}

/// `fn f(a, b[k], c = 1): [k] = …`
#[derive(Clone, Debug, PartialEq)]
pub struct FnDef {
    /// Its name.
    pub name: Ident,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The dims (`: [k]`) or the type (`: bool`) of its value.
    pub returns: Option<Returns>,
    /// The statements of a block body; empty for `= e`.
    pub body: Vec<Stmt>,
    /// What it returns.
    pub value: Expr,
}

/// What follows the colon of a `fn`.
#[derive(Clone, Debug, PartialEq)]
pub enum Returns {
    /// `[k, j]`
    Dims(Vec<Ident>),
    /// `bool`
    Type(Ident),
}

/// A parameter of a `fn` or a `dist`.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Ident,
    /// Its dims.
    pub dims: Vec<Ident>,
    /// Its type.
    pub ty: Option<TypeRef>,
    /// Its default.
    pub default: Option<Expr>,
}

/// `dist name(…) on int(min = 0) { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct DistDef {
    /// Its name.
    pub name: Ident,
    /// Its parameters.
    pub params: Vec<Param>,
    /// The type of its values.
    pub on: Option<TypeRef>,
    /// Its parts.
    pub items: Vec<DistItem>,
}

/// `logp(k) = e`, `mean = e` or `draw { … return e }`
#[derive(Clone, Debug, PartialEq)]
pub struct DistItem {
    /// Its name.
    pub name: Ident,
    /// The name of its argument.
    pub param: Option<Ident>,
    /// The statements of a block.
    pub body: Vec<Stmt>,
    /// Its value.
    pub value: Expr,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its place.
    pub span: Span,
}

/// The forms of expression. Parentheses leave no node: the formatter sets them by precedence.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `1`, `1_000`, `2e-3`
    Number(f64),
    /// `"label"`
    Text(String),
    /// `true`
    Bool(bool),
    /// A variable, a dim, a loop variable or a bare label.
    Name(String),
    /// `-e`
    Neg(Box<Expr>),
    /// `not e`
    Not(Box<Expr>),
    /// `a + b - c`: operators of one level, left to right (`^` groups to the right and has one link; so have comparisons and `in`).
    Chain {
        /// The leftmost operand.
        first: Box<Expr>,
        /// Operator and operand, in order.
        rest: Vec<Link>,
    },
    /// `theta[school, 2..]`
    Index {
        /// What is indexed.
        base: Box<Expr>,
        /// The indices.
        indices: Vec<Index>,
    },
    /// `exp(x)`; functions and distributions are a namespace of their own.
    Call {
        /// The function's or the distribution's name.
        name: Ident,
        /// The arguments.
        args: Vec<Arg>,
    },
    /// `if c then a else b`
    If {
        /// The condition.
        condition: Box<Expr>,
        /// Where it holds.
        then: Box<Expr>,
        /// Where it does not.
        otherwise: Box<Expr>,
    },
    /// `[3, 10]`
    Array(Vec<Expr>),
    /// `{hare: e, lynx: e}`
    Record(Vec<(Label, Expr)>),
    /// `(q | do(x = v))`
    Do {
        /// What is recomputed.
        value: Box<Expr>,
        /// What is set.
        assignments: Vec<(Ident, Expr)>,
    },
}

/// An operator and its right operand.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The operator.
    pub op: BinaryOp,
    /// Its place.
    pub op_span: Span,
    /// The operand to its right.
    pub operand: Expr,
}

/// Binary operators, lowest precedence first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    Add,
    Sub,
    Mul,
    Div,
    MatMul,
    Pow,
}

/// One index of `base[…]`.
#[derive(Clone, Debug, PartialEq)]
pub enum Index {
    /// A dim, a lookup, a loop variable, a label, a position.
    Expr(Expr),
    /// `2..`
    Range(Range),
    /// `:`
    All(Span),
}

/// One argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// `e`
    Positional(Expr),
    /// `rate = e`
    Named(Ident, Expr),
    /// `e for i in obs`
    Generator {
        /// The summand.
        value: Expr,
        /// The loop variables.
        binders: Vec<Binder>,
    },
}
