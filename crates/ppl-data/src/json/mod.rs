//! CmdStan's JSON: one object whose fields are numbers, texts and nested row-major arrays of them.
//!
//! Beyond the standard, as CmdStan and Python write them: bare `NaN`, `Infinity`, `-Infinity`, and the same as strings.

mod array;
mod document;
mod parse;
mod token;

pub use document::{Document, Field, Value};
pub use parse::read_json;

#[cfg(test)]
mod tests;
