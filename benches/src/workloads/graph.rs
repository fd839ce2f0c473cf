//! Densities that the language does not reach yet, as graphs.

use ppl_graph::{Graph, NodeId};

/// A graph with the node of its log density.
pub struct Built {
    pub graph: Graph,
    pub value: NodeId,
}

/// A log density and that of standard normal priors, without their constant.
pub fn with_standard_normal(g: &mut Graph, value: NodeId, parameters: &[NodeId]) -> NodeId {
    parameters.iter().fold(value, |value, &parameter| {
        let square = g.square(parameter);
        let total = g.sum(square);
        let prior = g.scaled(-0.5, total);
        g.add(value, prior)
    })
}
