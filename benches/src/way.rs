//! Several ways to the same gradient, timed in turn so that whatever disturbs the machine disturbs all alike.

use std::hint::black_box;
use std::time::Instant;

use ppl::{Condense, Isa, LogDensity, Machine};

use crate::Density;
use crate::workloads::{Hand, Workload};

/// Seconds that a sample takes at least.
const SAMPLE: f64 = 0.5e-3;

/// One way to evaluate a log density and its gradient.
pub struct Way {
    /// An instruction set, `all rows`, `interpreter` or `hand`.
    pub name: &'static str,
    call: Hand,
    positions: [Vec<f64>; 2],
    gradient: Vec<f64>,
    /// Calls in a sample.
    calls: usize,
    /// Microseconds a call, one for each sample.
    times: Vec<f64>,
}

impl Way {
    fn new(name: &'static str, workload: &Workload, call: Hand) -> Self {
        let gradient = vec![f64::NAN; workload.position.len()];
        let mut way = Way { name, call, positions: workload.positions(), gradient, calls: 1, times: Vec::new() };
        way.run();
        while way.run() < SAMPLE {
            way.calls *= 2;
        }
        way
    }

    /// Value and gradient at each position.
    pub fn answers(&mut self) -> Vec<(f64, Vec<f64>)> {
        let answer = |at: &Vec<f64>| ((self.call)(at, &mut self.gradient), self.gradient.clone());
        self.positions.iter().map(answer).collect()
    }

    /// Takes one sample: microseconds a call, the position changing from call to call.
    pub fn sample(&mut self) -> f64 {
        let time = 1e6 * self.run() / self.calls as f64;
        self.times.push(time);
        time
    }

    /// Seconds of all calls of a sample.
    fn run(&mut self) -> f64 {
        let start = Instant::now();
        for k in 0..self.calls {
            black_box((self.call)(black_box(&self.positions[k % 2]), &mut self.gradient));
        }
        start.elapsed().as_secs_f64()
    }

    /// The least and the middle of all samples, in microseconds a call.
    pub fn min_median(&mut self) -> (f64, f64) {
        self.times.sort_by(f64::total_cmp);
        (self.times[0], self.times[self.times.len() / 2])
    }
}

/// The plan on each instruction set of this machine, the widest also without reductions of the data, and the density by
/// hand, which stands last.
pub fn ways(workload: Workload, interpreter: bool) -> Vec<Way> {
    let mut compiled = workload.compile();
    let mut ways = Vec::new();
    let mut add = |name, machine, condense| {
        ways.push(ours(name, compiled.on(machine, condense), &workload));
    };
    if interpreter {
        add("interpreter", Machine::Interpreter, Condense::none());
    }
    add("all rows", Machine::default(), Condense::none());
    for isa in Isa::available() {
        add(isa.name(), Machine::Plan(isa), Condense::default());
    }
    ways.push(hand(workload));
    ways
}

/// The plan for this machine, with and without reductions of the data, and the density by hand.
pub fn ours_and_hand(workload: Workload) -> [Way; 3] {
    let mut compiled = workload.compile();
    let mut on = |name, condense| ours(name, compiled.on(Machine::default(), condense), &workload);
    let [reduced, whole] = [on("ours", Condense::default()), on("all rows", Condense::none())];
    [reduced, whole, hand(workload)]
}

fn ours(name: &'static str, mut density: Density, workload: &Workload) -> Way {
    let call = move |at: &[f64], to: &mut [f64]| density.log_density_and_gradient(at, to).unwrap_or(f64::NAN);
    Way::new(name, workload, Box::new(call))
}

fn hand(mut workload: Workload) -> Way {
    let call = workload.take_hand();
    Way::new("hand", &workload, call)
}

/// Checks that all ways agree with the last: values up to a constant, gradients up to their largest component.
///
/// # Errors
/// Which way is off, and by how much.
pub fn check(ways: &mut [Way]) -> Result<(), String> {
    let (hand, others) = ways.split_last_mut().expect("a way by hand");
    let reference = hand.answers();
    let scale = reference.iter().flat_map(|(_, g)| g).fold(1e-3, |scale: f64, x| scale.max(x.abs()));
    for way in others {
        let answers = way.answers();
        let pairs = answers.iter().zip(&reference);
        let gaps = pairs.flat_map(|((_, a), (_, b))| a.iter().zip(b)).map(|(a, b)| (a - b).abs() / scale);
        let gradient = gaps.fold(0.0, largest);
        let change = |answers: &[(f64, Vec<f64>)]| answers[1].0 - answers[0].0;
        let value = (change(&answers) - change(&reference)).abs() / answers[0].0.abs().max(1.0);
        if !(gradient <= 1e-8 && value <= 1e-10) {
            return Err(format!("{}: the gradient is off by {gradient:e}, the value by {value:e}", way.name));
        }
    }
    Ok(())
}

/// The larger; NaN where there is one.
fn largest(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}
