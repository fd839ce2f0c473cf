//! Matrix functions.

use ppl_graph::{NodeId, Reduction};

use super::axes::{AxisId, Env};
use super::{Lowered, Lowering, Value};
use crate::hir::{Expr, Matrix};

/// A factor of a product.
struct Operand {
    value: Value,
    /// Where its own axes stand among those of the value.
    own: Vec<usize>,
}

impl Operand {
    /// Whether it is the same in every turn of the loops around.
    fn is_whole(&self) -> bool {
        self.own.len() == self.value.axes.len()
    }
}

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
                let (a, b) = (self.operand(a, &operands[0])?, self.operand(second(), &operands[1])?);
                self.product(&a, &b).value
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
                let (a, v) = (self.operand(a, &operands[0])?, self.operand(second(), &operands[1])?);
                let right = self.product(&a, &v);
                self.product(&v, &right).value
            }
            Matrix::QuadFormDiag => {
                let v = second().node;
                let scales = self.outer(v, v);
                Value { node: self.graph.mul(a.node, scales), axes: a.axes }
            }
        })
    }

    /// A value with the places of the dims that a product is about; the turns of loops are its other axes.
    fn operand(&mut self, value: Value, e: &Expr) -> Lowered<Operand> {
        let own = self.places(&value, &e.ty.axes)?.into_iter().flatten().collect();
        Ok(Operand { value, own })
    }

    /// Contracts the last own axis of `a` with the first of `b`, in each turn of the loops around.
    fn product(&mut self, a: &Operand, b: &Operand) -> Operand {
        let (rows, columns) = (a.own.split_last().expect("a vector or a matrix").1, &b.own[1..]);
        let outer: Vec<AxisId> =
            rows.iter().map(|&k| a.value.axes[k]).chain(columns.iter().map(|&k| b.value.axes[k])).collect();
        if a.is_whole() && b.is_whole() {
            let node = self.graph.matmul(a.value.node, b.value.node);
            return Operand { own: (0..outer.len()).collect(), value: Value { node, axes: outer } };
        }
        let inner = self.fresh_axis(b.value.axes[b.own[0]]);
        let (mut left, mut right) = (a.value.clone(), b.value.clone());
        left.axes[*a.own.last().expect("a vector or a matrix")] = inner;
        right.axes[b.own[0]] = inner;
        let fresh: Vec<AxisId> = outer.iter().map(|&axis| self.fresh_axis(axis)).collect();
        rows.iter().zip(&fresh).for_each(|(&k, &axis)| left.axes[k] = axis);
        columns.iter().zip(&fresh[rows.len()..]).for_each(|(&k, &axis)| right.axes[k] = axis);
        self.contracted(&[left, right], inner, &fresh, outer)
    }

    /// The sum along `inner` of a product, with its `fresh` axes last and under their `outer` names.
    fn contracted(&mut self, factors: &[Value], inner: AxisId, fresh: &[AxisId], outer: Vec<AxisId>) -> Operand {
        let (nodes, union) = self.align(factors);
        let product = self.graph.mul(nodes[0], nodes[1]);
        let place = union.iter().position(|a| *a == inner).expect("both vary along it");
        let node = self.graph.reduce(Reduction::Sum, product, &[place]);
        let kept: Vec<AxisId> = union.iter().copied().filter(|a| *a != inner).collect();
        let mut axes: Vec<AxisId> = kept.iter().copied().filter(|a| !fresh.contains(a)).collect();
        let turns = axes.len();
        axes.extend(fresh);
        let node = self.spread(&Value { node, axes: kept }, &axes);
        axes.truncate(turns);
        axes.extend(outer);
        Operand { own: (turns..axes.len()).collect(), value: Value { node, axes } }
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
