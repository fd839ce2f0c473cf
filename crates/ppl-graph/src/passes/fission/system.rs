//! Loops that are linear in several carries, in a form that plans know.

use std::collections::HashMap;

use super::{Group, Loop};
use crate::{Binary, Body, Graph, NodeId, Op, Unary};

/// The most carries of a system.
const MOST: usize = 4;

/// The coefficient of a carry, and how the two are multiplied where one of them is not finite.
#[derive(Clone, Copy)]
struct Slope {
    coefficient: NodeId,
    /// Whether the coefficient is finite for sure.
    finite: bool,
    /// Whether the product is 0 where the coefficient is 0, whatever the carry is.
    chosen: bool,
    /// Whether the product is 0 where the carry is 0, whatever the coefficient is.
    masked: bool,
}

/// A number of the loop as a sum of its carries, each with a coefficient from outside, and a number from outside.
#[derive(Clone)]
struct Linear {
    slopes: Vec<Option<Slope>>,
    rest: Option<NodeId>,
}

impl Loop {
    /// The states of a few carries whose new values are linear in the old ones: a loop whose turn adds, for each carry,
    /// one number from outside and one product with each carry.
    pub(super) fn system(&self, to: &mut Graph, group: &Group) -> Option<NodeId> {
        let count = group.carries.len();
        if count > MOST {
            return None;
        }
        let mut made: HashMap<NodeId, Linear> = HashMap::new();
        for &id in &group.nodes {
            let linear = match self.body.node(id).op {
                Op::Input { offset } => carry(to, group.carries.iter().position(|&k| k == offset)?, count),
                ref op => combine(to, op, &|operand| {
                    let outside = || Linear { slopes: vec![None; count], rest: self.hoisted.get(&operand).copied() };
                    made.get(&operand).cloned().unwrap_or_else(outside)
                })?,
            };
            made.insert(id, linear);
        }
        let rows: Vec<&Linear> = group.carries.iter().map(|&k| made.get(&self.outputs[k])).collect::<Option<_>>()?;
        let slopes = || rows.iter().flat_map(|row| row.slopes.iter().flatten());
        let masked = slopes().any(|slope| slope.masked);
        // Infinite adjoints are refused in any case, so beside masked products no other is asked for.
        if masked && !slopes().all(|slope| slope.masked || slope.finite) {
            return None;
        }
        let initial: Vec<NodeId> = group.carries.iter().map(|&k| self.initial[k]).collect();
        Some(self.write(to, &initial, &rows, masked))
    }

    /// The loop in the form that plans know: sums of a number from outside and of products with the carries.
    fn write(&self, to: &mut Graph, initial: &[NodeId], rows: &[&Linear], masked: bool) -> NodeId {
        let coefficients = rows.iter().flat_map(|row| row.slopes.iter().flatten().map(|slope| slope.coefficient));
        let mut read: Vec<NodeId> = rows.iter().filter_map(|row| row.rest).chain(coefficients).collect();
        read.retain(|&id| to.as_constant(id).is_none());
        read.sort();
        read.dedup();
        let (shared, each): (Vec<NodeId>, Vec<NodeId>) = read.into_iter().partition(|&id| to.shape(id).is_scalar());
        let others = [&each[..], &shared].concat();
        let mut body = Graph::new();
        let carries: Vec<NodeId> = (0..initial.len()).map(|k| body.input(k, [])).collect();
        let outputs: Vec<NodeId> = rows
            .iter()
            .map(|row| {
                let outer = |body: &mut Graph, id: NodeId| match to.as_constant(id) {
                    Some(value) => body.constant(value),
                    None => body.input(initial.len() + others.iter().position(|&other| other == id).unwrap_or(0), []),
                };
                let mut sum = row.rest.map(|rest| outer(&mut body, rest));
                for (&x, slope) in carries.iter().zip(&row.slopes) {
                    let Some(Slope { coefficient, chosen, .. }) = *slope else { continue };
                    let factor = outer(&mut body, coefficient);
                    let term = match to.as_constant(coefficient) {
                        Some(1.0) => x,
                        None if masked => body.binary(Binary::MulOrZero, x, factor),
                        None if chosen => body.binary(Binary::MulOrZero, factor, x),
                        _ => body.mul(x, factor),
                    };
                    sum = Some(sum.map_or(term, |sum| body.add(sum, term)));
                }
                sum.unwrap_or_else(|| body.constant(0.0))
            })
            .collect();
        to.scan(Body::new(&body, &outputs), [initial, &each, &shared], self.turns, self.reverse)
    }
}

fn carry(to: &mut Graph, at: usize, count: usize) -> Linear {
    let mut slopes = vec![None; count];
    slopes[at] = Some(Slope { coefficient: to.constant(1.0), finite: true, chosen: false, masked: false });
    Linear { slopes, rest: None }
}

/// An operation on linear operands, where its result is linear.
fn combine(to: &mut Graph, op: &Op, of: &impl Fn(NodeId) -> Linear) -> Option<Linear> {
    match *op {
        Op::Unary(Unary::Neg, a) => of(a).times(to, None),
        Op::Binary(Binary::Add, a, b) => of(a).plus(to, of(b)),
        Op::Binary(Binary::Sub, a, b) => {
            let minus = of(b).times(to, None)?;
            of(a).plus(to, minus)
        }
        Op::Binary(Binary::Mul, a, b) => match (of(a).number(), of(b).number()) {
            (Some(factor), _) => of(b).times(to, Some(factor)),
            (_, factor) => of(a).times(to, Some(factor?)),
        },
        Op::Binary(Binary::Div, a, b) => {
            let inverse = to.reciprocal(of(b).number()?);
            of(a).times(to, Some(inverse))
        }
        Op::Binary(Binary::MulOrZero, a, b) => match of(a).number() {
            Some(factor) => of(b).chosen_by(to, factor),
            None => of(a).masked(to, of(b).number()?),
        },
        Op::Select(c, a, b) => {
            let condition = of(c).number()?;
            of(a).or(to, condition, of(b))
        }
        _ => None,
    }
}

impl Slope {
    /// How the sum of two coefficients, or a choice between them, is multiplied; nothing where they do not fit.
    fn beside(self, other: Slope) -> Option<Slope> {
        let (finite, chosen) = (self.finite && other.finite, self.chosen || other.chosen);
        let masked = self.masked || other.masked;
        let fits = !masked || [self, other].iter().all(|slope| slope.masked || slope.finite);
        fits.then_some(Slope { finite, chosen, masked, ..self })
    }
}

impl Linear {
    /// The number, where there is no carry in it.
    fn number(&self) -> Option<NodeId> {
        self.rest.filter(|_| self.slopes.iter().all(Option::is_none))
    }

    fn plus(self, to: &mut Graph, other: Linear) -> Option<Linear> {
        self.merge(other, false, |a, b| match (a, b) {
            (Some(a), Some(b)) => Some(to.add(a, b)),
            (a, b) => a.or(b),
        })
    }

    fn or(self, to: &mut Graph, condition: NodeId, other: Linear) -> Option<Linear> {
        let zero = to.constant(0.0);
        self.merge(other, true, |a, b| {
            a.or(b)?;
            Some(to.select(condition, a.unwrap_or(zero), b.unwrap_or(zero)))
        })
    }

    /// Merges coefficients of the same carry by `f`; where there is only one, it is as told whether it may be 0 instead.
    fn merge(
        self,
        other: Linear,
        or_zero: bool,
        mut f: impl FnMut(Option<NodeId>, Option<NodeId>) -> Option<NodeId>,
    ) -> Option<Linear> {
        let rest = f(self.rest, other.rest);
        let slope = |(a, b): (Option<Slope>, Option<Slope>)| {
            let slope = match (a, b) {
                (None, None) => return Some(None),
                (Some(a), Some(b)) => a.beside(b)?,
                (a, b) => a.or(b).map(|slope| Slope { chosen: slope.chosen || or_zero, ..slope })?,
            };
            let coefficient = f(a.map(|a| a.coefficient), b.map(|b| b.coefficient))?;
            Some(Some(Slope { coefficient, ..slope }))
        };
        let slopes = self.slopes.into_iter().zip(other.slopes).map(slope).collect::<Option<_>>()?;
        Some(Linear { slopes, rest })
    }

    /// Times a number from outside; nothing stands for −1.
    fn times(self, to: &mut Graph, factor: Option<NodeId>) -> Option<Linear> {
        let finite = factor.is_none_or(|factor| to.as_constant(factor).is_some_and(f64::is_finite));
        let times = |to: &mut Graph, a: NodeId| match factor {
            None => to.neg(a),
            Some(factor) if to.as_constant(a) == Some(1.0) => factor,
            Some(factor) => to.mul(factor, a),
        };
        if !finite && self.slopes.iter().flatten().any(|slope| slope.masked) {
            return None;
        }
        let mut product = |slope: Slope| {
            let coefficient = times(to, slope.coefficient);
            Slope { coefficient, finite: slope.finite && finite, ..slope }
        };
        let slopes = self.slopes.into_iter().map(|slope| slope.map(&mut product)).collect();
        Some(Linear { slopes, rest: self.rest.map(|rest| times(to, rest)) })
    }

    /// Times a number from outside, but 0 where that is 0.
    fn chosen_by(self, to: &mut Graph, factor: NodeId) -> Option<Linear> {
        let mut product = self.times(to, Some(factor)).filter(|product| product.rest.is_none())?;
        product.slopes.iter_mut().flatten().for_each(|slope| slope.chosen = true);
        Some(product)
    }

    /// Times a number from outside, but 0 where this is 0: of a single carry that is a product with its coefficient.
    fn masked(self, to: &mut Graph, factor: NodeId) -> Option<Linear> {
        let single = self.rest.is_none() && self.slopes.iter().flatten().count() == 1;
        if !single || !self.slopes.iter().flatten().all(|slope| slope.masked || slope.finite) {
            return None;
        }
        let mut product = |slope: Slope| {
            let coefficient = match to.as_constant(slope.coefficient) {
                Some(1.0) => factor,
                _ => to.binary(Binary::MulOrZero, slope.coefficient, factor),
            };
            Slope { coefficient, finite: false, masked: true, ..slope }
        };
        let slopes = self.slopes.into_iter().map(|slope| slope.map(&mut product)).collect();
        Some(Linear { slopes, rest: None })
    }
}
