//! Squares of residuals over rows that differ in their data alone: Σ (y − m)² = n (ȳ − m)² + Σ (y − ȳ)².

use super::keys::Groups;
use super::numbers::{Numbers, Sum, constant, node};
use super::rows::Rows;
use crate::{Binary, Graph, NodeId, Op, Unary};

/// The square of data plus the rest, times or over something.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    offsets: Numbers,
    rest: NodeId,
    scale: Option<(Binary, NodeId)>,
}

impl Spread {
    /// A flat kernel as such a square; nothing where it is none, or where data is the same in every row.
    pub(super) fn of(g: &mut Graph, kernel: NodeId) -> Option<Spread> {
        let Op::Unary(Unary::Square, inner) = g.node(kernel).op else { return None };
        let (inner, scale) = match g.node(inner).op {
            Op::Binary(Binary::Div, residual, s) => (residual, Some((Binary::Div, s))),
            Op::Binary(Binary::Mul, s, residual) => (residual, Some((Binary::Mul, s))),
            _ => (inner, None),
        };
        let (offsets, rest) = separate(g, inner, &mut 64);
        let varies = matches!(offsets, Numbers::Each(_)) && offsets.all(f64::is_finite);
        Some(Spread { offsets, rest: rest?, scale }).filter(|_| varies)
    }

    /// What must be equal for rows to be summed.
    pub(super) fn reads(&self) -> Vec<NodeId> {
        [self.rest].into_iter().chain(self.scale.map(|(_, s)| s)).collect()
    }

    /// The mean square of the rows of each group, under weights that are not negative.
    pub(super) fn collapse(&self, g: &mut Graph, rows: &mut Rows, groups: &Groups, weights: &Numbers) -> NodeId {
        let (means, variances) = self.moments(groups, weights);
        let (means, variances) = (node(g, means), node(g, variances));
        let rest = rows.of(g, self.rest);
        let residual = g.add(means, rest);
        let square = g.square(residual);
        let total = g.add(square, variances);
        let Some((f, s)) = self.scale else { return total };
        let s = rows.of(g, s);
        let s = g.square(s);
        g.binary(f, total, s)
    }

    /// Mean and variance of the data of each group.
    fn moments(&self, groups: &Groups, weights: &Numbers) -> (Vec<f64>, Vec<f64>) {
        let (mut totals, mut sums) = (vec![Sum::default(); groups.len()], vec![Sum::default(); groups.len()]);
        for (row, &group) in groups.of.iter().enumerate() {
            totals[group as usize].add(weights.at(row));
            sums[group as usize].add_product(weights.at(row), self.offsets.at(row));
        }
        let means: Vec<f64> = sums.iter().zip(&totals).map(|(sum, total)| sum.value() / total.value()).collect();
        let mut squares = vec![Sum::default(); groups.len()];
        for (row, &group) in groups.of.iter().enumerate() {
            let residual = self.offsets.at(row) - means[group as usize];
            squares[group as usize].add(weights.at(row) * residual * residual);
        }
        let variances = squares.iter().zip(&totals).map(|(sum, total)| sum.value() / total.value()).collect();
        (means, variances)
    }
}

/// The data and the rest of a sum, looking at so many nodes.
fn separate(g: &mut Graph, id: NodeId, left: &mut usize) -> (Numbers, Option<NodeId>) {
    *left = left.saturating_sub(1);
    if let Some(values) = constant(g, id) {
        return (values, None);
    }
    match g.node(id).op {
        Op::Unary(Unary::Neg, a) if *left > 0 => {
            let (offsets, rest) = separate(g, a, left);
            (offsets.zip(&Numbers::Same(0.0), |x, _| -x), rest.map(|rest| g.neg(rest)))
        }
        Op::Binary(f @ (Binary::Add | Binary::Sub), a, b) if *left > 0 => {
            let (left_data, left_rest) = separate(g, a, left);
            let (right_data, right_rest) = separate(g, b, left);
            let rest = match (left_rest, right_rest) {
                (Some(a), Some(b)) => Some(g.binary(f, a, b)),
                (None, Some(b)) if f == Binary::Sub => Some(g.neg(b)),
                (one, None) | (None, one) => one,
            };
            (left_data.zip(&right_data, f.function()), rest)
        }
        _ => (Numbers::Same(0.0), Some(id)),
    }
}
