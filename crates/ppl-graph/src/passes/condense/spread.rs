//! Squares of residuals over rows that differ in their data alone: Σ (y − m)² = n (ȳ − m)² + Σ (y − ȳ)².

use super::keys::Groups;
use super::numbers::{Numbers, Sum, node};
use super::rows::Rows;
use super::separate::separate;
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
