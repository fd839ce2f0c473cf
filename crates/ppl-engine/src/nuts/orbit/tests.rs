//! Transitions leave their target alone under every integrator and metric, and mistakes would be seen.

use nalgebra::DMatrix;

use super::*;
use crate::kernel::Kernel;
use crate::nuts::NoUTurn;
use crate::nuts::octets::Vector;
use crate::nuts::tree::grow;
use crate::rng::{Purpose, Streams};
use crate::settings::{Integrator, Nuts};
use crate::sink::Stats;
use crate::testing::{Joint, Posterior, banana, beta_binomial, log_gamma, normal_means};

const STEPS: usize = 3;
const REPLICATES: usize = 3000;
/// Doublings of a trajectory at most.
const DEPTH: u32 = 4;

/// What a transition depends on beside the density.
#[derive(Clone)]
struct Setup {
    integrator: Integrator,
    metric: Euclidean,
    step_size: f64,
    /// The finest level that macro steps look at, if it is not the usual.
    finest: Option<u32>,
}

impl Setup {
    fn kernel<D: LogDensity>(&self, target: &mut Target<D>, position: Vec<f64>) -> NoUTurn {
        let mut current = Point { position: position.into(), ..Point::new(target.dim()) };
        current.log_density = target.log_density_and_gradient(&current.position, &mut current.gradient).unwrap();
        let nuts = Nuts { integrator: self.integrator, max_depth: DEPTH, ..Nuts::default() };
        let mut kernel = NoUTurn::at(current, &nuts, 0);
        (kernel.metric, kernel.step_size) = (self.metric.clone(), self.step_size);
        kernel.push_current();
        if let (Some(scratch), Some(finest)) = (&mut kernel.walnuts, self.finest) {
            scratch.finest = finest;
        }
        kernel
    }

    fn moved(&self, density: &Posterior, position: Vec<f64>, streams: &Streams) -> Vec<f64> {
        let mut target = Target::new(density.clone());
        let mut kernel = self.kernel(&mut target, position);
        (0..STEPS).for_each(|iteration| kernel.step(&mut target, streams, iteration).unwrap());
        Kernel::<Posterior>::position(&kernel, 0).to_vec()
    }
}

/// Metrics of each shape that suit no target in particular.
fn metrics(dim: usize) -> [(&'static str, Euclidean); 3] {
    let variances: Vec<f64> = (0..dim).map(|i| 0.5 + 0.5 * i as f64).collect();
    let direction = vec![(dim as f64).sqrt().recip(); dim];
    let matrix = DMatrix::from_fn(dim, dim, |i, j| if i == j { 1.0 + i as f64 } else { 0.4 });
    [
        ("diagonal", Euclidean::diagonal(variances.clone()).unwrap()),
        ("low-rank", Euclidean::low_rank(variances, direction, vec![3.0]).unwrap()),
        ("dense", Euclidean::dense(matrix).unwrap()),
    ]
}

fn setups(dim: usize, step_size: f64) -> impl Iterator<Item = (String, Setup)> {
    let integrators = [(Integrator::Leapfrog, None), (Integrator::Walnuts, None), (Integrator::Walnuts, Some(1))];
    integrators.into_iter().flat_map(move |(integrator, finest)| {
        metrics(dim).into_iter().map(move |(name, metric)| {
            let what = format!("{integrator:?} up to {finest:?}, {name}");
            (what, Setup { integrator, metric, step_size, finest })
        })
    })
}

#[test]
fn transitions_leave_posteriors_alone() {
    // Steps with which many trajectories have large errors of the energy.
    let joints: [(&str, Joint<Posterior>, f64); 4] = [
        ("normal", normal_means(), 0.2),
        ("bounded", beta_binomial(), 2.0),
        ("skewed", log_gamma(), 1.2),
        ("banana", banana(), 0.7),
    ];
    for (name, joint, step_size) in joints {
        for (what, setup) in setups(joint.dim, step_size) {
            let transition = |density: &Posterior, position, streams: &Streams| setup.moved(density, position, streams);
            joint.assert_invariant(&format!("{what}, {name}"), (REPLICATES, 1), transition);
        }
    }
}

/// An orbit whose states are judged otherwise.
struct Tampered<'a, D> {
    orbit: Orbit<'a, D>,
    log_weight: fn(&Orbit<D>, f64) -> f64,
}

impl<D: LogDensity> Trajectory for Tampered<'_, D> {
    type Segment = Segment;
    type Error = Box<Fatal>;

    fn choose_direction(&mut self) -> Direction {
        self.orbit.choose_direction()
    }
    fn advance(&mut self, direction: Direction, before: &Segment, leaf: &mut Segment) -> Result<Leaf, Box<Fatal>> {
        let reached = self.orbit.advance(direction, before, leaf)?;
        Ok(Leaf { log_weight: (self.log_weight)(&self.orbit, reached.log_weight), ..reached })
    }
    fn join(&self, earlier: &mut Segment, later: &mut Segment) -> bool {
        self.orbit.join(earlier, later)
    }
    fn reverse(&self, segment: &mut Segment) {
        self.orbit.reverse(segment);
    }
    fn propose_leaf(&mut self, probability: f64) {
        self.orbit.propose_leaf(probability);
    }
    fn propose_subtree(&mut self, probability: f64) {
        self.orbit.propose_subtree(probability);
    }
}

type LogWeight = fn(&Orbit<Posterior>, f64) -> f64;

/// Steps with other weights and, where `drawn` is given, momenta of that metric.
fn tampered(
    setup: &Setup,
    drawn: Option<&Euclidean>,
    log_weight: LogWeight,
    (density, position, streams): (&Posterior, Vec<f64>, &Streams),
) -> Vec<f64> {
    let mut target = Target::new(density.clone());
    let mut kernel = setup.kernel(&mut target, position);
    for iteration in 0..STEPS {
        kernel.metric = drawn.unwrap_or(&setup.metric).clone();
        kernel.draw_momentum(&mut streams.open(Purpose::Momentum, iteration));
        kernel.metric = setup.metric.clone();
        let motion = kernel.tree.restart();
        kernel.metric.multiply(&motion.momentum, &mut motion.velocity);
        let kinetic: f64 = motion.momentum.iter().zip(&*motion.velocity).map(|(p, v)| 0.5 * p * v).sum();
        kernel.points[kernel.current].energy = kinetic - kernel.points[kernel.current].log_density;
        let orbit = Orbit {
            target: &mut target,
            metric: &kernel.metric,
            step_size: kernel.step_size,
            walnuts: kernel.walnuts.as_mut(),
            rng: streams.open(Purpose::Tree, iteration),
            places: Places::at(kernel.current, &kernel.points),
            points: &mut kernel.points,
        };
        let mut trajectory = Tampered { orbit, log_weight };
        let _ = grow(&mut trajectory, &mut kernel.tree, &mut kernel.stack, DEPTH).unwrap();
        kernel.current = trajectory.orbit.places.selected();
    }
    kernel.points[kernel.current].position.to_vec()
}

fn as_it_is(_: &Orbit<Posterior>, log_weight: f64) -> f64 {
    log_weight
}

#[test]
fn mistakes_are_seen() {
    let joint = normal_means();
    let size = (4 * REPLICATES, 1);
    let [(_, diagonal), _, (_, dense)] = metrics(3);
    let setup = |integrator| Setup { integrator, metric: diagonal.clone(), step_size: 0.2, finest: None };
    let (leapfrog, walnuts) = (setup(Integrator::Leapfrog), setup(Integrator::Walnuts));
    for setup in [&leapfrog, &walnuts] {
        joint.assert_invariant("untouched", size, |density, position, streams| {
            tampered(setup, None, as_it_is, (density, position, streams))
        });
        joint.assert_caught("the momentum of another metric", size, |density, position, streams| {
            tampered(setup, Some(&dense), as_it_is, (density, position, streams))
        });
        joint.assert_caught("a weight without kinetic energy", size, |density, position, streams| {
            let potential = |orbit: &Orbit<Posterior>, _| orbit.points[orbit.places.latest].log_density;
            tampered(setup, None, potential, (density, position, streams))
        });
    }
    joint.assert_caught("a weight without the levels", size, |density, position, streams| {
        let energy = |orbit: &Orbit<Posterior>, log_weight: f64| match log_weight {
            f64::NEG_INFINITY => log_weight,
            _ => orbit.places.initial_energy - orbit.points[orbit.places.latest].energy,
        };
        tampered(&walnuts, None, energy, (density, position, streams))
    });
}

/// The longest stable leapfrog step on a standard normal.
fn longest_stable_step(metric: &Euclidean) -> f64 {
    let matrix = DMatrix::from_fn(2, 2, |i, j| {
        let mut column = Vector::zeros(2);
        metric.multiply(&vec![f64::from(j == 0), f64::from(j == 1)].into(), &mut column);
        column[i]
    });
    2.0 / matrix.symmetric_eigenvalues().max().sqrt()
}

/// N(0, I₂) with steps beyond stability, under every metric: many trajectories go astray, and nothing is biased.
#[test]
fn failures_bias_nothing() {
    #[derive(Clone)]
    struct Normals;
    impl LogDensity for Normals {
        fn dim(&self) -> usize {
            2
        }
        fn log_density(&mut self, q: &[f64]) -> Result<f64, ppl_density::Fault> {
            Ok(-0.5 * (q[0] * q[0] + q[1] * q[1]))
        }
        fn log_density_and_gradient(&mut self, q: &[f64], g: &mut [f64]) -> Result<f64, ppl_density::Fault> {
            (g[0], g[1]) = (-q[0], -q[1]);
            self.log_density(q)
        }
    }
    const DRAWS: usize = 20_000;
    for (integrator, excess, finest) in
        [(Integrator::Leapfrog, 1.03, None), (Integrator::Walnuts, 1.1, Some(0)), (Integrator::Walnuts, 2.2, Some(1))]
    {
        for (name, metric) in metrics(2) {
            let step_size = excess * longest_stable_step(&metric);
            let setup = Setup { integrator, metric, step_size, finest };
            for seed in 1..=5 {
                let mut target = Target::new(Normals);
                let mut kernel = setup.kernel(&mut target, vec![0.5, -1.0]);
                let (mut draws, mut stuck) = (Vec::with_capacity(DRAWS), 0);
                for iteration in 0..DRAWS {
                    kernel.step(&mut target, &Streams::new(seed, 1), iteration).unwrap();
                    let Stats { accepted, .. } = Kernel::<Normals>::stats(&kernel, 0);
                    stuck += usize::from(!accepted);
                    let q = &kernel.points[kernel.current].position;
                    draws.push([q[0], q[1], q[0] * q[0] - 1.0, q[1] * q[1] - 1.0, q[0] * q[1]]);
                }
                assert!(stuck > DRAWS / 50, "{integrator:?}, {name}: only {stuck} failures");
                for which in 0..5 {
                    let z = batched_z(draws.iter().map(|f| f[which]));
                    assert!(z.abs() < 4.5, "{integrator:?}, {name}, seed {seed}, mean {which}: z {z}");
                }
            }
        }
    }
}

/// The mean of correlated values in standard errors, from the means of a hundred batches.
fn batched_z(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    let batches: Vec<f64> =
        values.chunks(values.len() / 100).map(|batch| batch.iter().sum::<f64>() / batch.len() as f64).collect();
    let n = batches.len() as f64;
    let mean = batches.iter().sum::<f64>() / n;
    let variance = batches.iter().map(|b| (b - mean).powi(2)).sum::<f64>() / (n - 1.0);
    mean / (variance / n).sqrt()
}
