//! The seam between models and samplers.
//!
//! The one main type is the trait [`LogDensity`]: a function of an unconstrained position that returns the log of an
//! unnormalised density, and its gradient where it has one. A compiler produces one, a sampler consumes one, and
//! neither knows of the other.
//!
//! ```
//! use ppl_density::{Fault, LogDensity};
//! #[derive(Clone)]
//! struct Normal;
//! impl LogDensity for Normal {
//!     fn dim(&self) -> usize { 1 }
//!     fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> { Ok(-0.5 * q[0] * q[0]) }
//!     fn log_density_and_gradient(&mut self, q: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
//!         gradient[0] = -q[0];
//!         self.log_density(q)
//!     }
//! }
//! assert_eq!(Normal.log_density(&[2.0]), Ok(-2.0));
//! ```
//!
//! Laws: the same position gives the same bits; −∞ is a legal value (outside the support), NaN and +∞ are not
//! values but a [`Fault`]; nothing is clipped to be finite; the gradient buffer has length [`LogDensity::dim`] and
//! may hold anything after a fault. Coordinates that [`LogDensity::integers`] names hold whole numbers within their
//! bounds wherever a sampler evaluates.

#![forbid(unsafe_code)]

use std::fmt;

/// Why a log density could not be evaluated at a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This position cannot be judged: the proposal is rejected and counted, sampling goes on.
    Reject(String),
    /// Nothing can be evaluated any more: the chain stops and keeps its draws.
    Fatal(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Reject(reason) | Fault::Fatal(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for Fault {}

/// One named summand of a log density at a position.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The statement it comes from, with its place, such as `y (17:1)`.
    pub name: String,
    /// Its value, which may be −∞ or NaN.
    pub value: f64,
    /// The element that is to blame where the value is not finite, such as `y["s12"] = 4.1 outside uniform(0, 3)`.
    pub example: Option<String>,
}

/// A component that is not finite of the gradient of one named summand.
#[derive(Clone, Debug, PartialEq)]
pub struct Slope {
    /// The statement, as [`Term::name`] has it.
    pub name: String,
    /// The coordinate of the component.
    pub coordinate: usize,
    /// What moves with the coordinate, such as the unknown `sigma`.
    pub unknown: Option<String>,
    /// The component: NaN, −∞ or +∞.
    pub value: f64,
}

/// A coordinate that takes whole numbers only, held as a number of a position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Integer {
    /// Its place in a position.
    pub coordinate: usize,
    /// The smallest value, a whole number or −∞.
    pub low: f64,
    /// The largest value, a whole number or +∞, not below [`Self::low`].
    pub high: f64,
}

/// The log of an unnormalised density over unconstrained positions.
///
/// Each chain works on its own clone, so an implementation may keep buffers.
pub trait LogDensity {
    /// Length of a position; may be 0.
    fn dim(&self) -> usize;

    /// The log density at `position`, a slice of length [`Self::dim`].
    fn log_density(&mut self, position: &[f64]) -> Result<f64, Fault>;

    /// The log density at `position`; its gradient is written to `gradient`, of length [`Self::dim`].
    ///
    /// Called only where [`Self::has_gradient`] is true.
    fn log_density_and_gradient(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Fault>;

    /// Whether a gradient exists; samplers that need one refuse otherwise.
    fn has_gradient(&self) -> bool {
        true
    }

    /// What an evaluation without gradient takes, in nanoseconds and very roughly, where that is known beforehand.
    ///
    /// Samplers that evaluate many positions at once share them among threads where that pays, or where nothing is known.
    fn nanoseconds(&self) -> Option<f64> {
        None
    }

    /// The coordinates that take whole numbers only, each once. Others are real numbers; without any, all are.
    ///
    /// Samplers update them by kernels of their own, never leave their bounds, and ignore the components of the gradient
    /// that belong to them.
    fn integers(&self) -> Vec<Integer> {
        Vec::new()
    }

    /// The log density where one coordinate has another value, less that at `position`; nothing, as by default, where an
    /// evaluation of the whole is no dearer.
    ///
    /// # Errors
    /// As [`Self::log_density`] where the coordinate has that value.
    fn log_density_change(&mut self, _position: &[f64], _coordinate: usize, _value: f64) -> Result<Option<f64>, Fault> {
        Ok(None)
    }

    /// The summands at `position`, for messages about where a density is not finite; empty where unknown.
    fn terms(&mut self, _position: &[f64]) -> Vec<Term> {
        Vec::new()
    }

    /// The summands whose gradient is not finite at `position`, each with its first component that is not, for messages
    /// about where a gradient is not finite; empty where unknown. Coordinates that take whole numbers do not count.
    fn slopes(&mut self, _position: &[f64]) -> Vec<Slope> {
        Vec::new()
    }

    /// A draw from the prior on the unconstrained scale, written to `position`; false where there is none.
    ///
    /// `uniform` yields numbers in [0, 1).
    fn draw_prior(&mut self, _uniform: &mut dyn FnMut() -> f64, _position: &mut [f64]) -> bool {
        false
    }
}
