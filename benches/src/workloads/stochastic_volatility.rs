//! Stochastic volatility, not centred (Kim, Shephard and Chib 1998): a linear recurrence and an exponential a step.

use ppl_graph::{Graph, Tensor, Unary};

use super::graph::{Built, with_standard_normal};
use super::hand::normal;
use super::simulate::{Simulation, rounded};
use super::{Column, Source, Workload};

pub fn workload(steps: usize) -> Workload {
    let mut simulation = Simulation::new(9);
    let (mu, phi, sigma) = (-0.5, 0.9_f64, 0.3_f64);
    let z = simulation.normals(steps);
    let mut h = z[0] * sigma / (1.0 - phi * phi).sqrt();
    let mut y = Vec::with_capacity(steps);
    for (t, z) in z.iter().enumerate() {
        h = if t > 0 { phi * h + sigma * z } else { h };
        y.push(rounded((0.5 * (mu + h)).exp() * simulation.normal()));
    }
    let mut position = vec![mu, phi.atanh(), sigma.ln()];
    position.extend(z);
    let mut kept = vec![(0.0, 0.0); steps];
    Workload {
        name: "stochastic_volatility",
        size: format!("{steps} steps"),
        source: Source::Graph(Box::new(graph(&y))),
        data: vec![Column::count("steps", steps), Column::vector("y", y.clone())],
        position,
        hand: Box::new(move |at, to| density(&y, &mut kept, at, to)),
    }
}

/// `h[t] = μ + φ·(h[t−1] − μ) + σ·z[t]`, `y[t] ~ normal(0, exp(h[t]/2))`; μ, artanh φ, ln σ, and z.
fn graph(y: &[f64]) -> Built {
    let n = y.len();
    let mut g = Graph::new();
    let [mu, raw_phi, log_sigma] = [0, 1, 2].map(|k| g.input(k, []));
    let z = g.input(3, [n]);
    let (phi, sigma) = (g.unary(Unary::Tanh, raw_phi), g.exp(log_sigma));
    let shocks = g.mul(sigma, z);
    let (first, rest) = (g.element(shocks, 0), g.slice(shocks, 1..n));
    let square = g.square(phi);
    let left = g.one_minus(square);
    let scale = g.sqrt(left);
    let initial = g.div(first, scale);
    let deviation = g.linear_recurrence(phi, rest, initial, false);
    let h = g.add(mu, deviation);
    let minus = g.neg(h);
    let precision = g.exp(minus);
    let squares = g.data(Tensor::new([n], y.iter().map(|y| y * y).collect::<Vec<f64>>()));
    let ratio = g.mul(squares, precision);
    let terms = g.add(ratio, h);
    let total = g.sum(terms);
    let likelihood = g.scaled(-0.5, total);
    let value = with_standard_normal(&mut g, likelihood, &[mu, raw_phi, log_sigma, z]);
    Built { graph: g, value }
}

fn density(y: &[f64], kept: &mut [(f64, f64)], at: &[f64], to: &mut [f64]) -> f64 {
    let (mu, phi, sigma, z) = (at[0], at[1].tanh(), at[2].exp(), &at[3..]);
    let left = 1.0 - phi * phi;
    let scale = left.sqrt();
    let mut value = normal(1.0, at, to);
    let mut deviation = sigma * z[0] / scale;
    for t in 0..y.len() {
        if t > 0 {
            deviation = phi * deviation + sigma * z[t];
        }
        let h = mu + deviation;
        let ratio = y[t] * y[t] * (-h).exp();
        value -= 0.5 * (h + ratio);
        kept[t] = (deviation, 0.5 * (ratio - 1.0));
    }
    let (mut back, mut to_phi, mut to_sigma) = (0.0, 0.0, 0.0);
    for t in (1..y.len()).rev() {
        back = kept[t].1 + phi * back;
        to[0] += kept[t].1;
        to_phi += back * kept[t - 1].0;
        to_sigma += back * z[t];
        to[3 + t] += back * sigma;
    }
    back = kept[0].1 + phi * back;
    to[0] += kept[0].1;
    to[1] += to_phi * left + back * kept[0].0 * phi;
    to[2] += sigma * (to_sigma + back * z[0] / scale);
    to[3] += back * sigma / scale;
    value
}
