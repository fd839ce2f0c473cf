//! Functions that reduce an axis away, or run along one: `sum`, `mean`, `argmax`, `softmax`, ….

use ppl_diagnostic::{Diagnostic, Span};
use ppl_graph::Reduction;
use ppl_syntax::ast::{self, Arg, ExprKind as Ast, Ident};

use super::{Checked, Checker, make};
use crate::hir::{Along, Axis, DimId, Expr, ExprKind, Extent, Reduce, Scalar};

/// The arguments of a reduction, told apart.
struct Call {
    source: Expr,
    /// What is named by `over =` or bound by `for`.
    over: Option<Over>,
    filter: Option<Expr>,
    /// The second positional argument (`quantile(x, 0.9)`) or `p =`.
    probability: Option<f64>,
}

/// What a reduction runs over.
enum Over {
    /// Dims named by `over =`, with their places.
    Dims(Vec<(DimId, Span)>),
    /// Variables bound by `for`.
    Binders(Vec<Axis>),
}

impl<'a> Checker<'a> {
    /// `sum(x)`, `mean(x, over = dim, where = c)`, `sum(e for i in obs)`
    pub(super) fn reduction(&mut self, name: &Ident, args: &'a [Arg], span: Span) -> Checked<Expr> {
        self.scopes.enter();
        let call = self.reduction_call(name, args, span);
        self.scopes.leave();
        let Call { source, over, filter, probability } = call?;
        let kind = self.reduce_kind(name, probability, span)?;
        if let (Reduce::Quantile(_), Some(filter)) = (kind, &filter) {
            return self.unsupported(filter.span, "`where` in a quantile");
        }
        let mut operands = vec![&source];
        operands.extend(&filter);
        let all = self.aligned(&operands, span)?;
        let axes = match over {
            None => self.only_axis(name, kind, &all, span)?,
            Some(Over::Binders(axes)) => axes,
            Some(Over::Dims(dims)) => self.named_axes(&all, dims, span)?,
        };
        let (source, scalar) = self.reduced(kind, source, &axes)?;
        let kept = without(&all, &axes);
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
                    over = Some(Over::Binders(axes));
                }
                Arg::Positional(e) if source.is_none() => source = Some(self.expr(e)?),
                Arg::Positional(e) if name.name == "quantile" => probability = Some(self.literal_probability(e)?),
                Arg::Positional(_) => return self.wrong_count(name, 1, args.len()),
                Arg::Named(given, e) => match given.name.as_str() {
                    "over" => over = Some(self.over(e)?),
                    "where" => filter = Some(self.expr(e).and_then(|c| self.truth(c))?),
                    "p" if name.name == "quantile" => probability = Some(self.literal_probability(e)?),
                    _ => return self.no_such_argument(name, given),
                },
            }
        }
        match source {
            Some(source) => Ok(Call { source, over, filter, probability }),
            None => {
                let error =
                    Diagnostic::error("E0209", format!("`{}` needs something to reduce", name.name)).at(span, "");
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

    /// `over = dim`, `over = [a, b]`
    fn over(&mut self, e: &'a ast::Expr) -> Checked<Over> {
        let names: Vec<&ast::Expr> = match &e.kind {
            Ast::Array(elements) => elements.iter().collect(),
            _ => vec![e],
        };
        let mut dims = Vec::new();
        for e in names {
            let Ast::Name(name) = &e.kind else {
                let error = Diagnostic::error("E0307", "`over` takes a dim, or a list of dims").at(e.span, "");
                return self.error(error);
            };
            dims.push((self.known_dim(name, e.span)?, e.span));
        }
        Ok(Over::Dims(dims))
    }

    /// The axes that run along the dims, whole or in part; loop turns are not an axis of the array.
    fn named_axes(&mut self, all: &[Axis], dims: Vec<(DimId, Span)>, span: Span) -> Checked<Vec<Axis>> {
        let mut left: Vec<Axis> = all.iter().copied().filter(|a| !matches!(a, Axis::Binder(_))).collect();
        let named = |dim: DimId| dims.iter().filter(|(d, _)| *d == dim).count();
        let mut axes = Vec::new();
        for &(dim, place) in &dims {
            let own = |checker: &Self, a: &Axis| checker.dim_of(*a) == dim;
            let twice = left.iter().filter(|a| own(self, a)).count() + axes.iter().filter(|a| own(self, a)).count();
            match left.iter().rposition(|a| own(self, a)) {
                Some(_) if twice > named(dim) => return self.which_of_two(dim, place, span),
                Some(found) => axes.push(left.remove(found)),
                None => return self.not_over(dim, place, span),
            }
        }
        Ok(axes)
    }

    fn not_over(&mut self, dim: DimId, place: Span, span: Span) -> Checked<Vec<Axis>> {
        let name = self.dim(dim).name.clone();
        let error = Diagnostic::error("E0307", format!("this does not vary over `{name}`"))
            .at(place, "there is nothing to reduce along it")
            .also(span, "in this reduction");
        self.error(error)
    }

    fn which_of_two(&mut self, dim: DimId, place: Span, span: Span) -> Checked<Vec<Axis>> {
        let name = self.dim(dim).name.clone();
        let error = Diagnostic::error("E0307", format!("this varies over `{name}` twice"))
            .at(place, "along which of the two?")
            .also(span, "in this reduction")
            .help(format!(
                "use a loop variable, `sum(K[i, j] for j in {name})`, or reduce both: `over = [{name}, {name}]`"
            ));
        self.error(error)
    }

    /// The axis that is reduced where none is named: there must be no choice. Loop turns are not an axis of the array.
    fn only_axis(&mut self, name: &Ident, kind: Reduce, all: &[Axis], span: Span) -> Checked<Vec<Axis>> {
        let axes: Vec<Axis> = all.iter().copied().filter(|a| !matches!(a, Axis::Binder(_))).collect();
        if axes.len() < 2 || matches!(kind, Reduce::All | Reduce::Any) {
            return Ok(axes);
        }
        let names: Vec<String> = axes.iter().map(|&a| self.axis_name(a)).collect();
        let error = Diagnostic::error("E0307", format!("`{}` needs `over =` here", name.name))
            .at(span, format!("this varies over {}", names.join(", ")))
            .help(format!("`{}(…, over = {})`, or `over = [{}]`", name.name, names[0], names.join(", ")));
        self.error(error)
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
                    let error =
                        Diagnostic::error("E0307", "the position of the largest is along one dim").at(source.span, "");
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
        let rows = |a: &Axis| matches!(self.dim(self.dim_of(*a)).extent, Extent::Data);
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
        let Call { source, over, filter, .. } = self.along_call(name, args, span)?;
        if let Some(filter) = filter {
            return self.unsupported(filter.span, &format!("`where` in `{}`", name.name));
        }
        let source = self.number(source)?;
        let all = source.ty.axes.clone();
        let axes = match over {
            None => self.only_axis(name, Reduce::Mean, &all, span)?,
            Some(Over::Binders(_)) => return self.unsupported(span, &format!("`for` in `{}`", name.name)),
            Some(Over::Dims(dims)) => self.named_axes(&all, dims, span)?,
        };
        let [axis] = axes[..] else {
            let error = Diagnostic::error("E0307", format!("`{}` runs along one dim", name.name)).at(span, "");
            return self.error(error);
        };
        let scalar = match along {
            Along::CumulativeSum | Along::Sort if source.ty.scalar != Scalar::Real => Scalar::Int,
            Along::Rank => Scalar::Int,
            _ => Scalar::Real,
        };
        Ok(make(ExprKind::Along(along, Box::new(source), axis), scalar, all, span))
    }

    fn along_call(&mut self, name: &Ident, args: &'a [Arg], span: Span) -> Checked<Call> {
        self.scopes.enter();
        let call = self.reduction_call(name, args, span);
        self.scopes.leave();
        call
    }
}

/// Axes without the last occurrence of each of some.
fn without(all: &[Axis], some: &[Axis]) -> Vec<Axis> {
    let mut left = all.to_vec();
    for axis in some {
        if let Some(place) = left.iter().rposition(|a| a == axis) {
            left.remove(place);
        }
    }
    left
}
