//! Text of a model to its syntax tree, and back.
pub mod ast;
