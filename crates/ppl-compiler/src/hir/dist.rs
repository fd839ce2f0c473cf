//! Distributions of the checked program.

use ppl_diagnostic::Span;
use ppl_distributions::Family;

use super::{Axis, DimId, Expr};

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
            DistKind::Family { family, arguments, alternate: Some(i) } => {
                (arguments, family.alternates()[*i].parameters)
            }
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
