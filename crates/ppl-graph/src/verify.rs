//! Checks that a graph is what its builder promises.

use crate::{Body, Graph, Node, NodeId, Op, Shape};

impl Graph {
    /// Checks every node: operands come first, shapes fit, and constant positions are in range.
    ///
    /// # Errors
    /// The first node that is wrong, and why.
    pub fn verify(&self) -> Result<(), String> {
        for (k, node) in self.nodes().iter().enumerate() {
            let mut ahead = false;
            node.op.for_each_operand(|operand| ahead |= operand.0 as usize >= k);
            let checked = if ahead { Err("an operand comes later".into()) } else { self.check(node) };
            checked.map_err(|reason| format!("node %{k}: {reason}"))?;
        }
        Ok(())
    }

    /// Checks the shape of one node against those of its operands.
    pub(crate) fn check(&self, node: &Node) -> Result<(), String> {
        let own = &node.shape;
        match &node.op {
            Op::Input { .. } => Ok(()),
            Op::Const(_) => same(own, &Shape::scalar()),
            Op::Data(data) => same(own, &self.tensor(*data).shape),
            Op::Unary(_, a) | Op::CumulativeSum { source: a, .. } | Op::Sort(a) | Op::ArgSort(a) => {
                same(own, self.shape(*a))
            }
            Op::Binary(_, a, b) => self.check_lifted(own, &[self.shape(*a), self.shape(*b)]),
            Op::Select(c, a, b) => self.check_lifted(own, &[self.shape(*c), self.shape(*a), self.shape(*b)]),
            Op::Broadcast { source, axes } => check_axes(self.shape(*source), axes, own),
            Op::Transpose { source, permutation } => check_permutation(self.shape(*source), permutation, own),
            Op::Reshape(source) => same_size(own.size(), self.shape(*source).size()),
            Op::Gather { source, index } => {
                same_size(self.index(*index).len(), own.size())?;
                check_positions(self.index(*index), self.shape(*source).size())
            }
            Op::Scatter { source, index } => {
                same_size(self.index(*index).len(), self.shape(*source).size())?;
                check_positions(self.index(*index), own.size())
            }
            Op::Take { index, .. } => same(own, self.shape(*index)),
            Op::Put { source, index } => same_size(self.shape(*source).size(), self.shape(*index).size()),
            Op::Concat(parts) => same_size(parts.iter().map(|&part| self.shape(part).size()).sum(), own.size()),
            Op::Reduce { source, axes, .. } => {
                let full = self.shape(*source);
                let kept: Vec<usize> = (0..full.len()).filter(|axis| !axes.contains(axis)).collect();
                require(axes.iter().all(|&axis| axis < full.len()), "an axis is out of range")?;
                same(own, &kept.iter().map(|&axis| full[axis]).collect::<Vec<_>>().into())
            }
            Op::LinearRecurrence { coefficient, addend, initial, .. } => {
                let [coefficient, addend, initial] = [coefficient, addend, initial].map(|id| self.shape(*id));
                require(addend.len() == 1 && initial.is_scalar(), "a recurrence goes along one axis from one number")?;
                require(coefficient.is_scalar() || coefficient == addend, "the coefficient does not fit the addend")?;
                same(own, &[addend[0] + 1].into())
            }
            Op::Scan { body, initial, each, shared, .. } => {
                check_body(self.body(*body), initial.len(), each.len() + shared.len())?;
                let scalars = |ids: &[NodeId]| ids.iter().all(|&id| self.shape(id).is_scalar());
                require(scalars(initial) && scalars(shared), "a carried or shared operand is not one number")?;
                require(own.len() == 2 && own[0] == initial.len() && own[1] > 0, "the shape is not that of states")?;
                require(
                    each.iter().all(|&id| self.shape(id)[..] == [own[1] - 1]),
                    "an array has not one element a turn",
                )
            }
            Op::MatMul(a, b) => check_product(self.shape(*a), self.shape(*b), own),
            Op::SparseProduct { matrix, vector, transposed } => {
                let (from, to) = self.sparse_matrix(*matrix).lengths(*transposed);
                same(self.shape(*vector), &[from].into())?;
                same(own, &[to].into())
            }
            Op::Cholesky(a) | Op::Inverse(a) => check_square(self.shape(*a)).and_then(|()| same(own, self.shape(*a))),
            Op::LogDeterminant(a) => check_square(self.shape(*a)).and_then(|()| same(own, &Shape::scalar())),
            Op::SolveTriangular { lower: a, right: b, .. } | Op::Solve(a, b) => {
                check_square(self.shape(*a))?;
                let rows = self.shape(*b).first();
                require(rows == self.shape(*a).first(), "the right-hand side does not fit the matrix")?;
                same(own, self.shape(*b))
            }
        }
    }

    fn check_lifted(&self, own: &Shape, operands: &[&Shape]) -> Result<(), String> {
        require(operands.iter().all(|shape| shape.is_scalar() || *shape == own), "an operand does not fit")?;
        require(operands.contains(&own), "no operand has the shape of the result")
    }
}

fn require(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}

fn same(own: &Shape, expected: &Shape) -> Result<(), String> {
    if own == expected { Ok(()) } else { Err(format!("the shape is {own}, it should be {expected}")) }
}

fn same_size(one: usize, other: usize) -> Result<(), String> {
    if one == other { Ok(()) } else { Err(format!("{one} elements stand against {other}")) }
}

fn check_axes(source: &Shape, axes: &[usize], own: &Shape) -> Result<(), String> {
    require(axes.len() == source.len() && axes.is_sorted_by(|a, b| a < b), "the axes do not fit the source")?;
    let fits = axes.iter().zip(source.iter()).all(|(&axis, extent)| own.get(axis) == Some(extent));
    require(fits, "an extent changes along an axis")
}

fn check_permutation(source: &Shape, permutation: &[usize], own: &Shape) -> Result<(), String> {
    let mut sorted = permutation.to_vec();
    sorted.sort_unstable();
    require(sorted.into_iter().eq(0..source.len()), "this is not a permutation of the axes")?;
    same(own, &permutation.iter().map(|&axis| source[axis]).collect::<Vec<_>>().into())
}

fn check_positions(positions: &[u32], size: usize) -> Result<(), String> {
    require(positions.iter().all(|&p| (p as usize) < size), "a position is out of range")
}

fn check_square(shape: &Shape) -> Result<(), String> {
    if shape.len() == 2 && shape[0] == shape[1] { Ok(()) } else { Err(format!("{shape} is not a square matrix")) }
}

fn check_body(body: &Body, carries: usize, others: usize) -> Result<(), String> {
    body.check()?;
    require(body.outputs().len() == carries, "the body does not return one number a carry")?;
    require(body.graph().inputs_len() <= carries + others, "the body reads more than it is given")
}

fn check_product(left: &Shape, right: &Shape, own: &Shape) -> Result<(), String> {
    let ranks = matches!(left.len(), 1 | 2) && matches!(right.len(), 1 | 2);
    require(ranks && left.last() == right.first(), "the factors do not fit")?;
    let mut expected = left[..left.len() - 1].to_vec();
    expected.extend_from_slice(&right[1..]);
    same(own, &expected.into())
}
