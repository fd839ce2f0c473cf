//! The log-density graph: array operations, their gradient, their rewriting, and the reference interpreter.
//!
//! The one main type is [`Graph`], a list of array operations in which operands come first and equal nodes are one.
//! [`gradient`] adds reverse-mode nodes to it, [`passes`] make it smaller, [`Evaluator`] runs it, [`GraphDensity`] makes
//! it what samplers consume, [`PlanDensity`] does the same at speed on data that [`passes::condense`] has reduced, and
//! [`text`] prints and parses graphs.
//!
//! ```
//! use ppl_density::LogDensity;
//! use ppl_graph::{Graph, GraphDensity, Tensor};
//! let mut graph = Graph::new();
//! let mean = graph.input(0, []);
//! let data = graph.data(Tensor::new([3], vec![1.0, 2.0, 6.0]));
//! let residuals = graph.sub(data, mean);
//! let squares = graph.square(residuals);
//! let terms = graph.scaled(-0.5, squares);
//! let value = graph.sum(terms);
//! let mut density = GraphDensity::differentiate(&graph, value, 1, &[]);
//! let mut gradient = [0.0];
//! assert_eq!(density.log_density_and_gradient(&[2.0], &mut gradient), Ok(-8.5));
//! assert_eq!(gradient, [3.0]);
//! ```
//!
//! Laws: graphs are immutable but for nodes added at the end; the same inputs give the same bits; only the chosen side of
//! a select counts, in value and gradient; every derivative is checked against differences, and a new operation does not
//! compile until it has one; passes keep values up to rounding and never turn an infinity or NaN into a number; a plan
//! gives what the interpreter gives up to rounding, and is verified once before its runner, the one place with unsafe
//! code, trusts it.
#![deny(unsafe_code)] // but for the runner of plans

mod body;
mod builders;
mod density;
mod elementwise;
mod graph;
mod interpret;
mod needs;
mod node;
pub mod passes;
mod plan;
mod reverse;
mod routines;
mod sequence;
mod shape;
mod sparse;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
mod verify;

pub use body::Body;
pub use density::{GraphDensity, NamedTerm};
pub use graph::{Graph, Tensor};
pub use interpret::{Evaluator, evaluate};
pub use node::{Binary, BodyId, DataId, IndexId, Node, NodeId, Op, Origin, Reduction, SparseId, Unary};
pub use plan::{Footprint, PlanDensity};
pub use reverse::gradient;
pub use shape::Shape;
pub use sparse::SparseMatrix;
