//! Adjoints of linear algebra.
//!
//! Source: Giles (2008), "An extended collection of matrix derivative results for forward and reverse mode algorithmic
//! differentiation"; Cholesky after Murray (2016), "Differentiation of the Cholesky decomposition", equation 10.

use super::{Reverse, Seed};
use crate::{Graph, NodeId, Op, SparseId, Tensor};

impl Reverse<'_> {
    pub(super) fn matmul(&mut self, a: NodeId, b: NodeId, seed: &Seed) {
        let adjoint = self.full(seed);
        for (operand, other, first) in [(a, b, true), (b, a, false)] {
            if self.wants(operand) {
                let contribution = matmul_adjoint(self.graph, a, b, adjoint, first);
                // Finite data cannot turn a 0 into anything else.
                let safe = self.is_finite_constant(other);
                let contribution = if safe { contribution } else { self.guard(seed, contribution) };
                self.give(operand, contribution, seed.masked);
            }
        }
    }

    pub(super) fn sparse_product(&mut self, matrix: SparseId, vector: NodeId, transposed: bool, seed: &Seed) {
        let adjoint = self.full(seed);
        let contribution = self.graph.sparse_product(matrix, adjoint, !transposed);
        let safe = self.graph.sparse_matrix(matrix).values().iter().all(|x| x.is_finite());
        let contribution = if safe { contribution } else { self.guard(seed, contribution) };
        self.give(vector, contribution, seed.masked);
    }

    pub(super) fn cholesky(&mut self, a: NodeId, factor: NodeId, seed: &Seed) {
        let adjoint = self.full(seed);
        let g = &mut *self.graph;
        let upper = g.transpose(factor, &[1, 0]);
        let product = g.matmul(upper, adjoint);
        let weights = lower_weights(g, factor, 0.5);
        let product = g.mul(product, weights);
        let left = g.solve_triangular(factor, product, true);
        let left = g.transpose(left, &[1, 0]);
        let both = g.solve_triangular(factor, left, true);
        let mirrored = g.transpose(both, &[1, 0]);
        let sum = g.add(both, mirrored);
        let contribution = g.scaled(0.5, sum);
        self.give_guarded(a, contribution, seed);
    }

    pub(super) fn solve_triangular(&mut self, lower: NodeId, right: NodeId, transposed: bool, x: NodeId, seed: &Seed) {
        let adjoint = self.full(seed);
        let right_adjoint = self.graph.solve_triangular(lower, adjoint, !transposed);
        if self.wants(lower) {
            let (rows, columns) = if transposed { (x, right_adjoint) } else { (right_adjoint, x) };
            let product = outer(self.graph, rows, columns);
            let weights = lower_weights(self.graph, lower, 1.0);
            let product = self.graph.mul(product, weights);
            let contribution = self.graph.neg(product);
            self.give_guarded(lower, contribution, seed);
        }
        self.give_guarded(right, right_adjoint, seed);
    }

    pub(super) fn solve(&mut self, a: NodeId, b: NodeId, x: NodeId, seed: &Seed) {
        let adjoint = self.full(seed);
        let mirrored = self.graph.transpose(a, &[1, 0]);
        let right_adjoint = self.graph.solve(mirrored, adjoint);
        if self.wants(a) {
            let product = outer(self.graph, right_adjoint, x);
            let contribution = self.graph.neg(product);
            self.give_guarded(a, contribution, seed);
        }
        self.give_guarded(b, right_adjoint, seed);
    }

    pub(super) fn inverse(&mut self, a: NodeId, inverse: NodeId, seed: &Seed) {
        let adjoint = self.full(seed);
        let mirrored = self.graph.transpose(inverse, &[1, 0]);
        let product = self.graph.matmul(mirrored, adjoint);
        let product = self.graph.matmul(product, mirrored);
        let contribution = self.graph.neg(product);
        self.give_guarded(a, contribution, seed);
    }

    pub(super) fn log_determinant(&mut self, a: NodeId, seed: &Seed) {
        let inverse = self.graph.inverse(a);
        let mirrored = self.graph.transpose(inverse, &[1, 0]);
        let contribution = self.times(seed, mirrored);
        self.give(a, contribution, seed.masked);
    }

    fn give_guarded(&mut self, to: NodeId, contribution: NodeId, seed: &Seed) {
        if self.wants(to) {
            let contribution = self.guard(seed, contribution);
            self.give(to, contribution, seed.masked);
        }
    }
}

/// The adjoint of one operand of a matrix product, for each pair of ranks.
fn matmul_adjoint(g: &mut Graph, a: NodeId, b: NodeId, adjoint: NodeId, first: bool) -> NodeId {
    match (g.shape(a).len(), g.shape(b).len(), first) {
        (1, 1, true) => g.mul(adjoint, b),
        (1, 1, false) => g.mul(adjoint, a),
        (2, 1, true) => outer(g, adjoint, b),
        (1, _, true) => g.matmul(b, adjoint),
        (1, _, false) => outer(g, a, adjoint),
        (_, 1, false) => g.matmul(adjoint, a),
        (_, _, true) => {
            let mirrored = g.transpose(b, &[1, 0]);
            g.matmul(adjoint, mirrored)
        }
        // The constant stays as it is, so that a plan reads it once for the product and its adjoint.
        (_, _, false) if matches!(g.node(a).op, Op::Data(_)) => {
            let rows = g.transpose(adjoint, &[1, 0]);
            let product = g.matmul(rows, a);
            g.transpose(product, &[1, 0])
        }
        (_, _, false) => {
            let mirrored = g.transpose(a, &[1, 0]);
            g.matmul(mirrored, adjoint)
        }
    }
}

/// x·yᵀ for two vectors, or for two matrices of as many columns.
fn outer(g: &mut Graph, x: NodeId, y: NodeId) -> NodeId {
    let (rows, columns) = (g.shape(x)[0], g.shape(y)[0]);
    if g.shape(x).len() == 1 {
        let (left, right) = (g.reshape(x, [rows, 1]), g.reshape(y, [1, columns]));
        return g.matmul(left, right);
    }
    let mirrored = g.transpose(y, &[1, 0]);
    g.matmul(x, mirrored)
}

/// 1 below the diagonal, `diagonal` on it, 0 above.
fn lower_weights(g: &mut Graph, like: NodeId, diagonal: f64) -> NodeId {
    let n = g.shape(like)[0];
    let weight = |i: usize, j: usize| {
        if i > j {
            1.0
        } else if i == j {
            diagonal
        } else {
            0.0
        }
    };
    let values: Vec<f64> = (0..n * n).map(|at| weight(at / n, at % n)).collect();
    g.data(Tensor::new([n, n], values))
}
