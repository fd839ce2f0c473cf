//! What is known of a value before any data: the interval it lies in.

use ppl_graph::{Binary, Unary};

/// A closed interval that holds every value an expression can take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end, or −∞.
    pub lower: f64,
    /// Upper end, or +∞.
    pub upper: f64,
    /// Whether values near both ends really occur; false where only a wider interval than needed is known.
    pub exact: bool,
}

impl Interval {
    /// All numbers, each of which may occur.
    pub const REAL: Interval = Interval { lower: f64::NEG_INFINITY, upper: f64::INFINITY, exact: true };
    /// Nothing is known.
    pub const UNKNOWN: Interval = Interval { lower: f64::NEG_INFINITY, upper: f64::INFINITY, exact: false };

    /// One number.
    pub fn point(value: f64) -> Self {
        Interval { lower: value, upper: value, exact: true }
    }

    /// An interval whose ends occur.
    pub fn between(lower: f64, upper: f64) -> Self {
        Interval { lower, upper, exact: true }
    }

    /// The same ends, not known to occur.
    pub fn loosely(self) -> Self {
        Interval { exact: false, ..self }
    }

    fn is_point(self) -> bool {
        self.lower == self.upper
    }

    /// The smallest interval that holds both.
    pub fn union(self, other: Self) -> Self {
        Interval {
            lower: self.lower.min(other.lower),
            upper: self.upper.max(other.upper),
            exact: self.exact && other.exact,
        }
    }

    /// Whether a value below `bound` certainly occurs.
    pub fn certainly_goes_below(self, bound: f64) -> bool {
        self.exact && self.lower < bound
    }

    /// Whether a value above `bound` certainly occurs.
    pub fn certainly_goes_above(self, bound: f64) -> bool {
        self.exact && self.upper > bound
    }

    /// The values of a function of values in this interval.
    pub fn unary(self, f: Unary) -> Self {
        let map = |g: fn(f64) -> f64| Interval { lower: g(self.lower), upper: g(self.upper), exact: self.exact };
        match f {
            Unary::Neg => Interval { lower: -self.upper, upper: -self.lower, exact: self.exact },
            Unary::Exp => map(f64::exp),
            Unary::Expm1 => map(f64::exp_m1),
            Unary::Sigmoid => map(|x| 1.0 / (1.0 + (-x).exp())),
            Unary::Softplus => map(|x| if x > 30.0 { x } else { x.exp().ln_1p() }),
            Unary::Tanh => map(f64::tanh),
            Unary::Sqrt if self.lower >= 0.0 => map(f64::sqrt),
            Unary::Log if self.lower >= 0.0 => map(f64::ln),
            Unary::Log1p if self.lower >= -1.0 => map(f64::ln_1p),
            Unary::Abs | Unary::Square => self.even(f),
            Unary::NormalCdf => Interval { lower: 0.0, upper: 1.0, exact: self == Interval::REAL },
            Unary::Sin | Unary::Cos | Unary::Erf => Interval::between(-1.0, 1.0).loosely(),
            Unary::Not => Interval::between(0.0, 1.0).loosely(),
            Unary::Sqrt => Interval::between(0.0, f64::INFINITY).loosely(),
            Unary::Reciprocal => Interval::point(1.0).binary(Binary::Div, self),
            _ => Interval::UNKNOWN,
        }
    }

    fn even(self, f: Unary) -> Self {
        let g = |x: f64| if f == Unary::Abs { x.abs() } else { x * x };
        let (a, b) = (g(self.lower), g(self.upper));
        let lower = if self.lower <= 0.0 && self.upper >= 0.0 { 0.0 } else { a.min(b) };
        Interval { lower, upper: a.max(b), exact: self.exact }
    }

    /// The values of a function of values in two intervals, taken as independent.
    pub fn binary(self, f: Binary, other: Self) -> Self {
        let exact = self.exact && other.exact;
        match f {
            Binary::Add => Interval { lower: self.lower + other.lower, upper: self.upper + other.upper, exact },
            Binary::Sub => Interval { lower: self.lower - other.upper, upper: self.upper - other.lower, exact },
            Binary::Mul => self.corners(other, |a, b| if a == 0.0 || b == 0.0 { 0.0 } else { a * b }, exact),
            Binary::Div if other.lower > 0.0 || other.upper < 0.0 => self.corners(other, ratio, exact),
            Binary::Div if other.lower >= 0.0 && self.lower >= 0.0 => Interval::between(0.0, f64::INFINITY).loosely(),
            Binary::Min => Interval { lower: self.lower.min(other.lower), upper: self.upper.min(other.upper), exact },
            Binary::Max => Interval { lower: self.lower.max(other.lower), upper: self.upper.max(other.upper), exact },
            Binary::Pow if self.lower >= 0.0 => Interval::between(0.0, f64::INFINITY).loosely(),
            Binary::Pow if other.is_point() && other.lower % 2.0 == 0.0 => self.even(Unary::Square).loosely_above(),
            Binary::Lt | Binary::Le | Binary::Eq | Binary::Ne | Binary::And | Binary::Or => {
                Interval::between(0.0, 1.0).loosely()
            }
            _ => Interval::UNKNOWN,
        }
    }

    fn loosely_above(self) -> Self {
        Interval { lower: 0.0, upper: f64::INFINITY, exact: false }
    }

    fn corners(self, other: Self, f: fn(f64, f64) -> f64, exact: bool) -> Self {
        let values = [
            f(self.lower, other.lower),
            f(self.lower, other.upper),
            f(self.upper, other.lower),
            f(self.upper, other.upper),
        ];
        if values.iter().any(|v| v.is_nan()) {
            return Interval::UNKNOWN;
        }
        let lower = values.iter().copied().fold(f64::INFINITY, f64::min);
        let upper = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Interval { lower, upper, exact }
    }
}

fn ratio(a: f64, b: f64) -> f64 {
    if b.is_infinite() { 0.0 } else { a / b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_positive_and_differences_are_not() {
        let positive = Interval::REAL.unary(Unary::Exp);
        assert!(!positive.certainly_goes_below(0.0));
        let difference = positive.binary(Binary::Sub, positive);
        assert!(difference.certainly_goes_below(0.0));
    }

    #[test]
    fn a_loose_interval_is_certain_of_nothing() {
        assert!(!Interval::UNKNOWN.certainly_goes_below(0.0));
        let ratio = Interval::between(0.0, 1.0).binary(Binary::Div, Interval::between(0.0, 1.0));
        assert_eq!(ratio.lower, 0.0);
    }
}
