//! Meetings of the chains in warm-up, where those that are in the same place learn from the draws of all.
//!
//! Between two meetings chains are alone, and meetings depend on counts of iterations only, so the draws are the same for
//! any number of threads.

use super::agreement::{agree, places};
use super::fisher::misfit;
use super::leg::Leg;
use super::{DualAverage, Window, learn};
use crate::nuts::NoUTurn;
use crate::nuts::curvature::Roughness;
use crate::nuts::metric::Euclidean;

/// Iterations from one meeting to the next.
const BARRIER: usize = 25;
/// Iterations at first of which no draws are shared: chains are still on their way.
const ALONE: usize = 50;
/// The metric is never taken for settled after fewer iterations.
const FEWEST: usize = 100;
/// Nor from fewer draws than this for each coordinate: two metrics that both miss a direction do equally well.
const DRAWS_A_COORDINATE: usize = 2;
/// Iterations in which only the step size is learned, once the metric has settled.
const LATE: usize = 50;
/// What the loss of the metric in use may be, in terms of that of the metric learned after it, and a coordinate.
const SETTLED: [f64; 2] = [1.25, 0.05];

/// The iterations of a warm-up after which chains meet.
pub(crate) fn barriers(warmup: usize) -> impl Iterator<Item = usize> {
    (BARRIER..warmup).step_by(BARRIER).chain((warmup > 0).then_some(warmup))
}

/// Lets chains that have come equally far in warm-up learn from each other; says whether warm-up is over.
pub(crate) fn meet(kernels: &mut [&mut NoUTurn]) -> bool {
    let Some(first) = kernels.first().map(|kernel| &kernel.adaptation) else { return false };
    let (iteration, settled) = (first.iterations, first.settled);
    let learns = first.learns(iteration) && first.leg_is_over();
    choose_steps(kernels);
    if learns {
        let of_use = iteration > ALONE;
        let now_settled = of_use && learn_together(kernels) && iteration >= FEWEST;
        for kernel in &mut *kernels {
            kernel.adaptation.settled = now_settled.then_some(iteration);
            kernel.adaptation.close_leg(of_use);
            // Where the same metric is found again and again, one step size suits all places.
            kernel.roughness = kernel.roughness.take().filter(|_| !now_settled);
        }
    }
    share_steps(kernels);
    settled.is_some_and(|at| iteration >= at + LATE)
}

/// Gives chains in the same place a metric that fits the draws of all; says whether all are in one place and there the
/// metric is about what they had.
fn learn_together(kernels: &mut [&mut NoUTurn]) -> bool {
    let speakers = leave_poor_places(kernels);
    let legs: Vec<&Leg> = speakers.iter().map(|&chain| kernels[chain].adaptation.latest_leg()).collect();
    let places = places(&legs);
    let mut settled = places.iter().all(|place| *place == places[0]);
    for place in 0..kernels.len() {
        let there = kernels.iter_mut().zip(&places).filter(|(_, own)| **own == place);
        let mut group: Vec<&mut NoUTurn> = there.map(|(kernel, _)| &mut **kernel).collect();
        settled &= group.is_empty() || learn_in(place, &mut group);
    }
    settled
}

/// Gives chains in the same place the metric that fits the draws of all; says whether it is about what they had.
fn learn_in(place: usize, group: &mut [&mut NoUTurn]) -> bool {
    let legs = || group.iter().map(|kernel| &kernel.adaptation.legs);
    let [before, now] = [0, 1].map(|which| Window::joined(legs().map(|legs| &legs[which].draws)));
    let both = Window::joined([&before, &now]);
    let Some(metric) = learn(group[0].adaptation.kind, &both) else { return false };
    let had = misfit(&group[0].metric, &now);
    let [ratio, share] = SETTLED;
    let settled = both.count() >= DRAWS_A_COORDINATE * both.dim()
        && group.iter().all(|kernel| kernel.adaptation.place == Some(place))
        && had.loss <= ratio * misfit(&metric, &now).loss + share * now.dim() as f64
        && agree(&legs().flatten().filter(|leg| leg.draws.count() > 0).collect::<Vec<_>>());
    for kernel in group {
        kernel.take(metric.clone(), place);
        // The metric in use has not seen these draws: of one that has, the misfit would be too small.
        kernel.adaptation.aim(had.largest);
    }
    settled
}

impl NoUTurn {
    /// Whether a meeting has moved the chain since this was last asked.
    pub(crate) fn was_moved(&mut self) -> bool {
        self.adaptation.was_moved()
    }

    /// Forgets what the chain has learned where it is no more.
    fn is_moved(&mut self) {
        self.adaptation.is_moved();
        self.roughness = self.roughness.is_some().then(Roughness::default);
    }

    fn take(&mut self, metric: Euclidean, place: usize) {
        self.metric = metric;
        self.push_current();
        self.adaptation.place = Some(place);
    }
}

/// Moves chains that are where next to none of the mass is to where the most is; returns for each chain the one whose
/// draws speak for it.
///
/// The mass around a chain is its density times the volume that its draws fill. So a chain in the neck of a funnel, where
/// density is high and volume small, is not taken for the best.
fn leave_poor_places(kernels: &mut [&mut NoUTurn]) -> Vec<usize> {
    let masses: Vec<f64> = kernels.iter().map(|kernel| kernel.adaptation.latest_leg().log_mass()).collect();
    let best = (0..masses.len()).max_by(|&a, &b| masses[a].total_cmp(&masses[b])).expect("there are chains");
    let point = kernels[best].points[kernels[best].current].clone();
    let margin = 10.0 + 2.0 * (point.position.len() as f64).sqrt();
    let mut speakers: Vec<usize> = (0..masses.len()).collect();
    for chain in 0..masses.len() {
        if masses[chain] < masses[best] - margin {
            let current = kernels[chain].current;
            kernels[chain].points[current] = point.clone();
            kernels[chain].push_current();
            kernels[chain].is_moved();
            speakers[chain] = best;
        }
    }
    speakers
}

/// Lets chains in the same place decide by the trajectories of all whether their steps shall be macro steps.
fn choose_steps(kernels: &mut [&mut NoUTurn]) {
    if kernels.iter().any(|kernel| kernel.adaptation.iterations < kernel.adaptation.trial().end) {
        return;
    }
    for place in 0..kernels.len() {
        let is_there = |kernel: &NoUTurn| kernel.adaptation.place == Some(place);
        let there = kernels.iter().filter(|kernel| is_there(kernel));
        let undecided: Vec<_> = there.filter_map(|kernel| kernel.roughness.as_ref()).collect();
        let varies = Roughness::varies(&undecided);
        let undecided = kernels.iter_mut().filter(|kernel| is_there(kernel) && kernel.roughness.is_some());
        undecided.for_each(|kernel| kernel.choose_steps(varies));
    }
}

/// Gives chains with the same metric and the same kind of steps the same step size.
fn share_steps(kernels: &mut [&mut NoUTurn]) {
    for (place, macro_steps) in (0..kernels.len()).flat_map(|place| [(place, false), (place, true)]) {
        let is_alike =
            |kernel: &NoUTurn| kernel.adaptation.place == Some(place) && kernel.walnuts.is_some() == macro_steps;
        let alike = kernels.iter().filter(|kernel| is_alike(kernel)).map(|kernel| &kernel.adaptation.step);
        let Some(shared) = DualAverage::mean(&alike.collect::<Vec<_>>()) else { continue };
        for kernel in kernels.iter_mut().filter(|kernel| is_alike(kernel)) {
            kernel.step_size = shared.current();
            kernel.adaptation.step = shared.clone();
        }
    }
}

#[cfg(test)]
mod tests;
