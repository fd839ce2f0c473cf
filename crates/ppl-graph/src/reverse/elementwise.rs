//! Derivatives of the elementwise functions.

use std::f64::consts::{PI, TAU};

use super::{Reverse, Seed};
use crate::{Binary, Graph, NodeId, Unary};

impl Reverse<'_> {
    pub(super) fn unary(&mut self, f: Unary, x: NodeId, y: NodeId, seed: &Seed) {
        let contribution = match f {
            Unary::Sign | Unary::Not | Unary::Floor | Unary::Ceil | Unary::Round => return,
            Unary::Neg => self.graph.neg(seed.id),
            Unary::Log => self.over(seed, x),
            Unary::Log1p => {
                let divisor = self.graph.shifted(1.0, x);
                self.over(seed, divisor)
            }
            _ => {
                let derivative = unary_derivative(self.graph, f, x, y);
                self.times(seed, derivative)
            }
        };
        self.give(x, contribution, seed.masked);
    }

    pub(super) fn binary(&mut self, f: Binary, a: NodeId, b: NodeId, seed: &Seed) {
        if matches!(f, Binary::Min | Binary::Max) {
            let first = if f == Binary::Min { self.graph.le(a, b) } else { self.graph.le(b, a) };
            return self.select(first, a, b, seed);
        }
        // A weight of exactly 0 means that the operand did not count.
        let masked = seed.masked || matches!(f, Binary::LogAddExp | Binary::MulOrZero);
        for (operand, first) in [(a, true), (b, false)] {
            if self.wants(operand)
                && let Some(contribution) = self.binary_contribution(f, a, b, first, seed)
            {
                self.give_lifted(operand, contribution, &seed.shape, masked);
            }
        }
    }

    fn binary_contribution(&mut self, f: Binary, a: NodeId, b: NodeId, first: bool, seed: &Seed) -> Option<NodeId> {
        Some(match (f, first) {
            (Binary::Lt | Binary::Le | Binary::Eq | Binary::Ne | Binary::And | Binary::Or, _) => return None,
            (Binary::Add, _) | (Binary::Sub | Binary::Mod, true) => seed.id,
            (Binary::Sub, false) => self.graph.neg(seed.id),
            (Binary::Div, true) => self.over(seed, b),
            _ => {
                let derivative = binary_derivative(self.graph, f, a, b, first);
                self.times(seed, derivative)
            }
        })
    }

    pub(super) fn select(&mut self, c: NodeId, a: NodeId, b: NodeId, seed: &Seed) {
        let zero = self.graph.constant(0.0);
        for (operand, first) in [(a, true), (b, false)] {
            if self.wants(operand) {
                let (chosen, other) = if first { (seed.id, zero) } else { (zero, seed.id) };
                let contribution = self.graph.select(c, chosen, other);
                self.give_lifted(operand, contribution, &seed.shape, true);
            }
        }
    }
}

/// The derivative of `y = f(x)`.
fn unary_derivative(g: &mut Graph, f: Unary, x: NodeId, y: NodeId) -> NodeId {
    match f {
        Unary::Neg => g.constant(-1.0),
        Unary::Sign | Unary::Not | Unary::Floor | Unary::Ceil | Unary::Round => g.constant(0.0),
        Unary::Abs => g.unary(Unary::Sign, x),
        Unary::Sqrt => {
            let half = g.constant(0.5);
            g.div(half, y)
        }
        Unary::Square => g.scaled(2.0, x),
        Unary::Reciprocal => {
            let square = g.square(y);
            g.neg(square)
        }
        Unary::Exp => y,
        Unary::Expm1 => g.exp(x),
        Unary::Log => g.reciprocal(x),
        Unary::Log1p => {
            let divisor = g.shifted(1.0, x);
            g.reciprocal(divisor)
        }
        Unary::Log1mExp => {
            // −1/(exp(−x) − 1)
            let minus = g.neg(x);
            let odds = g.expm1(minus);
            let share = g.reciprocal(odds);
            g.neg(share)
        }
        Unary::Softplus => g.sigmoid(x),
        Unary::Sigmoid => {
            let other = g.one_minus(y);
            g.mul(y, other)
        }
        Unary::Sin => g.unary(Unary::Cos, x),
        Unary::Cos => {
            let sine = g.unary(Unary::Sin, x);
            g.neg(sine)
        }
        Unary::Tan => {
            let square = g.square(y);
            g.shifted(1.0, square)
        }
        Unary::Sinh => g.unary(Unary::Cosh, x),
        Unary::Cosh => g.unary(Unary::Sinh, x),
        Unary::Tanh => {
            let square = g.square(y);
            g.one_minus(square)
        }
        Unary::Asin | Unary::Acos | Unary::Atan | Unary::Asinh | Unary::Acosh | Unary::Atanh => inverse_of(g, f, x),
        Unary::LogGamma => g.digamma(x),
        Unary::Digamma => g.unary(Unary::Trigamma, x),
        Unary::Trigamma => g.unary(Unary::Tetragamma, x),
        Unary::Tetragamma => g.constant(f64::NAN),
        Unary::Erf => gaussian(g, 2.0 / PI.sqrt(), -1.0, x),
        Unary::Erfc => gaussian(g, -2.0 / PI.sqrt(), -1.0, x),
        Unary::NormalCdf => gaussian(g, 1.0 / TAU.sqrt(), -0.5, x),
        Unary::NormalQuantile => gaussian(g, TAU.sqrt(), 0.5, y),
        Unary::LogNormalCdf => {
            // exp(−x²/2 − y)/√(2π), which holds far in the tail where Φ itself is 0.
            let square = g.square(x);
            let exponent = g.scaled(-0.5, square);
            let exponent = g.sub(exponent, y);
            let exponent = g.shifted(-0.5 * TAU.ln(), exponent);
            g.exp(exponent)
        }
    }
}

/// c·exp(k·x²).
fn gaussian(g: &mut Graph, c: f64, k: f64, x: NodeId) -> NodeId {
    let square = g.square(x);
    let exponent = g.scaled(k, square);
    let value = g.exp(exponent);
    g.scaled(c, value)
}

/// Derivatives of the inverse circular and hyperbolic functions.
fn inverse_of(g: &mut Graph, f: Unary, x: NodeId) -> NodeId {
    let square = g.square(x);
    let inner = match f {
        Unary::Asin | Unary::Acos | Unary::Atanh => g.one_minus(square),
        Unary::Acosh => g.shifted(-1.0, square),
        _ => g.shifted(1.0, square),
    };
    let divisor = if matches!(f, Unary::Atan | Unary::Atanh) { inner } else { g.sqrt(inner) };
    let derivative = g.reciprocal(divisor);
    if f == Unary::Acos { g.neg(derivative) } else { derivative }
}

/// The derivative of `f(a, b)` in `a` where `first`, else in `b`.
fn binary_derivative(g: &mut Graph, f: Binary, a: NodeId, b: NodeId, first: bool) -> NodeId {
    match (f, first) {
        (Binary::Add, _) | (Binary::Sub | Binary::Mod, true) => g.constant(1.0),
        (Binary::Sub, false) => g.constant(-1.0),
        (Binary::Mul | Binary::MulOrZero, true) => b,
        (Binary::Mul | Binary::MulOrZero, false) => a,
        (Binary::Div, true) => g.reciprocal(b),
        (Binary::Div, false) => {
            let ratio = g.div(a, b);
            let ratio = g.div(ratio, b);
            g.neg(ratio)
        }
        (Binary::Pow, true) => pow_in_base(g, a, b),
        (Binary::Pow, false) => {
            let (power, log) = (g.pow(a, b), g.log(a));
            g.binary(Binary::MulOrZero, power, log)
        }
        (Binary::Atan2, _) => {
            let (squares, other) = ((g.square(a), g.square(b)), if first { b } else { a });
            let norm = g.add(squares.0, squares.1);
            let share = g.div(other, norm);
            if first { share } else { g.neg(share) }
        }
        (Binary::Mod, false) => {
            let ratio = g.div(a, b);
            let whole = g.unary(Unary::Floor, ratio);
            g.neg(whole)
        }
        (Binary::XLogY, true) => g.log(b),
        (Binary::XLog1p, true) => g.log1p(b),
        (Binary::XLogY | Binary::XLog1p, false) => {
            let divisor = if f == Binary::XLogY { b } else { g.shifted(1.0, b) };
            let share = g.reciprocal(divisor);
            g.binary(Binary::MulOrZero, a, share)
        }
        (Binary::LogAddExp, _) => {
            let difference = if first { g.sub(a, b) } else { g.sub(b, a) };
            g.sigmoid(difference)
        }
        (Binary::LogSubExp, _) => {
            // −1/(exp(b − a) − 1) and −1/(exp(a − b) − 1)
            let difference = if first { g.sub(b, a) } else { g.sub(a, b) };
            let odds = g.expm1(difference);
            let share = g.reciprocal(odds);
            g.neg(share)
        }
        (Binary::GammaP, true) => g.binary(Binary::GammaPShape, a, b),
        (Binary::GammaQ, true) => {
            let slope = g.binary(Binary::GammaPShape, a, b);
            g.neg(slope)
        }
        (Binary::GammaP, false) => gamma_density(g, a, b),
        (Binary::GammaQ, false) => {
            let density = gamma_density(g, a, b);
            g.neg(density)
        }
        (Binary::GammaPShape, true) => g.constant(f64::NAN),
        (Binary::GammaPShape, false) => {
            let (density, log, mean) = (gamma_density(g, a, b), g.log(b), g.digamma(a));
            let score = g.sub(log, mean);
            g.mul(density, score)
        }
        (Binary::Min | Binary::Max, _) => unreachable!("extremes are selects"),
        (Binary::Lt | Binary::Le | Binary::Eq | Binary::Ne | Binary::And | Binary::Or, _) => g.constant(0.0),
    }
}

/// y·x^(y − 1), which is 0 at y = 0 even where x is 0.
fn pow_in_base(g: &mut Graph, x: NodeId, y: NodeId) -> NodeId {
    if let Some(exponent) = g.as_constant(y) {
        return match exponent {
            0.0 => g.constant(0.0),
            1.0 => g.constant(1.0),
            2.0 => g.scaled(2.0, x),
            _ => {
                let less = g.constant(exponent - 1.0);
                let power = g.pow(x, less);
                g.mul(y, power)
            }
        };
    }
    let less = g.shifted(-1.0, y);
    let power = g.pow(x, less);
    g.binary(Binary::MulOrZero, y, power)
}

/// x^(a − 1) exp(−x)/Γ(a).
fn gamma_density(g: &mut Graph, a: NodeId, x: NodeId) -> NodeId {
    let less = g.shifted(-1.0, a);
    let (power, scale) = (g.x_log_y(less, x), g.log_gamma(a));
    let exponent = g.sub(power, x);
    let exponent = g.sub(exponent, scale);
    g.exp(exponent)
}
