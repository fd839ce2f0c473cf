//! The step size that gives a wanted acceptance statistic.

use serde::{Deserialize, Serialize};

/// Dual averaging of Nesterov for the step size (Hoffman and Gelman 2014, section 3.2).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DualAverage {
    target: f64,
    /// Where the log step size is drawn to: ln(10 ε₀).
    mu: f64,
    count: f64,
    shortfall: f64,
    log_average: f64,
}

/// Twice Hoffman and Gelman's: the step size of an iteration scatters half as much around where it tends to.
const GAMMA: f64 = 0.1;
const KAPPA: f64 = 0.75;
const T0: f64 = 10.0;
/// Updates after which the average is trusted.
const ENOUGH: f64 = 10.0;

impl DualAverage {
    pub(crate) fn new(target: f64, step_size: f64) -> Self {
        DualAverage { target, mu: (10.0 * step_size).ln(), count: 0.0, shortfall: 0.0, log_average: 0.0 }
    }

    /// Forgets what was learned and starts anew at `step_size`.
    pub(crate) fn restart(&mut self, step_size: f64) {
        *self = DualAverage::new(self.target, step_size);
    }

    /// Learns from an acceptance statistic and returns the next step size.
    pub(crate) fn update(&mut self, accept: f64) -> f64 {
        self.count += 1.0;
        let eta = 1.0 / (self.count + T0);
        self.shortfall += eta * (self.target - accept.min(1.0) - self.shortfall);
        let log_step = self.mu - self.shortfall * self.count.sqrt() / GAMMA;
        let weight = self.count.powf(-KAPPA);
        self.log_average += weight * (log_step - self.log_average);
        log_step.exp()
    }

    /// Aims at another acceptance statistic.
    pub(crate) fn aim(&mut self, target: f64) {
        self.target = target;
    }

    /// What several chains with the same metric have learned, together; nothing of none.
    pub(crate) fn mean(steps: &[&DualAverage]) -> Option<DualAverage> {
        let mean = |field: fn(&DualAverage) -> f64| steps.iter().map(|s| field(s)).sum::<f64>() / steps.len() as f64;
        Some(DualAverage {
            target: steps.first()?.target,
            mu: mean(|s| s.mu),
            count: mean(|s| s.count),
            shortfall: mean(|s| s.shortfall),
            log_average: mean(|s| s.log_average),
        })
    }

    /// The step size to go on with.
    pub(crate) fn current(&self) -> f64 {
        (self.mu - self.shortfall * self.count.sqrt() / GAMMA).exp()
    }

    /// The averaged step size; nothing after fewer than ten updates since the last restart, when the average still
    /// hangs on the first jumps.
    pub(crate) fn average(&self) -> Option<f64> {
        (self.count >= ENOUGH).then(|| self.log_average.exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_updates_are_those_of_the_formulas() {
        let mut step = DualAverage::new(0.8, 0.5);
        // μ = ln 5; s₁ = 0.4/11; x₁ = μ − 10 s₁
        let first = 5.0 * (-10.0 * 0.4_f64 / 11.0).exp();
        assert!((step.update(0.4) - first).abs() < 1e-14);
        assert!((step.log_average - first.ln()).abs() < 1e-14);
        // s₂ = 11/12 s₁ − 0.2/12; x₂ = μ − 10 √2 s₂
        let s: f64 = 0.4 / 12.0 - 0.2 / 12.0;
        let second = 5.0 * (-10.0 * 2.0_f64.sqrt() * s).exp();
        assert!((step.update(7.0) - second).abs() < 1e-14);
        let weight = 2.0_f64.powf(-0.75);
        let average = first.powf(1.0 - weight) * second.powf(weight);
        assert!((step.log_average.exp() - average).abs() < 1e-13);
    }

    #[test]
    fn too_few_updates_make_no_average() {
        let mut step = DualAverage::new(0.8, 0.5);
        assert_eq!(step.average(), None);
        (0..9).for_each(|_| _ = step.update(0.9));
        assert_eq!(step.average(), None);
        step.update(0.9);
        assert!(step.average().is_some());
        step.restart(0.1);
        assert_eq!(step.average(), None);
    }

    #[test]
    fn the_average_meets_the_target() {
        let mut step = DualAverage::new(0.8, 1.0);
        let mut size: f64 = 1.0;
        for _ in 0..2000 {
            size = step.update((-size).exp());
        }
        assert!((step.average().unwrap() - (1.0_f64 / 0.8).ln()).abs() < 0.01);
    }
}
