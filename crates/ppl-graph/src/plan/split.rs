//! Arrays with a short last axis become one array for each position along it.
//!
//! A mixture of three parts over n rows works on `[n, 3]`; as three arrays of `[n]` its sums over parts are additions,
//! and all of it fits into one pass of length n. An array is split where everything that reads it can do with the parts.

use std::collections::HashMap;

use crate::passes::Rebuild;
use crate::{Binary, DataId, Graph, NodeId, Op, Reduction, Shape, Tensor, Unary};

/// The longest axis that is split.
const LONGEST: usize = 8;
/// The fewest rows for which it pays.
const FEWEST: usize = 32;

/// Rewrites a graph; the outputs keep their order.
pub(super) fn split(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let chosen = choose(graph, outputs);
    if !chosen.contains(&true) {
        return (graph.clone(), outputs.to_vec());
    }
    let mut parts = Parts { from: graph, chosen: &chosen, made: HashMap::new(), columns: HashMap::new() };
    Rebuild::run(graph, outputs, |rebuild, id| {
        if chosen[id.0 as usize] {
            let made = parts.split(rebuild, id);
            let first = made[0];
            parts.made.insert(id, made);
            return first;
        }
        match parts.read(rebuild, id) {
            Some(node) => node,
            None => rebuild.copy(id),
        }
    })
}

/// Which nodes are split: the largest set in which operands and users fit.
fn choose(graph: &Graph, outputs: &[NodeId]) -> Vec<bool> {
    let needed = graph.needs_of(outputs);
    let mut chosen = vec![false; graph.len()];
    for &id in &needed {
        chosen[id.0 as usize] = is_candidate(graph, id) && !outputs.contains(&id);
    }
    loop {
        let before = chosen.clone();
        for &id in &needed {
            let fits = |operand: NodeId| {
                before[operand.0 as usize] || !is_tall(graph.shape(operand)) || is_data(graph, operand)
            };
            let mut operands_fit = true;
            if is_elementwise(graph, id) {
                graph.node(id).op.for_each_operand(|operand| operands_fit &= fits(operand));
            }
            chosen[id.0 as usize] &= operands_fit;
            if !chosen[id.0 as usize] || !is_elementwise(graph, id) {
                graph.node(id).op.for_each_operand(|operand| {
                    chosen[operand.0 as usize] &= accepts(graph, id, operand);
                });
            }
        }
        if chosen == before {
            return chosen;
        }
    }
}

fn is_tall(shape: &Shape) -> bool {
    let last = shape.last().copied().unwrap_or(1);
    shape.len() >= 2 && (2..=LONGEST).contains(&last) && shape.size() / last >= FEWEST
}

fn is_data(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.node(id).op, Op::Data(_))
}

fn is_elementwise(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.node(id).op, Op::Unary(..) | Op::Binary(..) | Op::Select(..))
}

fn is_candidate(graph: &Graph, id: NodeId) -> bool {
    let shape = graph.shape(id);
    let last = shape.len().saturating_sub(1);
    is_tall(shape)
        && match &graph.node(id).op {
            Op::Broadcast { axes, .. } => !axes.contains(&last) || axes.len() == 1,
            _ => is_elementwise(graph, id),
        }
}

/// Whether a node that is not split can read a split operand.
fn accepts(graph: &Graph, id: NodeId, operand: NodeId) -> bool {
    let rank = graph.shape(operand).len();
    match &graph.node(id).op {
        Op::Reduce { kind: Reduction::Sum | Reduction::Max, axes, .. } => {
            axes[..] == [rank - 1] || axes.len() == rank || axes.iter().copied().eq(0..rank - 1)
        }
        Op::Reduce { kind: Reduction::Min | Reduction::LogSumExp, axes, .. } => axes[..] == [rank - 1],
        Op::Gather { index, .. } => column(graph, operand, graph.index(*index)).is_some(),
        _ => false,
    }
}

/// The part that positions read from beginning to end.
fn column(graph: &Graph, source: NodeId, positions: &[u32]) -> Option<usize> {
    let shape = graph.shape(source);
    let (parts, first) = (*shape.last()?, *positions.first()?);
    let in_step = positions.iter().enumerate().all(|(row, &p)| p as usize == first as usize + row * parts);
    (in_step && (first as usize) < parts && positions.len() == shape.size() / parts).then_some(first as usize)
}

struct Parts<'a> {
    from: &'a Graph,
    chosen: &'a [bool],
    /// The parts of each split node, each of the shape without the last axis, or a scalar.
    made: HashMap<NodeId, Vec<NodeId>>,
    /// Columns of constants.
    columns: HashMap<(DataId, usize), NodeId>,
}

impl Parts<'_> {
    fn split(&mut self, rebuild: &mut Rebuild, id: NodeId) -> Vec<NodeId> {
        let shape = self.from.shape(id);
        let (last, rest) = (shape.len() - 1, Shape::new(&shape[..shape.len() - 1]));
        (0..shape[last])
            .map(|k| match &self.from.node(id).op {
                Op::Broadcast { source, axes } if axes.contains(&last) => {
                    let source = rebuild.made(*source);
                    rebuild.to.gather(source, vec![k as u32], [])
                }
                Op::Broadcast { source, axes } => {
                    let source = rebuild.made(*source);
                    if axes.is_empty() { source } else { rebuild.to.broadcast(source, axes, rest.clone()) }
                }
                op => {
                    let op = op.clone().map_operands(|operand| self.part(rebuild, operand, k));
                    let mut shape = Shape::scalar();
                    op.for_each_operand(|operand| {
                        let own = rebuild.to.shape(operand);
                        if !own.is_scalar() {
                            shape = own.clone();
                        }
                    });
                    rebuild.to.push(op, shape)
                }
            })
            .collect()
    }

    /// Part `k` of an operand; a scalar is the same for all.
    fn part(&mut self, rebuild: &mut Rebuild, operand: NodeId, k: usize) -> NodeId {
        if self.chosen[operand.0 as usize] {
            return self.made[&operand][k];
        }
        match self.from.node(operand).op {
            Op::Data(data) => *self.columns.entry((data, k)).or_insert_with(|| {
                let tensor = self.from.tensor(data);
                let (rest, parts) = (&tensor.shape[..tensor.shape.len() - 1], tensor.shape[tensor.shape.len() - 1]);
                let values: Vec<f64> = tensor.values.iter().skip(k).step_by(parts).copied().collect();
                rebuild.to.data(Tensor::new(rest.to_vec(), values))
            }),
            _ => rebuild.made(operand),
        }
    }

    /// A node that is not split and reads one that is.
    fn read(&mut self, rebuild: &mut Rebuild, id: NodeId) -> Option<NodeId> {
        let (Op::Reduce { source, .. } | Op::Gather { source, .. }) = self.from.node(id).op else { return None };
        let shape = self.from.shape(source);
        let parts = self.made.get(&source)?.clone();
        let (g, rest) = (&mut rebuild.to, Shape::new(&shape[..shape.len() - 1]));
        Some(match &self.from.node(id).op {
            Op::Gather { index, .. } => {
                let k = column(self.from, source, self.from.index(*index)).expect("a column");
                let part = g.broadcast_scalar(parts[k], &rest);
                g.reshape(part, self.from.shape(id).clone())
            }
            Op::Reduce { kind, axes, .. } if axes[..] == [shape.len() - 1] => {
                let whole = across(g, *kind, &parts);
                g.broadcast_scalar(whole, &rest)
            }
            Op::Reduce { kind, axes, .. } => {
                let down: Vec<NodeId> = parts.iter().map(|&part| along(g, *kind, part, &rest)).collect();
                if axes.len() == shape.len() { across(g, *kind, &down) } else { g.concat(&down, [down.len()]) }
            }
            _ => unreachable!("only these read split arrays"),
        })
    }
}

/// Reduces a part, which may stand for an array of equal numbers.
fn along(g: &mut Graph, kind: Reduction, part: NodeId, rest: &Shape) -> NodeId {
    if !g.shape(part).is_scalar() {
        return g.reduce_all(kind, part);
    }
    match kind {
        Reduction::Sum => g.scaled(rest.size() as f64, part),
        _ => part,
    }
}

/// Reduces parts element by element.
fn across(g: &mut Graph, kind: Reduction, parts: &[NodeId]) -> NodeId {
    let mut fold =
        |f: Binary, parts: &[NodeId]| parts[1..].iter().fold(parts[0], |whole, &part| g.binary(f, whole, part));
    match kind {
        Reduction::Sum => fold(Binary::Add, parts),
        Reduction::Max => fold(Binary::Max, parts),
        Reduction::Min => fold(Binary::Min, parts),
        Reduction::LogSumExp => {
            let largest = fold(Binary::Max, parts);
            log_sum_exp(g, parts, largest)
        }
        _ => unreachable!("reductions that splitting accepts"),
    }
}

/// The largest is taken out first; where it is not finite nothing needs to be.
fn log_sum_exp(g: &mut Graph, parts: &[NodeId], largest: NodeId) -> NodeId {
    let shift = super::expand::finite_or_zero(g, largest);
    let powers: Vec<NodeId> = parts
        .iter()
        .map(|&part| {
            let shifted = g.sub(part, shift);
            g.unary(Unary::Exp, shifted)
        })
        .collect();
    let total = across(g, Reduction::Sum, &powers);
    let log = g.log(total);
    g.add(log, shift)
}
