//! The no-U-turn sampler (Hoffman and Gelman 2014; Betancourt 2017), with the transition of Stan.

mod curvature;
mod dense;
mod factor;
#[cfg(test)]
mod instruction_sets;
mod leapfrog;
mod low_rank;
pub(crate) mod metric;
mod octets;
mod orbit;
mod segment;
mod tree;
mod triangle;
mod walnuts;
mod warmup;

use ppl_density::LogDensity;
use serde::{Deserialize, Serialize};

use crate::divergence::Astray;
use crate::error::ChainError;
use crate::explorer::{Explorer, Place};
use crate::init::{Wanted, find};
use crate::kernel::Kernel;
use crate::rng::{Purpose, Stream, Streams};
use crate::settings::{Integrator, Nuts};
use crate::sink::{Adapted, Stats};
use crate::target::Target;
use curvature::Roughness;
use leapfrog::{Point, leapfrog};
use metric::Euclidean;
use octets::Vector;
use orbit::{Orbit, Places, Points};
use segment::Segment;
use tree::{Growth, grow};
use walnuts::Scratch;
use warmup::Adaptation;
pub(crate) use warmup::{barriers, meet};

/// Step sizes beyond which the search gives up: the density does not fall off, or positions stop changing.
const LARGEST_STEP: f64 = 1e7;
const SMALLEST_STEP: f64 = 1e-14;

/// The kernel with its state, its adaptation, and all the buffers of a transition.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub(crate) struct NoUTurn {
    max_depth: u32,
    step_size: f64,
    metric: Euclidean,
    points: Points,
    /// Which of the points the chain is at.
    current: usize,
    stats: Stats,
    /// The roles of the points in the last trajectory, if it diverged.
    astray: Option<Places>,
    adaptation: Adaptation,
    tree: Segment,
    stack: Vec<Segment>,
    /// The buffers of macro steps, if steps are these.
    walnuts: Option<Scratch>,
    /// How rough trajectories are, while it decides whether steps become macro steps.
    roughness: Option<Roughness>,
    /// Mean |ΔH| of a step of the latest trajectory.
    error: f64,
}

/// The kernel without its buffers.
#[derive(Serialize, Deserialize)]
struct Saved {
    max_depth: u32,
    step_size: f64,
    metric: Euclidean,
    current: Point,
    stats: Stats,
    adaptation: Adaptation,
    walnuts: bool,
    roughness: Option<Roughness>,
}

impl From<NoUTurn> for Saved {
    fn from(kernel: NoUTurn) -> Self {
        let NoUTurn { max_depth, step_size, metric, stats, adaptation, walnuts, roughness, .. } = kernel;
        let [current, ..] = {
            let mut points = kernel.points;
            points.swap(0, kernel.current);
            points
        };
        Saved { max_depth, step_size, metric, current, stats, adaptation, walnuts: walnuts.is_some(), roughness }
    }
}

impl From<Saved> for NoUTurn {
    fn from(saved: Saved) -> Self {
        let Saved { max_depth, step_size, metric, current, stats, adaptation, walnuts, roughness } = saved;
        let dim = current.position.len();
        let mut kernel = NoUTurn {
            max_depth,
            step_size,
            metric,
            stats,
            astray: None,
            adaptation,
            tree: Segment::new(dim),
            stack: vec![Segment::new(dim); max_depth as usize],
            walnuts: walnuts.then(|| Scratch::new(dim)),
            roughness,
            error: f64::NAN,
            points: [current, Point::new(dim), Point::new(dim), Point::new(dim), Point::new(dim)],
            current: 0,
        };
        kernel.push_current();
        kernel
    }
}

impl NoUTurn {
    /// Length of a position.
    pub(crate) fn dim(&self) -> usize {
        self.points[0].position.len()
    }

    pub(crate) fn start<D: LogDensity>(
        nuts: &Nuts,
        warmup: usize,
        target: &mut Target<D>,
        streams: &Streams,
        given: &[Option<f64>],
        radius: f64,
    ) -> Result<Self, ChainError> {
        let position = find(target, streams, given, Wanted { radius, gradient: true, walker: None })?;
        NoUTurn::begin(nuts, warmup, target, streams, position)
    }

    fn at(current: Point, nuts: &Nuts, warmup: usize) -> Self {
        let dim = current.position.len();
        let step_size = nuts.initial_step.unwrap_or(1.0);
        let adaptation = Adaptation::new(nuts, warmup, dim, step_size);
        NoUTurn::from(Saved {
            max_depth: nuts.max_depth,
            step_size,
            stats: Stats { log_density: current.log_density, ..Stats::default() },
            metric: adaptation.first_metric(&current.gradient),
            adaptation,
            walnuts: nuts.integrator == Integrator::Walnuts,
            roughness: (nuts.integrator == Integrator::Auto).then(Roughness::default),
            current,
        })
    }

    /// Finds a step size from which to adapt, by doubling or halving until the acceptance probability of one step
    /// crosses 0.8; then restarts the averaging there.
    fn find_step_size<D: LogDensity>(
        &mut self,
        target: &mut Target<D>,
        streams: &Streams,
        iteration: usize,
    ) -> Result<(), ChainError> {
        let mut rng = streams.open(Purpose::StepSize, iteration);
        let threshold = 0.8_f64.ln();
        let mut grows = None;
        loop {
            let gain = self.trial(target, &mut rng)?;
            // A divergent first step, whose gain is −∞ or NaN, makes the step shrink.
            let good = gain > threshold;
            if *grows.get_or_insert(good) != good {
                break;
            }
            self.step_size *= if good { 2.0 } else { 0.5 };
            if !(SMALLEST_STEP..LARGEST_STEP).contains(&self.step_size) {
                return Err(ChainError::StepSize { step_size: self.step_size });
            }
        }
        let grew = grows == Some(true);
        self.adaptation.found(self.step_size, if grew { 0.5 * self.step_size } else { self.step_size });
        Ok(())
    }

    /// H₀ − H of one leapfrog step from the current position with fresh momenta.
    fn trial<D: LogDensity>(&mut self, target: &mut Target<D>, rng: &mut Stream) -> Result<f64, ChainError> {
        let initial = self.draw_momentum(rng);
        let next = (self.current + 1) % self.points.len();
        let [from, to] = self.points.get_disjoint_mut([self.current, next]).expect("two places");
        leapfrog(target, &self.metric, self.step_size, (from, self.tree.last()), (to, self.stack[0].restart()))?;
        Ok(initial - self.points[next].energy)
    }

    /// Draws the momentum of the current point, with which the tree begins, and returns the energy.
    fn draw_momentum(&mut self, rng: &mut Stream) -> f64 {
        let kinetic = self.metric.draw(rng, self.tree.restart());
        let current = &mut self.points[self.current];
        current.energy = kinetic - current.log_density;
        current.energy
    }

    /// Applies the metric to the gradient at the current point, once that is another metric.
    fn push_current(&mut self) {
        let Point { gradient, push, .. } = &mut self.points[self.current];
        if push.len() != gradient.len() {
            *push = Vector::zeros(gradient.len());
        }
        self.metric.multiply(gradient, push);
    }

    /// Notes how rough the latest trajectory was; a chain that learns alone decides by its own what its steps shall be.
    fn note_roughness(&mut self, iteration: usize) {
        let (Some(roughness), trial) = (&mut self.roughness, self.adaptation.trial()) else { return };
        if trial.contains(&iteration) {
            roughness.add(self.error, self.stats.step_size, self.stats.divergent);
        }
        if iteration + 1 >= trial.end && !self.adaptation.learns_in_meetings() {
            let varies = Roughness::varies(&[roughness]);
            self.choose_steps(varies);
        }
    }

    /// Goes over to macro steps if the curvature varies, and looks no further.
    fn choose_steps(&mut self, curvature_varies: bool) {
        self.roughness = None;
        if curvature_varies {
            self.walnuts = Some(Scratch::new(self.dim()));
            self.adaptation.begin_macro_steps(self.step_size);
        }
    }

    fn settle(&mut self, growth: Growth, steps: u64, places: &Places) {
        self.current = places.selected();
        self.astray = growth.divergent.then_some(*places);
        self.error = places.errors() / f64::from(growth.leaves);
        let point = &self.points[self.current];
        self.stats = Stats {
            log_density: point.log_density,
            accept: growth.accept_sum / f64::from(growth.leaves),
            step_size: self.step_size,
            depth: growth.depth,
            steps: steps as u32,
            divergent: growth.divergent,
            energy: point.energy,
            accepted: places.moved(),
        };
    }
}

impl Explorer for NoUTurn {
    type Options = Nuts;
    const NEEDS_GRADIENT: bool = true;

    fn transitions(_dim: usize) -> usize {
        1
    }

    fn begin<D: LogDensity>(
        nuts: &Nuts,
        warmup: usize,
        target: &mut Target<D>,
        streams: &Streams,
        position: Vec<f64>,
    ) -> Result<Self, ChainError> {
        let dim = target.dim();
        let mut current = Point { position: position.into(), ..Point::new(dim) };
        current.log_density = target.log_density_and_gradient(&current.position, &mut current.gradient)?;
        let mut kernel = NoUTurn::at(current, nuts, warmup);
        if warmup > 0 || nuts.initial_step.is_none() {
            kernel.find_step_size(target, streams, 0)?;
        }
        Ok(kernel)
    }

    fn place(&self) -> (&[f64], f64) {
        let current = &self.points[self.current];
        (&current.position, current.log_density)
    }

    fn place_mut(&mut self) -> Place<'_> {
        let Point { position, gradient, log_density, .. } = &mut self.points[self.current];
        Place { position, gradient, log_density }
    }

    fn place_changed(&mut self) {
        self.push_current();
    }

    fn evaluate<D: LogDensity>(&mut self, target: &mut Target<D>) -> Result<(), ChainError> {
        let current = &mut self.points[self.current];
        current.log_density = target.log_density_and_gradient(&current.position, &mut current.gradient)?;
        self.push_current();
        Ok(())
    }
}

impl<D: LogDensity> Kernel<D> for NoUTurn {
    fn step(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError> {
        self.draw_momentum(&mut streams.open(Purpose::Momentum, iteration));
        let before = target.evaluations;
        let mut orbit = Orbit {
            target,
            metric: &self.metric,
            step_size: self.step_size,
            walnuts: self.walnuts.as_mut(),
            rng: streams.open(Purpose::Tree, iteration),
            places: Places::at(self.current, &self.points),
            points: &mut self.points,
        };
        let growth =
            grow(&mut orbit, &mut self.tree, &mut self.stack, self.max_depth.min(self.adaptation.depth(iteration)))?;
        let (places, steps) = (&orbit.places, orbit.target.evaluations - before);
        self.settle(growth, steps, places);
        Ok(())
    }

    fn adapt(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError> {
        let Point { position, gradient, .. } = &self.points[self.current];
        let learned = self.adaptation.learn(iteration, [position, gradient], self.stats);
        if let Some(metric) = learned {
            self.metric = metric;
            self.push_current();
            if self.adaptation.wants_search() {
                return self.find_step_size(target, streams, iteration + 1);
            }
        }
        self.step_size = self.adaptation.step(self.stats.accept);
        self.note_roughness(iteration);
        Ok(())
    }

    fn freeze(&mut self) {
        self.step_size = self.adaptation.final_step();
        self.adaptation.forget_draws();
        self.roughness = None;
    }

    fn adapted(&self) -> Adapted {
        let integrator = if self.walnuts.is_some() { Integrator::Walnuts } else { Integrator::Leapfrog };
        let inverse_metric = self.metric.inverse();
        Adapted { step_size: self.step_size, inverse_metric, integrator: Some(integrator) }
    }

    fn position(&self, _walker: usize) -> &[f64] {
        &self.points[self.current].position
    }

    fn stats(&self, _walker: usize) -> Stats {
        self.stats
    }

    fn astray(&self) -> Option<Astray<'_>> {
        self.astray.map(|places| places.astray(&self.points))
    }
}
