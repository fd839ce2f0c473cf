//! Convergence diagnostics and summaries of draws.
//!
//! The main type is [`Summary`]: one row of the table a reader sees after a run. [`summarize`] makes it from the draws of one
//! quantity, a slice a chain; [`summarize_ensembles`] from the walkers of the affine-invariant ensemble sampler. Every number
//! in it is also a function of its own ([`rhat`], [`ess_bulk`], [`mcse_quantile`], …).
//!
//! ```
//! let first: Vec<f64> = (0..100).map(|i| f64::from(i * 37 % 101)).collect();
//! let second: Vec<f64> = (0..100).map(|i| f64::from(i * 53 % 101)).collect();
//! let summary = ppl_stats::summarize(&[&first, &second]);
//! assert!((summary.mean - 50.0).abs() < 1.0);
//! assert!(summary.q5 < summary.q50 && summary.q50 < summary.q95);
//!
//! let constant = ppl_stats::summarize(&[&[1.0; 100], &[1.0; 100]]);
//! assert!(constant.rhat.is_nan());
//! assert_eq!(constant.undefined, Some(ppl_stats::Undefined::Constant));
//! ```
//!
//! Laws:
//! - A quantity that has no meaning is [`Undefined`] with its reason (NaN in a [`Summary`]), never a number.
//! - Chains are taken as they lie: empty ones are left out, the others cut to the shortest (and the summary is flagged).
//! - Definitions are those of R's `posterior` package (Vehtari, Gelman, Simpson, Carpenter, Bürkner 2021, "Rank-normalization,
//!   folding, and localization: an improved R̂"); the golden tests hold them to every printed digit.
//! - Nothing here reads a clock, a file or a random number: same draws, same bits.
#![forbid(unsafe_code)]

mod autocovariance;
mod chains;
mod energy;
mod ensemble;
mod ess;
mod fft;
mod mcse;
mod moments;
mod ranks;
mod rhat;
mod summary;
mod undefined;

#[cfg(test)]
mod tests;

pub use energy::ebfmi;
pub use ensemble::{Reliability, Tau, autocorrelation_time, summarize_ensembles};
pub use ess::{ess_basic, ess_bulk, ess_mean, ess_median, ess_quantile, ess_sd, ess_tail};
pub use mcse::{mcse_mean, mcse_median, mcse_quantile, mcse_sd};
pub use moments::{mean, quantile, sd};
pub use rhat::{rhat, rhat_basic, rhat_bulk, rhat_split, rhat_tail};
pub use summary::{Flag, Summary, summarize};
pub use undefined::Undefined;
