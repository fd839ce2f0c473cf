//! What each operation does, on slices: the one implementation behind the interpreter and the steps of a plan.
//!
//! Sums run in the order of the elements, NaN and infinities flow as IEEE 754 has it, and nothing is allocated.

mod access;
mod linear_algebra;
mod maps;
mod order;
mod reduce;
mod sequence;
mod sparse;

use ppl_math::kernels::Kernels;

use crate::{Graph, NodeId, Op, Reduction};

/// One node with what can be known about it beforehand.
#[derive(Clone, Debug)]
pub(crate) struct Routine {
    id: NodeId,
    /// For nodes with an access pattern: how far each axis moves in the other array.
    strides: Box<[usize]>,
    scratch_len: usize,
}

impl Routine {
    /// How to compute a node of a graph.
    pub(crate) fn of(graph: &Graph, id: NodeId) -> Self {
        Routine { id, strides: access::strides(graph, id).into(), scratch_len: scratch_len(graph, id) }
    }

    /// The node.
    pub(crate) fn id(&self) -> NodeId {
        self.id
    }

    /// How many numbers of scratch [`Self::run`] needs.
    pub(crate) fn scratch_len(&self) -> usize {
        self.scratch_len
    }

    /// Computes the node from its operands' elements, row-major; `out` has its size.
    pub(crate) fn run<'a>(
        &self,
        graph: &'a Graph,
        kernels: &Kernels,
        of: &dyn Fn(NodeId) -> &'a [f64],
        out: &mut [f64],
        scratch: &mut [f64],
    ) {
        let node = graph.node(self.id);
        let scratch = &mut scratch[..self.scratch_len];
        let of = |id: &NodeId| of(*id);
        let shape = |id: &NodeId| graph.shape(*id);
        match &node.op {
            Op::Input { .. } => unreachable!("inputs are given"),
            Op::Data(data) => out.copy_from_slice(&graph.tensor(*data).values),
            Op::Reshape(a) => out.copy_from_slice(of(a)),
            Op::Const(bits) => out.fill(f64::from_bits(*bits)),
            Op::Unary(f, a) => maps::unary(*f, of(a), out),
            Op::Binary(f, a, b) => maps::binary(*f, of(a), of(b), out),
            Op::Select(c, a, b) => maps::select(of(c), of(a), of(b), out),
            Op::Transpose { source, .. } if node.shape.len() == 2 => access::transpose(of(source), node.shape[0], out),
            Op::Broadcast { source, .. } | Op::Transpose { source, .. } => {
                access::read(of(source), &node.shape, &self.strides, out);
            }
            Op::Gather { source, index } => access::gather(of(source), graph.index(*index), out),
            Op::Scatter { source, index } => access::scatter(of(source), graph.index(*index), out),
            Op::Take { source, index } => access::take(of(source), of(index), out),
            Op::Put { source, index } => access::put(of(source), of(index), out),
            Op::Concat(parts) => access::concat(parts.iter().map(of), out),
            Op::Reduce { kind, source, axes } => {
                reduce::Pass { source: of(source), extents: shape(source), strides: &self.strides }
                    .reduce(*kind, axes, out, scratch);
            }
            Op::CumulativeSum { source, reverse } => reduce::cumulate(of(source), last(&node.shape), *reverse, out),
            Op::LinearRecurrence { coefficient, addend, initial, reverse } => {
                sequence::linear_recurrence(of(coefficient), of(addend), of(initial)[0], *reverse, out);
            }
            Op::Scan { body, initial, each, shared, reverse } => {
                let operand = |at: usize, turn: usize| match at.checked_sub(each.len()) {
                    None => of(&each[at])[turn],
                    Some(at) => of(&shared[at])[0],
                };
                out.chunks_mut(last(&node.shape)).zip(initial).for_each(|(row, id)| row.fill(of(id)[0]));
                sequence::scan(graph.body(*body), operand, *reverse, out, scratch);
            }
            Op::MatMul(a, b) => linear_algebra::multiply(kernels, of(a), shape(a), of(b), shape(b), out),
            Op::SparseProduct { matrix, vector, transposed: false } => {
                sparse::multiply(graph.sparse_matrix(*matrix), of(vector), out);
            }
            Op::SparseProduct { matrix, vector, transposed: true } => {
                sparse::multiply_transposed(graph.sparse_matrix(*matrix), of(vector), out);
            }
            Op::Cholesky(a) => linear_algebra::cholesky(kernels, of(a), last(&node.shape), out, scratch),
            Op::SolveTriangular { lower, right, transposed } => {
                let n = last(shape(lower));
                linear_algebra::solve_triangular(kernels, of(lower), n, of(right), *transposed, out, scratch);
            }
            Op::Solve(a, b) => linear_algebra::solve(of(a), last(shape(a)), of(b), out, scratch),
            Op::Inverse(a) => linear_algebra::inverse(of(a), last(shape(a)), out, scratch),
            Op::LogDeterminant(a) => out[0] = linear_algebra::log_determinant(of(a), last(shape(a)), scratch),
            Op::Sort(a) => order::sort(of(a), last(&node.shape), out),
            Op::ArgSort(a) => order::arg_sort(of(a), last(&node.shape), out),
        }
    }
}

fn scratch_len(graph: &Graph, id: NodeId) -> usize {
    let node = graph.node(id);
    match &node.op {
        Op::Reduce { kind: Reduction::LogSumExp | Reduction::ArgMax | Reduction::ArgMin, .. } => node.shape.size(),
        Op::Scan { body, .. } => graph.body(*body).graph().len(),
        Op::Cholesky(a) => linear_algebra::cholesky_scratch(last(graph.shape(*a))),
        Op::SolveTriangular { lower, right, .. } => {
            let n = last(graph.shape(*lower));
            linear_algebra::triangular_scratch(n, graph.shape(*right).size().checked_div(n).unwrap_or(0))
        }
        Op::Solve(a, _) | Op::Inverse(a) | Op::LogDeterminant(a) => graph.shape(*a).size(),
        _ => 0,
    }
}

/// The extent of the last axis; 1 for a scalar.
fn last(shape: &[usize]) -> usize {
    shape.last().copied().unwrap_or(1)
}

fn fill(out: &mut [f64], values: impl Iterator<Item = f64>) {
    out.iter_mut().zip(values).for_each(|(slot, value)| *slot = value);
}
