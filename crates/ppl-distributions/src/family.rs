//! What a family of distributions is to the rest of the project.

use ppl_graph::{Graph, NodeId};
use rand::Rng;

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

    /// The quantile function, where it exists, for one element.
    fn quantile(&self, _p: f64, _arguments: &[f64]) -> Option<f64> {
        None
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
