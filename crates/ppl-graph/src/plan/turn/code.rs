//! From a body to instructions.

use std::collections::HashMap;

use super::{TurnFunction, TurnInstruction};
use crate::{Binary, Body, Graph, NodeId, Op};

/// What a turn does, and where each carry stands in it.
pub(in crate::plan) struct Code {
    pub instructions: Vec<TurnInstruction>,
    /// For each carry its registers before and after the turn, which may be one.
    pub carries: Vec<(u32, u32)>,
    /// How many registers there are: one for each node of the body, two for each carry, and one for each term of a sum of
    /// exponentials.
    pub registers: usize,
}

/// Writes a turn. Node k of the body has register k.
pub(in crate::plan) fn code(body: &Body) -> Code {
    let graph = body.graph();
    let mut writer = Writer::new(graph, body.outputs());
    order(graph, body.outputs()).into_iter().for_each(|id| writer.write(id));
    let Writer { mut instructions, next: registers, .. } = writer;
    let carries = carries(&mut instructions, body);
    chain(&mut instructions);
    Code { instructions, carries, registers: registers as usize }
}

fn register(id: NodeId) -> u32 {
    id.0
}

/// Writes one instruction a function. Products that are used once become part of the sum which uses them, and so do sums
/// of exponentials.
struct Writer<'g> {
    graph: &'g Graph,
    /// How often each node is used, by other nodes and as an output.
    uses: Vec<usize>,
    /// Where the number of each node goes.
    registers: Vec<u32>,
    /// The terms of the sums of exponentials, in registers from the first on.
    sums: HashMap<NodeId, (u32, Vec<NodeId>)>,
    /// Nodes that are part of another's instruction.
    absorbed: Vec<bool>,
    instructions: Vec<TurnInstruction>,
    /// The next free register.
    next: u32,
}

impl<'g> Writer<'g> {
    fn new(graph: &'g Graph, outputs: &[NodeId]) -> Self {
        let mut uses = vec![0; graph.len()];
        graph.nodes().iter().for_each(|node| node.op.for_each_operand(|id| uses[id.0 as usize] += 1));
        outputs.iter().for_each(|id| uses[id.0 as usize] += 1);
        let (registers, absorbed) = (graph.ids().map(register).collect(), vec![false; graph.len()]);
        let next = (graph.len() + 2 * outputs.len()) as u32;
        let (sums, instructions) = Default::default();
        let mut writer = Writer { graph, uses, registers, sums, absorbed, instructions, next };
        graph.ids().rev().for_each(|id| writer.absorb(id));
        writer
    }

    /// Marks what becomes part of a node's instruction.
    fn absorb(&mut self, id: NodeId) {
        match self.graph.node(id).op {
            _ if self.absorbed[id.0 as usize] => {}
            Op::Binary(Binary::Add, a, b) => {
                let taken = [b, a].into_iter().find(|&x| self.product(x).is_some());
                taken.into_iter().for_each(|x| self.absorbed[x.0 as usize] = true);
            }
            Op::Binary(Binary::Sub, _, b) if self.product(b).is_some() => self.absorbed[b.0 as usize] = true,
            Op::Binary(Binary::LogAddExp, ..) => self.absorb_sum(id),
            _ => {}
        }
    }

    /// The factors of a product that is used once.
    fn product(&self, id: NodeId) -> Option<[NodeId; 2]> {
        match self.graph.node(id).op {
            Op::Binary(Binary::Mul, x, y) if self.uses[id.0 as usize] == 1 => Some([x, y]),
            _ => None,
        }
    }

    /// Sums of exponentials of sums of exponentials are one, whose terms are computed where it reads them.
    fn absorb_sum(&mut self, id: NodeId) {
        let (mut terms, mut rest) = (Vec::new(), vec![id]);
        while let Some(term) = rest.pop() {
            match self.graph.node(term).op {
                Op::Binary(Binary::LogAddExp, a, b) if term == id || self.uses[term.0 as usize] == 1 => {
                    self.absorbed[term.0 as usize] = term != id;
                    rest.extend([b, a]);
                }
                _ => terms.push(term),
            }
        }
        if terms.len() < 3 {
            return;
        }
        for (slot, &term) in (self.next..).zip(&terms) {
            if self.uses[term.0 as usize] == 1 && !is_leaf(self.graph, term) {
                self.registers[term.0 as usize] = slot;
            }
        }
        let first = self.next;
        self.next += terms.len() as u32;
        self.sums.insert(id, (first, terms));
    }

    fn write(&mut self, id: NodeId) {
        if self.absorbed[id.0 as usize] || is_leaf(self.graph, id) {
            return;
        }
        let to = self.registers[id.0 as usize];
        if let Some((first, terms)) = self.sums.remove(&id) {
            for (slot, term) in (first..).zip(&terms) {
                let from = self.registers[term.0 as usize];
                if from != slot {
                    self.push(TurnFunction::Copy, [from; 3], slot);
                }
            }
            return self.push(TurnFunction::LogSumExp, [first, terms.len() as u32, first], to);
        }
        let (f, operands) = self.instruction(id);
        self.push(f, operands.map(|operand| self.registers[operand.0 as usize]), to);
    }

    fn push(&mut self, f: TurnFunction, [a, b, c]: [u32; 3], to: u32) {
        self.instructions.push(TurnInstruction { f, chained: false, a, b, c, to });
    }

    /// The function of a node and its operands.
    fn instruction(&self, id: NodeId) -> (TurnFunction, [NodeId; 3]) {
        let factors = |id: NodeId| self.product(id).filter(|_| self.absorbed[id.0 as usize]);
        match self.graph.node(id).op {
            Op::Binary(Binary::Add, a, b) => match (factors(a), factors(b)) {
                (_, Some([x, y])) => (TurnFunction::MulAdd, [x, y, a]),
                (Some([x, y]), _) => (TurnFunction::MulAdd, [x, y, b]),
                _ => (TurnFunction::Add, [a, b, b]),
            },
            Op::Binary(Binary::Sub, a, b) => match factors(b) {
                Some([x, y]) => (TurnFunction::NegMulAdd, [x, y, a]),
                None => (TurnFunction::Sub, [a, b, b]),
            },
            Op::Unary(f, a) => (TurnFunction::of_unary(f), [a, a, a]),
            Op::Binary(f, a, b) => (TurnFunction::of_binary(f), [a, b, b]),
            Op::Select(c, a, b) => (TurnFunction::Select, [c, a, b]),
            _ => unreachable!("a body holds elementwise functions alone"),
        }
    }
}

fn is_leaf(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.node(id).op, Op::Input { .. } | Op::Const(_))
}

/// All nodes, each after its operands, of which the one with the longest way behind it comes last.
fn order(graph: &Graph, outputs: &[NodeId]) -> Vec<NodeId> {
    let mut depth = vec![0usize; graph.len()];
    for id in graph.ids() {
        let mut own = 0;
        graph.node(id).op.for_each_operand(|operand| own = own.max(depth[operand.0 as usize] + 1));
        depth[id.0 as usize] = own;
    }
    let mut visited = vec![false; graph.len()];
    let mut found = Vec::with_capacity(graph.len());
    let mut stack: Vec<(NodeId, bool)> = outputs.iter().rev().map(|&id| (id, false)).collect();
    while let Some((id, ready)) = stack.pop() {
        if ready {
            found.push(id);
        } else if !std::mem::replace(&mut visited[id.0 as usize], true) {
            stack.push((id, true));
            let start = stack.len();
            graph.node(id).op.for_each_operand(|operand| stack.push((operand, false)));
            stack[start..].sort_by_key(|&(operand, _)| std::cmp::Reverse(depth[operand.0 as usize]));
        }
    }
    found
}

/// The registers of the carries. A new value that is the old one of another carry is put aside first, and one that is
/// computed takes the place of the old one where that is no longer read.
fn carries(instructions: &mut Vec<TurnInstruction>, body: &Body) -> Vec<(u32, u32)> {
    let (graph, count) = (body.graph(), body.outputs().len());
    let unread = graph.len() as u32;
    let input = |k: usize| graph.ids().find(|&id| graph.node(id).op == Op::Input { offset: k }).map(register);
    let before: Vec<u32> = (0..count).map(|k| input(k).unwrap_or(unread + k as u32)).collect();
    let mut after: Vec<u32> = body.outputs().iter().map(|&id| register(id)).collect();
    for k in 0..count {
        if after[k] != before[k] && before.contains(&after[k]) {
            let (a, to) = (after[k], unread + (count + k) as u32);
            instructions.insert(0, TurnInstruction { f: TurnFunction::Copy, chained: false, a, b: a, c: a, to });
            after[k] = to;
        }
    }
    for k in 0..count {
        if !before.contains(&after[k]) {
            write_in_place(instructions, &mut after, k, before[k]);
        }
    }
    before.into_iter().zip(after).collect()
}

/// Lets the instruction that computes carry `k` write where the old value stands, if nothing reads that later.
fn write_in_place(instructions: &mut [TurnInstruction], after: &mut [u32], k: usize, before: u32) {
    let old = after[k];
    let Some(at) = instructions.iter().position(|i| i.to == old) else { return };
    let (made, later) = instructions.split_at_mut(at + 1);
    if later.iter().any(|instruction| instruction.reads(before)) {
        return;
    }
    made[at].to = before;
    let operands = later.iter_mut().flat_map(TurnInstruction::operands_mut);
    operands.chain(after).filter(|register| **register == old).for_each(|register| *register = before);
}

/// Leads each instruction that reads the result of the one before by that operand. The last one of a turn comes before
/// the first one of the next.
fn chain(instructions: &mut [TurnInstruction]) {
    let Some(mut before) = instructions.last().map(|last| last.to) else { return };
    for instruction in instructions {
        *instruction = instruction.chained_to(before);
        before = instruction.to;
    }
}
