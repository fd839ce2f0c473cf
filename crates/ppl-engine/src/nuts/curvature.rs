//! Whether the curvature varies so much within the posterior that steps of one size do not suit it.

use serde::{Deserialize, Serialize};

/// Trajectories to decide on, and the fewest that say anything.
const ENOUGH: usize = 100;
/// How much rougher, in natural logarithms, the roughest fiftieth of the trajectories may be than the median. Normals of
/// one to a hundred dimensions have 0.8 to 2.4, Neal's funnel and the centred eight schools 2.7 to 8.
const LONGEST_TAIL: f64 = 2.5;

/// Roughness of trajectories of leapfrog steps: log(|ΔH| / ε³) with the mean energy error of a step.
///
/// The error of a leapfrog step grows with the cube of the step size over the scale of the place, so what is left is how
/// much the scale varies from place to place.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Roughness {
    logs: Vec<f64>,
}

impl Roughness {
    /// Adds a trajectory with this mean |ΔH| of a step; one that diverged is as rough as can be. Returns the decision once
    /// there are enough: whether the curvature varies.
    pub(crate) fn add(&mut self, mean_error: f64, step_size: f64, divergent: bool) -> Option<bool> {
        let log = mean_error.ln() - 3.0 * step_size.ln();
        match divergent {
            true => self.logs.push(f64::INFINITY),
            false if log.is_finite() => self.logs.push(log),
            false => {}
        }
        (self.logs.len() == ENOUGH).then(|| self.varies())
    }

    fn varies(&mut self) -> bool {
        self.logs.sort_by(f64::total_cmp);
        self.logs[ENOUGH - ENOUGH / 50] - self.logs[ENOUGH / 2] > LONGEST_TAIL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is decided on trajectories of these errors, at a step size that changes all the time.
    fn decide(error: impl Fn(usize) -> f64, divergent: impl Fn(usize) -> bool) -> Vec<Option<bool>> {
        let mut roughness = Roughness::default();
        let step = |k: usize| 0.1 + 0.01 * (k % 7) as f64;
        (0..ENOUGH).map(|k| roughness.add(error(k) * step(k).powi(3), step(k), divergent(k))).collect()
    }

    #[test]
    fn nothing_is_decided_before_there_is_enough() {
        let decisions = decide(|_| 1.0, |_| false);
        assert!(decisions[..ENOUGH - 1].iter().all(Option::is_none));
        assert_eq!(decisions[ENOUGH - 1], Some(false));
    }

    #[test]
    fn a_tail_of_rough_trajectories_or_divergences_decides() {
        let last = |decisions: Vec<Option<bool>>| decisions[ENOUGH - 1];
        let tail = |size: f64| move |k: usize| if k.is_multiple_of(25) { size } else { 1.0 };
        assert_eq!(last(decide(tail(10.0), |_| false)), Some(false));
        assert_eq!(last(decide(tail(15.0), |_| false)), Some(true));
        assert_eq!(last(decide(|_| 1.0, |k| k.is_multiple_of(25))), Some(true));
        assert_eq!(last(decide(|_| 1.0, |k| k == 0)), Some(false));
    }
}
