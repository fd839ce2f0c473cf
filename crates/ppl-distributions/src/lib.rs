//! One file a family of distributions.

mod family;
pub use family::*;
