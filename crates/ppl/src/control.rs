//! Who watches a run, when it ends, and how it is kept from being lost.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ppl_engine::{ChainState, Observer, Supervisor};
use ppl_store::Keeper;

use crate::Fit;

/// Draws a chain between two looks at a run that may end early.
const CHECK_EVERY: usize = 100;
/// Draws of all chains without which no run ends early.
const FEWEST: usize = 400;
/// How much more draws there must be before they are looked at again, so that looking stays cheap: a tenth.
const GROWTH: usize = 10;
/// Iterations of a chain after which its state is offered, and how long one in the file is good enough.
const KEEP_EVERY: usize = 100;
const PATIENCE: Duration = Duration::from_secs(1);

/// Who watches a run, when it ends, and how often the states of its chains are kept.
#[derive(Clone, Copy)]
pub struct Control<'a> {
    /// Watches.
    pub observer: &'a dyn Observer,
    /// Ends every chain after its current iteration, once it is raised.
    pub stop: &'a Stop,
    /// Draws that suffice, however many were asked for.
    pub until: Until,
    /// All that shall end the run, time as well, as a person wrote it: kept in its record, for when it goes on.
    pub conditions: &'a [String],
    /// Whether chains wait for each other, so that each has draws when time is up though there are more than threads.
    pub abreast: bool,
    /// Iterations of a chain after which its state is kept each time; if nothing is said, after about a second.
    pub keep_every: Option<usize>,
}

impl<'a> Control<'a> {
    /// Watches and lets the run go to its end.
    pub fn new(observer: &'a dyn Observer, stop: &'a Stop) -> Self {
        Control { observer, stop, until: Until::default(), conditions: &[], abreast: false, keep_every: None }
    }

    /// How long a state in the file is good enough.
    pub(crate) fn patience(&self) -> Duration {
        self.keep_every.map_or(PATIENCE, |_| Duration::ZERO)
    }
}

/// Ends a run, saying why.
#[derive(Debug, Default)]
pub struct Stop {
    raised: AtomicBool,
    reason: Mutex<Option<String>>,
}

impl Stop {
    /// Nothing ends the run yet.
    pub fn new() -> Self {
        Stop::default()
    }

    /// Ends the run; whether nothing had ended it before. `reason` goes into its record, such as `time=10m`.
    pub fn raise(&self, reason: &str) -> bool {
        let mut held = self.reason.lock().unwrap_or_else(PoisonError::into_inner);
        let first = held.is_none();
        held.get_or_insert_with(|| reason.to_string());
        self.raised.store(true, Ordering::Release);
        first
    }

    /// Whether the run is to end.
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::Acquire)
    }

    /// Why the run is to end.
    pub fn reason(&self) -> Option<String> {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// When draws suffice: all that is said must hold, at two looks in a row, of at least 400 draws.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Until {
    /// Effective draws that every quantity has at least, in bulk and in both tails.
    pub ess: Option<f64>,
    /// R̂ that no quantity exceeds.
    pub rhat: Option<f64>,
}

impl Until {
    fn is_set(self) -> bool {
        self != Until::default()
    }

    /// Whether the draws of a fit suffice. Effective draws of an ensemble are known where its autocorrelation times are.
    fn holds(self, fit: &Fit) -> bool {
        if fit.draws.len() < FEWEST {
            return false;
        }
        let checks = fit.convergence(&fit.summary());
        // A run without quantities has nothing to wait for.
        let ess = checks.lowest_ess.as_ref().is_none_or(|(_, ess)| self.ess.is_none_or(|wanted| *ess >= wanted));
        let rhat = checks.worst_rhat.as_ref().is_none_or(|(_, rhat)| self.rhat.is_none_or(|wanted| *rhat <= wanted));
        let known = self.ess.is_none() || checks.walkers_are_fast();
        checks.not_finite.is_empty() && checks.too_few.is_none() && known && ess && rhat
    }

    fn text(self) -> String {
        let parts = [("ess", self.ess), ("rhat", self.rhat)];
        let parts = parts.iter().filter_map(|(name, value)| Some(format!("{name}={}", (*value)?)));
        parts.collect::<Vec<_>>().join(",")
    }
}

/// Supervises a run in a folder.
pub(crate) struct Supervision<'a> {
    control: &'a Control<'a>,
    keeper: &'a Keeper,
    folder: &'a Path,
    looks: Mutex<Looks>,
}

#[derive(Default)]
struct Looks {
    /// Draws a chain at the last look, and whether they sufficed.
    last: Option<(usize, bool)>,
    /// Whether draws sufficed at two looks in a row: once may be chance.
    sufficed: bool,
}

impl<'a> Supervision<'a> {
    pub(crate) fn new(control: &'a Control<'a>, keeper: &'a Keeper, folder: &'a Path) -> Self {
        Supervision { control, keeper, folder, looks: Mutex::default() }
    }

    /// What ended the run before all draws were made, if that is how it ended.
    pub(crate) fn stopped_by(&self) -> Option<String> {
        let until = self.control.until;
        self.looks().sufficed.then(|| until.text()).or_else(|| self.control.stop.reason())
    }

    fn looks(&self) -> std::sync::MutexGuard<'_, Looks> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Supervisor for Supervision<'_> {
    fn stop(&self) -> bool {
        self.control.stop.is_raised()
    }

    fn check_every(&self) -> Option<usize> {
        (self.control.until.is_set() || self.control.abreast).then_some(CHECK_EVERY)
    }

    fn enough(&self, draws: usize) -> bool {
        let until = self.control.until;
        let Some(before) = look_before(draws).filter(|_| until.is_set()) else { return false };
        // Draws that cannot be read back do not suffice; the end of the run will say what is wrong with them.
        let Ok(mut fit) = Fit::open(self.folder) else { return false };
        let mut looks = self.looks();
        let mut holds = |draws| {
            fit.draws.truncate(draws);
            // What is left of chains that failed says nothing of the others.
            fit.draws.chains.retain(|chain| chain.len() == draws);
            until.holds(&fit)
        };
        let now = holds(draws);
        // What a run that goes on has forgotten is found out again, so that it ends where it would have ended.
        let held = now && looks.last.filter(|(at, _)| *at == before).map_or_else(|| holds(before), |(_, held)| held);
        *looks = Looks { last: Some((draws, now)), sufficed: held };
        held
    }

    fn keep_every(&self) -> Option<usize> {
        Some(self.control.keep_every.unwrap_or(KEEP_EVERY))
    }

    fn keeps(&self) -> bool {
        self.keeper.is_due()
    }

    fn keep(&self, states: Vec<ChainState>) {
        self.keeper.keep(states);
    }
}

/// The look before the one at so many draws a chain, if there is one at so many: a look depends on their number alone.
fn look_before(draws: usize) -> Option<usize> {
    let next = |look: usize| look + (look / GROWTH).next_multiple_of(CHECK_EVERY).max(CHECK_EVERY);
    let mut before = 0;
    while next(before) < draws {
        before = next(before);
    }
    (next(before) == draws).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_grow_with_the_draws() {
        let looks: Vec<usize> = (1..1700).filter(|draws| look_before(*draws).is_some()).collect();
        assert_eq!(looks, [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1300, 1500]);
        assert_eq!((look_before(1300), look_before(1200)), (Some(1100), None));
    }
}
