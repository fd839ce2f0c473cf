//! What is learned before the first draw: when ([`Windows`]), which metric ([`Welford`]) and how long a step
//! ([`DualAverage`]).

mod covariance;
mod step_size;
mod windows;

pub(crate) use covariance::Welford;
pub(crate) use step_size::DualAverage;
pub(crate) use windows::Windows;
