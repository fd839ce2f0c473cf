//! Matrix functions.

use ppl_graph::NodeId;

use super::axes::Env;
use super::{Lowered, Lowering, Value};
use crate::hir::{Expr, Matrix};

impl Lowering<'_> {
    pub(super) fn matrix(&mut self, f: Matrix, operands: &[Expr], env: &Env) -> Lowered<Value> {
        let mut values = Vec::new();
        for operand in operands {
            values.push(self.expr(operand, env)?);
        }
        let a = values[0].clone();
        let b = values.get(1).cloned();
        let second = || b.clone().expect("checked to have two operands");
        let g = &mut self.graph;
        Ok(match f {
            Matrix::Multiply => {
                let b = second();
                let mut axes = a.axes[..a.axes.len() - 1].to_vec();
                axes.extend(&b.axes[1..]);
                Value { node: g.matmul(a.node, b.node), axes }
            }
            Matrix::Transpose => Value { node: g.transpose(a.node, &[1, 0]), axes: vec![a.axes[1], a.axes[0]] },
            Matrix::Inverse => Value { node: g.inverse(a.node), axes: a.axes },
            Matrix::Cholesky => Value { node: g.cholesky(a.node), axes: a.axes },
            Matrix::Solve => {
                let b = second();
                Value { node: g.solve(a.node, b.node), axes: b.axes }
            }
            Matrix::LogDet => Value { node: g.log_determinant(a.node), axes: Vec::new() },
            Matrix::Diag => self.diag(a),
            Matrix::Diagonal => self.diagonal(a),
            Matrix::Outer => {
                let b = second();
                let node = self.outer(a.node, b.node);
                Value { node, axes: vec![a.axes[0], b.axes[0]] }
            }
            Matrix::QuadForm => {
                let v = second().node;
                let right = g.matmul(a.node, v);
                Value { node: g.matmul(v, right), axes: Vec::new() }
            }
            Matrix::QuadFormDiag => {
                let v = second().node;
                let scales = self.outer(v, v);
                Value { node: self.graph.mul(a.node, scales), axes: a.axes }
            }
        })
    }

    fn outer(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let (m, n) = (self.graph.shape(a)[0], self.graph.shape(b)[0]);
        let rows = self.graph.broadcast(a, &[0], vec![m, n]);
        let columns = self.graph.broadcast(b, &[1], vec![m, n]);
        self.graph.mul(rows, columns)
    }

    fn diag(&mut self, v: Value) -> Value {
        let n = self.extent(v.axes[0]);
        let positions: Vec<u32> = (0..n).map(|i| (i * n + i) as u32).collect();
        Value { node: self.graph.scatter(v.node, positions, vec![n, n]), axes: vec![v.axes[0]; 2] }
    }

    fn diagonal(&mut self, a: Value) -> Value {
        let n = self.extent(a.axes[0]);
        let positions: Vec<u32> = (0..n).map(|i| (i * n + i) as u32).collect();
        Value { node: self.graph.gather(a.node, positions, vec![n]), axes: vec![a.axes[0]] }
    }
}
