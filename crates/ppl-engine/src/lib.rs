//! Samplers, warm-up, chains: draws from any log density.
//!
//! The engine knows nothing of models. It takes a [`LogDensity`] over unconstrained positions, runs one of three samplers
//! on it — NUTS, an affine-invariant ensemble of walkers, adaptive Metropolis — and hands each draw to a [`Sink`].
//! Coordinates that take whole numbers ([`LogDensity::integers`]) are swept between transitions of the others;
//! such chains do not learn together in warm-up.
//! NUTS and Metropolis can explore a ladder of temperatures ([`Tempering`]) where modes lie far apart.
//! The one main function is [`sample`]; [`sample_to_memory`] is its short form:
//!
//! ```
//! use ppl_engine::{Fault, LogDensity, Positions, Settings, Starts, sample_to_memory};
//!
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
//!
//! let chains = sample_to_memory(&Normal, &Positions { dim: 1 }, &Settings::default(), &Starts::random())?;
//! let draws = chains[0].draws.column(0);
//! assert_eq!(draws.len(), 1000);
//! assert!(draws.iter().sum::<f64>().abs() / 1000.0 < 0.2);
//! # Ok::<(), ppl_engine::Error>(())
//! ```
//!
//! # Laws
//!
//! - The same seed gives the same bits for any number of threads, and for a run cut off anywhere that goes on from the
//!   states a [`Supervisor`] has kept. A chain's draws depend on its id, not on its company, but for what NUTS chains
//!   learn together in warm-up ([`Nuts::pool`]).
//! - A transition allocates nothing once warm-up is over.
//! - After warm-up the kernel is fixed and leaves the target invariant.
//! - What the target does, its chain survives: a rejection, NaN or −∞ is a rejected proposal or a divergence; a fatal
//!   fault, +∞ or a panic ends the chain with the position and keeps its draws. Other chains go on. All of it is noted:
//!   [`ChainFault`], [`Divergence`].
//! - Nothing is printed, no file touched, no clock read, no global state held.
#![forbid(unsafe_code)]

mod chain;
mod crew;
mod discrete;
mod divergence;
mod ensemble;
mod error;
mod explorer;
mod fault;
mod fixed;
mod init;
mod kernel;
mod memory;
mod metropolis;
mod moves;
mod nuts;
mod observer;
mod output;
mod rng;
mod run;
mod settings;
mod sink;
mod starts;
mod state;
mod supervisor;
mod target;
mod tempering;
#[cfg(test)]
mod testing;

pub use ppl_density::{Fault, Integer, LogDensity, Slope, Term};
pub use rand::Rng;

pub use divergence::Divergence;
pub use error::{ChainError, Error, Fatal, InitFailure, Rejection, SlopeFailure, TermFailure};
pub use fault::{ChainFault, Culprit, FaultKind, Moment, Occurrence};
pub use memory::{Draws, MemorySink, sample_to_memory};
pub use moves::{Coordinates, Move};
pub use observer::{Event, Observer, Progress};
pub use output::{Output, Positions};
pub use run::{sample, starting_point};
pub use settings::{Ensemble, Integrator, Metric, Metropolis, Nuts, Sampler, Scan, Settings, Tempering, UpdateKind};
pub use sink::{Adapted, ChainEnd, Draw, InverseMetric, Ladder, Outcome, Sink, SinkError, Stats};
pub use starts::Starts;
pub use state::ChainState;
pub use supervisor::Supervisor;
