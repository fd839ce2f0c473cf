//! Small expressions that are written often.

use crate::{Graph, NodeId, Shape};

impl Graph {
    /// c·a.
    pub fn scaled(&mut self, c: f64, a: NodeId) -> NodeId {
        let c = self.constant(c);
        self.mul(c, a)
    }

    /// c + a.
    pub fn shifted(&mut self, c: f64, a: NodeId) -> NodeId {
        let c = self.constant(c);
        self.add(c, a)
    }

    /// 1 − a.
    pub fn one_minus(&mut self, a: NodeId) -> NodeId {
        let one = self.constant(1.0);
        self.sub(one, a)
    }

    /// A scalar repeated to a shape; an array of that shape as it is.
    pub fn broadcast_scalar(&mut self, a: NodeId, shape: &Shape) -> NodeId {
        if self.shape(a) == shape { a } else { self.broadcast(a, &[], shape.clone()) }
    }
}
