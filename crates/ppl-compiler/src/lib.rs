//! Syntax tree and data to a log-density graph.

#![forbid(unsafe_code)]

pub mod hir;
mod bind;
mod check;
mod influence;
mod names;
mod program;
mod interval;

mod lower;

pub use bind::{bind, Bound, Inputs, Setting, TableInput, Labels};
pub use check::check;
pub use program::{ColumnKind, Evaluation, Machine, ModelDensity, ModelOutput, OutputColumn, Program, Stage, lower};
pub use influence::Influence;
pub use interval::Interval;
pub use ppl_math::kernels::Isa;
