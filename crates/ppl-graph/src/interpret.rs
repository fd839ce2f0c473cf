//! The reference interpreter: node by node, no fusion, nothing reordered.
//!
//! It is the oracle for every faster way to run a graph, so it is plain. Sums run in the order of the elements, NaN
//! and infinities flow as IEEE 754 has it, and after the first evaluation of an output nothing is allocated.

use std::collections::HashMap;
use std::sync::Arc;

use ppl_math::kernels::{Isa, Kernels};

use crate::routines::Routine;
use crate::{Graph, NodeId, Op, Tensor};

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
    /// The plain ones: the same bits on every machine.
    kernels: &'static Kernels,
    routines: Arc<[Routine]>,
    /// For each asked node: it and all that it needs, operands first.
    needs: HashMap<NodeId, Arc<[NodeId]>>,
    /// For each changed input node: it and all that depends on it.
    dependents: HashMap<NodeId, Arc<[NodeId]>>,
}

impl Evaluator {
    /// An evaluator of a graph, with all inputs unset.
    pub fn new(graph: Arc<Graph>) -> Self {
        let count = graph.len();
        let routines = graph.ids().map(|id| Routine::of(&graph, id)).collect();
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
            kernels: Kernels::for_isa(Isa::Portable),
            needs: HashMap::new(),
            dependents: HashMap::new(),
            routines,
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
        if !matches!(self.graph.node(id).op, Op::Input { .. } | Op::Data(_) | Op::Reshape(_)) {
            let routine = &self.routines[slot];
            let mut out = std::mem::take(&mut self.values[slot]);
            let mut scratch = std::mem::take(&mut self.scratch);
            out.resize(self.graph.shape(id).size(), 0.0);
            scratch.resize(scratch.len().max(routine.scratch_len()), 0.0);
            routine.run(&self.graph, self.kernels, &|id| self.known(id), &mut out, &mut scratch);
            self.values[slot] = out;
            self.scratch = scratch;
        }
        self.current[slot] = true;
    }
}

#[cfg(test)]
mod tests;
