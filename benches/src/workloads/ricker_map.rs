//! A population that grows by the Ricker map with process noise, counted with Poisson error: a carry that is not linear.

use ppl_graph::{Body, Graph, Tensor};

use super::graph::{Built, with_standard_normal};
use super::hand::normal;
use super::simulate::Simulation;
use super::{Column, Source, Workload};

/// The population before the first step.
const START: f64 = 10.0;

pub fn workload(steps: usize) -> Workload {
    let mut simulation = Simulation::new(10);
    let (r, capacity, sigma) = (0.8, 12.0_f64, 0.2_f64);
    let noise = simulation.normals(steps);
    let mut n = START;
    let mut y = Vec::with_capacity(steps);
    for e in &noise {
        n *= (r - n / capacity + sigma * e).exp();
        y.push(simulation.poisson(n));
    }
    let mut position = vec![r, capacity.ln(), sigma.ln()];
    position.extend(noise);
    let mut kept = vec![0.0; steps + 1];
    Workload {
        name: "ricker_map",
        size: format!("{steps} steps"),
        source: Source::Graph(Box::new(graph(&y))),
        data: vec![Column::count("steps", steps), Column::vector("y", y.clone())],
        position,
        hand: Box::new(move |at, to| density(&y, &mut kept, at, to)),
    }
}

/// `N[t] = N[t−1]·exp(r − N[t−1]/K + σ·e[t])`, `y[t] ~ poisson(N[t])`; r, ln K, ln σ, and e.
fn graph(y: &[f64]) -> Built {
    let n = y.len();
    let mut turn = Graph::new();
    let [x, e, r, k, sigma] = [0, 1, 2, 3, 4].map(|at| turn.input(at, []));
    let (share, noise) = (turn.div(x, k), turn.mul(sigma, e));
    let rate = turn.sub(r, share);
    let rate = turn.add(rate, noise);
    let growth = turn.exp(rate);
    let next = turn.mul(x, growth);
    let mut g = Graph::new();
    let [r, log_k, log_sigma] = [0, 1, 2].map(|at| g.input(at, []));
    let e = g.input(3, [n]);
    let (k, sigma, start) = (g.exp(log_k), g.exp(log_sigma), g.constant(START));
    let states = g.scan(Body::new(&turn, &[next]), [&[start], &[e], &[r, k, sigma]], n, false);
    let mean = g.states_after(states, 0);
    let log = g.log(mean);
    let counts = g.data(Tensor::new([n], y));
    let gain = g.mul(counts, log);
    let terms = g.sub(gain, mean);
    let likelihood = g.sum(terms);
    let value = with_standard_normal(&mut g, likelihood, &[r, log_k, log_sigma, e]);
    Built { graph: g, value }
}

fn density(y: &[f64], kept: &mut [f64], at: &[f64], to: &mut [f64]) -> f64 {
    let (r, k, sigma, e) = (at[0], at[1].exp(), at[2].exp(), &at[3..]);
    let mut value = normal(1.0, at, to);
    kept[0] = START;
    for t in 0..y.len() {
        let x = kept[t] * (r - kept[t] / k + sigma * e[t]).exp();
        value += y[t] * x.ln() - x;
        kept[t + 1] = x;
    }
    let mut back = 0.0;
    for t in (0..y.len()).rev() {
        let (before, after) = (kept[t], kept[t + 1]);
        back += y[t] / after - 1.0;
        let rate = back * after;
        to[0] += rate;
        to[1] += rate * before / k;
        to[2] += rate * e[t] * sigma;
        to[3 + t] += rate * sigma;
        back = back * after / before - rate / k;
    }
    value
}
