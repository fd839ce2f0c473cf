//! What a family of distributions is to the rest of the project.

use ppl_graph::{Graph, NodeId};
use rand::Rng;

use crate::search::quantile;

/// One family: its arguments, its support, its density as graph expressions, and its draws.
///
/// Univariate families work elementwise: `x` and every argument have one shape, or are scalars. Families of vectors
/// (`event` is [`Event::Vector`]) have the event along the last axis of `x`, whose shape is `[batch…, K]`, and of
/// vector arguments, whose shape is `[K]` or `[batch…, K]`; scalar arguments are scalars or `[batch…]`; matrix
/// arguments are `[K, K]`.
pub trait Family: Sync {
    /// The name in programs.
    fn name(&self) -> &'static str;

    /// The density, in one line of mathematics, and its source.
    fn doc(&self) -> &'static str;

    /// The arguments in their order.
    fn parameters(&self) -> &'static [Parameter];

    /// Other ways to give the arguments, by name only.
    fn alternates(&self) -> &'static [Alternate] {
        &[]
    }

    /// Whether a value is one number, or a vector along the last axis.
    fn event(&self) -> Event {
        Event::Scalar
    }

    /// Where the density is positive.
    fn support(&self) -> Support;

    /// Which arguments are location and scale on the whole line, so that a draw is location + scale · standard draw.
    fn location_scale(&self) -> Option<LocationScale> {
        None
    }

    /// Whether the density integrates to a finite number; false for `flat`.
    fn is_proper(&self) -> bool {
        true
    }

    /// The log density with all constants: one number an element (or an event), −∞ outside the support.
    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId;

    /// The distribution function P(X ≤ x), where it exists.
    fn cdf(&self, _graph: &mut Graph, _x: NodeId, _arguments: &[NodeId]) -> Option<NodeId> {
        None
    }

    /// ln P(X ≤ x), accurate in the lower tail.
    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        self.cdf(graph, x, arguments).map(|p| graph.log(p))
    }

    /// ln P(X > x), accurate in the upper tail.
    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let p = self.cdf(graph, x, arguments)?;
        let minus = graph.neg(p);
        Some(graph.log1p(minus))
    }

    /// P(X ≤ x) and P(X > x) of one element as plain numbers, where they exist; NaN where the arguments are outside
    /// their domain.
    fn tails(&self, _x: f64, _arguments: &[f64]) -> Option<Tails> {
        None
    }

    /// The quantile function for one element: the smallest x with P(X ≤ x) ≥ p. Exists where [`Family::tails`] does.
    fn quantile(&self, p: f64, arguments: &[f64]) -> Option<f64> {
        quantile(|x| self.tails(x, arguments), self.support().interval(arguments), p)
    }

    /// One draw: a number into `out[0]`, or a vector into all of `out`. A scalar argument is a slice of one number, a
    /// vector of K, a matrix of K·K (row-major). NaN where the arguments are outside their domain.
    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]);
}

/// One argument of a family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub domain: Domain,
    /// Its value where it is left out.
    pub default: Option<f64>,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Any number.
    Real,
    /// A number above 0.
    Positive,
    /// A number from 0 to 1.
    Unit,
    /// A whole number from 0.
    Count,
    /// A vector of any numbers.
    Vector,
    /// A vector of numbers above 0 (a scalar: the same for all).
    PositiveVector,
    /// A vector of numbers from 0 to 1 with sum 1.
    Simplex,
    /// A vector of increasing numbers with a dim of its own (the cut points of an ordinal outcome).
    Increasing,
    /// A symmetric positive definite matrix.
    Covariance,
    /// A lower-triangular matrix with a positive diagonal.
    CholeskyFactor,
}

impl Domain {
    /// An argument of this domain that must be given.
    pub const fn named(self, name: &'static str) -> Parameter {
        Parameter { name, domain: self, default: None }
    }
}

/// The two sides of a distribution function, each accurate where it is small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    /// P(X ≤ x).
    pub below: f64,
    /// P(X > x).
    pub above: f64,
}

impl Tails {
    /// The same two sides seen from the other end of the line.
    pub(crate) fn swapped(self) -> Tails {
        Tails { below: self.above, above: self.below }
    }
}

/// Arguments under other names, and how they become the usual ones.
#[derive(Clone, Copy)]
pub struct Alternate {
    /// The names, in the order in which `convert` takes them; all are required.
    pub parameters: &'static [Parameter],
    /// Builds the usual arguments.
    pub convert: fn(&mut Graph, &[NodeId]) -> Vec<NodeId>,
}

/// Whether a value is one number or a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// One number.
    Scalar,
    /// A vector along the last axis.
    Vector,
}

/// Indices of a location and a scale argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocationScale {
    /// Which argument is the location; none for families around 0.
    pub location: Option<usize>,
    /// Which argument is the scale.
    pub scale: usize,
    /// Whether they act on the log of the value.
    pub on_log: bool,
}

/// Where a density is positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Support {
    /// What the values are.
    pub values: Values,
    /// The lower end.
    pub lower: Bound,
    /// The upper end.
    pub upper: Bound,
    /// How the elements of a vector hang together.
    pub structure: Structure,
}

impl Support {
    /// The whole line.
    pub const REAL: Support =
        Support { values: Values::Real, lower: Bound::None, upper: Bound::None, structure: Structure::Free };
    /// Real numbers from 0.
    pub const POSITIVE: Support = Support { lower: Bound::Const(0.0), ..Support::REAL };
    /// Real numbers from 0 to 1.
    pub const UNIT: Support = Support { upper: Bound::Const(1.0), ..Support::POSITIVE };
    /// Whole numbers from 0.
    pub const COUNT: Support = Support { values: Values::Integer, ..Support::POSITIVE };
    /// 0 or 1.
    pub const BOOL: Support = Support { values: Values::Bool, ..Support::UNIT };
    /// Positions from 0 of the labels of a dim.
    pub const LABEL: Support = Support { values: Values::Label, ..Support::POSITIVE };

    /// The ends for given scalar arguments; infinite where there is none.
    pub fn interval(&self, arguments: &[f64]) -> (f64, f64) {
        (self.lower.number(f64::NEG_INFINITY, arguments), self.upper.number(f64::INFINITY, arguments))
    }

    /// The ends where they are the same for all arguments, otherwise infinite.
    pub(crate) fn constant_interval(&self) -> (f64, f64) {
        let end = |bound, none| {
            if let Bound::Const(value) = bound { value } else { none }
        };
        (end(self.lower, f64::NEG_INFINITY), end(self.upper, f64::INFINITY))
    }
}

/// What values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Real numbers.
    Real,
    /// Whole numbers.
    Integer,
    /// 0 or 1, or truth values.
    Bool,
    /// Labels of a dim, or positions 1, 2, … of it; held as positions from 0 inside a graph.
    Label,
}

/// One end of a support.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// No end.
    None,
    /// A number.
    Const(f64),
    /// The value of an argument; an infinite value is no end.
    Argument(usize),
}

impl Bound {
    fn number(self, none: f64, arguments: &[f64]) -> f64 {
        match self {
            Bound::None => none,
            Bound::Const(value) => value,
            Bound::Argument(index) => arguments[index],
        }
    }
}

/// How the elements of a vector hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    /// Each is free.
    Free,
    /// They are positive and their sum is 1.
    Simplex,
    /// They are counts whose sum is the argument of this index.
    Counts(usize),
    /// They increase.
    Ordered,
    /// Their sum is 0.
    ZeroSum,
}
