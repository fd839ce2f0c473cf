//! Over what a distribution's arguments vary, and along which axis its events lie.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_distributions::{Domain, Event, Family, Parameter, Values};
use ppl_syntax::ast::{Arg, Ident};

use super::{Checked, Checker, has_repeats};
use crate::hir::{Axis, DimId, Dist, DistKind, Expr, ExprKind, Scalar};

impl<'a> Checker<'a> {
    /// Finds the axis of vector arguments (R7), and checks that arguments vary over nothing that values do not.
    pub(super) fn resolve_axes(&mut self, dist: &mut Dist, left: &[Axis], declared: Option<DimId>) -> Checked<()> {
        let axis = match dist.kind {
            DistKind::Ordered(_) | DistKind::ZeroSum(_) => Some(self.last_axis(dist, left)?),
            _ if dist.is_vector() => Some(self.event_axis(dist, left)?),
            _ => self.choice_axis(dist, left, declared)?,
        };
        let labels = self.value_labels(dist, axis, declared);
        set_axis(dist, axis, labels);
        self.arguments_fit(dist, left)
    }

    fn last_axis(&mut self, dist: &Dist, left: &[Axis]) -> Checked<Axis> {
        match left.last() {
            Some(&Axis::Binder(turn)) => {
                let binder = self.hir.binders[turn.0].clone();
                let dim = self.dim(binder.dim).name.clone();
                let error = Diagnostic::error(
                    "E0404",
                    "this distribution is of a vector, and each turn of the loop defines one number",
                )
                .at(dist.span, format!("`{}` is one turn", binder.name))
                .help(format!("put the dim in the brackets on the left, not the loop variable: `[{dim}]`"));
                self.error(error)
            }
            Some(&axis) => Ok(axis),
            None => {
                let error =
                    Diagnostic::error("E0404", "this distribution is of a vector, and the left side is one number")
                        .at(dist.span, "")
                        .help("give the left side a dim: `mu[k] ~ ordered(…)`");
                self.error(error)
            }
        }
    }

    /// The axis of the event of a family of vectors.
    fn event_axis(&mut self, dist: &Dist, left: &[Axis]) -> Checked<Axis> {
        let (arguments, parameters) = dist.arguments();
        let mut axis = None;
        for (e, p) in arguments.iter().zip(parameters) {
            match p.domain {
                Domain::Covariance | Domain::CholeskyFactor => axis = Some(self.matrix_axis(e)?),
                Domain::Vector | Domain::PositiveVector | Domain::Simplex if axis.is_none() => {
                    if let [own] = of_one_turn(&e.ty.axes)[..] {
                        axis = Some(own);
                    }
                }
                _ => {}
            }
        }
        let last = self.last_axis(dist, left)?;
        match axis {
            None => Ok(last),
            Some(axis) if left.contains(&axis) => Ok(axis),
            Some(axis) => self.no_event_axis(dist, axis),
        }
    }

    fn no_event_axis(&mut self, dist: &Dist, axis: Axis) -> Checked<Axis> {
        let name = self.axis_name(axis);
        let family = dist.family().name();
        let error =
            Diagnostic::error("E0404", format!("`{family}` acts over `{name}`, which the left side does not have"))
                .at(dist.span, format!("its argument varies over `{name}`"))
                .help(format!("add `{name}` to the brackets on the left"));
        self.error(error)
    }

    fn matrix_axis(&mut self, e: &Expr) -> Checked<Axis> {
        match of_one_turn(&e.ty.axes)[..] {
            [a, b] if a == b && e.ty.axes.len() > 2 => self.unsupported(e.span, "a matrix for each turn of a loop"),
            [_, a, b] if a == b => self.unsupported(e.span, "a matrix for each of several groups"),
            [a, b] if a == b => Ok(a),
            _ => {
                let names: Vec<String> = e.ty.axes.iter().map(|&a| self.axis_name(a)).collect();
                let error = Diagnostic::error("E0309", "a square matrix, over one dim twice, is needed here")
                    .at(e.span, format!("varies over [{}]", names.join(", ")));
                self.error(error)
            }
        }
    }

    /// The axis from which values of single numbers choose: that of `w` in `categorical(w)`, of the cuts in `ordered_logistic`.
    fn choice_axis(&mut self, dist: &Dist, left: &[Axis], declared: Option<DimId>) -> Checked<Option<Axis>> {
        let (arguments, parameters) = dist.arguments();
        let vector =
            |d: Domain| matches!(d, Domain::Vector | Domain::PositiveVector | Domain::Simplex | Domain::Increasing);
        let Some(place) = parameters.iter().position(|p| vector(p.domain)) else {
            return Ok(None);
        };
        let e = &arguments[place];
        if let Some(dim) = declared.filter(|_| parameters[place].domain != Domain::Increasing) {
            return match of_one_turn(&e.ty.axes).into_iter().rev().find(|&a| self.dim_of(a) == dim) {
                Some(axis) => self.chosen_from(axis, e),
                None => self.no_choice(e, format!("varies over no `{}`", self.dim(dim).name)),
            };
        }
        let open: Vec<Axis> = of_one_turn(&e.ty.axes).into_iter().filter(|a| !left.contains(a)).collect();
        match open[..] {
            [axis] => self.chosen_from(axis, e),
            [] => self.no_choice(e, "has no dim of its own".to_string()),
            _ => self.no_choice(e, "has several dims that the left side lacks".to_string()),
        }
    }

    fn chosen_from(&mut self, axis: Axis, e: &Expr) -> Checked<Option<Axis>> {
        match axis {
            Axis::Slice(_) => self.unsupported(e.span, "a choice from a part of a dim"),
            _ => Ok(Some(axis)),
        }
    }

    fn no_choice<T>(&mut self, e: &Expr, why: String) -> Checked<T> {
        let error = Diagnostic::error("E0404", "this argument must have one dim from which the value chooses")
            .at(e.span, why)
            .help("one element for each possible value, such as `w[k]`");
        self.error(error)
    }

    fn value_labels(&self, dist: &Dist, axis: Option<Axis>, declared: Option<DimId>) -> Option<DimId> {
        if dist.family().support().values != Values::Label {
            return None;
        }
        let cuts = dist.arguments().1.iter().any(|p| p.domain == Domain::Increasing);
        declared.or_else(|| axis.filter(|_| !cuts).map(|a| self.dim_of(a)))
    }

    fn arguments_fit(&mut self, dist: &Dist, left: &[Axis]) -> Checked<()> {
        let vector_axis = dist.axis.filter(|_| !matches!(dist.kind, DistKind::Ordered(_) | DistKind::ZeroSum(_)));
        let event = dist.is_vector() && vector_axis.is_some();
        let mut batch = left.to_vec();
        if let Some(place) = vector_axis.filter(|_| event).and_then(|axis| batch.iter().rposition(|&a| a == axis)) {
            batch.remove(place);
        }
        let (arguments, parameters) = dist.arguments();
        let mut outcome = Ok(());
        for (e, p) in arguments.iter().zip(parameters) {
            let own = self.batch_axes(e, p.domain, vector_axis);
            match own.iter().find(|a| !batch.contains(a)) {
                Some(&extra) => outcome = Err(self.extra_dim(&self.left_name.clone(), left, e, extra)),
                None => {
                    let name = self.target_name.clone();
                    outcome = self.not_spread_over_matrix(&name, &batch, &own, e).and(outcome);
                }
            }
        }
        let mut ends = Vec::new();
        truncation_ends(dist, &mut ends);
        for e in ends {
            if let Some(&extra) = e.ty.axes.iter().find(|a| !left.contains(a)) {
                outcome = Err(self.extra_dim(&self.left_name.clone(), left, e, extra));
            }
        }
        outcome
    }

    /// The axes of an argument without that of a vector or those of a matrix.
    fn batch_axes(&self, e: &Expr, domain: Domain, axis: Option<Axis>) -> Vec<Axis> {
        let drop = match domain {
            Domain::Covariance | Domain::CholeskyFactor => 2,
            Domain::Vector | Domain::PositiveVector | Domain::Simplex | Domain::Increasing => 1,
            _ => 0,
        };
        let mut axes = e.ty.axes.clone();
        for _ in 0..drop {
            if let Some(place) = axes.iter().rposition(|a| Some(*a) == axis) {
                axes.remove(place);
            }
        }
        axes
    }

    /// Whether a value's dims are among those of a left side.
    pub(super) fn axes_fit(&mut self, name: &str, left: &[Axis], e: &Expr) -> Checked<()> {
        match e.ty.axes.iter().find(|a| !left.contains(a)) {
            Some(&extra) => Err(self.extra_dim(name, left, e, extra)),
            None => self.not_spread_over_matrix(name, left, &e.ty.axes, e),
        }
    }

    /// A matrix over one dim twice fits its like alone, and a vector beside one could be a row or a column.
    fn not_spread_over_matrix(&mut self, name: &str, left: &[Axis], own: &[Axis], e: &Expr) -> Checked<()> {
        if has_repeats(own) && own != left {
            let names: Vec<String> = own.iter().map(|&a| self.axis_name(a)).collect();
            let error = Diagnostic::error("E0302", format!("`{name}` must be a matrix over [{}]", names.join(", ")))
                .at(e.span, "a matrix over one dim twice");
            return self.error(error);
        }
        let twice = |a: &&Axis| left.iter().filter(|l| l == a).count() > 1;
        let Some(&axis) = own.iter().find(twice).filter(|_| own != left) else { return Ok(()) };
        let dim = self.axis_name(axis);
        let error = Diagnostic::error("E0302", format!("`{name}` is a matrix over `{dim}` twice, and this is not"))
            .at(e.span, "along its rows or its columns?")
            .help(format!("use two loop variables: `{name}[i in {dim}, j in {dim}] = …`"));
        self.error(error)
    }

    /// `y` would vary over a dim that its left side does not have: says which part brings the dim.
    fn extra_dim(&mut self, name: &str, left: &[Axis], e: &Expr, extra: Axis) -> super::Reported {
        let dim = self.dim_of(extra);
        let dim_name = self.dim(dim).name.clone();
        let culprit = bringer(e, extra);
        let mut error = Diagnostic::error("E0301", format!("`{name}` would vary over `{dim_name}`"));
        let culprit_name = match culprit.kind {
            ExprKind::Var(v) => Some(self.var(v).name.clone()).filter(|name| !name.is_empty()),
            _ => None,
        };
        let text = match &culprit_name {
            Some(name) => format!("`{name}` has one value per {dim_name}"),
            None => format!("one value per {dim_name}"),
        };
        error = error.at(culprit.span, text);
        let lookup = left.iter().find_map(|&a| self.lookup(self.dim_of(a), dim));
        let turn = left.iter().find_map(|&a| match a {
            Axis::Binder(b) if self.hir.binders[b.0].dim == dim => Some(self.hir.binders[b.0].name.clone()),
            _ => None,
        });
        error = match (lookup.or(turn), culprit_name) {
            (Some(index), Some(name)) => {
                let own = left.first().map_or(String::new(), |&a| self.axis_name(a));
                error.help(format!("to use each {own}'s own {dim_name}, write `{name}[{index}]`"))
            }
            _ => error
                .help(format!("add `{dim_name}` to the brackets on the left, or reduce it away (`sum`, `mean`, …)")),
        };
        self.report(error)
    }

    /// The distribution of `NAME_logp(x, …)`, and the axes of its value.
    pub(super) fn density_of(
        &mut self,
        family: &'static dyn Family,
        args: &'a [Arg],
        x: &Expr,
        name: &'a Ident,
        span: Span,
    ) -> Checked<(Dist, Vec<Axis>)> {
        let place = std::mem::replace(&mut self.dist_place, x.ty.axes.clone());
        let dist = self.family_call(family, name, args, span);
        self.dist_place = place;
        let mut dist = dist?;
        let mut left = x.ty.axes.clone();
        if family.event() == Event::Scalar {
            let single =
                |p: &Parameter| matches!(p.domain, Domain::Real | Domain::Positive | Domain::Unit | Domain::Count);
            let (arguments, parameters) = dist.arguments();
            let singles = arguments.iter().zip(parameters).filter(|(_, p)| single(p)).map(|(e, _)| e);
            let operands: Vec<&Expr> = std::iter::once(x).chain(singles).collect();
            left = self.aligned(&operands, span)?;
        }
        let declared = match x.ty.scalar {
            Scalar::Label(dim) => Some(dim),
            _ => None,
        };
        self.resolve_axes(&mut dist, &left, declared)?;
        if let Some(place) =
            dist.axis.filter(|_| dist.is_vector()).and_then(|axis| left.iter().rposition(|&a| a == axis))
        {
            left.remove(place);
        }
        Ok((dist, left))
    }
}

/// Axes without the turns of loops.
pub(super) fn of_one_turn(axes: &[Axis]) -> Vec<Axis> {
    axes.iter().copied().filter(|a| !matches!(a, Axis::Binder(_))).collect()
}

fn set_axis(dist: &mut Dist, axis: Option<Axis>, labels: Option<DimId>) {
    dist.axis = axis;
    dist.labels = labels;
    match &mut dist.kind {
        DistKind::Family { .. } => {}
        DistKind::Truncated { base, .. } | DistKind::Ordered(base) | DistKind::ZeroSum(base) => {
            set_axis(base, axis, labels)
        }
    }
}

fn truncation_ends<'d>(dist: &'d Dist, ends: &mut Vec<&'d Expr>) {
    match &dist.kind {
        DistKind::Family { .. } => {}
        DistKind::Truncated { base, lower, upper } => {
            ends.extend(lower.iter().chain(upper));
            truncation_ends(base, ends);
        }
        DistKind::Ordered(base) | DistKind::ZeroSum(base) => truncation_ends(base, ends),
    }
}

/// The innermost part of an expression that brings an axis.
fn bringer(e: &Expr, axis: Axis) -> &Expr {
    let mut inner = None;
    let children: Vec<&Expr> = match &e.kind {
        ExprKind::Unary(_, a) | ExprKind::Along(_, a, _) | ExprKind::Position(a) => vec![a],
        ExprKind::Binary(_, a, b) => vec![a, b],
        ExprKind::If(c, a, b) => vec![c, a, b],
        ExprKind::Matrix(_, operands) => operands.iter().collect(),
        ExprKind::Reduce { source, .. } => vec![source],
        _ => Vec::new(),
    };
    for child in children {
        if inner.is_none() && child.ty.axes.contains(&axis) {
            inner = Some(bringer(child, axis));
        }
    }
    inner.unwrap_or(e)
}
