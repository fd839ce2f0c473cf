//! The log density as the samplers see it: guarded against what a density may do, and counted.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ppl_density::{Fault, LogDensity};

use crate::crew::Helper;
use crate::error::Fatal;
use crate::fault::{ChainFault, Culprit, FaultKind, Moment, Occurrence, note};

/// Nanoseconds of evaluations that are worth waking other threads for.
const SHARED: f64 = 50_000.0;

/// Evaluations of one chain's log density.
///
/// A rejected or NaN evaluation counts as −∞; +∞ and a panic are fatal like [`Fault::Fatal`]. All are noted, the first of
/// each kind with the position and the summands to blame.
pub(crate) struct Target<D> {
    density: D,
    pub(crate) evaluations: u64,
    pub(crate) faults: Vec<ChainFault>,
    /// When the next evaluations happen.
    pub(crate) moment: Moment,
    /// Threads that take a share of many evaluations, where that pays.
    pub(crate) helpers: Vec<Helper>,
}

/// An evaluation that did not end the chain: a value that may be −∞ or NaN, or a reason to reject.
pub(crate) type Judged = Result<f64, String>;

impl<D: LogDensity> Target<D> {
    pub(crate) fn new(density: D) -> Self {
        Target { density, evaluations: 0, faults: Vec::new(), moment: Moment::Start, helpers: Vec::new() }
    }

    pub(crate) fn dim(&self) -> usize {
        self.density.dim()
    }

    /// The density itself, for what is not evaluated in a transition.
    pub(crate) fn density(&mut self) -> &mut D {
        &mut self.density
    }

    pub(crate) fn log_density(&mut self, position: &[f64]) -> Result<f64, Box<Fatal>> {
        let judged = self.judge(position, None)?;
        Ok(self.settle(judged, position))
    }

    /// The log densities at positions that follow one another, as [`Self::log_density`] would give them one by one.
    pub(crate) fn log_densities(&mut self, positions: &[f64], values: &mut Vec<f64>) -> Result<(), Box<Fatal>> {
        values.clear();
        let dim = self.dim();
        let mut helpers = std::mem::take(&mut self.helpers);
        let parts = if self.is_worth_sharing(positions.len() / dim) { helpers.len() + 1 } else { 1 };
        let mut shares = positions.chunks((positions.len() / dim).div_ceil(parts).max(1) * dim);
        let own = shares.next().unwrap_or_default();
        helpers.iter_mut().zip(shares.clone()).for_each(|(helper, share)| helper.begin(share));
        for position in own.chunks_exact(dim) {
            values.push(self.log_density(position)?);
        }
        for (helper, share) in helpers.iter_mut().zip(shares) {
            for (evaluated, position) in helper.finish().drain(..).zip(share.chunks_exact(dim)) {
                let judged = self.interpret(evaluated, position)?;
                values.push(self.settle(judged, position));
            }
        }
        self.helpers = helpers;
        Ok(())
    }

    /// Whether so many evaluations take longer than handing some to other threads.
    fn is_worth_sharing(&self, evaluations: usize) -> bool {
        let known = self.density.nanoseconds();
        known.is_none_or(|nanoseconds| nanoseconds * evaluations as f64 > SHARED)
    }

    #[inline]
    pub(crate) fn log_density_and_gradient(
        &mut self,
        position: &[f64],
        gradient: &mut [f64],
    ) -> Result<f64, Box<Fatal>> {
        let judged = self.judge(position, Some(gradient))?;
        Ok(self.settle(judged, position))
    }

    /// Notes a gradient at `position` that is not finite beside a finite value.
    pub(crate) fn check_gradient(&mut self, value: f64, gradient: &[f64], position: &[f64]) {
        if value.is_finite() && gradient.iter().any(|component| !component.is_finite()) {
            self.note(FaultKind::Gradient, position);
        }
    }

    /// Evaluates and notes fatal faults alone.
    #[inline]
    pub(crate) fn judge(&mut self, position: &[f64], gradient: Option<&mut [f64]>) -> Result<Judged, Box<Fatal>> {
        let density = &mut self.density;
        let evaluated = guard(|| match gradient {
            Some(gradient) => density.log_density_and_gradient(position, gradient),
            None => density.log_density(position),
        });
        self.interpret(evaluated, position)
    }

    #[inline]
    fn interpret(&mut self, evaluated: Result<f64, Fault>, position: &[f64]) -> Result<Judged, Box<Fatal>> {
        self.evaluations += 1;
        match evaluated {
            Ok(f64::INFINITY) => Err(self.fatal("the log density is +∞, so it is improper".to_string(), position)),
            Ok(value) => Ok(Ok(value)),
            Err(Fault::Reject(reason)) => Ok(Err(reason)),
            Err(Fault::Fatal(reason)) => Err(self.fatal(reason, position)),
        }
    }

    #[inline]
    fn settle(&mut self, judged: Judged, position: &[f64]) -> f64 {
        match judged {
            Ok(value) if value > f64::NEG_INFINITY => return value,
            Ok(value) if value.is_nan() => self.note(FaultKind::Nan, position),
            Ok(_) => self.note(FaultKind::MinusInfinity, position),
            Err(reason) => self.note(FaultKind::Rejected(reason), position),
        }
        f64::NEG_INFINITY
    }

    /// Counts a fault at `position`, and looks for what is to blame if it is the first of its kind.
    #[cold]
    pub(crate) fn note(&mut self, kind: FaultKind, position: &[f64]) {
        let Target { density, faults, moment, .. } = self;
        let of_gradient = kind == FaultKind::Gradient;
        let mut terms = || match of_gradient {
            true => guard(|| Ok(density.slopes(position))).map_or(Vec::new(), Culprit::of_slopes),
            false => guard(|| Ok(density.terms(position))).map_or(Vec::new(), Culprit::among),
        };
        let first = || Occurrence { moment: *moment, position: position.to_vec(), terms: terms() };
        note(faults, kind, *moment, first);
    }

    /// Notes what ends the chain at `position`.
    #[cold]
    pub(crate) fn fatal(&mut self, reason: String, position: &[f64]) -> Box<Fatal> {
        self.note(FaultKind::Fatal(reason.clone()), position);
        fatal(reason, position)
    }
}

pub(crate) fn fatal(reason: impl Into<String>, position: &[f64]) -> Box<Fatal> {
    Box::new(Fatal { reason: reason.into(), position: position.to_vec() })
}

/// Runs code that is not the engine's; a panic becomes a [`Fault::Fatal`].
#[inline]
pub(crate) fn guard<T>(run: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(Fault::Fatal(panic_message(&*panic))))
}

/// What a panic said.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", message.unwrap_or("without a message"))
}

#[cfg(test)]
mod tests {
    use ppl_density::Term;

    use super::*;

    #[derive(Clone)]
    struct Answers(Result<f64, Fault>);

    impl LogDensity for Answers {
        fn dim(&self) -> usize {
            1
        }
        fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
            assert!(q[0] < 10.0, "q is {}", q[0]);
            self.0.clone()
        }
        fn log_density_and_gradient(&mut self, q: &[f64], _: &mut [f64]) -> Result<f64, Fault> {
            self.log_density(q)
        }
        fn terms(&mut self, q: &[f64]) -> Vec<Term> {
            assert!(q[0] < 10.0, "q is {}", q[0]);
            let term = |name: &str, value| Term { name: name.to_string(), value, example: None };
            vec![term("x (2:1)", 1.0), term("y (3:1)", f64::NEG_INFINITY)]
        }
    }

    #[test]
    fn nan_and_rejections_count_as_outside_the_support_and_are_noted() {
        for (answer, kind) in [
            (Ok(f64::NAN), FaultKind::Nan),
            (Err(Fault::Reject("no".to_string())), FaultKind::Rejected("no".to_string())),
            (Ok(f64::NEG_INFINITY), FaultKind::MinusInfinity),
        ] {
            let mut target = Target::new(Answers(answer));
            target.moment = Moment::Sampling(7);
            assert_eq!(target.log_density(&[0.5]), Ok(f64::NEG_INFINITY));
            assert_eq!(target.log_density(&[0.25]), Ok(f64::NEG_INFINITY));
            let [ChainFault { kind: noted, count: 2, sampling: 2, first }] = &target.faults[..] else {
                panic!("{:?}", target.faults);
            };
            assert_eq!((noted, first.moment, &first.position), (&kind, Moment::Sampling(7), &vec![0.5]));
            assert_eq!(first.terms[0].name, "y (3:1)");
        }
    }

    #[test]
    fn infinity_fatal_faults_and_panics_end_the_chain_with_the_position() {
        let cases = [
            (Ok(f64::INFINITY), 1.0, "the log density is +∞, so it is improper"),
            (Err(Fault::Fatal("no more".to_string())), 1.0, "no more"),
            (Ok(0.0), 11.0, "it panicked: q is 11"),
        ];
        for (answer, at, reason) in cases {
            let mut target = Target::new(Answers(answer));
            let fatal = target.log_density(&[at]).unwrap_err();
            assert_eq!(*fatal, Fatal { reason: reason.to_string(), position: vec![at] });
            assert_eq!(target.faults[0].kind, FaultKind::Fatal(reason.to_string()));
        }
    }
}
