//! Stan CSV, as CmdStan writes it and cmdstanpy, cmdstanr, rstan and ArviZ read it.

mod header;
mod names;
mod number;
mod trailer;

pub(crate) use header::{Header, names as column_names};
pub use names::stan_names;
pub(crate) use names::stan_order;
pub(crate) use number::{parse_number, push_number};
pub(crate) use trailer::{ADAPTED, adaptation, elapsed};

/// Columns before the parameters, for the no-U-turn sampler.
pub(crate) const NUTS_COLUMNS: [&str; 7] =
    ["lp__", "accept_stat__", "stepsize__", "treedepth__", "n_leapfrog__", "divergent__", "energy__"];

/// Columns before the parameters, for the other samplers.
pub(crate) const OTHER_COLUMNS: [&str; 2] = ["lp__", "accept_stat__"];
