//! Why a diagnostic has no value.

use thiserror::Error;

/// The reason why a diagnostic of some draws is undefined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Undefined {
    /// All draws are equal (their range is below 2.2e-16), so there is nothing to diagnose.
    #[error("all draws are equal")]
    Constant,
    /// Some draw is NaN or infinite.
    #[error("some draws are not finite")]
    NonFinite,
    /// The shortest chain has fewer draws than the diagnostic needs.
    #[error("too few draws: {have} a chain where {need} are needed")]
    TooFew {
        /// Draws in the shortest non-empty chain.
        have: usize,
        /// Draws a chain that the diagnostic needs.
        need: usize,
    },
}
