//! Why starting points fail.

use ppl_density::{Slope, Term};

use crate::error::{InitFailure, Rejection, SlopeFailure, TermFailure};
use crate::fault::direction;
use crate::target::Judged;

/// What a starting point is worth.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    Works,
    Outside,
    Nan,
    GradientNotFinite,
    GradientZero,
    Rejected(String),
}

/// Judges a log density and the gradient's components, as many as are wanted.
///
/// A gradient of exactly zero is suspect where a point was found by chance, because densities that have underflowed are
/// flat; a point somebody chose may be a mode.
pub(super) fn judge(judged: &Judged, gradient: &[f64], zero_is_fine: bool) -> Verdict {
    match judged {
        Err(reason) => Verdict::Rejected(reason.clone()),
        Ok(value) if value.is_nan() => Verdict::Nan,
        Ok(f64::NEG_INFINITY) => Verdict::Outside,
        Ok(_) if gradient.iter().any(|g| !g.is_finite()) => Verdict::GradientNotFinite,
        Ok(_) if !zero_is_fine && is_zero(gradient) => Verdict::GradientZero,
        Ok(_) => Verdict::Works,
    }
}

fn is_zero(gradient: &[f64]) -> bool {
    !gradient.is_empty() && gradient.iter().all(|g| *g == 0.0)
}

impl InitFailure {
    /// Counts the verdict of one try.
    pub(super) fn note(&mut self, verdict: &Verdict) {
        self.attempts += 1;
        match verdict {
            Verdict::Works => {}
            Verdict::Outside => self.minus_infinity += 1,
            Verdict::Nan => self.nan += 1,
            Verdict::GradientNotFinite => self.gradient_not_finite += 1,
            Verdict::GradientZero => self.gradient_zero += 1,
            Verdict::Rejected(reason) => self.note_rejection(reason),
        }
    }

    fn note_rejection(&mut self, reason: &str) {
        match self.rejections.iter_mut().find(|rejection| rejection.reason == reason) {
            Some(rejection) => rejection.count += 1,
            None => self.rejections.push(Rejection { reason: reason.to_string(), count: 1 }),
        }
    }

    /// Counts the summands that were not finite at one try.
    pub(super) fn blame(&mut self, terms: Vec<Term>) {
        for term in terms {
            let (outside, nan) = (term.value == f64::NEG_INFINITY, term.value.is_nan());
            if outside || nan {
                let failure = self.term(term.name);
                failure.minus_infinity += usize::from(outside);
                failure.nan += usize::from(nan);
                failure.example = failure.example.take().or(term.example);
            }
        }
    }

    /// Counts the summands whose gradient was not finite at one try.
    pub(super) fn blame_slopes(&mut self, slopes: Vec<Slope>) {
        for slope in slopes {
            match self.slopes.iter_mut().find(|known| known.name == slope.name) {
                Some(known) => known.count += 1,
                None => {
                    let direction = direction(&slope);
                    self.slopes.push(SlopeFailure { name: slope.name, count: 1, value: slope.value, direction });
                }
            }
        }
    }

    fn term(&mut self, name: String) -> &mut TermFailure {
        let known = self.terms.iter().position(|term| term.name == name);
        let at = known.unwrap_or_else(|| {
            self.terms.push(TermFailure { name, minus_infinity: 0, nan: 0, example: None });
            self.terms.len() - 1
        });
        &mut self.terms[at]
    }
}
