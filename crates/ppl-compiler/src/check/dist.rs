//! Distributions: which family, which arguments.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_distributions::{Domain, Event, Family, Parameter, Structure, Values};
use ppl_syntax::ast::{self, Arg, ExprKind as Ast, Ident};

use super::functions::Returned;
use super::{Checked, Checker, make, scope::Entry};
use crate::hir::{Axis, DimId, Dist, DistKind, Expr, ExprKind, Hints, Scalar};

/// Functions of distributions.
const MODIFIERS: &[&str] = &["truncated", "ordered", "zero_sum"];

/// Distributions of the language that this compiler does not have.
const LATER: &[&str] = &[
    "censored",
    "interval_censored",
    "rounded",
    "mixture",
    "zero_inflated",
    "hurdle",
    "discrete_range",
    "dirac",
    "lkj_corr",
    "lkj_cholesky",
    "unit_vector",
    "horseshoe",
    "r2d2",
];

/// Whether a name makes a distribution of another, or will.
pub(super) fn is_modifier(name: &str) -> bool {
    MODIFIERS.contains(&name) || LATER.contains(&name)
}

impl<'a> Checker<'a> {
    /// The distribution of a `~` whose left side has these axes.
    pub(super) fn distribution(&mut self, e: &'a ast::Expr, left: &[Axis], declared: Option<DimId>) -> Checked<Dist> {
        self.dist_place = left.to_vec();
        self.dist_labels = declared;
        let dist = self.dist_value(e);
        self.dist_place.clear();
        self.dist_labels = None;
        let mut dist = dist?;
        let resolved = self.resolve_axes(&mut dist, left, declared);
        self.argument_domains(&dist);
        resolved.map(|()| dist)
    }

    /// A distribution as a value, its axes still open.
    pub(super) fn dist_value(&mut self, e: &'a ast::Expr) -> Checked<Dist> {
        match &e.kind {
            Ast::Call { name, args } => self.dist_call(name, args, e.span),
            Ast::Name(name) => match self.scopes.get(name).cloned() {
                Some(Entry::Dist(dist)) => Ok(dist),
                _ => match ppl_distributions::family(name) {
                    Some(family) => {
                        let error = Diagnostic::error("E0209", format!("`{name}` needs its arguments"))
                            .at(e.span, "")
                            .help(format!("it is written {}", signature(name, family.parameters())));
                        self.error(error)
                    }
                    None => self.not_a_distribution(e),
                },
            },
            Ast::If { .. } => self.unsupported(e.span, "a choice between distributions"),
            _ => self.not_a_distribution(e),
        }
    }

    fn not_a_distribution(&mut self, e: &ast::Expr) -> Checked<Dist> {
        let error = Diagnostic::error("E0405", "behind `~` stands a distribution")
            .at(e.span, "this is a value")
            .help("a value is given with `=`: `x = …`");
        self.error(error)
    }

    fn dist_call(&mut self, name: &'a Ident, args: &'a [Arg], span: Span) -> Checked<Dist> {
        let n = name.name.as_str();
        if let Some(function) = self.functions.get(n).copied() {
            return match self.expand(function, name, args, span, true)? {
                Returned::Dist(dist) => Ok(Dist { span, ..dist }),
                Returned::Value(_) => unreachable!("a distribution was asked for"),
            };
        }
        if LATER.contains(&n) {
            return self.unsupported(name.span, &format!("the distribution `{n}`"));
        }
        if MODIFIERS.contains(&n) {
            return self.modifier(name, args, span);
        }
        match ppl_distributions::family(n) {
            Some(family) => self.family_call(family, name, args, span),
            None => self.unknown_family(name),
        }
    }

    fn unknown_family(&mut self, name: &Ident) -> Checked<Dist> {
        let n = name.name.as_str();
        if self.foreign_functions || self.failed.contains(n) {
            return Err(super::Reported);
        }
        let mut error =
            Diagnostic::error("E0206", format!("there is no distribution `{n}`")).at(name.span, "not found");
        let known = ppl_distributions::families().iter().map(|f| f.name()).chain(MODIFIERS.iter().copied());
        if let Some(ours) = ppl_distributions::foreign_name(n) {
            error = match ppl_distributions::family(ours) {
                Some(_) => error.help(format!("write `{ours}`")).fix(name.span, ours),
                None => error.help(format!("write {ours}")),
            };
        } else if let Some(similar) = self.nearest(n, known) {
            error = error.help(format!("did you mean `{similar}`?")).fix(name.span, similar);
        } else if super::calls::is_builtin(n) {
            error = error.help(format!("`{n}` is a function of numbers: `x = {n}(…)`"));
        }
        self.error(error)
    }

    fn modifier(&mut self, name: &'a Ident, args: &'a [Arg], span: Span) -> Checked<Dist> {
        let Some((Arg::Positional(inner), rest)) = args.split_first() else {
            let error = Diagnostic::error("E0209", format!("`{}` takes a distribution first", name.name)).at(span, "");
            return self.error(error);
        };
        let base = self.dist_value(inner)?;
        let kind = match name.name.as_str() {
            "truncated" => self.truncation(base, name, rest)?,
            "ordered" => {
                self.one_axis(name, rest, &base)?;
                DistKind::Ordered(Box::new(base))
            }
            _ => {
                self.one_axis(name, rest, &base)?;
                self.sums_to_zero(&base)?;
                DistKind::ZeroSum(Box::new(base))
            }
        };
        Ok(Dist { kind, axis: None, labels: None, span })
    }

    fn truncation(&mut self, base: Dist, name: &Ident, args: &'a [Arg]) -> Checked<DistKind> {
        let (mut lower, mut upper) = (None, None);
        for arg in args {
            match arg {
                Arg::Named(given, e) if given.name == "lower" => lower = Some(self.numeric(e)?),
                Arg::Named(given, e) if given.name == "upper" => upper = Some(self.numeric(e)?),
                Arg::Named(given, _) => return self.no_such_argument(name, given),
                Arg::Positional(e) | Arg::Generator { value: e, .. } => {
                    let error = Diagnostic::error("E0209", "the ends of `truncated` are given by name")
                        .at(e.span, "")
                        .help("`truncated(d, lower = 0, upper = 1)`");
                    return self.error(error);
                }
            }
        }
        if base.is_vector() || base.family().support().values == Values::Label || !base.family().is_proper() {
            let error = Diagnostic::error("E0407", format!("`{}` cannot be truncated", base.family().name()))
                .at(base.span, "needs a distribution of single numbers that integrates to 1");
            return self.error(error);
        }
        if lower.is_none() && upper.is_none() {
            let error = Diagnostic::error("E0209", "`truncated` needs `lower =` or `upper =`")
                .at(name.span, "")
                .help("`truncated(d, lower = 0)`");
            return self.error(error);
        }
        Ok(DistKind::Truncated { base: Box::new(base), lower, upper })
    }

    fn numeric(&mut self, e: &'a ast::Expr) -> Checked<Expr> {
        let value = self.expr(e)?;
        self.number(value)
    }

    /// `over = dim` on `ordered` and `zero_sum`: it must be the last dim of the left side, which is the default.
    fn one_axis(&mut self, name: &Ident, args: &'a [Arg], base: &Dist) -> Checked<()> {
        if base.is_vector() || base.family().support().values != Values::Real {
            let error =
                Diagnostic::error("E0404", format!("`{}` takes a distribution of single real numbers", name.name))
                    .at(base.span, "");
            return self.error(error);
        }
        match args {
            [] => Ok(()),
            [Arg::Named(given, ast::Expr { kind: Ast::Name(dim), span })] if given.name == "over" => {
                let dim = self.known_dim(dim, *span)?;
                match self.dist_place.last() {
                    Some(&last) if self.dim_of(last) == dim => Ok(()),
                    _ => self.unsupported(*span, "`over` another dim than the last of the left side"),
                }
            }
            _ => self.wrong_count(name, 1, args.len() + 1),
        }
    }

    fn sums_to_zero(&mut self, base: &Dist) -> Checked<()> {
        let zero_mean = match &base.kind {
            DistKind::Family { family, arguments, alternate: None } if family.name() == "normal" => {
                matches!(arguments[0].kind, ExprKind::Const(0.0))
            }
            _ => false,
        };
        if zero_mean {
            return Ok(());
        }
        let error = Diagnostic::error("E0404", "`zero_sum` is for `normal(0, s)` alone")
            .at(base.span, "")
            .help("write `zero_sum(normal(0, s))`");
        self.error(error)
    }

    pub(super) fn family_call(
        &mut self,
        family: &'static dyn Family,
        name: &'a Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Checked<Dist> {
        let (parameters, alternate) = self.parametrisation(family, name, args, span)?;
        let mut values: Vec<Option<Expr>> = vec![None; parameters.len()];
        let mut failed = None;
        for (place, arg) in args.iter().enumerate() {
            let (slot, e) = match arg {
                Arg::Positional(e) => (place, e),
                Arg::Named(given, e) => {
                    let slot = parameters.iter().position(|p| p.name == given.name);
                    (slot.expect("the parametrisation was chosen by these names"), e)
                }
                Arg::Generator { .. } => unreachable!("refused with the parametrisation"),
            };
            match self.dist_argument(family, &parameters[slot], e) {
                Ok(value) => values[slot] = Some(value),
                Err(reported) => failed = Some(reported),
            }
        }
        if let Some(reported) = failed {
            return Err(reported);
        }
        let fill = |(value, p): (Option<Expr>, &Parameter)| {
            value.or_else(|| p.default.map(|d| make(ExprKind::Const(d), Scalar::Real, Vec::new(), span)))
        };
        let arguments: Option<Vec<Expr>> = values.into_iter().zip(parameters).map(fill).collect();
        let arguments = arguments.expect("the parametrisation has all it needs");
        Ok(Dist { kind: DistKind::Family { family, arguments, alternate }, axis: None, labels: None, span })
    }

    fn dist_argument(&mut self, family: &'static dyn Family, parameter: &Parameter, e: &'a ast::Expr) -> Checked<Expr> {
        let vector = matches!(parameter.domain, Domain::Vector | Domain::PositiveVector | Domain::Simplex);
        let chosen_from = vector && family.support().values == Values::Label;
        let place = match (chosen_from, parameter.domain) {
            (true, _) => self.dist_labels.map(Axis::Dim).into_iter().collect(),
            (false, Domain::Increasing) => Vec::new(),
            (false, _) => self.dist_place.clone(),
        };
        let value = self.expr_for(e, &place)?;
        self.number(value)
    }

    /// The parameters that fit the names and the number of the arguments: the usual ones, or an alternate's.
    fn parametrisation(
        &mut self,
        family: &'static dyn Family,
        name: &Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Checked<(&'static [Parameter], Option<usize>)> {
        let usual = std::iter::once((family.parameters(), None));
        let others = family.alternates().iter().enumerate().map(|(i, a)| (a.parameters, Some(i)));
        let mut all = usual.chain(others);
        if let Some(found) = all.find(|(parameters, alternate)| fits(parameters, args, alternate.is_some())) {
            return Ok(found);
        }
        let usual = std::iter::once(signature(&name.name, family.parameters()));
        let others = family.alternates().iter().map(|a| alternate_signature(family, a.parameters));
        let ways: Vec<String> = usual.chain(others).collect();
        let error = Diagnostic::error("E0209", format!("these arguments do not fit `{}`", name.name))
            .at(span, "")
            .help(format!("it is written {}", ways.join(", or ")));
        self.error(error)
    }

    /// What follows `with`.
    pub(super) fn hints(&mut self, hints: &'a [ast::Hint], dist: &Dist) -> Checked<Hints> {
        let mut checked = Hints::default();
        let mut said: Option<&ast::Hint> = None;
        for hint in hints {
            match (hint.name.name.as_str(), &hint.value) {
                ("centered" | "noncentered", None) => {
                    if let Some(earlier) = said.replace(hint) {
                        let error = Diagnostic::error("E0403", "either `centered` or `noncentered`, and once")
                            .at(hint.name.span, "")
                            .also(earlier.name.span, "said here");
                        return self.error(error);
                    }
                    checked.noncentered = hint.name.name == "noncentered";
                    if checked.noncentered {
                        self.may_be_noncentered(hint, dist)?;
                    }
                }
                ("init", Some(e)) => checked.init = Some(self.starting_value(e)?),
                ("jitter" | "weight", _) => {
                    return self.unsupported(hint.name.span, &format!("the hint `{}`", hint.name.name));
                }
                (name, _) => {
                    let text = match name {
                        "centered" | "noncentered" => format!("`{name}` takes no value"),
                        "init" => "`init` needs a value".to_string(),
                        _ => format!("there is no hint `{name}`"),
                    };
                    let error = Diagnostic::error("E0403", text)
                        .at(hint.name.span, "")
                        .help("hints are `centered`, `noncentered`, `init = …`");
                    return self.error(error);
                }
            }
        }
        Ok(checked)
    }

    fn starting_value(&mut self, e: &'a ast::Expr) -> Checked<Expr> {
        let value = self.numeric(e)?;
        if !self.hir.is_random(&value) && value.ty.axes.is_empty() {
            return Ok(value);
        }
        let error = Diagnostic::error("E0403", "`init` takes one number known before sampling").at(e.span, "");
        self.error(error)
    }

    fn may_be_noncentered(&mut self, hint: &ast::Hint, dist: &Dist) -> Checked<()> {
        let family = dist.family();
        let plain = matches!(dist.kind, DistKind::Family { .. });
        let support = family.support();
        if plain
            && family.event() == Event::Scalar
            && family.location_scale().is_some()
            && support.structure == Structure::Free
        {
            return Ok(());
        }
        if plain && family.name().starts_with("multi_normal") {
            return self.unsupported(hint.name.span, "`noncentered` on `multi_normal`");
        }
        let error =
            Diagnostic::error("E0403", "`noncentered` is for families with location and scale on the whole line")
                .at(hint.name.span, "")
                .also(dist.span, "has no such form");
        self.error(error)
    }

    /// The type of values that follow a distribution.
    pub(super) fn value_type(&self, dist: &Dist) -> Scalar {
        match dist.family().support().values {
            Values::Real => Scalar::Real,
            Values::Integer => Scalar::Int,
            Values::Bool => Scalar::Bool,
            Values::Label => dist.labels.map_or(Scalar::Int, Scalar::Label),
        }
    }
}

fn fits(parameters: &[Parameter], args: &[Arg], by_name: bool) -> bool {
    let mut given = vec![false; parameters.len()];
    let mut named = false;
    for (place, arg) in args.iter().enumerate() {
        let slot = match arg {
            Arg::Positional(_) => Some(place).filter(|&p| p < parameters.len() && !named),
            Arg::Named(name, _) => {
                named = true;
                parameters.iter().position(|p| p.name == name.name)
            }
            Arg::Generator { .. } => None,
        };
        match slot {
            Some(slot) if !given[slot] => given[slot] = true,
            _ => return false,
        }
    }
    let complete = parameters.iter().zip(&given).all(|(p, &g)| g || p.default.is_some());
    complete && (!by_name || named)
}

/// An alternate is chosen by the names of its arguments.
fn alternate_signature(family: &dyn Family, parameters: &[Parameter]) -> String {
    let usual = |p: &Parameter| family.parameters().iter().any(|q| q.name == p.name);
    let shown = |p: &Parameter| if usual(p) { p.name.to_string() } else { format!("{} = …", p.name) };
    let arguments: Vec<String> = parameters.iter().map(shown).collect();
    format!("`{}({})`", family.name(), arguments.join(", "))
}

/// `normal(mu, sigma)`, or `normal_logp(x, mu, sigma)`.
pub(super) fn signature(name: &str, parameters: &[Parameter]) -> String {
    let value = Some("x").filter(|_| ppl_distributions::family(name).is_none());
    let names: Vec<&str> = value.into_iter().chain(parameters.iter().map(|p| p.name)).collect();
    format!("`{name}({})`", names.join(", "))
}
