//! Functions along one axis that keep it.

use ppl_graph::{NodeId, Reduction};

use super::axes::Env;
use super::{Lowered, Lowering, Value};
use crate::hir::{Along, Axis, Expr};

impl Lowering<'_> {
    pub(super) fn along(&mut self, along: Along, source: &Expr, axis: Axis, env: &Env) -> Lowered<Value> {
        let value = self.expr(source, env)?;
        let axis = self.current(axis, env)?;
        let place = value.axes.iter().position(|a| *a == axis).expect("checked to vary over the axis");
        let rank = value.axes.len();
        let mut order: Vec<usize> = (0..rank).filter(|&k| k != place).collect();
        order.push(place);
        let moved = self.graph.transpose(value.node, &order);
        let done = self.along_last(along, moved);
        let mut back = vec![0; rank];
        order.iter().enumerate().for_each(|(to, &from)| back[from] = to);
        Ok(Value { node: self.graph.transpose(done, &back), axes: value.axes })
    }

    fn along_last(&mut self, along: Along, x: NodeId) -> NodeId {
        match along {
            Along::CumulativeSum => self.graph.cumulative_sum(x, false),
            Along::Sort => self.graph.sort(x),
            Along::Rank => {
                let order = self.graph.arg_sort(x);
                let rank = self.graph.arg_sort(order);
                let one = self.graph.constant(1.0);
                self.graph.add(rank, one)
            }
            Along::LogSoftmax => self.log_softmax(x),
            Along::Softmax => {
                let logs = self.log_softmax(x);
                self.graph.exp(logs)
            }
        }
    }

    fn log_softmax(&mut self, x: NodeId) -> NodeId {
        let shape = self.graph.shape(x).clone();
        let total = self.graph.reduce_last(Reduction::LogSumExp, x);
        let kept: Vec<usize> = (0..shape.len() - 1).collect();
        let total = self.graph.broadcast(total, &kept, shape);
        self.graph.sub(x, total)
    }
}
