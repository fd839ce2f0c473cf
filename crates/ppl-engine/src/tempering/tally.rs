//! What is counted while replicas swap.

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::reference::Moments;
use super::trips::Trips;

/// What is counted in a round of warm-up, or after it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) iterations: usize,
    /// Sums of the probabilities with which a swap would be rejected.
    rejections: Vec<f64>,
    /// Positions of the colder half of the replicas.
    pub(crate) moments: Moments,
    pub(crate) evidence: Evidence,
    pub(crate) trips: Trips,
}

impl Tally {
    pub(crate) fn new(temperatures: usize, dim: usize) -> Self {
        Tally {
            iterations: 0,
            rejections: vec![0.0; temperatures - 1],
            moments: Moments::new(dim),
            evidence: Evidence::new(temperatures),
            trips: Trips::new(temperatures),
        }
    }

    pub(crate) fn clear(&mut self, dim: usize) {
        self.iterations = 0;
        self.rejections.fill(0.0);
        self.moments = Moments::new(dim);
        self.evidence.clear();
        self.trips.clear();
    }

    pub(crate) fn add(&mut self, schedule: &[f64], log_ratios: &[f64]) {
        self.iterations += 1;
        let pairs = schedule.windows(2).zip(log_ratios.windows(2));
        for (sum, (beta, ratio)) in self.rejections.iter_mut().zip(pairs) {
            *sum += 1.0 - log_swap(beta, ratio).exp().min(1.0);
        }
        self.evidence.add(schedule, log_ratios);
    }

    /// Mean probabilities with which swaps were rejected.
    pub(crate) fn rejection_rates(&self) -> Vec<f64> {
        self.rejections.iter().map(|sum| sum / self.iterations as f64).collect()
    }
}

/// Log of the ratio by which two neighbours accept a swap.
pub(crate) fn log_swap(beta: &[f64], log_ratios: &[f64]) -> f64 {
    (beta[1] - beta[0]) * (log_ratios[0] - log_ratios[1])
}

/// Lets chains whose round is over learn from all of them together.
pub(crate) fn meet(tallies: &mut [&mut Tally]) {
    let Some((first, others)) = tallies.split_first_mut() else { return };
    for other in others.iter() {
        first.iterations += other.iterations;
        first.rejections.iter_mut().zip(&other.rejections).for_each(|(sum, more)| *sum += more);
        first.moments.join(&other.moments);
    }
    for other in others {
        other.iterations = first.iterations;
        other.rejections.clone_from(&first.rejections);
        other.moments.clone_from(&first.moments);
    }
}
