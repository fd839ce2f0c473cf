//! Loops that are linear in several carries, in a form that plans know.

use std::collections::HashMap;

use super::{Group, Loop};
use crate::{Binary, Body, Graph, NodeId, Op, Unary};

/// The most carries of a system.
const MOST: usize = 4;

/// How a carry counts: a coefficient that is not finite may stand beside a carry of 0.
#[derive(Clone, Copy, PartialEq)]
enum Product {
    /// The coefficient is finite for sure, so either product below is right.
    Finite,
    /// A plain product.
    Plain,
    /// 0 where the carry is 0, whatever the coefficient is.
    Masked,
}

#[derive(Clone, Copy)]
struct Slope {
    coefficient: NodeId,
    product: Product,
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
        let products = || rows.iter().flat_map(|row| row.slopes.iter().flatten()).map(|slope| slope.product);
        if products().any(|p| p == Product::Plain) && products().any(|p| p == Product::Masked) {
            return None;
        }
        let masked = products().any(|p| p == Product::Masked);
        let initial: Vec<NodeId> = group.carries.iter().map(|&k| self.initial[k]).collect();
        Some(self.write(to, &initial, &rows, masked))
    }

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
                    let Some(Slope { coefficient, .. }) = *slope else { continue };
                    let factor = outer(&mut body, coefficient);
                    let term = match to.as_constant(coefficient) {
                        Some(1.0) => x,
                        None if masked => body.binary(Binary::MulOrZero, x, factor),
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
    slopes[at] = Some(Slope { coefficient: to.constant(1.0), product: Product::Finite });
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
        Op::Binary(Binary::MulOrZero, a, b) => of(a).masked(to, of(b).number()?),
        Op::Select(c, a, b) => {
            let condition = of(c).number()?;
            of(a).or(to, condition, of(b))
        }
        _ => None,
    }
}

impl Linear {
    /// The number, where there is no carry in it.
    fn number(&self) -> Option<NodeId> {
        self.rest.filter(|_| self.slopes.iter().all(Option::is_none))
    }

    fn plus(self, to: &mut Graph, other: Linear) -> Option<Linear> {
        self.merge(other, |a, b| match (a, b) {
            (Some(a), Some(b)) => Some(to.add(a, b)),
            (a, b) => a.or(b),
        })
    }

    fn or(self, to: &mut Graph, condition: NodeId, other: Linear) -> Option<Linear> {
        let zero = to.constant(0.0);
        self.merge(other, |a, b| {
            a.or(b)?;
            Some(to.select(condition, a.unwrap_or(zero), b.unwrap_or(zero)))
        })
    }

    /// Merges coefficients of the same carry, where they are multiplied in the same way.
    fn merge(
        self,
        other: Linear,
        mut f: impl FnMut(Option<NodeId>, Option<NodeId>) -> Option<NodeId>,
    ) -> Option<Linear> {
        let rest = f(self.rest, other.rest);
        let slope = |(a, b): (Option<Slope>, Option<Slope>)| {
            let product = match (a.map(|a| a.product), b.map(|b| b.product)) {
                (Some(Product::Finite) | None, Some(product)) | (Some(product), Some(Product::Finite) | None) => {
                    product
                }
                (Some(a), Some(b)) if a == b => a,
                (None, None) => return Some(None),
                _ => return None,
            };
            let coefficient = f(a.map(|a| a.coefficient), b.map(|b| b.coefficient))?;
            Some(Some(Slope { coefficient, product }))
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
        let mut slope = |slope: Option<Slope>| {
            let Some(Slope { coefficient, product }) = slope else { return Some(None) };
            let product = match product {
                _ if finite => product,
                Product::Masked => return None,
                _ => Product::Plain,
            };
            Some(Some(Slope { coefficient: times(to, coefficient), product }))
        };
        let slopes = self.slopes.into_iter().map(&mut slope).collect::<Option<_>>()?;
        Some(Linear { slopes, rest: self.rest.map(|rest| times(to, rest)) })
    }

    /// Times a number from outside, but 0 where this is 0: of a single carry that is a product with its coefficient.
    fn masked(self, to: &mut Graph, factor: NodeId) -> Option<Linear> {
        let single = self.rest.is_none() && self.slopes.iter().flatten().count() == 1;
        let slope = |slope: Option<Slope>| {
            let Some(Slope { coefficient, product }) = slope else { return Some(None) };
            let coefficient = match to.as_constant(coefficient) {
                Some(1.0) => factor,
                _ => to.binary(Binary::MulOrZero, coefficient, factor),
            };
            (product != Product::Plain).then_some(Some(Slope { coefficient, product: Product::Masked }))
        };
        let slopes = self.slopes.into_iter().map(slope).collect::<Option<_>>()?;
        single.then_some(Linear { slopes, rest: None })
    }
}
