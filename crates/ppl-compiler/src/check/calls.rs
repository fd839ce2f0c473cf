//! Calls: built-in functions, reductions, densities, and functions of the program.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_graph::{Binary, Unary};
use ppl_syntax::ast::{self, Arg, ExprKind as Ast, Ident};

use super::{Checked, Checker, expr, make};
use crate::hir::{Along, DensityKind, DimId, Expr, ExprKind, Matrix, Scalar};

/// Elementwise functions of one number that are one operation of the graph; names as in Stan, and common others.
const UNARY: &[(&str, Unary, Scalar)] = &[
    ("exp", Unary::Exp, Scalar::Real),
    ("expm1", Unary::Expm1, Scalar::Real),
    ("log", Unary::Log, Scalar::Real),
    ("log1p", Unary::Log1p, Scalar::Real),
    ("log1m_exp", Unary::Log1mExp, Scalar::Real),
    ("log1p_exp", Unary::Softplus, Scalar::Real),
    ("softplus", Unary::Softplus, Scalar::Real),
    ("sqrt", Unary::Sqrt, Scalar::Real),
    ("square", Unary::Square, Scalar::Real),
    ("inv", Unary::Reciprocal, Scalar::Real),
    ("inv_logit", Unary::Sigmoid, Scalar::Real),
    ("sign", Unary::Sign, Scalar::Int),
    ("floor", Unary::Floor, Scalar::Int),
    ("ceil", Unary::Ceil, Scalar::Int),
    ("round", Unary::Round, Scalar::Int),
    ("sin", Unary::Sin, Scalar::Real),
    ("cos", Unary::Cos, Scalar::Real),
    ("tan", Unary::Tan, Scalar::Real),
    ("asin", Unary::Asin, Scalar::Real),
    ("acos", Unary::Acos, Scalar::Real),
    ("atan", Unary::Atan, Scalar::Real),
    ("sinh", Unary::Sinh, Scalar::Real),
    ("cosh", Unary::Cosh, Scalar::Real),
    ("tanh", Unary::Tanh, Scalar::Real),
    ("asinh", Unary::Asinh, Scalar::Real),
    ("acosh", Unary::Acosh, Scalar::Real),
    ("atanh", Unary::Atanh, Scalar::Real),
    ("lgamma", Unary::LogGamma, Scalar::Real),
    ("log_gamma", Unary::LogGamma, Scalar::Real),
    ("digamma", Unary::Digamma, Scalar::Real),
    ("trigamma", Unary::Trigamma, Scalar::Real),
    ("erf", Unary::Erf, Scalar::Real),
    ("erfc", Unary::Erfc, Scalar::Real),
    ("Phi", Unary::NormalCdf, Scalar::Real),
    ("inv_Phi", Unary::NormalQuantile, Scalar::Real),
];

/// Elementwise functions of two numbers that are one operation of the graph.
const BINARY: &[(&str, Binary, Scalar)] = &[
    ("pow", Binary::Pow, Scalar::Real),
    ("atan2", Binary::Atan2, Scalar::Real),
    ("mod", Binary::Mod, Scalar::Int),
    ("log_add_exp", Binary::LogAddExp, Scalar::Real),
    ("log_diff_exp", Binary::LogSubExp, Scalar::Real),
    ("multiply_log", Binary::XLogY, Scalar::Real),
    ("gamma_p", Binary::GammaP, Scalar::Real),
    ("gamma_q", Binary::GammaQ, Scalar::Real),
];

/// Functions that are short formulas over others.
const FORMULAS: &[&str] = &[
    "abs",
    "log10",
    "log2",
    "log1m",
    "logit",
    "log_inv_logit",
    "log1m_inv_logit",
    "log_mix",
    "div",
    "log_factorial",
    "lchoose",
    "choose",
    "lbeta",
    "step",
    "inv_cloglog",
    "hypot",
];

const REDUCTIONS: &[&str] = &[
    "sum",
    "prod",
    "mean",
    "sd",
    "variance",
    "min",
    "max",
    "argmax",
    "argmin",
    "log_sum_exp",
    "norm",
    "quantile",
    "median",
    "all",
    "any",
];

const ALONG: &[(&str, Along)] = &[
    ("cumulative_sum", Along::CumulativeSum),
    ("softmax", Along::Softmax),
    ("log_softmax", Along::LogSoftmax),
    ("sort", Along::Sort),
    ("rank", Along::Rank),
];

const MATRICES: &[(&str, Matrix)] = &[
    ("transpose", Matrix::Transpose),
    ("inverse", Matrix::Inverse),
    ("cholesky", Matrix::Cholesky),
    ("solve", Matrix::Solve),
    ("log_det", Matrix::LogDet),
    ("diag", Matrix::Diag),
    ("diagonal", Matrix::Diagonal),
    ("outer", Matrix::Outer),
    ("quad_form", Matrix::QuadForm),
    ("quad_form_diag", Matrix::QuadFormDiag),
    ("dot", Matrix::Multiply),
];

const PLACES: &[&str] = &["size", "pi", "is_first", "is_last", "prev", "next"];

/// Functions the language has and this compiler does not.
const LATER: &[&str] = &["ode"];

/// Whether a function of this name is built in.
pub(super) fn is_builtin(name: &str) -> bool {
    names().any(|n| n == name)
}

fn names<'n>() -> impl Iterator<Item = &'n str> {
    let tables = UNARY.iter().map(|t| t.0).chain(BINARY.iter().map(|t| t.0)).chain(ALONG.iter().map(|t| t.0));
    let lists = FORMULAS.iter().chain(REDUCTIONS).chain(PLACES).chain(LATER).copied();
    tables.chain(MATRICES.iter().map(|t| t.0)).chain(lists)
}

impl<'a> Checker<'a> {
    /// `name(args)` where a value is due.
    pub(super) fn call(&mut self, name: &'a Ident, args: &'a [Arg], span: Span) -> Checked<Expr> {
        let n = name.name.as_str();
        if let Some(function) = self.functions.get(n).copied() {
            return self.call_function(function, name, args, span);
        }
        if LATER.contains(&n) {
            return self.unsupported(name.span, &format!("`{n}`"));
        }
        if matches!(n, "min" | "max") && args.len() == 2 && args.iter().all(|a| matches!(a, Arg::Positional(_))) {
            let f = if n == "min" { Binary::Min } else { Binary::Max };
            return self.binary_call(f, Scalar::Real, name, args, span);
        }
        if n == "log_sum_exp" && args.len() == 2 && args.iter().all(|a| matches!(a, Arg::Positional(_))) {
            return self.binary_call(Binary::LogAddExp, Scalar::Real, name, args, span);
        }
        if REDUCTIONS.contains(&n) {
            return self.reduction(name, args, span);
        }
        if let Some(&(_, along)) = ALONG.iter().find(|t| t.0 == n) {
            return self.along(along, name, args, span);
        }
        if let Some(&(_, matrix)) = MATRICES.iter().find(|t| t.0 == n) {
            let operands = self.positional(name, args)?;
            return self.matrix(matrix, operands, name, span);
        }
        if let Some(&(_, f, scalar)) = UNARY.iter().find(|t| t.0 == n) {
            let [a] = self.numbers(name, args)?;
            return Ok(expr::unary(f, a, scalar, span));
        }
        if let Some(&(_, f, scalar)) = BINARY.iter().find(|t| t.0 == n) {
            return self.binary_call(f, scalar, name, args, span);
        }
        if FORMULAS.contains(&n) {
            return self.formula(name, args, span);
        }
        if PLACES.contains(&n) {
            return self.place(name, args, span);
        }
        self.density_call(name, args, span)
    }

    fn binary_call(&mut self, f: Binary, scalar: Scalar, name: &Ident, args: &'a [Arg], span: Span) -> Checked<Expr> {
        let [a, b] = self.numbers(name, args)?;
        let whole = a.ty.scalar != Scalar::Real && b.ty.scalar != Scalar::Real;
        let scalar = if matches!(f, Binary::Min | Binary::Max) && whole { Scalar::Int } else { scalar };
        self.elementwise(f, a, b, scalar, span)
    }

    /// Positional arguments alone.
    fn positional(&mut self, name: &Ident, args: &'a [Arg]) -> Checked<Vec<Expr>> {
        let mut values = Vec::new();
        let mut failed = None;
        for arg in args {
            let checked = match arg {
                Arg::Positional(e) => self.expr(e),
                Arg::Named(given, _) => self.no_such_argument(name, given),
                Arg::Generator { value, .. } => {
                    let error =
                        Diagnostic::error("E0209", format!("`{}` takes no `for`", name.name)).at(value.span, "");
                    self.error(error)
                }
            };
            match checked {
                Ok(value) => values.push(value),
                Err(reported) => failed = Some(reported),
            }
        }
        failed.map_or(Ok(values), Err)
    }

    pub(super) fn no_such_argument<T>(&mut self, name: &Ident, given: &Ident) -> Checked<T> {
        let error =
            Diagnostic::error("E0209", format!("`{}` has no argument `{}`", name.name, given.name)).at(given.span, "");
        self.error(error)
    }

    /// Exactly `N` numbers.
    fn numbers<const N: usize>(&mut self, name: &Ident, args: &'a [Arg]) -> Checked<[Expr; N]> {
        let values = self.positional(name, args)?;
        let given = values.len();
        let values: Vec<Checked<Expr>> = values.into_iter().map(|v| self.number(v)).collect();
        let values: Vec<Expr> = values.into_iter().collect::<Checked<_>>()?;
        values.try_into().or_else(|_| self.wrong_count(name, N, given))
    }

    pub(super) fn wrong_count<T>(&mut self, name: &Ident, wanted: usize, given: usize) -> Checked<T> {
        let plural = if wanted == 1 { "" } else { "s" };
        let error =
            Diagnostic::error("E0209", format!("`{}` takes {wanted} argument{plural}, {given} given", name.name))
                .at(name.span, "");
        self.error(error)
    }

    fn formula(&mut self, name: &Ident, args: &'a [Arg], span: Span) -> Checked<Expr> {
        let constant = |value: f64| make(ExprKind::Const(value), Scalar::Real, Vec::new(), span);
        let u = |f: Unary, a: Expr| expr::unary(f, a, Scalar::Real, span);
        match name.name.as_str() {
            "log_mix" => return self.log_mix(name, args, span),
            "div" | "lchoose" | "choose" | "lbeta" | "hypot" => return self.formula_of_two(name, args, span),
            _ => {}
        }
        let [a] = self.numbers(name, args)?;
        Ok(match name.name.as_str() {
            "abs" => {
                let scalar = if a.ty.scalar == Scalar::Real { Scalar::Real } else { Scalar::Int };
                expr::unary(Unary::Abs, a, scalar, span)
            }
            "log10" => {
                self.elementwise(Binary::Div, u(Unary::Log, a), constant(std::f64::consts::LN_10), Scalar::Real, span)?
            }
            "log2" => {
                self.elementwise(Binary::Div, u(Unary::Log, a), constant(std::f64::consts::LN_2), Scalar::Real, span)?
            }
            "log1m" => u(Unary::Log1p, u(Unary::Neg, a)),
            "logit" => {
                let a = self.shared("", a);
                let complement = u(Unary::Log1p, u(Unary::Neg, a.clone()));
                self.elementwise(Binary::Sub, u(Unary::Log, a), complement, Scalar::Real, span)?
            }
            "log_inv_logit" => u(Unary::Neg, u(Unary::Softplus, u(Unary::Neg, a))),
            "log1m_inv_logit" => u(Unary::Neg, u(Unary::Softplus, a)),
            "log_factorial" => {
                let next = self.elementwise(Binary::Add, a, constant(1.0), Scalar::Real, span)?;
                u(Unary::LogGamma, next)
            }
            "inv_cloglog" => u(Unary::Neg, u(Unary::Expm1, u(Unary::Neg, u(Unary::Exp, a)))),
            "step" => self.elementwise(Binary::Le, constant(0.0), a, Scalar::Int, span)?,
            other => unreachable!("{other} is in the table of formulas"),
        })
    }

    fn formula_of_two(&mut self, name: &Ident, args: &'a [Arg], span: Span) -> Checked<Expr> {
        let [a, b] = self.numbers(name, args)?.map(|operand| self.shared("", operand));
        let u = |f: Unary, a: Expr| expr::unary(f, a, Scalar::Real, span);
        match name.name.as_str() {
            "div" => {
                let ratio = self.elementwise(Binary::Div, a, b, Scalar::Real, span)?;
                Ok(expr::unary(Unary::Floor, ratio, Scalar::Int, span))
            }
            "hypot" => {
                let sum =
                    self.elementwise(Binary::Add, u(Unary::Square, a), u(Unary::Square, b), Scalar::Real, span)?;
                Ok(u(Unary::Sqrt, sum))
            }
            "lbeta" => {
                let both = self.elementwise(Binary::Add, a.clone(), b.clone(), Scalar::Real, span)?;
                let sum =
                    self.elementwise(Binary::Add, u(Unary::LogGamma, a), u(Unary::LogGamma, b), Scalar::Real, span)?;
                self.elementwise(Binary::Sub, sum, u(Unary::LogGamma, both), Scalar::Real, span)
            }
            choose => {
                let one = make(ExprKind::Const(1.0), Scalar::Real, Vec::new(), span);
                let plus_one = |checker: &mut Self, e: Expr| {
                    let next = checker.elementwise(Binary::Add, e, one.clone(), Scalar::Real, span)?;
                    Ok(u(Unary::LogGamma, next))
                };
                let rest = self.elementwise(Binary::Sub, a.clone(), b.clone(), Scalar::Real, span)?;
                let (top, below, rest) = (plus_one(self, a)?, plus_one(self, b)?, plus_one(self, rest)?);
                let below = self.elementwise(Binary::Add, below, rest, Scalar::Real, span)?;
                let log = self.elementwise(Binary::Sub, top, below, Scalar::Real, span)?;
                Ok(if choose == "choose" { u(Unary::Exp, log) } else { log })
            }
        }
    }

    /// `log_mix(p, a, b)` = ln(p·exp(a) + (1 − p)·exp(b)).
    fn log_mix(&mut self, name: &Ident, args: &'a [Arg], span: Span) -> Checked<Expr> {
        let [p, a, b] = self.numbers(name, args)?;
        let p = self.shared("", p);
        let u = |f: Unary, e: Expr| expr::unary(f, e, Scalar::Real, span);
        let rest = u(Unary::Log1p, u(Unary::Neg, p.clone()));
        let left = self.elementwise(Binary::Add, u(Unary::Log, p), a, Scalar::Real, span)?;
        let right = self.elementwise(Binary::Add, rest, b, Scalar::Real, span)?;
        self.elementwise(Binary::LogAddExp, left, right, Scalar::Real, span)
    }

    fn place(&mut self, name: &Ident, args: &'a [Arg], span: Span) -> Checked<Expr> {
        match name.name.as_str() {
            "pi" => Ok(make(ExprKind::Const(std::f64::consts::PI), Scalar::Real, Vec::new(), span)),
            "size" => {
                let [Arg::Positional(ast::Expr { kind: Ast::Name(dim), span: at })] = args else {
                    return self.wrong_count(name, 1, args.len());
                };
                let dim = self.known_dim(dim, *at)?;
                Ok(make(ExprKind::Size(dim), Scalar::Int, Vec::new(), span))
            }
            neighbour => {
                let [a] = self
                    .positional(name, args)?
                    .try_into()
                    .or_else(|v: Vec<Expr>| self.wrong_count(name, 1, v.len()))?;
                let Scalar::Label(dim) = a.ty.scalar else {
                    let error =
                        Diagnostic::error("E0306", format!("`{neighbour}` takes a loop variable over an ordered dim"))
                            .at(a.span, self.in_words(a.ty.scalar));
                    return self.error(error);
                };
                self.positions_allowed(dim, a.span)?;
                self.neighbour(neighbour, dim, a, span)
            }
        }
    }

    fn neighbour(&mut self, name: &str, dim: DimId, a: Expr, span: Span) -> Checked<Expr> {
        let constant = |value: f64| make(ExprKind::Const(value), Scalar::Int, Vec::new(), span);
        match name {
            "prev" | "next" => {
                let position = self.number(a)?;
                let f = if name == "prev" { Binary::Sub } else { Binary::Add };
                self.elementwise(f, position, constant(1.0), Scalar::Int, span)
            }
            // Labels are numbered from 0, whatever number a range begins with.
            "is_first" => self.elementwise(Binary::Eq, a, constant(0.0), Scalar::Bool, span),
            _ => {
                let size = make(ExprKind::Size(dim), Scalar::Int, Vec::new(), span);
                let last = self.elementwise(Binary::Sub, size, constant(1.0), Scalar::Int, span)?;
                self.elementwise(Binary::Eq, a, last, Scalar::Bool, span)
            }
        }
    }

    /// `normal_logp(x, mu, sigma)` and its sisters.
    fn density_call(&mut self, name: &'a Ident, args: &'a [Arg], span: Span) -> Checked<Expr> {
        const SUFFIXES: &[(&str, DensityKind)] = &[
            ("_logp", DensityKind::LogDensity),
            ("_logcdf", DensityKind::LogCdf),
            ("_logccdf", DensityKind::LogCcdf),
            ("_cdf", DensityKind::Cdf),
        ];
        for (suffix, kind) in SUFFIXES {
            let family = name.name.strip_suffix(suffix).and_then(ppl_distributions::family);
            let Some(family) = family else { continue };
            let Some((Arg::Positional(x), rest)) = args.split_first() else {
                let error = Diagnostic::error("E0209", format!("`{}` takes the value first", name.name))
                    .at(span, "")
                    .help(format!("it is written {}", super::dist::signature(&name.name, family.parameters())));
                return self.error(error);
            };
            let x = self.expr(x)?;
            let x = if matches!(x.ty.scalar, Scalar::Label(_)) { x } else { self.number(x)? };
            let (dist, axes) = self.density_of(family, rest, &x, name, span)?;
            return Ok(make(ExprKind::Density(*kind, Box::new(x), Box::new(dist)), Scalar::Real, axes, span));
        }
        self.unknown_function(name)
    }

    pub(super) fn unknown_function(&mut self, name: &Ident) -> Checked<Expr> {
        let n = name.name.as_str();
        if self.foreign_functions || self.failed.contains(n) {
            return Err(super::Reported);
        }
        if ppl_distributions::family(n).is_some() || super::dist::is_modifier(n) {
            let error = Diagnostic::error("E0405", format!("`{n}` is a distribution, not a value"))
                .at(name.span, "")
                .help(format!("`x ~ {n}(…)` gives `x` this distribution; `{n}_logp(x, …)` is its log density"));
            return self.error(error);
        }
        for (theirs, ours) in [("_lpdf", "_logp"), ("_lpmf", "_logp"), ("_lcdf", "_logcdf"), ("_lccdf", "_logccdf")] {
            if let Some(family) = n.strip_suffix(theirs) {
                let error = Diagnostic::error("E0206", format!("there is no function `{n}`"))
                    .at(name.span, "")
                    .fix(name.span, format!("{family}{ours}"));
                return self.error(error);
            }
        }
        let mut error = Diagnostic::error("E0206", format!("there is no function `{n}`")).at(name.span, "");
        let candidates: Vec<&str> = names().chain(self.functions.keys().map(String::as_str)).collect();
        if let Some(ours) = super::foreign::ours(n) {
            error = error.help(format!("write `{ours}`"));
            if is_builtin(ours) {
                error = error.fix(name.span, ours);
            }
        } else if let Some(similar) = self.nearest(n, candidates) {
            error = error.help(format!("did you mean `{similar}`?")).fix(name.span, similar);
        } else if self.scopes.get(n).is_some() {
            error = error.help(format!("`{n}` is a variable; to multiply, write `{n} * (…)`, to index, `{n}[…]`"));
        }
        self.error(error)
    }
}
