//! The log-density graph.

mod graph;
mod node;
mod shape;

pub use graph::{Graph, Tensor};
pub use node::{Binary, DataId, IndexId, Node, NodeId, Op, Origin, Reduction, Unary};
pub use shape::Shape;
