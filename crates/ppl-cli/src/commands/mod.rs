//! One command a file: each takes its arguments, does one thing with the facade, and says how it ended.

pub mod check;
pub mod completions;
pub mod diagnose;
pub mod eval;
pub mod explain;
pub mod export;
pub mod fmt;
pub mod graph;
pub mod new;
pub mod other;
pub mod profile;
pub mod sample;
pub mod summary;
