//! A hidden Markov model with two states, summed out forwards in logs.

use ppl_graph::{Body, Graph, Tensor};

use super::graph::{Built, with_standard_normal};
use super::hand::normal;
use super::simulate::{Simulation, rounded};
use super::{Column, Source, Workload};

pub fn workload(steps: usize) -> Workload {
    let mut simulation = Simulation::new(11);
    let position = vec![-0.6, 1.1, 1.8, 1.4];
    let mut state = 0;
    let draw = |_| {
        state = if simulation.coin(position[2 + state]) > 0.0 { state } else { 1 - state };
        rounded(position[state] + simulation.normal())
    };
    let y: Vec<f64> = (0..steps).map(draw).collect();
    let mut kept = vec![[0.0; 2]; steps];
    Workload {
        name: "hidden_markov",
        size: format!("{steps} steps, 2 states"),
        source: Source::Graph(Box::new(graph(&y))),
        data: vec![Column::count("steps", steps), Column::vector("y", y.clone())],
        position,
        hand: Box::new(move |at, to| density(&y, &mut kept, at, to)),
    }
}

/// `y[t] ~ normal(mean of the state, 1)`, both states as likely at first; two means, and for each state the log odds of
/// staying in it.
fn graph(y: &[f64]) -> Built {
    let n = y.len();
    let mut turn = Graph::new();
    let [a, b, emission_a, emission_b] = [0, 1, 2, 3].map(|at| turn.input(at, []));
    let [aa, ab, ba, bb] = [4, 5, 6, 7].map(|at| turn.input(at, []));
    let mut reach = |from_a, from_b, emission| {
        let (x, y) = (turn.add(a, from_a), turn.add(b, from_b));
        let sum = turn.log_add_exp(x, y);
        turn.add(sum, emission)
    };
    let next = [reach(aa, ba, emission_a), reach(ab, bb, emission_b)];
    let body = Body::new(&turn, &next);
    let mut g = Graph::new();
    let (means, logits) = ([0, 1].map(|at| g.input(at, [])), [2, 3].map(|at| g.input(at, [])));
    let observed = g.data(Tensor::new([n], y));
    let emissions = means.map(|mean| {
        let residual = g.sub(observed, mean);
        let square = g.square(residual);
        g.scaled(-0.5, square)
    });
    let [[stay_a, leave_a], [stay_b, leave_b]] = logits.map(|logit| {
        let minus = g.neg(logit);
        [minus, logit].map(|x| {
            let cost = g.softplus(x);
            g.neg(cost)
        })
    });
    let first = emissions.map(|emission| g.element(emission, 0));
    let rest = emissions.map(|emission| g.slice(emission, 1..n));
    let states = g.scan(body, [&first, &rest, &[stay_a, leave_a, leave_b, stay_b]], n - 1, false);
    let (last_a, last_b) = (g.element(states, n - 1), g.element(states, 2 * n - 1));
    let likelihood = g.log_add_exp(last_a, last_b);
    let value = with_standard_normal(&mut g, likelihood, &[means[0], means[1], logits[0], logits[1]]);
    Built { graph: g, value }
}

fn log_add_exp(x: f64, y: f64) -> f64 {
    x.max(y) + (-(x - y).abs()).exp().ln_1p()
}

fn density(y: &[f64], kept: &mut [[f64; 2]], at: &[f64], to: &mut [f64]) -> f64 {
    let value = normal(1.0, at, to);
    let stay = [at[2], at[3]].map(|x| -(-x).exp().ln_1p());
    let leave = [at[2], at[3]].map(|x| -x.exp().ln_1p());
    let emission = |t: usize, k: usize| -0.5 * (y[t] - at[k]) * (y[t] - at[k]);
    kept[0] = [emission(0, 0), emission(0, 1)];
    for t in 1..y.len() {
        let [a, b] = kept[t - 1];
        kept[t] = [
            log_add_exp(a + stay[0], b + leave[1]) + emission(t, 0),
            log_add_exp(a + leave[0], b + stay[1]) + emission(t, 1),
        ];
    }
    let [a, b] = kept[y.len() - 1];
    let likelihood = log_add_exp(a, b);
    let mut back = [(a - likelihood).exp(), (b - likelihood).exp()];
    let mut moves = [0.0; 4];
    for t in (1..y.len()).rev() {
        to[0] += back[0] * (y[t] - at[0]);
        to[1] += back[1] * (y[t] - at[1]);
        let [a, b] = kept[t - 1];
        let stay_a = back[0] / (1.0 + (b + leave[1] - a - stay[0]).exp());
        let stay_b = back[1] / (1.0 + (a + leave[0] - b - stay[1]).exp());
        let (leave_a, leave_b) = (back[1] - stay_b, back[0] - stay_a);
        moves.iter_mut().zip([stay_a, leave_a, stay_b, leave_b]).for_each(|(sum, x)| *sum += x);
        back = [stay_a + leave_a, stay_b + leave_b];
    }
    to[0] += back[0] * (y[0] - at[0]);
    to[1] += back[1] * (y[0] - at[1]);
    to[2] += moves[0] * leave[0].exp() - moves[1] * stay[0].exp();
    to[3] += moves[2] * leave[1].exp() - moves[3] * stay[1].exp();
    value + likelihood
}
