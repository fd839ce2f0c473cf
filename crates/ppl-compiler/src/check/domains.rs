//! What is known of values without data: intervals, and arguments that are certainly outside their domain.

use std::collections::HashSet;

use ppl_diagnostic::Diagnostic;
use ppl_distributions::{Bound, Domain, Structure};

use super::Checker;
use crate::hir::{Dist, DistKind, Expr, ExprKind, Reduce, Role, StatementKind, VarId};
use crate::interval::Interval;

impl Checker<'_> {
    /// The smallest interval known to hold every element of an expression.
    pub(super) fn interval(&self, e: &Expr) -> Interval {
        self.interval_and_unknowns(e).0
    }

    /// Intervals of operands are combined as if independent, which is exact only where no unknown occurs twice.
    fn interval_and_unknowns(&self, e: &Expr) -> (Interval, HashSet<VarId>) {
        let mut unknowns = HashSet::new();
        let interval = match &e.kind {
            ExprKind::Const(value) => Interval::point(*value),
            ExprKind::Var(v) => {
                unknowns.insert(*v);
                self.var(*v).interval
            }
            ExprKind::Index(base, _) => return self.interval_and_unknowns(base),
            ExprKind::Position(_) | ExprKind::Size(_) => Interval::between(0.0, f64::INFINITY).loosely(),
            ExprKind::Unary(f, a) => {
                let (a, own) = self.interval_and_unknowns(a);
                unknowns = own;
                a.unary(*f)
            }
            ExprKind::Binary(f, a, b) => {
                let ((a, left), (b, right)) = (self.interval_and_unknowns(a), self.interval_and_unknowns(b));
                // What a quantity is made of may stand on the other side too.
                let made = |v: &VarId| self.var(*v).random && self.var(*v).role == Role::Quantity;
                let both_random = !left.is_empty() && !right.is_empty();
                let shared = !left.is_disjoint(&right) || (both_random && left.iter().chain(&right).any(made));
                unknowns = &left | &right;
                let both = a.binary(*f, b);
                if shared { both.loosely() } else { both }
            }
            ExprKind::If(_, a, b) => self.interval(a).union(self.interval(b)).loosely(),
            ExprKind::Stack(_, elements) => {
                let parts = elements.iter().map(|(_, e)| self.interval(e));
                parts.reduce(Interval::union).unwrap_or(Interval::UNKNOWN)
            }
            ExprKind::Reduce { kind, source, .. } => self.reduced_interval(*kind, source),
            ExprKind::Along(crate::hir::Along::Softmax, ..) => Interval::between(0.0, 1.0).loosely(),
            ExprKind::Along(crate::hir::Along::Sort, a, _) => self.interval(a).loosely(),
            _ => Interval::UNKNOWN,
        };
        (interval, unknowns)
    }

    fn reduced_interval(&self, kind: Reduce, source: &Expr) -> Interval {
        let own = self.interval(source);
        match kind {
            Reduce::Sd | Reduce::Variance | Reduce::Norm => Interval::between(0.0, f64::INFINITY).loosely(),
            Reduce::Mean | Reduce::Quantile(_) => own.loosely(),
            Reduce::Basic(ppl_graph::Reduction::Min | ppl_graph::Reduction::Max) => own.loosely(),
            Reduce::Basic(ppl_graph::Reduction::Sum) if own.lower >= 0.0 => {
                Interval::between(0.0, f64::INFINITY).loosely()
            }
            Reduce::All | Reduce::Any => Interval::between(0.0, 1.0).loosely(),
            _ => Interval::UNKNOWN,
        }
    }

    /// The interval of values that follow a distribution.
    pub(super) fn support_interval(&self, dist: &Dist) -> Interval {
        match &dist.kind {
            DistKind::Truncated { base, lower, upper } => {
                let base = self.support_interval(base);
                let end = |e: &Option<Expr>| e.as_ref().map(|e| self.bound_interval(e));
                let (lower, upper) = (end(lower), end(upper));
                Interval {
                    lower: lower.map_or(base.lower, |l| l.lower.max(base.lower)),
                    upper: upper.map_or(base.upper, |u| u.upper.min(base.upper)),
                    exact: base.exact && lower.is_none_or(|l| l.exact) && upper.is_none_or(|u| u.exact),
                }
            }
            DistKind::Ordered(base) => self.support_interval(base),
            DistKind::ZeroSum(_) => Interval::REAL,
            DistKind::Family { .. } => self.family_interval(dist),
        }
    }

    /// Where a bound is unknown, values keep to it at every point, whatever ends both can have.
    fn bound_interval(&self, e: &Expr) -> Interval {
        let interval = self.interval(e);
        if self.hir.is_random(e) { interval.loosely() } else { interval }
    }

    fn family_interval(&self, dist: &Dist) -> Interval {
        let support = dist.family().support();
        if support.structure == Structure::Simplex {
            return Interval::between(0.0, 1.0);
        }
        let (arguments, _) = dist.arguments();
        let usual = matches!(dist.kind, DistKind::Family { alternate: None, .. });
        let end = |bound: Bound, open: f64| match bound {
            Bound::None => Interval::point(open),
            Bound::Const(value) => Interval::point(value),
            Bound::Argument(i) if usual => self.bound_interval(&arguments[i]),
            Bound::Argument(_) => Interval::UNKNOWN,
        };
        let lower = end(support.lower, f64::NEG_INFINITY);
        let upper = end(support.upper, f64::INFINITY);
        Interval { lower: lower.lower, upper: upper.upper, exact: lower.exact && upper.exact }
    }

    /// Refuses arguments that certainly leave their domain: a scale that can be negative, a probability above 1.
    pub(super) fn argument_domains(&mut self, dist: &Dist) {
        let (arguments, parameters) = dist.arguments();
        let family = dist.family().name();
        for (e, p) in arguments.iter().zip(parameters) {
            let interval = self.interval(e);
            let (wanted, wrong) = match p.domain {
                Domain::Positive | Domain::PositiveVector => ("positive", below(interval, 0.0, "negative")),
                Domain::Count => ("a whole number from 0", below(interval, 0.0, "negative")),
                Domain::Unit | Domain::Simplex => {
                    ("from 0 to 1", below(interval, 0.0, "negative").or(above(interval, 1.0, "above 1")))
                }
                _ => continue,
            };
            let Some(wrong) = wrong else { continue };
            self.outside_domain(family, p.name, wanted, wrong, e);
        }
    }

    fn outside_domain(&mut self, family: &str, parameter: &str, wanted: &str, wrong: &str, e: &Expr) {
        let unknown = |e: &Expr| match e.kind {
            ExprKind::Var(v) => Some(v),
            _ => None,
        };
        let var = match &e.kind {
            ExprKind::Index(base, _) => unknown(base),
            _ => unknown(e),
        };
        let var = var.filter(|v| !self.var(*v).name.is_empty());
        let what = var.map_or("this value".to_string(), |v| format!("`{}`", self.var(v).name));
        let text = format!("argument `{parameter}` of `{family}` must be {wanted}, but {what} can be {wrong}");
        let mut error = Diagnostic::error("E0401", text).at(e.span, format!("can be {wrong}"));
        if let Some((v, span)) = var.and_then(|v| self.distribution_of(v).map(|span| (v, span))) {
            error = error.also(span, format!("`{}` is defined here", self.var(v).name));
        }
        error = match wanted {
            "positive" => {
                error.help("give it a distribution of positive numbers, such as `half_normal(5)` or `exponential(1)`")
            }
            "from 0 to 1" => error.help("use `beta(…)`, `uniform(0, 1)`, or `inv_logit` of a real number"),
            _ => error,
        };
        self.report(error);
    }

    fn distribution_of(&self, var: VarId) -> Option<ppl_diagnostic::Span> {
        self.hir.statements.iter().find_map(|s| match &s.kind {
            StatementKind::Sample { var: v, distribution, .. } if *v == var => Some(distribution.span),
            _ => None,
        })
    }
}

fn below(interval: Interval, bound: f64, word: &'static str) -> Option<&'static str> {
    interval.certainly_goes_below(bound).then_some(word)
}

fn above(interval: Interval, bound: f64, word: &'static str) -> Option<&'static str> {
    interval.certainly_goes_above(bound).then_some(word)
}
