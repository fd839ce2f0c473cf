//! Whether the curvature varies so much within the posterior that steps of one size do not suit it.

use serde::{Deserialize, Serialize};

/// The fewest trajectories to decide on.
const ENOUGH: usize = 100;
/// How much rougher, in natural logarithms, the roughest twentieth of the trajectories may be than the median. Over five
/// seeds of 33 published posteriors and workloads, those whose metric does not settle early have 0.5 to 1.8 in four chains
/// together by the middle of the main phase; Neal's funnel and the centred eight schools have 2.1 to 7.5 over twenty.
const LONGEST_TAIL: f64 = 2.0;

/// Roughness of trajectories of leapfrog steps: log(|ΔH| / ε³) with the mean energy error of a step.
///
/// The error of a leapfrog step grows with the cube of the step size over the scale of the place, so what is left is how
/// much the scale varies from place to place.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Roughness {
    logs: Vec<f64>,
}

impl Roughness {
    /// Adds a trajectory with this mean |ΔH| of a step; one that diverged is as rough as can be.
    pub(crate) fn add(&mut self, mean_error: f64, step_size: f64, divergent: bool) {
        let log = mean_error.ln() - 3.0 * step_size.ln();
        match divergent {
            true => self.logs.push(f64::INFINITY),
            false if log.is_finite() => self.logs.push(log),
            false => {}
        }
    }

    /// Whether the curvature varies, by the trajectories of all these chains.
    pub(crate) fn varies(chains: &[&Roughness]) -> bool {
        let mut logs: Vec<f64> = chains.iter().flat_map(|chain| &chain.logs).copied().collect();
        let count = logs.len();
        logs.sort_by(f64::total_cmp);
        // Where most trajectories diverge, the middle is +∞ as well.
        count >= ENOUGH && (logs[count / 2].is_infinite() || logs[count - count / 20] - logs[count / 2] > LONGEST_TAIL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is decided on trajectories of these errors, at a step size that changes all the time.
    fn of(count: usize, error: impl Fn(usize) -> f64, divergent: impl Fn(usize) -> bool) -> Roughness {
        let mut roughness = Roughness::default();
        let step = |k: usize| 0.1 + 0.01 * (k % 7) as f64;
        (0..count).for_each(|k| roughness.add(error(k) * step(k).powi(3), step(k), divergent(k)));
        roughness
    }

    #[test]
    fn too_few_trajectories_say_nothing() {
        let [few, rest] = [ENOUGH - 1, 1].map(|count| of(count, |_| 1.0, |k| k.is_multiple_of(2)));
        assert!(!Roughness::varies(&[&few]));
        assert!(Roughness::varies(&[&few, &rest]));
    }

    #[test]
    fn a_tail_of_rough_trajectories_or_divergences_decides() {
        let decide = |error: &dyn Fn(usize) -> f64, divergent: &dyn Fn(usize) -> bool| {
            Roughness::varies(&[&of(ENOUGH, error, divergent)])
        };
        let tail = |size: f64| move |k: usize| if k.is_multiple_of(10) { size } else { 1.0 };
        assert!(!decide(&tail(7.0), &|_| false));
        assert!(decide(&tail(8.0), &|_| false));
        assert!(decide(&|_| 1.0, &|k| k.is_multiple_of(10)));
        assert!(!decide(&|_| 1.0, &|k| k.is_multiple_of(50)));
        assert!(decide(&|_| 1.0, &|k| k > 10));
    }

    #[test]
    fn the_rough_trajectories_of_one_chain_count_for_all() {
        let smooth = of(ENOUGH, |_| 1.0, |_| false);
        let rough = of(ENOUGH, |k| if k.is_multiple_of(5) { 100.0 } else { 1.0 }, |_| false);
        assert!(Roughness::varies(&[&smooth, &smooth, &rough]));
    }
}
