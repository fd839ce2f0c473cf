//! Families of distributions: densities as graph expressions, supports, draws, distribution functions, and the
//! transforms that free their values of constraints.
//!
//! The main type is [`Distribution`]: a [`Family`] with arguments that are nodes of a graph, possibly truncated, ordered
//! or made to sum to 0.
//!
//! ```
//! use ppl_distributions::{Distribution, family};
//! use ppl_graph::{Graph, evaluate};
//! # fn main() -> Result<(), ppl_distributions::Unsupported> {
//! let mut graph = Graph::new();
//! let arguments = [3.0, 0.0, 2.5].map(|value| graph.constant(value)).to_vec();
//! let student = Distribution::Family { family: family("student_t").expect("it exists"), arguments };
//! let lower = Some(graph.constant(0.0));
//! let half = Distribution::Truncated { base: Box::new(student), lower, upper: None };
//! let x = graph.input(0, [2]);
//! let density = half.log_density(&mut graph, x)?;
//! let logs = evaluate(&graph, &[1.0, -1.0], &[density])[0].values.to_vec();
//! assert_eq!(logs[1], f64::NEG_INFINITY);
//! assert!((logs[0] + 1.327_952).abs() < 1e-6);
//! # Ok(()) }
//! ```
//!
//! Laws, each held by a test over [`families`] that a new family must enter:
//!
//! - A log density has all its constants: densities integrate, or sum, to 1 (but for improper ones).
//! - It is −∞ outside the support, with the limit at the ends (0·ln 0 = 0), and NaN where an argument is outside its
//!   domain, whatever x is: a wrong argument is a fault with a place, never a small number.
//! - Distribution functions keep relative accuracy in both tails; draws have the distribution that the density states.
//! - Scalar arguments stay scalar: what does not depend on x is computed once.
//! - Names, order and parametrisation are Stan's unless the family's `doc` says otherwise.
#![forbid(unsafe_code)]

mod distribution;
mod events;
mod expressions;
mod families;
mod family;
mod foreign;
mod incomplete_beta;
mod sampling;
mod search;
#[cfg(test)]
mod testing;
pub mod transform;

pub use distribution::{Distribution, ResolvedSupport, Unsupported};
pub use families::{families, family};
pub use family::*;
pub use foreign::foreign_name;
