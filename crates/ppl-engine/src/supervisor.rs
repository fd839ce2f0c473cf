//! Who decides how far a run goes: the trait [`Supervisor`].

use std::sync::atomic::{AtomicBool, Ordering};

use crate::state::ChainState;

/// Decides how far a run goes, and keeps what it needs to go on after it was cut off.
///
/// A flag is one: it ends the run when it is raised.
pub trait Supervisor: Sync {
    /// Whether every chain shall end after its current iteration; asked from the chains' threads before each.
    fn stop(&self) -> bool;

    /// After how many draws a chain [`Supervisor::enough`] is asked each time; nothing for never.
    fn check_every(&self) -> Option<usize> {
        None
    }

    /// Whether the draws that all sinks have taken suffice: so many a chain, fewer of chains that failed, more of chains
    /// that go on from further ahead. No chain moves while this is asked, and [`crate::Sink::mark`] has been called on
    /// each sink. A run that goes on is not asked again what it was asked before; if the answer depends on the
    /// first so many draws alone, it ends where it would have ended without a break.
    fn enough(&self, _draws: usize) -> bool {
        false
    }

    /// After how many iterations a chain offers its state each time; nothing for never.
    fn keep_every(&self) -> Option<usize> {
        None
    }

    /// Whether a state would be kept now; asked after so many iterations, from the chain's thread.
    fn keeps(&self) -> bool {
        true
    }

    /// Takes states that replace older ones of the same chains, all of them at once: a run can go on from the states
    /// taken last, together with the draws that [`crate::Sink::mark`] marks.
    fn keep(&self, _states: Vec<ChainState>) {}
}

impl Supervisor for AtomicBool {
    fn stop(&self) -> bool {
        self.load(Ordering::Relaxed)
    }
}
