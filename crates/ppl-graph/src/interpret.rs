//! The reference interpreter: node by node, no fusion, nothing reordered.
//!
//! It is the oracle for every faster way to run a graph, so it is plain. Sums run in the order of the elements, NaN
//! and infinities flow as IEEE 754 has it, and after the first evaluation of an output nothing is allocated.

mod access;
mod linear_algebra;
mod order;
mod reduce;

use std::collections::HashMap;
use std::sync::Arc;

use crate::{Binary, Graph, NodeId, Op, Tensor, Unary};

/// The values of `outputs` at `inputs`.
///
/// # Panics
/// Where `inputs` is shorter than the graph reads.
pub fn evaluate(graph: &Graph, inputs: &[f64], outputs: &[NodeId]) -> Vec<Tensor> {
    let mut evaluator = Evaluator::new(Arc::new(graph.clone()));
    evaluator.set_inputs(inputs);
    outputs.iter().map(|&id| evaluator.tensor(id)).collect()
}

/// Evaluates nodes on demand and keeps their values until an input that they depend on changes.
///
/// Inputs are NaN until they are set, so values can be asked for in stages.
///
/// ```
/// use std::sync::Arc;
/// use ppl_graph::{Evaluator, Graph};
/// let mut graph = Graph::new();
/// let x = graph.input(0, [3]);
/// let squares = graph.square(x);
/// let total = graph.sum(squares);
/// let mut evaluator = Evaluator::new(Arc::new(graph));
/// evaluator.set_inputs(&[1.0, 2.0, 3.0]);
/// assert_eq!(evaluator.value(squares), [1.0, 4.0, 9.0]);
/// evaluator.set_input_range(1, &[0.0]);
/// assert_eq!(evaluator.scalar(total), 10.0);
/// ```
#[derive(Clone, Debug)]
pub struct Evaluator {
    graph: Arc<Graph>,
    inputs: Vec<f64>,
    /// Offsets and ids.
    input_nodes: Arc<[(usize, NodeId)]>,
    values: Vec<Vec<f64>>,
    current: Vec<bool>,
    scratch: Vec<f64>,
    /// For nodes with an access pattern: how far each axis moves in the other array.
    strides: Arc<[Box<[usize]>]>,
    /// For each asked node: it and all that it needs, operands first.
    needs: HashMap<NodeId, Arc<[NodeId]>>,
    /// For each changed input node: it and all that depends on it.
    dependents: HashMap<NodeId, Arc<[NodeId]>>,
}

impl Evaluator {
    /// An evaluator of a graph, with all inputs unset.
    pub fn new(graph: Arc<Graph>) -> Self {
        let count = graph.len();
        let strides = graph.ids().map(|id| access::strides(&graph, id).into()).collect();
        let input = |id| match graph.node(id).op {
            Op::Input { offset } => Some((offset, id)),
            _ => None,
        };
        Evaluator {
            input_nodes: graph.ids().filter_map(input).collect(),
            inputs: vec![f64::NAN; graph.inputs_len()],
            values: vec![Vec::new(); count],
            current: vec![false; count],
            scratch: Vec::new(),
            needs: HashMap::new(),
            dependents: HashMap::new(),
            strides,
            graph,
        }
    }

    /// The graph.
    pub fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    /// The input vector.
    pub fn inputs(&self) -> &[f64] {
        &self.inputs
    }

    /// Sets all inputs; more than the graph reads are ignored.
    ///
    /// # Panics
    /// Where `inputs` is shorter than the graph reads.
    pub fn set_inputs(&mut self, inputs: &[f64]) {
        let count = self.inputs.len();
        assert!(inputs.len() >= count, "the graph reads {count} inputs, {} were given", inputs.len());
        self.set_input_range(0, &inputs[..count]);
    }

    /// Sets the inputs from `offset`, and forgets the values that depend on those that changed.
    pub fn set_input_range(&mut self, offset: usize, values: &[f64]) {
        let own = &mut self.inputs[offset..offset + values.len()];
        let changed = |(old, new): (&f64, &f64)| old.to_bits() != new.to_bits();
        let Some(first) = own.iter().zip(values).position(changed) else { return };
        let last = own.iter().zip(values).rposition(changed).unwrap_or(first);
        own.copy_from_slice(values);
        self.forget(offset + first, offset + last);
    }

    /// Forgets what depends on the inputs from `first` to `last`.
    fn forget(&mut self, first: usize, last: usize) {
        let graph = self.graph.clone();
        for &(offset, id) in self.input_nodes.iter() {
            if offset <= last && first < offset + graph.shape(id).size() {
                let list = self.dependents.entry(id).or_insert_with(|| graph.dependents_of(id).into());
                for id in list.iter() {
                    self.current[id.0 as usize] = false;
                }
            }
        }
    }

    /// The elements of a node, row-major, computed where they are not yet known.
    pub fn value(&mut self, id: NodeId) -> &[f64] {
        let graph = &self.graph;
        let needs = self.needs.entry(id).or_insert_with(|| graph.needs_of(&[id]).into()).clone();
        for &needed in needs.iter() {
            if !self.current[needed.0 as usize] {
                self.compute(needed);
            }
        }
        self.known(id)
    }

    /// The first element of a node: its value where it is a scalar.
    pub fn scalar(&mut self, id: NodeId) -> f64 {
        self.value(id)[0]
    }

    /// A copy of a node's value with its shape.
    pub fn tensor(&mut self, id: NodeId) -> Tensor {
        let shape = self.graph.shape(id).clone();
        Tensor::new(shape, self.value(id))
    }

    /// The elements of a node that has been computed. Inputs, data and reshapes are not copied.
    fn known(&self, id: NodeId) -> &[f64] {
        let node = self.graph.node(id);
        match &node.op {
            Op::Input { offset } => &self.inputs[*offset..*offset + node.shape.size()],
            Op::Data(data) => &self.graph.tensor(*data).values,
            Op::Reshape(source) => self.known(*source),
            _ => &self.values[id.0 as usize],
        }
    }

    fn compute(&mut self, id: NodeId) {
        let slot = id.0 as usize;
        let mut out = std::mem::take(&mut self.values[slot]);
        let mut scratch = std::mem::take(&mut self.scratch);
        self.compute_into(id, &mut out, &mut scratch);
        self.values[slot] = out;
        self.scratch = scratch;
        self.current[slot] = true;
    }

    fn compute_into(&self, id: NodeId, out: &mut Vec<f64>, scratch: &mut Vec<f64>) {
        let node = self.graph.node(id);
        let strides = &self.strides[id.0 as usize];
        let of = |id: &NodeId| self.known(*id);
        let shape = |id: &NodeId| self.graph.shape(*id);
        let size = node.shape.size();
        match &node.op {
            Op::Input { .. } | Op::Data(_) | Op::Reshape(_) => {}
            Op::Const(bits) => fill(out, [f64::from_bits(*bits)].into_iter()),
            Op::Unary(f, a) => unary(*f, of(a), out),
            Op::Binary(f, a, b) => binary(*f, of(a), of(b), size, out),
            Op::Select(c, a, b) => select(of(c), of(a), of(b), size, out),
            Op::Broadcast { source, .. } | Op::Transpose { source, .. } => {
                access::read(of(source), &node.shape, strides, out);
            }
            Op::Gather { source, index } => access::gather(of(source), self.graph.index(*index), out),
            Op::Scatter { source, index } => access::scatter(of(source), self.graph.index(*index), size, out),
            Op::Take { source, index } => access::take(of(source), of(index), out),
            Op::Put { source, index } => access::put(of(source), of(index), size, out),
            Op::Concat(parts) => {
                out.clear();
                parts.iter().for_each(|part| out.extend_from_slice(of(part)));
            }
            Op::Reduce { kind, source, axes } => {
                reduce::Pass { source: of(source), extents: shape(source), strides, size }
                    .reduce(*kind, axes, out, scratch);
            }
            Op::CumulativeSum { source, reverse } => reduce::cumulate(of(source), last(&node.shape), *reverse, out),
            Op::MatMul(a, b) => linear_algebra::multiply(of(a), shape(a), of(b), shape(b), out),
            Op::Cholesky(a) => linear_algebra::cholesky(of(a), last(&node.shape), out),
            Op::SolveTriangular { lower, right, transposed } => {
                linear_algebra::solve_triangular(of(lower), last(shape(lower)), of(right), *transposed, out);
            }
            Op::Solve(a, b) => linear_algebra::solve(of(a), last(shape(a)), of(b), out, scratch),
            Op::Inverse(a) => linear_algebra::inverse(of(a), last(shape(a)), out, scratch),
            Op::LogDeterminant(a) => {
                fill(out, [linear_algebra::log_determinant(of(a), last(shape(a)), scratch)].into_iter());
            }
            Op::Sort(a) => order::sort(of(a), last(&node.shape), out),
            Op::ArgSort(a) => order::arg_sort(of(a), last(&node.shape), out),
        }
    }
}

/// The extent of the last axis; 1 for a scalar.
fn last(shape: &[usize]) -> usize {
    shape.last().copied().unwrap_or(1)
}

fn fill(out: &mut Vec<f64>, values: impl Iterator<Item = f64>) {
    out.clear();
    out.extend(values);
}

fn unary(f: Unary, a: &[f64], out: &mut Vec<f64>) {
    match f {
        Unary::Neg => fill(out, a.iter().map(|x| -x)),
        Unary::Square => fill(out, a.iter().map(|x| x * x)),
        _ => {
            let function = f.function();
            fill(out, a.iter().map(|&x| function(x)));
        }
    }
}

fn binary(f: Binary, a: &[f64], b: &[f64], size: usize, out: &mut Vec<f64>) {
    match f {
        Binary::Add => lift(|x, y| x + y, a, b, size, out),
        Binary::Sub => lift(|x, y| x - y, a, b, size, out),
        Binary::Mul => lift(|x, y| x * y, a, b, size, out),
        Binary::Div => lift(|x, y| x / y, a, b, size, out),
        _ => lift(f.function(), a, b, size, out),
    }
}

/// Applies `f` to pairs; an operand of another size than the result is a scalar.
fn lift(f: impl Fn(f64, f64) -> f64, a: &[f64], b: &[f64], size: usize, out: &mut Vec<f64>) {
    match (a.len() == size, b.len() == size) {
        (true, true) => fill(out, a.iter().zip(b).map(|(&x, &y)| f(x, y))),
        (true, false) => fill(out, a.iter().map(|&x| f(x, b[0]))),
        (false, true) => fill(out, b.iter().map(|&y| f(a[0], y))),
        (false, false) => unreachable!("one operand has the shape of the result"),
    }
}

fn select(c: &[f64], a: &[f64], b: &[f64], size: usize, out: &mut Vec<f64>) {
    let at = |values: &[f64], i: usize| if values.len() == size { values[i] } else { values[0] };
    fill(out, (0..size).map(|i| if at(c, i) != 0.0 { at(a, i) } else { at(b, i) }));
}

#[cfg(test)]
mod tests;
