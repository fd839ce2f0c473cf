//! `if c then a else b`.

use ppl_graph::Tensor;

use super::axes::{AxisId, Env};
use super::{Lowered, Lowering, Value};
use crate::hir::Expr;

/// One side of a choice whose condition is known: its values where it is chosen.
struct Side {
    value: Value,
    /// The axis of the elements of the condition that choose it; none where all do.
    chosen: Option<AxisId>,
}

impl Lowering<'_> {
    /// Both sides everywhere, where both exist; else each where it is chosen, if that is known.
    pub(super) fn choice(&mut self, c: &Expr, a: &Expr, b: &Expr, env: &Env) -> Lowered<Value> {
        let condition = self.expr(c, env)?;
        let sides = (self.expr(a, env), self.expr(b, env));
        if let (Ok(a), Ok(b)) = sides {
            let (nodes, axes) = self.align(&[condition, a, b]);
            return Ok(Value { node: self.graph.select(nodes[0], nodes[1], nodes[2]), axes });
        }
        match self.constant(condition.node) {
            Some(truth) => self.known_choice(&condition, &truth, c, a, b, env),
            None => Err(sides.0.err().or(sides.1.err()).expect("one side failed")),
        }
    }

    fn known_choice(
        &mut self,
        condition: &Value,
        truth: &Tensor,
        c: &Expr,
        a: &Expr,
        b: &Expr,
        env: &Env,
    ) -> Lowered<Value> {
        let yes = self.side(condition, c, a, true, env)?;
        let no = self.side(condition, c, b, false, env)?;
        match (yes, no) {
            (Some(yes), Some(no)) => Ok(self.merged(condition, truth, yes, no)),
            (Some(only), None) | (None, Some(only)) => Ok(only.value),
            (None, None) => Ok(self.scalar(f64::NAN)),
        }
    }

    /// One side under the restriction to where it is chosen; none where that is nowhere.
    fn side(&mut self, condition: &Value, c: &Expr, side: &Expr, holds: bool, env: &Env) -> Lowered<Option<Side>> {
        let mut own = env.clone();
        self.restrict(&mut own, condition, holds, c.span)?;
        if !own.active {
            return Ok(None);
        }
        let chosen = own.restrictions.get(env.restrictions.len()).copied();
        let value = self.expr(side, &own)?;
        Ok(Some(Side { value, chosen }))
    }

    /// The elements of both sides, each from where it is chosen.
    fn merged(&mut self, condition: &Value, truth: &Tensor, yes: Side, no: Side) -> Value {
        let (yes_axis, no_axis) = (yes.chosen.expect("the other side is chosen too"), no.chosen.expect("so is this"));
        let others: Vec<AxisId> = {
            let all = self.align(&[yes.value.clone(), no.value.clone()]).1;
            all.into_iter().filter(|a| *a != yes_axis && *a != no_axis).collect()
        };
        let mut nodes = Vec::new();
        for (side, axis) in [(&yes, yes_axis), (&no, no_axis)] {
            let axes: Vec<AxisId> = std::iter::once(axis).chain(others.iter().copied()).collect();
            let shape = self.extents(&axes);
            nodes.push(match side.value.axes.is_empty() {
                true => self.filled(side.value.node, &shape),
                false => self.spread(&side.value, &axes),
            });
        }
        let width: usize = self.extents(&others).iter().product();
        let (yes_len, no_len) = (self.extent(yes_axis), self.extent(no_axis));
        let both = self.graph.concat(&nodes, vec![(yes_len + no_len) * width]);
        let mut next = (0, yes_len * width);
        let mut from: Vec<u32> = Vec::with_capacity(truth.values.len() * width);
        for &chosen in truth.values.iter() {
            let start = if chosen != 0.0 { &mut next.0 } else { &mut next.1 };
            from.extend((*start..*start + width).map(|i| i as u32));
            *start += width;
        }
        let axes: Vec<AxisId> = condition.axes.iter().copied().chain(others).collect();
        let shape = self.extents(&axes);
        Value { node: self.graph.gather(both, from, shape), axes }
    }
}
