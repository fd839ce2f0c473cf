//! What is learned before the first draw: when ([`Schedule`]), from which draws ([`Window`]), which metric ([`learn`])
//! and how long a step ([`DualAverage`]).

mod adaptation;
mod fisher;
mod schedule;
mod step_size;
mod window;

pub(crate) use adaptation::Adaptation;
use fisher::learn;
use schedule::{Schedule, Turn};
use step_size::DualAverage;
use window::Window;
