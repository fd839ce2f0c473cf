//! Trajectories are the same bits on every instruction set.

use nalgebra::DMatrix;
use ppl_density::{Fault, LogDensity};
use ppl_math::kernels::{Isa, Processor};

use super::leapfrog::{Arrive, Depart, Motion};
use super::segment::Segment;
use super::*;

/// Every instruction set of this machine.
fn processors() -> impl Iterator<Item = Processor> {
    Isa::available().into_iter().filter_map(Processor::with)
}

/// Numbers in (−½, ½) that follow one another like chance.
fn numbers(dim: usize, seed: u64) -> Vector {
    let mut stream = Streams::new(seed, 0).open(Purpose::Init, dim);
    (0..dim).map(|_| crate::rng::uniform(&mut stream) - 0.5).collect::<Vec<f64>>().into()
}

/// Metrics of every shape, with as many directions as make blocks and a rest.
fn metrics(dim: usize) -> Vec<Euclidean> {
    let variances: Vec<f64> = numbers(dim, 1).iter().map(|v| 1.0 + v).collect();
    // Unit vectors are orthonormal.
    let directions = dim.min(6);
    let columns = DMatrix::<f64>::identity(dim, directions).as_slice().to_vec();
    let eigenvalues = (0..directions).map(|k| 2.0 + k as f64).collect();
    let correlated = DMatrix::from_fn(dim, dim, |i, j| 0.3 + if i == j { variances[i] } else { 0.0 });
    let shapes = [
        Euclidean::diagonal(variances.clone()),
        Euclidean::low_rank(variances, columns, eigenvalues),
        Euclidean::dense(correlated),
    ];
    shapes.into_iter().flatten().collect()
}

/// What a result is in bits, and whether the filling of its last octet is zero.
fn bits(vectors: &[&Vector]) -> Vec<Vec<u64>> {
    for vector in vectors {
        assert!(vector.octets().as_flattened()[vector.len()..].iter().all(|x| *x == 0.0), "the filling has changed");
    }
    vectors.iter().map(|vector| vector.iter().map(|x| x.to_bits()).collect()).collect()
}

/// Runs this on every instruction set, and compares the results.
fn assert_same<T: PartialEq + std::fmt::Debug>(what: &str, run: impl Fn(Processor) -> T) {
    let portable = run(Processor::with(Isa::Portable).expect("every machine has it"));
    for processor in processors() {
        assert_eq!(run(processor), portable, "{what} on {}", processor.isa().name());
    }
}

fn motion(dim: usize, seed: u64) -> Motion {
    Motion { momentum: numbers(dim, seed), velocity: numbers(dim, seed + 1) }
}

fn point(dim: usize) -> Point {
    Point { position: numbers(dim, 4), gradient: numbers(dim, 5), push: numbers(dim, 6), ..Point::new(dim) }
}

#[test]
fn loops_over_vectors_of_any_length_give_the_same_bits() {
    for dim in 1..40 {
        assert_same(&format!("a departure in {dim} dimensions"), |processor| {
            let (from, departure, mut motion, mut to) =
                (point(dim), motion(dim, 7), Motion::new(dim), Vector::zeros(dim));
            let (from, departure) = (&from, &departure);
            processor.run(Depart { sizes: [0.3, 0.6], from, departure, motion: &mut motion, to: &mut to });
            bits(&[&motion.momentum, &motion.velocity, &to])
        });
        for metric in metrics(dim) {
            assert_same(&format!("an arrival and new momenta in {dim} dimensions"), |processor| {
                let metric = metric.clone().on(processor);
                let (mut at, mut motion) = (point(dim), motion(dim, 7));
                let shape = metric.shape();
                let first = processor.run(Arrive { shape, size: 0.3, at: &mut at, motion: &mut motion });
                let mut all = bits(&[&at.push, &motion.momentum, &motion.velocity]);
                let second = metric.draw(&mut Streams::new(1, 2).open(Purpose::Momentum, 3), &mut motion);
                all.extend(bits(&[&motion.momentum, &motion.velocity]));
                let mismatch: Vec<u64> =
                    metric.mismatch(&numbers(dim, 8), numbers(dim, 9).into()).iter().map(|x| x.to_bits()).collect();
                (all, mismatch, [first, second].map(f64::to_bits))
            });
        }
        assert_same(&format!("joins in {dim} dimensions"), |processor| {
            let mut segments = [1, 3, 5, 7].map(|seed| {
                let mut segment = Segment::new(dim);
                *segment.restart() = motion(dim, seed);
                segment
            });
            let [a, b, c, d] = &mut segments;
            let straight = [a.join(b, processor), c.join(d, processor), a.join(c, processor)];
            (straight, bits(&[a.sum()]))
        });
    }
}

/// A correlated normal.
#[derive(Clone)]
struct Chained(usize);

impl LogDensity for Chained {
    fn dim(&self) -> usize {
        self.0
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        self.log_density_and_gradient(q, &mut vec![0.0; q.len()])
    }
    fn log_density_and_gradient(&mut self, q: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        gradient.iter_mut().zip(q).for_each(|(g, q)| *g = -q);
        for i in 1..q.len() {
            let difference = 2.0 * (q[i] - q[i - 1]);
            gradient[i] -= difference;
            gradient[i - 1] += difference;
        }
        Ok(0.5 * q.iter().zip(&*gradient).map(|(q, g)| q * g).sum::<f64>())
    }
}

#[test]
fn transitions_in_every_metric_give_the_same_bits() {
    for (dim, integrator) in
        [(1, Integrator::Leapfrog), (10, Integrator::Leapfrog), (10, Integrator::Walnuts), (19, Integrator::Leapfrog)]
    {
        for metric in metrics(dim) {
            assert_same(&format!("{integrator:?} in {dim} dimensions"), |processor| {
                let (mut target, streams) = (Target::new(Chained(dim)), Streams::new(5, 6));
                let current = Point { position: numbers(dim, 1), ..Point::new(dim) };
                let nuts = Nuts { integrator, initial_step: Some(0.4), ..Nuts::default() };
                let mut kernel = NoUTurn::at(current, &nuts, 0);
                kernel.metric = metric.clone().on(processor);
                kernel.evaluate(&mut target).unwrap();
                let mut draws = Vec::new();
                for iteration in 0..20 {
                    kernel.step(&mut target, &streams, iteration).unwrap();
                    let Point { position, energy, .. } = &kernel.points[kernel.current];
                    draws.push((bits(&[position]), energy.to_bits()));
                }
                assert!(kernel.stats.depth > 0, "the chain moves");
                draws
            });
        }
    }
}
