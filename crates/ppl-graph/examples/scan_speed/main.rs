//! Microseconds per value and gradient of densities with loops: the plan on each instruction set, and plain Rust by
//! hand, in turn.
//!
//! `cargo run --release -p ppl-graph --example scan_speed [name] [--plan|--profile]`
#![allow(clippy::print_stdout)]

mod hand;
mod models;
mod workloads;

use std::time::Instant;

use ppl_density::LogDensity;
use ppl_graph::PlanDensity;
use ppl_math::kernels::{Isa, Kernels};

use workloads::{Hand, Workload};

/// Time of one sample; the calls in it are counted beforehand.
const SAMPLE_SECONDS: f64 = 0.5e-3;
const SAMPLES: usize = 61;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|a| a == flag);
    let wanted = arguments.iter().find(|a| !a.starts_with("--"));
    for workload in
        workloads::all(1000).into_iter().filter(|w| wanted.is_none_or(|name| w.name.contains(name.as_str())))
    {
        if has("--plan") {
            println!("{}\n{}", workload.name, compile(&workload, Kernels::detect()).plan_text());
        } else if has("--profile") {
            profile(&workload);
        } else {
            compare(workload);
        }
    }
}

fn compile(workload: &Workload, kernels: &'static Kernels) -> PlanDensity {
    let (graph, value, dim) = &workload.built;
    PlanDensity::differentiate(graph, *value, *dim, &[], kernels)
}

/// The least time of each line of the plan among many runs, in ns; reading the clock is part of each.
fn profile(workload: &Workload) {
    let mut density = compile(workload, Kernels::detect());
    let start = Instant::now();
    let mut clock = || 1e9 * start.elapsed().as_secs_f64();
    let mut best = density.profile(&workload.position, &mut clock);
    for _ in 0..2000 {
        let lines = density.profile(&workload.position, &mut clock);
        best.iter_mut().zip(lines).for_each(|(best, line)| best.1 = best.1.min(line.1));
    }
    println!("{}", workload.name);
    best.iter().for_each(|(line, time)| println!("  {time:9.0}  {line}"));
}

/// Times all ways in turn.
fn compare(workload: Workload) {
    let before = Instant::now();
    drop(compile(&workload, Kernels::detect()));
    let compiled = before.elapsed().as_secs_f64();
    let mut ways: Vec<(&str, Hand)> = Vec::new();
    for isa in Isa::available() {
        let mut plan = compile(&workload, Kernels::for_isa(isa));
        ways.push((isa.name(), Box::new(move |at, to| plan.log_density_and_gradient(at, to).unwrap_or(f64::NAN))));
    }
    ways.push(("hand", workload.hand));
    let mut gradient = vec![0.0; workload.position.len()];
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); ways.len()];
    let counts: Vec<usize> =
        ways.iter_mut().map(|(_, call)| calls_in_a_sample(call, &workload.position, &mut gradient)).collect();
    for round in 0..SAMPLES {
        for (k, (_, call)) in ways.iter_mut().enumerate() {
            times[k].push(sample(call, &workload.position, &mut gradient, counts[k] + round % 2));
        }
    }
    println!("{} (compiled in {:.2} ms)", workload.name, 1e3 * compiled);
    times.iter_mut().for_each(|times| times.sort_by(f64::total_cmp));
    let hand = times[times.len() - 1][0];
    for ((name, _), times) in ways.iter().zip(&times) {
        let (min, median) = (times[0], times[times.len() / 2]);
        println!("  {name:12} {min:10.3} {median:10.3} µs   {:6.2} × hand", min / hand);
    }
}

/// One timed run of `count` calls, each at another position than the one before, in µs a call.
fn sample(call: &mut Hand, position: &[f64], gradient: &mut [f64], count: usize) -> f64 {
    let mut at = position.to_vec();
    let start = Instant::now();
    for k in 0..count {
        at.iter_mut().zip(position).take(3).for_each(|(at, x)| *at = x + 1e-9 * (2 * count + k) as f64);
        std::hint::black_box(call(&at, gradient));
    }
    1e6 * start.elapsed().as_secs_f64() / count as f64
}

fn calls_in_a_sample(call: &mut Hand, position: &[f64], gradient: &mut [f64]) -> usize {
    let once = sample(call, position, gradient, 3);
    ((1e6 * SAMPLE_SECONDS / once) as usize).max(1)
}
