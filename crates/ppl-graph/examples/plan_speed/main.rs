//! Microseconds per value and gradient: the interpreter, the plan on each instruction set, and plain Rust by hand.
//!
//! `cargo run --release -p ppl-graph --example plan_speed [name] [--plan]`; `--plan` prints the plans instead.
#![allow(clippy::print_stdout)]

mod hand;
mod models;

use std::time::Instant;

use ppl_density::LogDensity;
use ppl_graph::{GraphDensity, PlanDensity};
use ppl_math::kernels::{Isa, Kernels};

use models::Model;

/// Time of one sample; the calls in it are counted beforehand.
const SAMPLE_SECONDS: f64 = 0.5e-3;
const SAMPLES: usize = 41;

type Call = Box<dyn FnMut(&[f64], &mut [f64]) -> f64>;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let plans = arguments.iter().any(|a| a == "--plan");
    let wanted = arguments.iter().find(|a| !a.starts_with("--"));
    for model in models::all().into_iter().filter(|m| wanted.is_none_or(|w| m.name.contains(w.as_str()))) {
        if plans {
            println!("{}\n{}", model.name, compile(&model, Kernels::detect()).plan_text());
        } else {
            compare(model);
        }
    }
}

fn compile(model: &Model, kernels: &'static Kernels) -> PlanDensity {
    PlanDensity::differentiate(&model.graph, model.value, model.position.len(), &[], kernels)
}

/// Times all ways in turn, and checks that they give the same gradient.
fn compare(model: Model) {
    let before = Instant::now();
    drop(compile(&model, Kernels::detect()));
    let compiled = before.elapsed().as_secs_f64();
    let mut ways: Vec<(String, Call)> = vec![("interpreter".into(), interpreter(&model))];
    for isa in Isa::available() {
        let mut plan = compile(&model, Kernels::for_isa(isa));
        ways.push((isa.name().into(), Box::new(move |at, to| plan.log_density_and_gradient(at, to).unwrap())));
    }
    ways.push(("hand".into(), model.hand));
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); ways.len()];
    let mut gradients = vec![vec![0.0; model.position.len()]; ways.len()];
    let counts: Vec<usize> = ways
        .iter_mut()
        .zip(&mut gradients)
        .map(|((_, call), to)| calls_in_a_sample(call, &model.position, to))
        .collect();
    check(&ways, &gradients);
    for round in 0..SAMPLES {
        for (k, (_, call)) in ways.iter_mut().enumerate() {
            times[k].push(sample(call, &model.position, &mut gradients[k], counts[k] + round % 2));
        }
    }
    println!("{} (compiled in {:.2} ms)", model.name, 1e3 * compiled);
    let best: Vec<f64> = times.iter_mut().map(|t| summary(t).0).collect();
    let hand = best[best.len() - 1];
    for ((name, _), mut times) in ways.iter().zip(times) {
        let (min, median) = summary(&mut times);
        println!("  {name:12} {min:10.3} {median:10.3} µs   {:6.2} × hand", min / hand);
    }
}

fn interpreter(model: &Model) -> Call {
    let mut density = GraphDensity::differentiate(&model.graph, model.value, model.position.len(), &[]);
    Box::new(move |at, to| density.log_density_and_gradient(at, to).unwrap())
}

/// One timed run of `count` calls, each at another position than the one before, in µs a call.
fn sample(call: &mut Call, position: &[f64], gradient: &mut [f64], count: usize) -> f64 {
    let mut at = position.to_vec();
    let start = Instant::now();
    for k in 0..count {
        at.iter_mut().zip(position).for_each(|(at, x)| *at = x + 1e-9 * (2 * count + k) as f64);
        std::hint::black_box(call(&at, gradient));
    }
    1e6 * start.elapsed().as_secs_f64() / count as f64
}

fn calls_in_a_sample(call: &mut Call, position: &[f64], gradient: &mut [f64]) -> usize {
    let once = sample(call, position, gradient, 2);
    ((1e6 * SAMPLE_SECONDS / once) as usize).max(1)
}

fn check(ways: &[(String, Call)], gradients: &[Vec<f64>]) {
    let hand = &gradients[gradients.len() - 1];
    let scale = hand.iter().fold(1e-3, |scale, x| x.abs().max(scale));
    for ((name, _), gradient) in ways.iter().zip(gradients) {
        let worst = gradient.iter().zip(hand).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
        assert!(worst <= 1e-6 * scale, "{name}: the gradient is off by {worst:e} of {scale:e}");
    }
}

/// The least and the middle.
fn summary(times: &mut [f64]) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[0], times[times.len() / 2])
}
