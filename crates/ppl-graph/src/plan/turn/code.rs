//! From a body to instructions.

use super::{TurnFunction, TurnInstruction};
use crate::{Binary, Body, Graph, NodeId, Op};

/// What a turn does, and where each carry stands in it.
pub(in super::super) struct Code {
    pub instructions: Vec<TurnInstruction>,
    /// For each carry its registers before and after the turn, which may be one.
    pub carries: Vec<(u32, u32)>,
    /// How many registers there are: one for each node of the body, and two for each carry.
    pub registers: usize,
}

/// Writes a turn. Node k of the body has register k.
pub(in super::super) fn code(body: &Body) -> Code {
    let graph = body.graph();
    let mut instructions = instructions(graph, body.outputs());
    let carries = carries(&mut instructions, body);
    chain(&mut instructions);
    Code { instructions, carries, registers: graph.len() + 2 * body.outputs().len() }
}

fn register(id: NodeId) -> u32 {
    id.0
}

/// One instruction a function, in an order in which one mostly reads the result of the one before. Products that are
/// used once become part of the sum which uses them.
fn instructions(graph: &Graph, outputs: &[NodeId]) -> Vec<TurnInstruction> {
    let mut uses = vec![0; graph.len()];
    graph.nodes().iter().for_each(|node| node.op.for_each_operand(|id| uses[id.0 as usize] += 1));
    outputs.iter().for_each(|id| uses[id.0 as usize] += 1);
    let mut written = vec![false; graph.len()];
    let mut found = Vec::new();
    for id in order(graph, outputs) {
        let product = |id: NodeId| match graph.node(id).op {
            Op::Binary(Binary::Mul, x, y) if uses[id.0 as usize] == 1 => Some([x, y]),
            _ => None,
        };
        let Some((f, operands)) = instruction(graph, id, product) else { continue };
        if let [_, _, c] = operands
            && matches!(f, TurnFunction::MulAdd | TurnFunction::NegMulAdd)
        {
            graph.node(id).op.for_each_operand(|operand| written[operand.0 as usize] |= operand != c);
        }
        let [a, b, c] = operands.map(register);
        found.push(TurnInstruction { f, chained: false, a, b, c, to: register(id) });
    }
    found.retain(|instruction: &TurnInstruction| !written[instruction.to as usize]);
    found
}

/// The function of a node and its operands; nothing for inputs and constants.
fn instruction(
    graph: &Graph,
    id: NodeId,
    product: impl Fn(NodeId) -> Option<[NodeId; 2]>,
) -> Option<(TurnFunction, [NodeId; 3])> {
    Some(match graph.node(id).op {
        Op::Binary(Binary::Add, a, b) => match (product(a), product(b)) {
            (_, Some([x, y])) => (TurnFunction::MulAdd, [x, y, a]),
            (Some([x, y]), _) => (TurnFunction::MulAdd, [x, y, b]),
            _ => (TurnFunction::Add, [a, b, b]),
        },
        Op::Binary(Binary::Sub, a, b) => match product(b) {
            Some([x, y]) => (TurnFunction::NegMulAdd, [x, y, a]),
            None => (TurnFunction::Sub, [a, b, b]),
        },
        Op::Unary(f, a) => (TurnFunction::of_unary(f), [a, a, a]),
        Op::Binary(f, a, b) => (TurnFunction::of_binary(f), [a, b, b]),
        Op::Select(c, a, b) => (TurnFunction::Select, [c, a, b]),
        _ => return None,
    })
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
    if later.iter().any(|i| [i.a, i.b, i.c].contains(&before)) {
        return;
    }
    made[at].to = before;
    let operands = later.iter_mut().flat_map(|i| [&mut i.a, &mut i.b, &mut i.c]);
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
