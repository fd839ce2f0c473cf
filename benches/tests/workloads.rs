//! Every workload's program is the density that is written by hand, on every machine.

use ppl::{Condense, Isa, LogDensity, Machine};
use ppl_benches::workloads::{self, Workload};

/// Value and gradient at each of a workload's positions.
type Answers = Vec<(f64, Vec<f64>)>;

fn answers(positions: &[Vec<f64>], density: &mut dyn FnMut(&[f64], &mut [f64]) -> f64) -> Answers {
    let at = positions.iter().map(|at| {
        let mut gradient = vec![f64::NAN; at.len()];
        (density(at, &mut gradient), gradient)
    });
    at.collect()
}

fn on(workload: &Workload, machine: Machine, condense: Condense) -> Answers {
    let mut density = workload.compile().on(machine, condense);
    assert_eq!(density.dim(), workload.position.len(), "{}", workload.name);
    answers(&workload.positions(), &mut |at, to| {
        density.log_density_and_gradient(at, to).expect("a place inside the support")
    })
}

/// The largest distance between two gradients, in terms of the largest component.
fn distance(a: &Answers, b: &Answers) -> f64 {
    let pairs = a.iter().zip(b).flat_map(|((_, a), (_, b))| a.iter().zip(b));
    let scale = a.iter().flat_map(|(_, gradient)| gradient).fold(1.0, |scale: f64, x| scale.max(x.abs()));
    pairs.map(|(a, b)| (a - b).abs() / scale).fold(0.0, f64::max)
}

/// What lies between the two positions: densities by hand leave constants out.
fn difference(answers: &Answers) -> f64 {
    answers[1].0 - answers[0].0
}

#[test]
fn the_density_by_hand_is_that_of_the_program() {
    for mut workload in workloads::small() {
        let program = on(&workload, Machine::Interpreter, Condense::none());
        let hand = answers(&workload.positions(), &mut |at, to| workload.by_hand(at, to));
        let (ours, theirs) = (difference(&program), difference(&hand));
        let scale = program[0].0.abs().max(1.0);
        assert!((ours - theirs).abs() <= 1e-10 * scale, "{}: {ours} is not {theirs}", workload.name);
        assert!(distance(&program, &hand) <= 1e-8, "{}: {:e}", workload.name, distance(&program, &hand));
    }
}

/// How far a machine's values and gradients are from the interpreter's, in terms of the largest.
fn error(workload: &Workload, reference: &Answers, isa: Isa, condense: Condense) -> f64 {
    let plan = on(workload, Machine::Plan(isa), condense);
    let scale = reference.iter().map(|(value, _)| value.abs()).fold(1.0, f64::max);
    let values = plan.iter().zip(reference).map(|((a, _), (b, _))| (a - b).abs() / scale);
    values.fold(distance(reference, &plan), f64::max)
}

#[test]
fn every_instruction_set_gives_what_the_interpreter_gives() {
    for workload in workloads::small() {
        let reference = on(&workload, Machine::Interpreter, Condense::none());
        for isa in Isa::available() {
            for (condense, tolerance) in [(Condense::none(), 1e-11), (Condense::default(), 1e-8)] {
                let error = error(&workload, &reference, isa, condense);
                assert!(error <= tolerance, "{} on {}, {condense:?}: off by {error:e}", workload.name, isa.name());
            }
        }
    }
}
