//! The log density as the samplers see it: guarded against what a density may do, and counted.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ppl_density::{Fault, LogDensity};

use crate::error::{Fatal, Rejection};

/// Distinct reasons for rejection that are kept apart.
const REASONS: usize = 20;

/// Evaluations of one chain's log density.
///
/// A rejected or NaN evaluation counts as −∞ and is noted; +∞ and a panic are fatal like [`Fault::Fatal`].
pub(crate) struct Target<D> {
    density: D,
    pub(crate) evaluations: u64,
    pub(crate) rejections: Vec<Rejection>,
}

/// An evaluation that did not end the chain: a value that may be −∞ or NaN, or a reason to reject.
pub(crate) type Judged = Result<f64, String>;

impl<D: LogDensity> Target<D> {
    pub(crate) fn new(density: D) -> Self {
        Target { density, evaluations: 0, rejections: Vec::new() }
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
        Ok(self.settle(judged))
    }

    #[inline]
    pub(crate) fn log_density_and_gradient(
        &mut self,
        position: &[f64],
        gradient: &mut [f64],
    ) -> Result<f64, Box<Fatal>> {
        let judged = self.judge(position, Some(gradient))?;
        Ok(self.settle(judged))
    }

    /// Evaluates without noting a rejection.
    #[inline]
    pub(crate) fn judge(&mut self, position: &[f64], gradient: Option<&mut [f64]>) -> Result<Judged, Box<Fatal>> {
        self.evaluations += 1;
        let density = &mut self.density;
        let evaluated = guard(|| match gradient {
            Some(gradient) => density.log_density_and_gradient(position, gradient),
            None => density.log_density(position),
        });
        match evaluated {
            Ok(f64::INFINITY) => Err(fatal("the log density is +∞, so it is improper", position)),
            Ok(value) => Ok(Ok(value)),
            Err(Fault::Reject(reason)) => Ok(Err(reason)),
            Err(Fault::Fatal(reason)) => Err(fatal(reason, position)),
        }
    }

    #[inline]
    fn settle(&mut self, judged: Judged) -> f64 {
        match judged {
            Ok(value) if !value.is_nan() => value,
            Ok(_) => self.reject("the log density is NaN".to_string()),
            Err(reason) => self.reject(reason),
        }
    }

    /// Notes a reason to reject; messages that differ each time are counted together once there are many.
    #[cold]
    pub(crate) fn reject(&mut self, reason: String) -> f64 {
        let known = self.rejections.iter().position(|r| r.reason == reason);
        match known.or_else(|| (self.rejections.len() > REASONS).then_some(REASONS)) {
            Some(at) => self.rejections[at].count += 1,
            None if self.rejections.len() == REASONS => {
                self.rejections.push(Rejection { reason: "other reasons".to_string(), count: 1 });
            }
            None => self.rejections.push(Rejection { reason, count: 1 }),
        }
        f64::NEG_INFINITY
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
    }

    #[test]
    fn nan_and_rejections_count_as_outside_the_support() {
        for answer in [Ok(f64::NAN), Err(Fault::Reject("no".to_string())), Ok(f64::NEG_INFINITY)] {
            let mut target = Target::new(Answers(answer.clone()));
            assert_eq!(target.log_density(&[0.0]), Ok(f64::NEG_INFINITY));
            let noted = answer != Ok(f64::NEG_INFINITY);
            assert_eq!(target.rejections.len(), usize::from(noted));
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
            let fatal = Target::new(Answers(answer)).log_density(&[at]).unwrap_err();
            assert_eq!(*fatal, Fatal { reason: reason.to_string(), position: vec![at] });
        }
    }

    #[test]
    fn reasons_that_always_differ_do_not_pile_up() {
        let mut target = Target::new(Answers(Ok(0.0)));
        for i in 0..100 {
            target.reject(format!("x is {i}"));
        }
        assert_eq!(target.rejections.len(), REASONS + 1);
        assert_eq!(target.rejections.iter().map(|r| r.count).sum::<u64>(), 100);
    }
}
