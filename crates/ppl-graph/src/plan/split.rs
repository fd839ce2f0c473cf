//! Arrays with a short last or first axis become one array for each position along it.
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
            let splits = chosen[id.0 as usize];
            if !(splits && is_elementwise(graph, id)) {
                graph.node(id).op.for_each_operand(|operand| {
                    chosen[operand.0 as usize] &= !splits && accepts(graph, id, operand);
                });
            }
        }
        if chosen == before {
            return chosen;
        }
    }
}

/// Where an array is cut into parts: along its last axis, else along its first, if that is short.
#[derive(Clone, Copy)]
struct Cut {
    axis: usize,
    parts: usize,
    rows: usize,
}

impl Cut {
    fn of(shape: &Shape) -> Option<Cut> {
        let last = shape.len().checked_sub(1).filter(|&last| last > 0)?;
        let along = |axis: usize| {
            let parts = shape[axis];
            let rows = shape.size() / parts.max(1);
            ((2..=LONGEST).contains(&parts) && rows >= FEWEST).then_some(Cut { axis, parts, rows })
        };
        along(last).or_else(|| along(0))
    }

    /// The shape of a part.
    fn rest(self, shape: &Shape) -> Shape {
        self.others(shape.len()).map(|axis| shape[axis]).collect::<Vec<usize>>().into()
    }

    /// The axes that parts keep.
    fn others(self, rank: usize) -> impl Iterator<Item = usize> {
        (0..rank).filter(move |&axis| axis != self.axis)
    }

    /// The elements of part `k`.
    fn part<T: Copy>(self, elements: &[T], k: usize) -> Vec<T> {
        match self.axis {
            0 => elements[k * self.rows..(k + 1) * self.rows].to_vec(),
            _ => elements.iter().skip(k).step_by(self.parts).copied().collect(),
        }
    }

    /// The part that positions read from beginning to end.
    fn read_by(self, positions: &[u32]) -> Option<usize> {
        let step = if self.axis == 0 { 1 } else { self.parts };
        let start = |k: usize| if self.axis == 0 { k * self.rows } else { k };
        let reads = |k: &usize| positions.iter().enumerate().all(|(row, &p)| p as usize == start(*k) + row * step);
        (0..self.parts).find(|k| positions.len() == self.rows && reads(k))
    }
}

fn is_tall(shape: &Shape) -> bool {
    Cut::of(shape).is_some()
}

fn is_data(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.node(id).op, Op::Data(_))
}

fn is_elementwise(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.node(id).op, Op::Unary(..) | Op::Binary(..) | Op::Select(..))
}

fn is_candidate(graph: &Graph, id: NodeId) -> bool {
    let Some(cut) = Cut::of(graph.shape(id)) else { return false };
    match &graph.node(id).op {
        Op::Broadcast { axes, .. } => !axes.contains(&cut.axis) || axes.len() == 1,
        Op::Gather { .. } => true,
        _ => is_elementwise(graph, id),
    }
}

/// Whether a node that is not split can read a split operand.
fn accepts(graph: &Graph, id: NodeId, operand: NodeId) -> bool {
    let shape = graph.shape(operand);
    let Some(cut) = Cut::of(shape) else { return false };
    match &graph.node(id).op {
        Op::Reduce { kind: Reduction::Sum | Reduction::Max, axes, .. } => {
            axes[..] == [cut.axis] || axes.len() == shape.len() || axes.iter().copied().eq(cut.others(shape.len()))
        }
        Op::Reduce { kind: Reduction::Min | Reduction::LogSumExp, axes, .. } => axes[..] == [cut.axis],
        Op::Gather { index, .. } => cut.read_by(graph.index(*index)).is_some(),
        Op::Scatter { .. } => true,
        _ => false,
    }
}

struct Parts<'a> {
    from: &'a Graph,
    chosen: &'a [bool],
    /// The parts of each split node, each of the shape without the axis that was cut, or a scalar.
    made: HashMap<NodeId, Vec<NodeId>>,
    /// Parts of constants.
    columns: HashMap<(DataId, usize), NodeId>,
}

impl Parts<'_> {
    fn split(&mut self, rebuild: &mut Rebuild, id: NodeId) -> Vec<NodeId> {
        let shape = self.from.shape(id);
        let cut = Cut::of(shape).expect("only such arrays are split");
        let rest = cut.rest(shape);
        (0..cut.parts)
            .map(|k| match &self.from.node(id).op {
                Op::Broadcast { source, axes } if axes.contains(&cut.axis) => {
                    let source = rebuild.made(*source);
                    rebuild.to.gather(source, vec![k as u32], [])
                }
                Op::Gather { source, index } => {
                    let (source, positions) = (rebuild.made(*source), cut.part(self.from.index(*index), k));
                    match only(&positions) {
                        Some(p) => rebuild.to.gather(source, vec![p], []),
                        None => rebuild.to.gather(source, positions, rest.clone()),
                    }
                }
                Op::Broadcast { source, axes } => {
                    let source = rebuild.made(*source);
                    let axes: Vec<usize> = axes.iter().map(|&axis| axis - usize::from(axis > cut.axis)).collect();
                    if axes.is_empty() { source } else { rebuild.to.broadcast(source, &axes, rest.clone()) }
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
                let cut = Cut::of(&tensor.shape).expect("the shape of an array that is split");
                rebuild.to.data(Tensor::new(cut.rest(&tensor.shape), cut.part(&tensor.values, k)))
            }),
            _ => rebuild.made(operand),
        }
    }

    /// A node that is not split and reads one that is.
    fn read(&mut self, rebuild: &mut Rebuild, id: NodeId) -> Option<NodeId> {
        let (Op::Reduce { source, .. } | Op::Gather { source, .. } | Op::Scatter { source, .. }) =
            self.from.node(id).op
        else {
            return None;
        };
        let shape = self.from.shape(source);
        let parts = self.made.get(&source)?.clone();
        let cut = Cut::of(shape).expect("only such arrays are split");
        let (g, rest) = (&mut rebuild.to, cut.rest(shape));
        Some(match &self.from.node(id).op {
            Op::Gather { index, .. } => {
                let k = cut.read_by(self.from.index(*index)).expect("accepted for that");
                let part = g.broadcast_scalar(parts[k], &rest);
                g.reshape(part, self.from.shape(id).clone())
            }
            Op::Reduce { kind, axes, .. } if axes[..] == [cut.axis] => {
                let whole = across(g, *kind, &parts);
                g.broadcast_scalar(whole, &rest)
            }
            Op::Reduce { kind, axes, .. } => {
                let down: Vec<NodeId> = parts.iter().map(|&part| along(g, *kind, part, &rest)).collect();
                if axes.len() == shape.len() { across(g, *kind, &down) } else { g.concat(&down, [down.len()]) }
            }
            Op::Scatter { index, .. } => {
                let positions: Vec<Vec<u32>> = (0..parts.len()).map(|k| cut.part(self.from.index(*index), k)).collect();
                scatter(g, &parts, &positions, &rest, self.from.shape(id))
            }
            _ => unreachable!("only these read split arrays"),
        })
    }
}

/// The position to which all are equal.
fn only(positions: &[u32]) -> Option<u32> {
    let &first = positions.first()?;
    positions.iter().all(|&p| p == first).then_some(first)
}

/// Adds parts into zeros; a part that goes to one place is summed first.
fn scatter(g: &mut Graph, parts: &[NodeId], positions: &[Vec<u32>], rest: &Shape, shape: &Shape) -> NodeId {
    let (mut sums, mut places, mut arrays) = (Vec::new(), Vec::new(), Vec::new());
    for (&part, positions) in parts.iter().zip(positions) {
        match only(positions) {
            Some(place) => {
                sums.push(along(g, Reduction::Sum, part, rest));
                places.push(place);
            }
            None => {
                let part = g.broadcast_scalar(part, rest);
                arrays.push(g.scatter(part, positions.clone(), shape.clone()));
            }
        }
    }
    if !sums.is_empty() {
        let together = g.concat(&sums, [sums.len()]);
        arrays.push(g.scatter(together, places, shape.clone()));
    }
    arrays[1..].iter().fold(arrays[0], |sum, &array| g.add(sum, array))
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
