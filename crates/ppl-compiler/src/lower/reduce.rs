//! Reductions over axes, with or without a filter.

use ppl_diagnostic::Span;
use ppl_graph::{NodeId, Reduction};

use super::axes::{AxisId, Env};
use super::{Lowered, Lowering, Value};
use crate::hir::{Axis, Expr, Reduce};

/// An operand ready to be reduced.
struct Operand {
    /// The elements.
    x: NodeId,
    /// Which of them count; all without.
    filter: Option<NodeId>,
    /// The axes to reduce, as places.
    places: Vec<usize>,
    /// How many elements are reduced to one.
    count: usize,
    /// The shape before.
    shape: Vec<usize>,
}

impl Lowering<'_> {
    pub(super) fn reduce(
        &mut self,
        kind: Reduce,
        source: &Expr,
        axes: &[Axis],
        filter: Option<&Expr>,
        env: &Env,
        span: Span,
    ) -> Lowered<Value> {
        let value = self.expr(source, env)?;
        let filter = filter.map(|f| self.expr(f, env)).transpose()?;
        let mut reduced = Vec::new();
        for &axis in axes {
            reduced.push(self.current(axis, env)?);
        }
        let mut values = vec![value];
        values.extend(filter);
        let mut union = self.align(&values).1;
        // The variable of a generator may occur nowhere in what is summed: then the same is summed at every turn.
        let missing: Vec<AxisId> = reduced.iter().copied().filter(|a| !union.contains(a)).collect();
        union.extend(missing);
        let shape = self.extents(&union);
        let whole: Vec<NodeId> = values.iter().map(|v| self.spread_or_fill(v, &union)).collect();
        let places = places_of(&reduced, &union);
        let count = places.iter().map(|&p| shape[p]).product();
        let kept = (0..union.len()).filter(|k| !places.contains(k)).map(|k| union[k]).collect();
        let operand = Operand { x: whole[0], filter: whole.get(1).copied(), places, count, shape };
        let node = self.reduce_node(kind, operand, span)?;
        let node = match kind {
            Reduce::Basic(Reduction::ArgMax | Reduction::ArgMin) => self.within_dim(node, reduced[0]),
            _ => node,
        };
        Ok(Value { node, axes: kept })
    }

    /// A position along an axis as a position in its dim.
    fn within_dim(&mut self, node: NodeId, axis: AxisId) -> NodeId {
        if self.is_whole(axis) {
            return node;
        }
        let positions = self.dim_positions(axis);
        self.graph.take(positions, node)
    }

    fn spread_or_fill(&mut self, value: &Value, axes: &[AxisId]) -> NodeId {
        if value.axes.is_empty() {
            let shape = self.extents(axes);
            return self.filled(value.node, &shape);
        }
        self.spread(value, axes)
    }

    fn reduce_node(&mut self, kind: Reduce, operand: Operand, span: Span) -> Lowered<NodeId> {
        Ok(match kind {
            Reduce::Basic(kind) => self.basic(kind, &operand, operand.x),
            Reduce::Mean => self.mean(&operand),
            Reduce::Variance => self.variance(&operand),
            Reduce::Sd => {
                let variance = self.variance(&operand);
                self.graph.sqrt(variance)
            }
            Reduce::Norm => {
                let squares = self.graph.square(operand.x);
                let sum = self.basic(Reduction::Sum, &operand, squares);
                self.graph.sqrt(sum)
            }
            Reduce::All => {
                let truth = self.truth(operand.x);
                self.basic(Reduction::Product, &operand, truth)
            }
            Reduce::Any => {
                let truth = self.truth(operand.x);
                let number = self.basic(Reduction::Sum, &operand, truth);
                self.truth(number)
            }
            Reduce::Quantile(p) => self.quantile(&operand, p, span)?,
        })
    }

    fn truth(&mut self, x: NodeId) -> NodeId {
        let zero = self.graph.constant(0.0);
        self.graph.ne(x, zero)
    }

    /// A reduction of the elements that count; the others are replaced by its neutral element.
    fn basic(&mut self, kind: Reduction, operand: &Operand, x: NodeId) -> NodeId {
        let neutral = match kind {
            Reduction::Sum => 0.0,
            Reduction::Product => 1.0,
            Reduction::Min | Reduction::ArgMin => f64::INFINITY,
            Reduction::Max | Reduction::ArgMax | Reduction::LogSumExp => f64::NEG_INFINITY,
        };
        let x = match operand.filter {
            None => x,
            Some(filter) => {
                let neutral = self.graph.constant(neutral);
                self.graph.select(filter, x, neutral)
            }
        };
        if operand.places.is_empty() && matches!(kind, Reduction::ArgMax | Reduction::ArgMin) {
            return self.graph.constant(0.0);
        }
        self.graph.reduce(kind, x, &operand.places)
    }

    /// How many elements count.
    fn number(&mut self, operand: &Operand) -> NodeId {
        match operand.filter {
            None => self.graph.constant(operand.count as f64),
            Some(filter) => {
                let truth = self.truth(filter);
                self.graph.reduce(Reduction::Sum, truth, &operand.places)
            }
        }
    }

    fn mean(&mut self, operand: &Operand) -> NodeId {
        let sum = self.basic(Reduction::Sum, operand, operand.x);
        let number = self.number(operand);
        self.graph.div(sum, number)
    }

    /// With divisor n − 1.
    fn variance(&mut self, operand: &Operand) -> NodeId {
        let mean = self.mean(operand);
        let kept: Vec<usize> = (0..operand.shape.len()).filter(|k| !operand.places.contains(k)).collect();
        let mean = self.graph.broadcast(mean, &kept, operand.shape.clone());
        let centred = self.graph.sub(operand.x, mean);
        let squares = self.graph.square(centred);
        let sum = self.basic(Reduction::Sum, operand, squares);
        let number = self.number(operand);
        let one = self.graph.constant(1.0);
        let divisor = self.graph.sub(number, one);
        self.graph.div(sum, divisor)
    }

    /// By linear interpolation between order statistics.
    fn quantile(&mut self, operand: &Operand, p: f64, span: Span) -> Lowered<NodeId> {
        if operand.filter.is_some() {
            return self.fail("E0901", "`where` in a quantile is not supported yet", span, "");
        }
        let kept: Vec<usize> = (0..operand.shape.len()).filter(|k| !operand.places.contains(k)).collect();
        let order: Vec<usize> = kept.iter().chain(&operand.places).copied().collect();
        let moved = self.graph.transpose(operand.x, &order);
        let outer: Vec<usize> = kept.iter().map(|&k| operand.shape[k]).collect();
        let (rows, n) = (outer.iter().product::<usize>(), operand.count);
        if n == 0 {
            return self.fail("E0525", "a quantile of nothing", span, "no elements");
        }
        let matrix = self.graph.reshape(moved, vec![rows, n]);
        let sorted = self.graph.sort(matrix);
        let at = p * (n - 1) as f64;
        let (below, above) = (at.floor() as usize, at.ceil() as usize);
        let pick = |i: usize| (0..rows).map(|r| (r * n + i) as u32).collect::<Vec<u32>>();
        let low = self.graph.gather(sorted, pick(below), outer.clone());
        let high = self.graph.gather(sorted, pick(above), outer);
        let weight = self.graph.constant(at - below as f64);
        let step = self.graph.sub(high, low);
        let step = self.graph.mul(weight, step);
        Ok(self.graph.add(low, step))
    }
}

/// Where the axes stand, from the right where one stands twice; in increasing order.
fn places_of(reduced: &[AxisId], all: &[AxisId]) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::new();
    for axis in reduced {
        let place = (0..all.len()).rev().find(|k| all[*k] == *axis && !places.contains(k));
        places.push(place.expect("what is reduced is among the axes"));
    }
    places.sort_unstable();
    places
}
