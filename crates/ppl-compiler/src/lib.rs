//! Syntax tree and data to a log-density graph.
//!
//! The one main type is [`Program`], a model with its data, ready to run: its [`ModelDensity`] over unconstrained
//! coordinates is what a sampler needs, its [`ModelOutput`] turns a position into the row that is stored. Three verbs lead
//! there: [`check`], [`bind`] and [`lower`].
//!
//! ```
//! use ppl_compiler::{Inputs, Machine, bind, check, lower};
//! use ppl_density::LogDensity;
//! let mut sources = ppl_diagnostic::Sources::default();
//! let text = "dim school\nmu ~ normal(0, 5)\ndata y[school] ~ normal(mu, 1)";
//! let model = sources.add("schools.model", text);
//! let hir = check(&ppl_syntax::parse(model, text).value.unwrap()).value.unwrap();
//! let json = sources.add("schools.json", r#"{"y": [1, 2, 3]}"#);
//! let data = ppl_data::read_json(json, sources.get(json).text.clone()).value.unwrap();
//! let bound = bind(hir, &Inputs { documents: vec![data], ..Inputs::default() }).value.unwrap();
//! let program = lower(bound, &sources, Machine::default()).value.unwrap();
//! let mut gradient = [0.0];
//! program.density().log_density_and_gradient(&[0.0], &mut gradient).unwrap();
//! assert!((gradient[0] - 6.0).abs() < 1e-12);
//! ```
//!
//! Laws: every phase returns all that it noticed, never just the first mistake; what the text alone can tell is told
//! without data; a loop over a dim gives as many nodes as its body, however long the dim is; nothing here knows of samplers,
//! prints, or reads a file.

#![forbid(unsafe_code)]

mod bind;
mod bound;
mod check;
pub mod hir;
mod influence;
mod interval;
mod labels;
mod lower;
mod names;
mod program;

pub use bind::{Inputs, Setting, TableInput, bind};
pub use bound::Bound;
pub use check::check;
pub use influence::Influence;
pub use interval::Interval;
pub use labels::Labels;
pub use ppl_graph::Footprint;
pub use ppl_graph::passes::Condense;
pub use ppl_math::kernels::Isa;
pub use program::{
    ColumnKind, Evaluation, Machine, ModelDensity, ModelOutput, OutputColumn, Program, Stage, Unknowns, lower,
};
