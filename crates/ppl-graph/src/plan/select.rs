//! From the nodes of a step to its instructions.

use std::collections::{HashMap, HashSet};

use ppl_math::kernels::Kernels;

use super::classes::reduces;
use super::instruction::{
    Accumulator, Arena, Instruction, JoinStep, Joining, Operand, Pair, Pass, RoutineStep, ScalarFunction,
    ScalarInstruction, Span, Step, Ternary, Total,
};
use super::loops;
use super::places::Places;
use super::schedule::{Phase, Slot};
use super::table;
use crate::routines::Routine;
use crate::{Binary, NodeId, Op, Reduction, SparseId, Unary};

/// The work of one step. Registers carry the numbers of their nodes.
pub(super) fn step(places: &mut Places, kernels: &Kernels, (slot, nodes): &(Slot, Vec<NodeId>)) -> Vec<Step> {
    match slot.phase {
        Phase::Routines => nodes.iter().flat_map(|&id| routine(places, kernels, id)).collect(),
        Phase::Scalars => vec![Step::Scalars(nodes.iter().flat_map(|&id| scalars(places, kernels, id)).collect())],
        Phase::Pass(length) => vec![Step::Pass(Selection::new(places, kernels, nodes, length).pass())],
    }
}

fn routine(places: &mut Places, kernels: &Kernels, id: NodeId) -> Vec<Step> {
    if let Some(steps) = loops::steps(places, kernels, id) {
        return steps;
    }
    if let Op::Concat(parts) = &places.graph.node(id).op {
        let parts = parts.iter().map(|&part| places.span(part)).collect();
        return vec![Step::Join(JoinStep { parts, to: places.span(id) })];
    }
    let routine = Routine::of(places.graph, id);
    // The routines share one place for scratch, which is not known yet.
    let scratch = Span { arena: Arena::Work, offset: 0, len: routine.scratch_len() };
    let mut operands = Vec::new();
    places.graph.node(id).op.for_each_operand(|operand| operands.push((operand, places.span(operand))));
    operands.sort_by_key(|&(operand, _)| operand);
    vec![Step::Routine(RoutineStep { to: places.span(id), scratch, operands, routine })]
}

fn scalars(places: &mut Places, kernels: &Kernels, id: NodeId) -> Vec<ScalarInstruction> {
    let Op::Concat(parts) = &places.graph.node(id).op else { return vec![scalar(places, kernels, id)] };
    let to = places.span(id).offset;
    let copy = |(k, &part): (usize, &NodeId)| {
        let from = places.scalar(part);
        ScalarInstruction { f: ScalarFunction::Copy, a: from, b: from, c: from, to: to + k }
    };
    parts.iter().enumerate().map(copy).collect()
}

fn scalar(places: &mut Places, kernels: &Kernels, id: NodeId) -> ScalarInstruction {
    let (f, operands) = match places.graph.node(id).op {
        Op::Unary(f, a) => (scalar_unary(kernels, f), [a, a, a]),
        Op::Binary(f, a, b) => (scalar_binary(kernels, f), [a, b, b]),
        Op::Select(c, a, b) => (ScalarFunction::Select, [c, a, b]),
        _ => unreachable!("functions of numbers alone"),
    };
    let [a, b, c] = operands.map(|operand| places.scalar(operand));
    ScalarInstruction { f, a, b, c, to: places.span(id).offset }
}

fn scalar_unary(kernels: &Kernels, f: Unary) -> ScalarFunction {
    match f {
        Unary::Neg => ScalarFunction::Neg,
        Unary::Square => ScalarFunction::Square,
        Unary::Reciprocal => ScalarFunction::Reciprocal,
        _ => ScalarFunction::Unary(f, table::unary(kernels, f)),
    }
}

fn scalar_binary(kernels: &Kernels, f: Binary) -> ScalarFunction {
    match f {
        Binary::Add => ScalarFunction::Add,
        Binary::Sub => ScalarFunction::Sub,
        Binary::Mul => ScalarFunction::Mul,
        Binary::Div => ScalarFunction::Div,
        _ => ScalarFunction::Binary(f, table::binary(kernels, f)),
    }
}

/// Instruction selection for one pass.
struct Selection<'s, 'a> {
    places: &'s mut Places<'a>,
    kernels: &'s Kernels,
    nodes: &'s [NodeId],
    length: usize,
    /// Nodes that are part of another's instruction.
    absorbed: HashSet<NodeId>,
    /// For each node that has one: the node computed together with it.
    partners: HashMap<NodeId, NodeId>,
    pass: Pass,
}

impl<'s, 'a> Selection<'s, 'a> {
    fn new(places: &'s mut Places<'a>, kernels: &'s Kernels, nodes: &'s [NodeId], length: usize) -> Self {
        let pass = Pass { length, accumulators: Vec::new(), instructions: Vec::new(), parts: 1 };
        let (absorbed, partners) = Default::default();
        Selection { places, kernels, nodes, length, absorbed, partners, pass }
    }

    fn pass(mut self) -> Pass {
        self.nodes.iter().for_each(|&id| self.absorb(id));
        self.pair();
        for &id in self.nodes {
            if !self.absorbed.contains(&id) {
                self.select(id);
            }
        }
        self.pass
    }

    /// Marks the products that become part of the sum which is their only user.
    fn absorb(&mut self, id: NodeId) {
        let found = match self.places.graph.node(id).op {
            Op::Reduce { kind: Reduction::Sum, source, .. } => {
                self.product(source).filter(|&(_, [a, b])| self.is_array(a) && self.is_array(b))
            }
            Op::Binary(Binary::Add, a, b) => self.true_product(a).or_else(|| self.true_product(b)),
            Op::Binary(Binary::Sub, _, b) => self.true_product(b),
            _ => None,
        };
        self.absorbed.extend(found.map(|(product, _)| product));
    }

    fn is_array(&self, id: NodeId) -> bool {
        self.places.graph.shape(id).size() == self.length
    }

    /// The factors of a product or square that lives in a register and is used once.
    fn product(&self, id: NodeId) -> Option<(NodeId, [NodeId; 2])> {
        let root = self.places.root(id);
        let single = self.places.in_register(root) && self.places.uses(root) == 1;
        let factors = match self.places.graph.node(root).op {
            Op::Binary(Binary::Mul, a, b) => [a, b],
            Op::Unary(Unary::Square, a) => [a, a],
            _ => return None,
        };
        (single && !self.absorbed.contains(&root)).then_some((root, factors))
    }

    fn true_product(&self, id: NodeId) -> Option<(NodeId, [NodeId; 2])> {
        if self.is_array(id) { self.product(id) } else { None }
    }

    /// The factors of an operand that was absorbed.
    fn absorbed_factors(&self, id: NodeId) -> Option<[NodeId; 2]> {
        let root = self.places.root(id);
        if !self.absorbed.contains(&root) {
            return None;
        }
        match self.places.graph.node(root).op {
            Op::Binary(Binary::Mul, a, b) => Some([a, b]),
            Op::Unary(Unary::Square, a) => Some([a, a]),
            _ => None,
        }
    }

    /// Finds functions of one operand that share their work.
    fn pair(&mut self) {
        let mut firsts = HashMap::new();
        for &id in self.nodes {
            if let Op::Unary(f @ (Unary::Softplus | Unary::LogGamma), a) = self.places.graph.node(id).op {
                firsts.insert((f, self.places.root(a)), id);
            }
        }
        for &id in self.nodes {
            let (first, a) = match self.places.graph.node(id).op {
                Op::Unary(Unary::Sigmoid, a) => (Unary::Softplus, a),
                Op::Unary(Unary::Digamma, a) => (Unary::LogGamma, a),
                _ => continue,
            };
            if let Some(&other) = firsts.get(&(first, self.places.root(a))) {
                self.partners.insert(id, other);
                self.partners.insert(other, id);
            }
        }
    }

    fn emit(&mut self, instruction: Instruction) {
        self.pass.instructions.push(instruction);
    }

    fn operand(&self, id: NodeId) -> Operand {
        self.places.operand(id, self.length)
    }

    fn select(&mut self, id: NodeId) {
        let to = self.operand_of_result(id);
        match self.places.graph.node(id).op.clone() {
            Op::Unary(f, a) => self.unary(id, f, a, to),
            Op::Binary(f, a, b) => self.binary(f, a, b, to),
            Op::Select(c, a, b) => {
                let [a, b, c] = [c, a, b].map(|operand| self.operand(operand));
                self.emit(Instruction::Ternary { f: Ternary::Select, kernel: self.kernels.select, a, b, c, to });
            }
            Op::Broadcast { source, .. } => {
                let a = self.operand(source);
                self.emit(Instruction::Fill { a, to });
            }
            Op::Gather { source, index } => {
                let source = self.places.span(source);
                let positions = self.places.constants.positions(self.places.graph, index);
                let kernel = table::gather(self.kernels, self.places.graph.index(index));
                self.emit(Instruction::Gather { kernel, source, positions, to });
            }
            Op::Scatter { source, index } => self.scatter(id, source, index),
            Op::Reduce { kind, source, .. } => self.reduce(id, kind, source),
            Op::MatMul(a, b) => self.product_with_matrix(id, a, b, to),
            Op::SparseProduct { matrix, vector, transposed } => self.sparse_product(id, matrix, vector, transposed, to),
            _ => unreachable!("not part of a pass"),
        }
    }

    /// Where a node's elements go; of no meaning for reductions.
    fn operand_of_result(&self, id: NodeId) -> Operand {
        if reduces(self.places.graph, id) { Operand::register(id.0 as usize) } else { self.operand(id) }
    }

    fn unary(&mut self, id: NodeId, f: Unary, a: NodeId, to: Operand) {
        let a = self.operand(a);
        let Some(&other) = self.partners.get(&id) else {
            return self.emit(Instruction::Unary { f, kernel: table::unary(self.kernels, f), a, to });
        };
        self.absorbed.insert(other);
        let other = self.operand(other);
        let is_first = matches!(f, Unary::Softplus | Unary::LogGamma);
        let (first, second) = if is_first { (to, other) } else { (other, to) };
        let (f, kernel) = match f {
            Unary::Softplus | Unary::Sigmoid => (Pair::SoftplusSigmoid, self.kernels.softplus_sigmoid),
            _ => (Pair::LogGammaDigamma, self.kernels.log_gamma_digamma),
        };
        self.emit(Instruction::Pair { f, kernel, a, first, second });
    }

    fn binary(&mut self, f: Binary, a: NodeId, b: NodeId, to: Operand) {
        let fused = match f {
            Binary::Add => (self.absorbed_factors(a).map(|factors| (Ternary::MulAdd, factors, b)))
                .or_else(|| self.absorbed_factors(b).map(|factors| (Ternary::MulAdd, factors, a))),
            Binary::Sub => self.absorbed_factors(b).map(|factors| (Ternary::NegMulAdd, factors, a)),
            _ => None,
        };
        if let Some((f, [a, b], c)) = fused {
            let [a, b, c] = [a, b, c].map(|operand| self.operand(operand));
            return self.emit(Instruction::Ternary { f, kernel: table::ternary(self.kernels, f), a, b, c, to });
        }
        let (a, b) = (self.operand(a), self.operand(b));
        self.emit(Instruction::Binary { f, kernel: table::binary(self.kernels, f), a, b, to });
    }

    fn scatter(&mut self, id: NodeId, source: NodeId, index: crate::IndexId) {
        let (a, to) = (self.operand(source), self.places.span(id));
        let positions = self.places.constants.positions(self.places.graph, index);
        let kernel = table::scatter(self.kernels, self.places.graph.index(index));
        self.pass.accumulators.push(Accumulator::new(Joining::Sum, to));
        self.emit(Instruction::Scatter { kernel, a, positions, to });
    }

    fn reduce(&mut self, id: NodeId, kind: Reduction, source: NodeId) {
        let to = self.places.span(id);
        let joining = if kind == Reduction::Max { Joining::Max } else { Joining::Sum };
        self.pass.accumulators.push(Accumulator::new(joining, to));
        let (f, a) = match self.absorbed_factors(source) {
            Some([a, b]) if a != b => {
                let (a, b) = (self.operand(a), self.operand(b));
                return self.emit(Instruction::Dot { kernel: self.kernels.dot, a, b, to });
            }
            Some([a, _]) => (Total::SumOfSquares, a),
            None if kind == Reduction::Max => (Total::Max, source),
            None => (Total::Sum, source),
        };
        let a = self.operand(a);
        self.emit(Instruction::Reduce { f, kernel: table::total(self.kernels, f), a, to });
    }

    fn sparse_product(&mut self, id: NodeId, matrix: SparseId, vector: NodeId, transposed: bool, to: Operand) {
        let matrix = self.places.constants.sparse(self.places.graph, matrix);
        if transposed {
            let (a, to) = (self.operand(vector), self.places.span(id));
            self.pass.accumulators.push(Accumulator::new(Joining::Sum, to));
            let kernel = self.kernels.add_sparse_transposed_times_vector;
            return self.emit(Instruction::TimesSparseRows { kernel, matrix, a, to });
        }
        let (vector, kernel) = (self.places.span(vector), self.kernels.sparse_times_vector);
        self.emit(Instruction::SparseRowsTimes { kernel, matrix, vector, to });
    }

    fn product_with_matrix(&mut self, id: NodeId, a: NodeId, b: NodeId, to: Operand) {
        let graph = self.places.graph;
        let transposed = reduces(graph, id);
        let (matrix, vector) = if transposed { (b, a) } else { (a, b) };
        let Op::Data(data) = graph.node(matrix).op else { unreachable!("the matrix is constant") };
        let matrix = self.places.constants.matrix(graph, data);
        if transposed {
            let (a, to) = (self.operand(vector), self.places.span(id));
            self.pass.accumulators.push(Accumulator::new(Joining::Sum, to));
            let kernel = self.kernels.add_transposed_times_vector;
            return self.emit(Instruction::TimesRows { kernel, matrix, a, to });
        }
        let (vector, kernel) = (self.places.span(vector), self.kernels.tiled_times_vector);
        self.emit(Instruction::RowsTimes { kernel, matrix, vector, to });
    }
}
