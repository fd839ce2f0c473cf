//! Special functions with their derivatives, for log densities.
//!
//! Plain functions on `f64`, and in [`kernels`] the same over arrays, compiled for each instruction set. Each states
//! its domain; outside it the answer is NaN, and at the edge the limit, so that a log density is −∞ where it should be
//! and never finite by accident.
//!
//! ```
//! use ppl_math::{digamma, log1m_exp, log_gamma, log_normal_cdf, normal_quantile, softplus};
//! assert!((log_gamma(5.0) - 24f64.ln()).abs() < 1e-14);
//! assert_eq!(softplus(-800.0), 0.0);
//! assert_eq!(log1m_exp(0.0), f64::NEG_INFINITY);
//! assert!((log_normal_cdf(-40.0) + 804.608442).abs() < 1e-6);
//! assert!((normal_quantile(0.975) - 1.959963984540054).abs() < 1e-14);
//! assert!((digamma(1.0) + 0.5772156649015329).abs() < 1e-15);
//! ```
//!
//! Laws: no function clips its argument or its answer; tails keep their relative accuracy; NaN in gives NaN out
//! (but [`x_log_y`] is 0 at x = 0); every derivative that the graph uses is itself a function here.
#![deny(unsafe_code)] // but for the kernels
// Coefficients stand as published, with more digits than a double holds.
#![allow(clippy::excessive_precision)]

mod beta;
mod error_function;
mod exponential;
mod gamma;
mod incomplete_gamma;
pub mod kernels;
mod normal;
mod polynomial;

pub use beta::{beta_inc, beta_inc_inverse, log_beta};
pub use error_function::{erf, erfc, erfc_scaled};
pub use exponential::{log_add_exp, log_sub_exp, log_sum_exp, log1m_exp, logit, sigmoid, softplus, x_log_y, x_log1p};
pub use gamma::{digamma, log_gamma, tetragamma, trigamma};
pub use incomplete_gamma::{gamma_p, gamma_p_shape, gamma_q};
pub use normal::{log_normal_cdf, log_normal_density, normal_cdf, normal_density, normal_quantile};
