//! What is learned before the first draw: when ([`Schedule`]), from which draws ([`Window`]), which metric ([`learn`])
//! and how long a step ([`DualAverage`]).

mod acceptance;
mod adaptation;
mod agreement;
mod fisher;
mod leg;
mod meeting;
mod schedule;
mod step_size;
mod window;

pub(crate) use adaptation::Adaptation;
use fisher::learn;
use leg::Leg;
pub(crate) use meeting::{barriers, meet};
use schedule::{Schedule, Turn};
use step_size::DualAverage;
use window::Window;
