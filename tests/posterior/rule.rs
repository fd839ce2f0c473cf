//! The project's rule: when draws agree with a reference posterior.
//!
//! Two right samplers differ by chance in units of their Monte Carlo errors, so that 5 of them all but never fail by
//! accident. The floors, a twentieth of the posterior sd and a fiftieth in probability, are where a difference stops
//! mattering to anyone. What keeps a bad run from passing by being noisy is the least effective sample size.

use ppl_stats::{mcse_mean, mean, rhat_split, sd};

use crate::reference::Quantity;

const ERRORS: f64 = 5.0;
const SD_SHARE: f64 = 0.05;
const PROBABILITY: f64 = 0.02;
const LEAST_ESS: f64 = 400.0;
const LARGEST_RHAT: f64 = 1.05;

/// Draws of one quantity, a vector a chain; the walkers of an ensemble follow one another within an iteration.
pub struct Sample {
    pub walkers: usize,
    pub chains: Vec<Vec<f64>>,
}

/// A mean over draws, its Monte Carlo error, and how many independent draws would have the same error.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    pub value: f64,
    pub mcse: f64,
    pub ess: f64,
}

impl Sample {
    fn slices(chains: &[Vec<f64>]) -> Vec<&[f64]> {
        chains.iter().map(Vec::as_slice).collect()
    }

    /// The mean of `f` over all draws. Walkers of an ensemble depend on each other, so its error is that of their mean
    /// from iteration to iteration. A constant has no error, and no limit to its effective size.
    fn estimate(&self, f: impl Fn(f64) -> f64) -> Estimate {
        let values: Vec<Vec<f64>> = self.chains.iter().map(|chain| chain.iter().map(|&x| f(x)).collect()).collect();
        let over_walkers = |chain: &Vec<f64>| -> Vec<f64> {
            chain.chunks(self.walkers).map(|now| now.iter().sum::<f64>() / now.len() as f64).collect()
        };
        let series: Vec<Vec<f64>> = values.iter().map(over_walkers).collect();
        let value = mean(&Self::slices(&values)).unwrap_or(f64::NAN);
        let spread = sd(&Self::slices(&values)).unwrap_or(f64::NAN);
        if spread == 0.0 {
            return Estimate { value, mcse: 0.0, ess: f64::INFINITY };
        }
        let mcse = mcse_mean(&Self::slices(&series)).unwrap_or(f64::NAN);
        Estimate { value, mcse, ess: (spread / mcse).powi(2) }
    }

    /// The mean.
    pub fn mean(&self) -> Estimate {
        self.estimate(|x| x)
    }

    /// The standard deviation, its error by the delta method on the variance.
    pub fn sd(&self) -> Estimate {
        let centre = self.mean().value;
        let variance = self.estimate(|x| (x - centre).powi(2));
        let sd = variance.value.sqrt();
        Estimate { value: sd, mcse: variance.mcse / (2.0 * sd), ess: variance.ess }
    }

    /// The share of draws at or below `x`.
    pub fn share_below(&self, x: f64) -> Estimate {
        self.estimate(|draw| f64::from(draw <= x))
    }

    /// Split R̂ over chains; an ensemble counts as one.
    pub fn rhat(&self) -> f64 {
        rhat_split(&Self::slices(&self.chains)).unwrap_or(f64::NAN)
    }

    fn is_finite(&self) -> bool {
        self.chains.iter().flatten().all(|x| x.is_finite())
    }
}

/// What came of comparing a run with its reference.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What breaks the rule, a sentence a quantity.
    pub faults: Vec<String>,
    /// The smallest effective sample size, for means and standard deviations.
    pub least_ess: f64,
    /// The largest split R̂.
    pub worst_rhat: f64,
    /// The largest difference of means and standard deviations, in combined Monte Carlo errors.
    pub worst_z: f64,
    /// The largest difference of means and standard deviations, in standard deviations of the reference.
    pub worst_d: f64,
}

/// Compares draws, found by name, with all quantities of a reference.
pub fn judge(reference: &[Quantity], find: impl Fn(&str) -> Option<Sample>) -> Verdict {
    let mut verdict =
        Verdict { faults: Vec::new(), least_ess: f64::INFINITY, worst_rhat: 0.0, worst_z: 0.0, worst_d: 0.0 };
    if reference.is_empty() {
        verdict.faults.push("the reference has no quantities".to_string());
    }
    for quantity in reference {
        match find(&quantity.name) {
            None => verdict.faults.push(format!("{} is not among our draws", quantity.name)),
            Some(sample) if !sample.is_finite() => {
                verdict.faults.push(format!("{} has draws that are not finite", quantity.name));
            }
            Some(sample) => verdict.compare(quantity, &sample),
        }
    }
    verdict
}

impl Verdict {
    fn compare(&mut self, reference: &Quantity, sample: &Sample) {
        let (mean, sd, rhat) = (sample.mean(), sample.sd(), sample.rhat());
        self.moment(reference, "mean", mean, reference.mean, reference.mcse_mean);
        self.moment(reference, "sd", sd, reference.sd, reference.mcse_sd);
        for (probability, (point, ess)) in [0.05, 0.5, 0.95].into_iter().zip(reference.quantiles) {
            self.share(reference, probability, sample.share_below(point), ess);
        }
        let ess = mean.ess.min(sd.ess);
        self.least_ess = self.least_ess.min(ess);
        self.worst_rhat = self.worst_rhat.max(rhat);
        self.demand(ess >= LEAST_ESS, || format!("{}: the effective sample size is {ess:.0}", reference.name));
        self.demand(rhat <= LARGEST_RHAT, || format!("{}: R̂ is {rhat:.3}", reference.name));
    }

    fn moment(&mut self, reference: &Quantity, what: &str, ours: Estimate, theirs: f64, their_error: f64) {
        let (difference, error) = (ours.value - theirs, ours.mcse.hypot(their_error));
        self.worst_z = self.worst_z.max((difference / error).abs());
        self.worst_d = self.worst_d.max((difference / reference.sd).abs());
        self.demand(difference.abs() <= (SD_SHARE * reference.sd).max(ERRORS * error), || {
            let (z, d) = (difference / error, difference / reference.sd);
            format!("{}: the {what} is {}, not {theirs} (z = {z:.1}, {d:.3} sd)", reference.name, ours.value)
        });
    }

    fn share(&mut self, reference: &Quantity, probability: f64, ours: Estimate, their_ess: f64) {
        let variance = probability * (1.0 - probability);
        let error = (variance / their_ess + variance / ours.ess.max(1.0)).sqrt();
        let difference = ours.value - probability;
        self.demand(difference.abs() <= PROBABILITY.max(ERRORS * error), || {
            format!("{}: {:.3} of the draws are below the {probability} quantile", reference.name, ours.value)
        });
    }

    /// `holds` is false where a comparison meets NaN.
    fn demand(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.faults.push(fault());
        }
    }
}
