//! Arrays with a short last or first axis become one array for each position along it.
//!
//! A mixture of three parts over n rows works on `[n, 3]`; as three arrays of `[n]` its sums over parts are additions,
//! and all of it fits into one pass of length n. An array is split where everything that reads it can do with the parts.

use std::collections::HashMap;

mod cut;

use crate::passes::{Rebuild, is_commutative};
use crate::{Binary, DataId, Graph, NodeId, Op, Reduction, Shape, Tensor, Unary};
use cut::Cut;

/// Rewrites a graph; the outputs keep their order.
pub(super) fn split(graph: &Graph, outputs: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let chosen = choose(graph, outputs);
    if !chosen.contains(&true) {
        return (graph.clone(), outputs.to_vec());
    }
    let mut parts = Parts {
        from: graph,
        chosen: &chosen,
        made: HashMap::new(),
        columns: HashMap::new(),
        constants: HashMap::new(),
    };
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
            let is_split = |operand: NodeId| before[operand.0 as usize];
            let mut operands_fit = true;
            graph.node(id).op.for_each_operand(|operand| operands_fit &= fits(graph, id, operand, is_split(operand)));
            chosen[id.0 as usize] &= operands_fit;
            let accepts = if chosen[id.0 as usize] { reads_parts } else { accepts };
            graph.node(id).op.for_each_operand(|operand| chosen[operand.0 as usize] &= accepts(graph, id, operand));
        }
        if chosen == before {
            return chosen;
        }
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

/// Whether a node can be split although the operand, as it is, may not be.
fn fits(graph: &Graph, id: NodeId, operand: NodeId, is_split: bool) -> bool {
    match graph.node(id).op {
        Op::Transpose { .. } => is_split,
        _ if is_elementwise(graph, id) => is_split || !is_tall(graph.shape(operand)) || is_data(graph, operand),
        _ => true,
    }
}

/// Whether a node that is split reads a split operand part by part.
fn reads_parts(graph: &Graph, id: NodeId, operand: NodeId) -> bool {
    match graph.node(id).op {
        Op::Transpose { .. } => true,
        Op::MatMul(a, b) => operand == b && a != b && Cut::of(graph.shape(b)).is_some_and(|cut| cut.axis == 1),
        _ => is_elementwise(graph, id),
    }
}

fn is_candidate(graph: &Graph, id: NodeId) -> bool {
    let shape = graph.shape(id);
    let Some(cut) = Cut::of(shape) else { return false };
    match &graph.node(id).op {
        Op::Transpose { .. } => shape.len() == 2,
        Op::MatMul(a, _) => is_data(graph, *a) && shape.len() == 2 && cut.axis == 1,
        Op::Scatter { index, .. } => cut.picked_by(graph.index(*index)).is_some(),
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
        Op::Gather { index, .. } => {
            let positions = graph.index(*index);
            cut.read_by(positions).is_some() || cut.picked_by(positions).is_some()
        }
        Op::Scatter { .. } => true,
        Op::MatMul(a, b) => operand == *a && a != b && is_data(graph, *b) && shape.len() == 2 && cut.axis == 0,
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
    /// Constants by shape and bits: parts of a constant and of its transpose are the same.
    constants: HashMap<(Shape, Vec<u64>), NodeId>,
}

impl Parts<'_> {
    fn split(&mut self, rebuild: &mut Rebuild, id: NodeId) -> Vec<NodeId> {
        let shape = self.from.shape(id);
        let cut = Cut::of(shape).expect("only such arrays are split");
        let rest = cut.rest(shape);
        if let Some(parts) = self.shared_out(id, cut) {
            let powers = Powers::new(&mut rebuild.to, &parts);
            return powers.shares(&mut rebuild.to);
        }
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
                Op::Transpose { source, .. } => self.made[source][k],
                Op::MatMul(a, b) => {
                    let (matrix, column) = (rebuild.made(*a), self.column(rebuild, *b, k));
                    rebuild.to.matmul(matrix, column)
                }
                Op::Scatter { source, index } => {
                    let picked = cut.picked_by(self.from.index(*index)).expect("a candidate for that");
                    let (source, zero) = (rebuild.made(*source), rebuild.to.constant(0.0));
                    let source = rebuild.to.reshape(source, rest.clone());
                    let mask = self.mask(rebuild, &picked, k, &rest);
                    rebuild.to.select(mask, source, zero)
                }
                op => {
                    let op = in_order(op.clone().map_operands(|operand| self.part(rebuild, operand, k)));
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

    /// The parts of x where a node is exp(x − ln Σ exp x), the sum over parts: a softmax, or weights of a mixture.
    fn shared_out(&self, id: NodeId, cut: Cut) -> Option<Vec<NodeId>> {
        let op = |id: NodeId| &self.from.node(id).op;
        let Op::Unary(Unary::Exp, difference) = *op(id) else { return None };
        let Op::Binary(Binary::Sub, x, spread) = *op(difference) else { return None };
        let Op::Broadcast { source: whole, ref axes } = *op(spread) else { return None };
        let Op::Reduce { kind: Reduction::LogSumExp, source, axes: ref summed } = *op(whole) else { return None };
        let over_parts = Cut::of(self.from.shape(source)).is_some_and(|cut| summed[..] == [cut.axis]);
        let parts = self.made.get(&x).filter(|&parts| self.made.get(&source) == Some(parts))?;
        (over_parts && !axes.contains(&cut.axis)).then(|| parts.clone())
    }

    /// Column `k` of a matrix that may be split.
    fn column(&mut self, rebuild: &mut Rebuild, matrix: NodeId, k: usize) -> NodeId {
        let shape = self.from.shape(matrix);
        let (rows, columns) = (shape[0], shape[1]);
        match self.made.get(&matrix) {
            Some(parts) => rebuild.to.broadcast_scalar(parts[k], &[rows].into()),
            None => {
                let source = rebuild.made(matrix);
                let positions: Vec<u32> = (0..rows).map(|row| (row * columns + k) as u32).collect();
                rebuild.to.gather(source, positions, [rows])
            }
        }
    }

    /// 1 where part `k` is picked, else 0.
    fn mask(&mut self, rebuild: &mut Rebuild, picked: &[usize], k: usize, rest: &Shape) -> NodeId {
        let hits = picked.iter().map(|&part| f64::from(u8::from(part == k))).collect();
        self.constant(rebuild, rest.clone(), hits)
    }

    /// The elements of the parts that are picked, one a row.
    fn pick(&mut self, rebuild: &mut Rebuild, parts: &[NodeId], picked: &[usize], rest: &Shape) -> NodeId {
        (1..parts.len()).fold(parts[0], |others, k| {
            let mask = self.mask(rebuild, picked, k, rest);
            rebuild.to.select(mask, parts[k], others)
        })
    }

    /// Part `k` of an operand; a scalar is the same for all.
    fn part(&mut self, rebuild: &mut Rebuild, operand: NodeId, k: usize) -> NodeId {
        if self.chosen[operand.0 as usize] {
            return self.made[&operand][k];
        }
        match self.from.node(operand).op {
            Op::Data(data) => self.part_of_constant(rebuild, data, k),
            _ => rebuild.made(operand),
        }
    }

    fn part_of_constant(&mut self, rebuild: &mut Rebuild, data: DataId, k: usize) -> NodeId {
        if let Some(&known) = self.columns.get(&(data, k)) {
            return known;
        }
        let tensor = self.from.tensor(data);
        let cut = Cut::of(&tensor.shape).expect("the shape of an array that is split");
        let part = self.constant(rebuild, cut.rest(&tensor.shape), cut.part(&tensor.values, k));
        self.columns.insert((data, k), part);
        part
    }

    fn constant(&mut self, rebuild: &mut Rebuild, shape: Shape, values: Vec<f64>) -> NodeId {
        let bits = values.iter().map(|x| x.to_bits()).collect();
        let known = self.constants.entry((shape.clone(), bits));
        *known.or_insert_with(|| rebuild.to.data(Tensor::new(shape, values)))
    }

    /// A node that is not split and reads one that is.
    fn read(&mut self, rebuild: &mut Rebuild, id: NodeId) -> Option<NodeId> {
        let source = match self.from.node(id).op {
            Op::Reduce { source, .. } | Op::Gather { source, .. } | Op::Scatter { source, .. } => source,
            Op::MatMul(a, _) => a,
            _ => return None,
        };
        let shape = self.from.shape(source);
        let parts = self.made.get(&source)?.clone();
        let cut = Cut::of(shape).expect("only such arrays are split");
        let rest = cut.rest(shape);
        if let Op::Gather { index, .. } = self.from.node(id).op {
            let positions = self.from.index(index);
            let part = match (cut.read_by(positions), cut.picked_by(positions)) {
                (Some(k), _) => parts[k],
                (None, Some(picked)) => self.pick(rebuild, &parts, &picked, &rest),
                (None, None) => unreachable!("accepted for one of them"),
            };
            let whole = rebuild.to.broadcast_scalar(part, &rest);
            return Some(rebuild.to.reshape(whole, self.from.shape(id).clone()));
        }
        let matrix = if let Op::MatMul(_, b) = self.from.node(id).op { rebuild.made(b) } else { source };
        let g = &mut rebuild.to;
        Some(match &self.from.node(id).op {
            Op::MatMul(..) => {
                let rows: Vec<NodeId> = parts
                    .iter()
                    .map(|&part| {
                        let row = g.broadcast_scalar(part, &rest);
                        g.matmul(row, matrix)
                    })
                    .collect();
                g.concat(&rows, self.from.shape(id).clone())
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

/// Operands of commutative functions in the order of their ids, so that equal parts meet.
fn in_order(op: Op) -> Op {
    match op {
        Op::Binary(f, a, b) if is_commutative(f) && a > b => Op::Binary(f, b, a),
        op => op,
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
        Reduction::LogSumExp => log_sum_exp(g, parts),
        _ => unreachable!("reductions that splitting accepts"),
    }
}

/// ln Σ exp over parts.
fn log_sum_exp(g: &mut Graph, parts: &[NodeId]) -> NodeId {
    let Powers { total, shift, .. } = Powers::new(g, parts);
    let log = g.log(total);
    g.add(log, shift)
}

/// The exponentials of parts over that of the largest, which is taken out where it is finite.
struct Powers {
    each: Vec<NodeId>,
    total: NodeId,
    shift: NodeId,
}

impl Powers {
    fn new(g: &mut Graph, parts: &[NodeId]) -> Self {
        let largest = across(g, Reduction::Max, parts);
        let shift = super::expand::finite_or_zero(g, largest);
        let mut power = |part: NodeId| {
            let shifted = g.sub(part, shift);
            g.exp(shifted)
        };
        let each: Vec<NodeId> = parts.iter().map(|&part| power(part)).collect();
        Powers { total: across(g, Reduction::Sum, &each), each, shift }
    }

    /// exp(part − ln Σ exp) for each part, without further exponentials.
    fn shares(self, g: &mut Graph) -> Vec<NodeId> {
        let scale = g.reciprocal(self.total);
        self.each.into_iter().map(|power| g.mul(power, scale)).collect()
    }
}
