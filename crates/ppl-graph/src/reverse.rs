//! Reverse mode: the gradient of a scalar node as more nodes of the same graph.
//!
//! One pass backwards. The adjoint of a node is a node of its shape, or a scalar that stands for an array of equal
//! numbers ("lifted"), which keeps the adjoints of sums cheap. Contributions that were read by constant positions are
//! collected and scattered together, so that a loop over elements costs one pass, not one a step.
//!
//! Where a value was not chosen (by a select, an extreme, or a weight of exactly 0 in a sum of exponentials) its adjoint
//! is 0, and stays 0 however wild the derivatives below: adjoints below such nodes are *masked*, and products with a
//! masked adjoint use [`Binary::MulOrZero`], in which 0 times anything is 0.
//!
//! Comparisons, roundings and positions have derivative 0. Ties share among all in a reduction, and go to the first
//! operand of two.

mod elementwise;
mod linear_algebra;
mod sequence;
mod structure;

use crate::{Binary, Graph, IndexId, NodeId, Op, Shape, Tensor};

/// The gradient of the scalar `output` in the input vector: one node of shape `[inputs_len]`.
///
/// # Panics
/// Where `output` is not a scalar, or the graph reads more than `inputs_len` inputs.
pub fn gradient(graph: &mut Graph, output: NodeId, inputs_len: usize) -> NodeId {
    assert!(graph.shape(output).is_scalar(), "the gradient of an array was asked for");
    assert!(graph.inputs_len() <= inputs_len, "the graph reads more than {inputs_len} inputs");
    let origin = graph.current_origin();
    let mut reverse = Reverse::new(graph);
    let one = reverse.graph.constant(1.0);
    reverse.give(output, one, false);
    let mut pieces = Vec::new();
    for id in (0..=output.0).rev().map(NodeId) {
        let Some(seed) = reverse.seed(id) else { continue };
        reverse.graph.set_origin(reverse.graph.origin(id));
        let op = reverse.graph.node(id).op.clone();
        if let Op::Input { offset } = op {
            pieces.push((offset, reverse.full(&seed)));
        } else {
            reverse.propagate(id, &op, &seed);
        }
    }
    graph.set_origin(origin);
    pieces.sort();
    assemble(graph, &pieces, inputs_len)
}

/// The adjoints of the inputs of a graph of numbers, by offset, from those of its outputs; nothing where there is none.
///
/// Where these are `masked`, an output whose adjoint is 0 does not count.
fn pull_back(graph: &mut Graph, outputs: &[(NodeId, NodeId)], inputs_len: usize, masked: bool) -> Vec<Option<Seed>> {
    let mut reverse = Reverse::new(graph);
    outputs.iter().for_each(|&(output, adjoint)| reverse.give(output, adjoint, masked));
    let mut found = vec![None; inputs_len];
    let last = outputs.iter().map(|&(output, _)| output.0 + 1).max().unwrap_or(0);
    for id in (0..last).rev().map(NodeId) {
        let Some(seed) = reverse.seed(id) else { continue };
        match reverse.graph.node(id).op.clone() {
            Op::Input { offset } => found[offset] = Some(seed),
            op => reverse.propagate(id, &op, &seed),
        }
    }
    found
}

/// Puts the adjoints of the input nodes, sorted by offset, together.
fn assemble(graph: &mut Graph, pieces: &[(usize, NodeId)], inputs_len: usize) -> NodeId {
    let size = |graph: &Graph, id: NodeId| graph.shape(id).size();
    let overlap = pieces.windows(2).any(|pair| pair[0].0 + size(graph, pair[0].1) > pair[1].0);
    let parts: Vec<NodeId> = pieces.iter().map(|&(_, id)| id).collect();
    if overlap {
        let positions: Vec<u32> =
            pieces.iter().flat_map(|&(offset, id)| (0..size(graph, id)).map(move |k| (offset + k) as u32)).collect();
        let all = graph.concat(&parts, [positions.len()]);
        return graph.scatter(all, positions, [inputs_len]);
    }
    lay_out(graph, pieces, inputs_len)
}

/// Arrays at their offsets, which increase, among zeros.
fn lay_out(graph: &mut Graph, pieces: &[(usize, NodeId)], len: usize) -> NodeId {
    let (mut tiles, mut end) = (Vec::new(), 0);
    for &(offset, id) in pieces {
        tiles.extend(gap(graph, offset - end));
        tiles.push(id);
        end = offset + graph.shape(id).size();
    }
    tiles.extend(gap(graph, len - end));
    match tiles[..] {
        [all] => graph.reshape(all, [len]),
        _ => graph.concat(&tiles, [len]),
    }
}

fn gap(graph: &mut Graph, size: usize) -> Option<NodeId> {
    (size > 0).then(|| graph.data(Tensor::new([size], vec![0.0; size])))
}

/// What has been added to the adjoint of a node so far.
#[derive(Clone, Default)]
struct Adjoint {
    whole: Option<NodeId>,
    scattered: Vec<(NodeId, IndexId)>,
    masked: bool,
}

/// The finished adjoint of a node.
#[derive(Clone)]
struct Seed {
    /// Of the node's shape, or a scalar.
    id: NodeId,
    /// The node's shape.
    shape: Shape,
    /// Whether 0 means that the node was not chosen.
    masked: bool,
}

/// The fewest elements of a slice whose adjoint is copied into place.
const SLICE: usize = 16;

struct Reverse<'a> {
    graph: &'a mut Graph,
    depends: Vec<bool>,
    adjoints: Vec<Adjoint>,
}

impl<'a> Reverse<'a> {
    fn new(graph: &'a mut Graph) -> Self {
        let (depends, adjoints) = (graph.depends_on_inputs(), vec![Adjoint::default(); graph.len()]);
        Reverse { graph, depends, adjoints }
    }

    /// Whether a node's adjoint is of interest.
    fn wants(&self, id: NodeId) -> bool {
        self.depends[id.0 as usize]
    }

    /// Adds to the adjoint of a node: an array of its shape, or a scalar for each element alike.
    fn give(&mut self, to: NodeId, contribution: NodeId, masked: bool) {
        if !self.wants(to) {
            return;
        }
        let slot = to.0 as usize;
        self.adjoints[slot].masked |= masked;
        let sum = match self.adjoints[slot].whole {
            Some(before) => self.graph.add(before, contribution),
            None => contribution,
        };
        self.adjoints[slot].whole = Some(sum);
    }

    /// Adds to the adjoint of an operand that may have been lifted to `shape`.
    fn give_lifted(&mut self, to: NodeId, contribution: NodeId, shape: &Shape, masked: bool) {
        if !self.wants(to) {
            return;
        }
        let lifted = self.graph.shape(to).is_scalar() && !shape.is_scalar();
        let contribution = if lifted { self.total(contribution, shape) } else { contribution };
        self.give(to, contribution, masked);
    }

    /// Adds to the adjoint of a node at constant positions.
    fn give_scattered(&mut self, to: NodeId, contribution: NodeId, index: IndexId, masked: bool) {
        if self.wants(to) {
            let adjoint = &mut self.adjoints[to.0 as usize];
            adjoint.scattered.push((contribution, index));
            adjoint.masked |= masked;
        }
    }

    /// The finished adjoint of a node that has one and depends on the inputs.
    fn seed(&mut self, id: NodeId) -> Option<Seed> {
        let Adjoint { whole, scattered, masked } = std::mem::take(&mut self.adjoints[id.0 as usize]);
        let shape = self.graph.shape(id).clone();
        // A few single elements fit beside the slices.
        let mixed = scattered.len() <= SLICE && scattered.iter().any(|&(_, index)| self.is_slice(index, SLICE));
        let shortest = if mixed { 1 } else { SLICE };
        let (slices, scattered): (Vec<_>, Vec<_>) =
            scattered.into_iter().partition(|&(_, index)| self.is_slice(index, shortest));
        let whole = self.lay_out_together(&slices, &shape).into_iter().fold(whole, |whole, layer| match whole {
            Some(whole) => Some(self.graph.add(whole, layer)),
            None => Some(layer),
        });
        let scattered = self.scatter_together(&scattered, &shape);
        let id = match (whole, scattered) {
            (Some(whole), Some(scattered)) => self.graph.add(whole, scattered),
            (whole, scattered) => whole.or(scattered)?,
        };
        Some(Seed { id, shape, masked })
    }

    /// Whether there are so many positions and they follow each other.
    fn is_slice(&self, index: IndexId, shortest: usize) -> bool {
        let positions = self.graph.index(index);
        positions.len() >= shortest && positions.windows(2).all(|pair| pair[1] == pair[0] + 1)
    }

    /// Slices in their places, in as few arrays as hold them without overlap.
    fn lay_out_together(&mut self, slices: &[(NodeId, IndexId)], shape: &Shape) -> Vec<NodeId> {
        let start = |&(id, index): &(NodeId, IndexId)| (self.graph.index(index)[0] as usize, id);
        let mut pieces: Vec<(usize, NodeId)> = slices.iter().map(start).collect();
        pieces.sort_by_key(|&(start, _)| start);
        let mut layers: Vec<(usize, Vec<(usize, NodeId)>)> = Vec::new();
        for piece in pieces {
            let end = piece.0 + self.graph.shape(piece.1).size();
            match layers.iter_mut().find(|(taken, _)| *taken <= piece.0) {
                Some((taken, layer)) => {
                    *taken = end;
                    layer.push(piece);
                }
                None => layers.push((end, vec![piece])),
            }
        }
        let arrays = layers.into_iter().map(|(_, layer)| lay_out(self.graph, &layer, shape.size()));
        let flat: Vec<NodeId> = arrays.collect();
        flat.into_iter().map(|array| self.graph.reshape(array, shape.clone())).collect()
    }

    fn scatter_together(&mut self, parts: &[(NodeId, IndexId)], shape: &Shape) -> Option<NodeId> {
        if parts.is_empty() {
            return None;
        }
        let positions: Vec<u32> = parts.iter().flat_map(|(_, index)| self.graph.index(*index).to_vec()).collect();
        let sources: Vec<NodeId> = parts.iter().map(|&(id, _)| id).collect();
        let all = match sources[..] {
            [one] => one,
            _ => self.graph.concat(&sources, [positions.len()]),
        };
        Some(self.graph.scatter(all, positions, shape.clone()))
    }

    /// The adjoint as an array of the node's shape.
    fn full(&mut self, seed: &Seed) -> NodeId {
        self.graph.broadcast_scalar(seed.id, &seed.shape)
    }

    /// The sum of an array of `shape`, which may be given lifted; constant factors are taken out.
    fn total(&mut self, id: NodeId, shape: &Shape) -> NodeId {
        if self.graph.shape(id).is_scalar() {
            let count = self.graph.constant(shape.size() as f64);
            return self.multiply(id, count);
        }
        let is_scalar = |graph: &Graph, id: NodeId| graph.shape(id).is_scalar();
        match self.graph.node(id).op {
            Op::Unary(crate::Unary::Neg, a) => {
                let sum = self.graph.sum(a);
                self.graph.neg(sum)
            }
            Op::Binary(Binary::Mul, a, b) if is_scalar(self.graph, a) => {
                let sum = self.graph.sum(b);
                self.multiply(a, sum)
            }
            Op::Binary(f @ (Binary::Mul | Binary::Div), a, b) if is_scalar(self.graph, b) => {
                let sum = self.graph.sum(a);
                self.graph.binary(f, sum, b)
            }
            _ => self.graph.sum(id),
        }
    }

    /// The adjoint times a derivative.
    fn times(&mut self, seed: &Seed, derivative: NodeId) -> NodeId {
        if seed.masked && !self.is_finite_constant(derivative) && self.graph.as_constant(seed.id).is_none() {
            return self.graph.binary(Binary::MulOrZero, seed.id, derivative);
        }
        self.multiply(seed.id, derivative)
    }

    /// The adjoint divided by a node.
    fn over(&mut self, seed: &Seed, divisor: NodeId) -> NodeId {
        if seed.masked {
            let derivative = self.graph.reciprocal(divisor);
            return self.times(seed, derivative);
        }
        self.graph.div(seed.id, divisor)
    }

    /// A product in which factors of 1 and −1 cost nothing.
    fn multiply(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.graph.as_constant(a), self.graph.as_constant(b)) {
            (Some(x), Some(y)) => self.graph.constant(x * y),
            (Some(1.0), _) => b,
            (_, Some(1.0)) => a,
            (Some(-1.0), _) => self.graph.neg(b),
            (_, Some(-1.0)) => self.graph.neg(a),
            _ => self.graph.mul(a, b),
        }
    }

    /// Whether 0 times every element is 0 for sure.
    fn is_finite_constant(&self, id: NodeId) -> bool {
        match self.graph.node(id).op {
            Op::Const(bits) => f64::from_bits(bits).is_finite(),
            Op::Data(data) => self.graph.tensor(data).values.iter().all(|x| x.is_finite()),
            _ => false,
        }
    }

    /// A contribution that is 0 where the whole adjoint is, for rules in which elements meet.
    fn guard(&mut self, seed: &Seed, contribution: NodeId) -> NodeId {
        if !seed.masked {
            return contribution;
        }
        let zero = self.graph.constant(0.0);
        let nonzero = self.graph.ne(seed.id, zero);
        let any = self.graph.reduce_all(crate::Reduction::Max, nonzero);
        self.graph.select(any, contribution, zero)
    }

    fn propagate(&mut self, id: NodeId, op: &Op, seed: &Seed) {
        match *op {
            Op::Input { .. } | Op::Data(_) | Op::Const(_) | Op::ArgSort(_) => {}
            Op::Unary(f, a) => self.unary(f, a, id, seed),
            Op::Binary(f, a, b) => self.binary(f, a, b, seed),
            Op::Select(c, a, b) => self.select(c, a, b, seed),
            Op::Broadcast { source, ref axes } => self.broadcast(source, axes, seed),
            Op::Transpose { source, ref permutation } => self.transpose(source, permutation, seed),
            Op::Reshape(source) => self.reshape(source, seed),
            Op::Gather { source, index } => self.gather(source, index, seed),
            Op::Scatter { source, index } => self.scatter(source, index, seed),
            Op::Take { source, index } => self.take(source, index, seed),
            Op::Put { source, index } => self.put(source, index, seed),
            Op::Concat(ref parts) => self.concat(parts, seed),
            Op::Reduce { kind, source, ref axes } => self.reduce(kind, source, axes, id, seed),
            Op::CumulativeSum { source, reverse } => self.cumulative_sum(source, reverse, seed),
            Op::LinearRecurrence { coefficient, addend, initial, reverse } => {
                self.linear_recurrence([coefficient, addend, initial], reverse, id, seed);
            }
            Op::Scan { body, ref initial, ref each, ref shared, reverse } => {
                self.scan(body, [initial, each, shared], reverse, id, seed);
            }
            Op::MatMul(a, b) => self.matmul(a, b, seed),
            Op::SparseProduct { matrix, vector, transposed } => self.sparse_product(matrix, vector, transposed, seed),
            Op::Cholesky(a) => self.cholesky(a, id, seed),
            Op::SolveTriangular { lower, right, transposed } => {
                self.solve_triangular(lower, right, transposed, id, seed);
            }
            Op::Solve(a, b) => self.solve(a, b, id, seed),
            Op::Inverse(a) => self.inverse(a, id, seed),
            Op::LogDeterminant(a) => self.log_determinant(a, seed),
            Op::Sort(a) => self.sort(a, seed),
        }
    }
}

#[cfg(test)]
mod tests;
