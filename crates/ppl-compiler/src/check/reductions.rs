//! Functions that reduce an axis away, or run along one: `sum`, `mean`, `argmax`, `softmax`, ….

use ppl_diagnostic::{Diagnostic, Span};
use ppl_graph::Reduction;
use ppl_syntax::ast::{self, Arg, ExprKind as Ast, Ident};

use super::{Checked, Checker, make};
use crate::hir::{Along, Axis, Expr, ExprKind, Extent, Reduce, Scalar};

/// The arguments of a reduction, told apart.
struct Call {
    source: Expr,
    /// Axes named by `over =` or bound by `for`.
    over: Option<Vec<Axis>>,
    filter: Option<Expr>,
    /// The second positional argument (`quantile(x, 0.9)`) or `p =`.
    probability: Option<f64>,
}

impl<'a> Checker<'a> {
    /// `sum(x)`, `mean(x, over = dim, where = c)`, `sum(e for i in obs)`
    pub(super) fn reduction(&mut self, name: &Ident, args: &'a [Arg], span: Span) -> Checked<Expr> {
        self.scopes.enter();
        let call = self.reduction_call(name, args, span);
        self.scopes.leave();
        let Call { source, over, filter, probability } = call?;
        let kind = self.reduce_kind(name, probability, span)?;
        let axes = match over {
            Some(axes) => axes,
            None => self.only_axis(name, &source, span)?,
        };
        let (source, scalar) = self.reduced(kind, source, &axes)?;
        let mut filtered = vec![&source];
        filtered.extend(&filter);
        let kept = self.aligned(&filtered, span)?.into_iter().filter(|a| !axes.contains(a)).collect();
        self.warn_of_table_reductions(name, &source, &axes, span);
        let filter = filter.map(Box::new);
        Ok(make(ExprKind::Reduce { kind, source: Box::new(source), axes, filter }, scalar, kept, span))
    }

    fn reduction_call(&mut self, name: &Ident, args: &'a [Arg], span: Span) -> Checked<Call> {
        let mut source = None;
        let (mut over, mut filter, mut probability) = (None, None, None);
        for arg in args {
            match arg {
                Arg::Generator { value, binders } => {
                    let mut axes = Vec::new();
                    for binder in binders {
                        axes.push(Axis::Binder(self.open_binder(binder)?));
                    }
                    source = Some(self.expr(value)?);
                    over = Some(axes);
                }
                Arg::Positional(e) if source.is_none() => source = Some(self.expr(e)?),
                Arg::Positional(e) => probability = Some(self.literal_probability(e)?),
                Arg::Named(given, e) => match given.name.as_str() {
                    "over" => over = Some(self.over(e)?),
                    "where" => filter = Some(self.expr(e).and_then(|c| self.truth(c))?),
                    "p" => probability = Some(self.literal_probability(e)?),
                    _ => return self.no_such_argument(name, given),
                },
            }
        }
        match source {
            Some(source) => Ok(Call { source, over, filter, probability }),
            None => {
                let error = Diagnostic::error("E0209", format!("`{}` needs something to reduce", name.name)).at(span, "");
                self.error(error)
            }
        }
    }

    fn literal_probability(&mut self, e: &'a ast::Expr) -> Checked<f64> {
        match &e.kind {
            Ast::Number(p) if (0.0..=1.0).contains(p) => Ok(*p),
            _ => {
                let error = Diagnostic::error("E0209", "a probability from 0 to 1 is needed here").at(e.span, "");
                self.error(error)
            }
        }
    }

    /// `over = dim`, `over = [a, b]`, or a slice's axis.
    fn over(&mut self, e: &'a ast::Expr) -> Checked<Vec<Axis>> {
        let names: Vec<&ast::Expr> = match &e.kind {
            Ast::Array(elements) => elements.iter().collect(),
            _ => vec![e],
        };
        let mut axes = Vec::new();
        for e in names {
            let Ast::Name(name) = &e.kind else {
                let error = Diagnostic::error("E0307", "`over` takes a dim, or a list of dims").at(e.span, "");
                return self.error(error);
            };
            axes.push(Axis::Dim(self.known_dim(name, e.span)?));
        }
        Ok(axes)
    }

    /// The axis that is reduced where none is named: there must be no choice. Loop turns are not an axis of the array.
    fn only_axis(&mut self, name: &Ident, source: &Expr, span: Span) -> Checked<Vec<Axis>> {
        let axes: Vec<Axis> = source.ty.axes.iter().copied().filter(|a| !matches!(a, Axis::Binder(_))).collect();
        match axes[..] {
            [] | [_] => Ok(axes),
            _ => {
                let names: Vec<String> = axes.iter().map(|&a| self.axis_name(a)).collect();
                let error = Diagnostic::error("E0307", format!("`{}` needs `over =` here", name.name))
                    .at(span, format!("this varies over {}", names.join(", ")))
                    .help(format!("`{}(…, over = {})`, or `over = [{}]`", name.name, names[0], names.join(", ")));
                self.error(error)
            }
        }
    }

    fn reduce_kind(&mut self, name: &Ident, probability: Option<f64>, span: Span) -> Checked<Reduce> {
        Ok(match name.name.as_str() {
            "sum" => Reduce::Basic(Reduction::Sum),
            "prod" => Reduce::Basic(Reduction::Product),
            "min" => Reduce::Basic(Reduction::Min),
            "max" => Reduce::Basic(Reduction::Max),
            "argmax" => Reduce::Basic(Reduction::ArgMax),
            "argmin" => Reduce::Basic(Reduction::ArgMin),
            "log_sum_exp" => Reduce::Basic(Reduction::LogSumExp),
            "mean" => Reduce::Mean,
            "sd" => Reduce::Sd,
            "variance" => Reduce::Variance,
            "norm" => Reduce::Norm,
            "all" => Reduce::All,
            "any" => Reduce::Any,
            "median" => Reduce::Quantile(0.5),
            _ => match probability {
                Some(p) => Reduce::Quantile(p),
                None => {
                    let error = Diagnostic::error("E0209", "`quantile` needs a probability")
                        .at(span, "")
                        .help("write `quantile(x, 0.9)`");
                    return self.error(error);
                }
            },
        })
    }

    /// The operand as what the reduction takes, and the type of the result.
    fn reduced(&mut self, kind: Reduce, source: Expr, axes: &[Axis]) -> Checked<(Expr, Scalar)> {
        match kind {
            Reduce::All | Reduce::Any => Ok((self.truth(source)?, Scalar::Bool)),
            Reduce::Basic(Reduction::ArgMax | Reduction::ArgMin) => {
                let source = self.number(source)?;
                let [axis] = axes else {
                    let error = Diagnostic::error("E0307", "the position of the largest is along one dim")
                        .at(source.span, "");
                    return self.error(error);
                };
                Ok((source, Scalar::Label(self.dim_of(*axis))))
            }
            Reduce::Basic(Reduction::Sum | Reduction::Product | Reduction::Min | Reduction::Max) => {
                let source = self.number(source)?;
                let scalar = if source.ty.scalar == Scalar::Real { Scalar::Real } else { Scalar::Int };
                Ok((source, scalar))
            }
            _ => Ok((self.number(source)?, Scalar::Real)),
        }
    }

    /// Outside `const` a reduction of the data would drift with the table.
    fn warn_of_table_reductions(&mut self, name: &Ident, source: &Expr, axes: &[Axis], span: Span) {
        let rows = |a: &Axis| matches!(a, Axis::Dim(d) if matches!(self.dim(*d).extent, Extent::Data));
        let of_data = source.any(&mut |e| matches!(e.kind, ExprKind::Var(v) if self.var(v).column.is_some()));
        if self.reductions_expected || !of_data || self.hir.is_random(source) || !axes.iter().any(rows) {
            return;
        }
        let text = format!("this {} depends on the table", name.name);
        let warning = Diagnostic::warning("W0301", text)
            .at(span, "changes with new data")
            .help("wrap it in a `const`, so that predictions reuse the fit's value");
        self.report(warning);
    }

    /// `softmax(x)`, `cumulative_sum(x, over = dim)`
    pub(super) fn along(&mut self, along: Along, name: &Ident, args: &'a [Arg], span: Span) -> Checked<Expr> {
        let Call { source, over, .. } = self.reduction_call(name, args, span)?;
        let source = self.number(source)?;
        let axes = match over {
            Some(axes) => axes,
            None => self.only_axis(name, &source, span)?,
        };
        let [axis] = axes[..] else {
            let error = Diagnostic::error("E0307", format!("`{}` runs along one dim", name.name)).at(span, "");
            return self.error(error);
        };
        if !source.ty.axes.contains(&axis) {
            return self.not_an_axis(&source, axis);
        }
        let scalar = match along {
            Along::CumulativeSum | Along::Sort if source.ty.scalar != Scalar::Real => Scalar::Int,
            Along::Rank => Scalar::Int,
            _ => Scalar::Real,
        };
        let axes = source.ty.axes.clone();
        Ok(make(ExprKind::Along(along, Box::new(source), axis), scalar, axes, span))
    }

    fn not_an_axis(&mut self, source: &Expr, axis: Axis) -> Checked<Expr> {
        let name = self.axis_name(axis);
        let error = Diagnostic::error("E0307", format!("this does not vary over `{name}`")).at(source.span, "");
        self.error(error)
    }
}
