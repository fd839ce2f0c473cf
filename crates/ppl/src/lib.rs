//! Compile, bind, sample and summarise a model from a program.
//!
//! The main type is [`Model`]; with [`Data`] it becomes a [`Program`], and sampling that gives a [`Fit`].
//!
//! ```
//! let model = ppl::Model::parse("schools.model", "
//!     dim school
//!     data sigma[school]: real(min = 0)
//!     mu ~ normal(0, 5)
//!     tau ~ half_cauchy(5)
//!     theta[school] ~ normal(mu, tau) with noncentered
//!     data y[school] ~ normal(theta, sigma)
//! ");
//! model.check()?;
//! let data = ppl::Data::new().json("schools.json", r#"{
//!     "y": [28, 8, -3, 7, -1, 1, 18, 12], "sigma": [15, 10, 16, 11, 9, 11, 10, 18] }"#);
//! let program = model.bind(&data)?;
//! let settings = ppl::Settings { chains: 2, warmup: 300, draws: 300, ..ppl::Settings::default() };
//! let fit = program.sample(&settings)?;
//! let summary = fit.summary();
//! assert_eq!((summary[0].name.as_str(), summary.len()), ("mu", 10));
//! let ppl::Content::Numbers(mu) = &summary[0].content else { panic!("mu is a number") };
//! assert!((mu.mean - 4.4).abs() < 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Laws: everything that is wrong with a model and its data is told at once, as a [`Report`]; files are read only where a
//! path is given, and written only by [`Program::sample_into`] and [`Program::go_on`]; the same model, data and settings give the same draws.
#![forbid(unsafe_code)]

mod cascade;
mod control;
mod convergence;
mod data;
mod diagnosis;
mod divergence;
mod error;
mod evidence;
mod files;
mod fit;
mod model;
mod output;
mod program;
mod report;
mod stack;
mod stuck;

pub use control::{Control, Stop, Until};
pub use convergence::Convergence;
pub use data::Data;
pub use diagnosis::{Contrast, Diagnosis, Difference, Place, Places, RunFault};
pub use divergence::DivergencePlace;
pub use error::RunError;
pub use evidence::Evidence;
pub use fit::Fit;
pub use model::{Model, Phase};
pub use program::Program;
pub use report::Report;
pub use stuck::StuckWalker;

pub use ppl_compiler::{Condense, Evaluation, Footprint, Isa, Machine, Stage};
pub use ppl_data::similar_name;
pub use ppl_density::{Fault, LogDensity, Term};
pub use ppl_diagnostic::{Diagnostic, Label, Severity, Sources};
pub use ppl_engine::{
    ChainEnd, ChainError, Ensemble, Error as EngineError, Event, InitFailure, Integrator, Metric, Metropolis, Move,
    Nuts, Observer, Output, Progress, Sampler, Scan, Settings, Starts, Tempering, TermFailure, UpdateKind,
};
pub use ppl_stats::{Reliability, Summary, Tau, Undefined};
pub use ppl_store::{
    ChainRecord, Column, Content, CulpritRecord, FaultName, Kind, Phase as ChainPhase, Row, Run, RunFolder, State,
    StoreError, export_csv,
};
pub use ppl_syntax::print_tree;
