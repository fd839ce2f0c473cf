//! Expressions that many densities share, as methods of the graph.

use ppl_graph::{Graph, NodeId, Reduction, Shape, Unary};

/// How far a sum of probabilities may be from 1, as in Stan.
pub(crate) const SIMPLEX_TOLERANCE: f64 = 1e-8;

/// How far from symmetric a covariance may be, relative to its largest element.
pub(crate) const SYMMETRY_TOLERANCE: f64 = 1e-8;

/// Shared expressions. Conditions are nodes of 1 and 0; those that are known now become constants and cost nothing.
pub(crate) trait Expressions {
    /// `a + c`.
    fn plus(&mut self, a: NodeId, c: f64) -> NodeId;
    /// `c · a`.
    fn times(&mut self, a: NodeId, c: f64) -> NodeId;
    /// `c − a`.
    fn minus_from(&mut self, c: f64, a: NodeId) -> NodeId;
    /// (x − location) / scale; the constant 0 where x and location are one constant.
    fn standardised(&mut self, x: NodeId, location: NodeId, scale: NodeId) -> NodeId;
    /// ln C(n, k).
    fn log_choose(&mut self, n: NodeId, k: NodeId) -> NodeId;
    /// ln B(a, b).
    fn log_beta(&mut self, a: NodeId, b: NodeId) -> NodeId;
    /// ln Φ(x).
    fn log_normal_cdf(&mut self, x: NodeId) -> NodeId;
    /// A scalar, repeated to a shape.
    fn filled(&mut self, value: f64, shape: Shape) -> NodeId;

    /// `count · log`, and 0 where the count is 0 whatever the log (NaN where the arguments are not `valid`).
    fn count_times_log(&mut self, count: NodeId, log: NodeId, valid: NodeId) -> NodeId;
    /// ln Γ(a + 1).
    fn log_factorial(&mut self, a: NodeId) -> NodeId;

    /// `a > 0`.
    fn positive(&mut self, a: NodeId) -> NodeId;
    /// `c ≤ a`.
    fn at_least(&mut self, a: NodeId, c: f64) -> NodeId;
    /// `0 ≤ a ≤ 1`.
    fn unit(&mut self, a: NodeId) -> NodeId;
    /// `a` is 0, 1, 2, ….
    fn whole(&mut self, a: NodeId) -> NodeId;
    /// The last axis is non-negative with sum 1.
    fn simplex(&mut self, a: NodeId) -> NodeId;
    /// Both conditions.
    fn both(&mut self, a: NodeId, b: NodeId) -> NodeId;
    /// All are positive numbers.
    fn all_positive(&mut self, arguments: &[NodeId]) -> NodeId;
    /// The least of the last axis, or a scalar itself, is positive.
    fn least_positive(&mut self, a: NodeId) -> NodeId;

    /// `a` where the arguments are in their domain (`valid`), else NaN.
    fn valid_or_nan(&mut self, valid: NodeId, a: NodeId) -> NodeId;
    /// `density` where x is `inside` the support, else −∞; where the arguments are not valid the outside is NaN too.
    fn on_support(&mut self, inside: NodeId, valid: NodeId, density: NodeId) -> NodeId;
}

impl Expressions for Graph {
    fn plus(&mut self, a: NodeId, c: f64) -> NodeId {
        let c = self.constant(c);
        self.add(a, c)
    }

    fn times(&mut self, a: NodeId, c: f64) -> NodeId {
        let c = self.constant(c);
        self.mul(c, a)
    }

    fn minus_from(&mut self, c: f64, a: NodeId) -> NodeId {
        let c = self.constant(c);
        self.sub(c, a)
    }

    fn standardised(&mut self, x: NodeId, location: NodeId, scale: NodeId) -> NodeId {
        if x == location && self.as_constant(x).is_some() {
            return self.constant(0.0);
        }
        let difference = self.sub(x, location);
        self.div(difference, scale)
    }

    fn log_choose(&mut self, n: NodeId, k: NodeId) -> NodeId {
        let rest = self.sub(n, k);
        let [n, k, rest] = [n, k, rest].map(|a| self.log_factorial(a));
        let ways = self.sub(n, k);
        self.sub(ways, rest)
    }

    fn log_beta(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let total = self.add(a, b);
        let [a, b, total] = [a, b, total].map(|v| self.log_gamma(v));
        let sum = self.add(a, b);
        self.sub(sum, total)
    }

    fn log_normal_cdf(&mut self, x: NodeId) -> NodeId {
        self.unary(Unary::LogNormalCdf, x)
    }

    fn filled(&mut self, value: f64, shape: Shape) -> NodeId {
        let value = self.constant(value);
        self.broadcast(value, &[], shape)
    }

    fn count_times_log(&mut self, count: NodeId, log: NodeId, valid: NodeId) -> NodeId {
        let zero = self.constant(0.0);
        let none = self.eq(count, zero);
        let nothing = self.valid_or_nan(valid, zero);
        let log = self.valid_or_nan(valid, log);
        let product = self.mul(count, log);
        self.select(none, nothing, product)
    }

    fn log_factorial(&mut self, a: NodeId) -> NodeId {
        let next = self.plus(a, 1.0);
        self.log_gamma(next)
    }

    fn positive(&mut self, a: NodeId) -> NodeId {
        if let Some(value) = self.as_constant(a) {
            return truth(self, value > 0.0);
        }
        let zero = self.constant(0.0);
        self.lt(zero, a)
    }

    fn at_least(&mut self, a: NodeId, c: f64) -> NodeId {
        if let Some(value) = self.as_constant(a) {
            return truth(self, c <= value);
        }
        let c = self.constant(c);
        self.le(c, a)
    }

    fn unit(&mut self, a: NodeId) -> NodeId {
        let rest = match self.as_constant(a) {
            Some(value) => self.constant(1.0 - value),
            None => self.minus_from(1.0, a),
        };
        let (low, high) = (self.at_least(a, 0.0), self.at_least(rest, 0.0));
        self.both(low, high)
    }

    fn whole(&mut self, a: NodeId) -> NodeId {
        let from_zero = self.at_least(a, 0.0);
        if let Some(value) = self.as_constant(a) {
            return truth(self, value >= 0.0 && value.fract() == 0.0);
        }
        let floor = self.unary(Unary::Floor, a);
        let whole = self.eq(floor, a);
        self.both(from_zero, whole)
    }

    fn simplex(&mut self, a: NodeId) -> NodeId {
        let least = self.reduce_last(Reduction::Min, a);
        let total = self.reduce_last(Reduction::Sum, a);
        let excess = self.plus(total, -1.0);
        let distance = self.abs(excess);
        let tolerance = self.constant(SIMPLEX_TOLERANCE);
        let (low, sum) = (self.at_least(least, 0.0), self.le(distance, tolerance));
        self.both(low, sum)
    }

    fn both(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.as_constant(a), self.as_constant(b)) {
            (Some(1.0), _) => b,
            (_, Some(1.0)) => a,
            _ => self.and(a, b),
        }
    }

    fn all_positive(&mut self, arguments: &[NodeId]) -> NodeId {
        let yes = self.constant(1.0);
        arguments.iter().fold(yes, |all, &a| {
            let positive = self.positive(a);
            self.both(all, positive)
        })
    }

    fn least_positive(&mut self, a: NodeId) -> NodeId {
        if self.shape(a).is_scalar() {
            return self.positive(a);
        }
        let least = self.reduce_last(Reduction::Min, a);
        self.positive(least)
    }

    fn valid_or_nan(&mut self, valid: NodeId, a: NodeId) -> NodeId {
        if self.as_constant(valid) == Some(1.0) {
            return a;
        }
        let nan = self.constant(f64::NAN);
        self.select(valid, a, nan)
    }

    fn on_support(&mut self, inside: NodeId, valid: NodeId, density: NodeId) -> NodeId {
        let nothing = self.constant(f64::NEG_INFINITY);
        let outside = self.valid_or_nan(valid, nothing);
        self.select(inside, density, outside)
    }
}

fn truth(graph: &mut Graph, value: bool) -> NodeId {
    graph.constant(f64::from(u8::from(value)))
}
