//! Log densities with loops as graphs, each from data alone: the graph, its value, and how many inputs it reads.

use ppl_graph::{Body, Graph, NodeId, Reduction, Tensor};

/// A graph, the node of the log density, and the length of the position.
pub type Built = (Graph, NodeId, usize);

/// A hidden Markov model with four states, summed out forwards in logs: `y[t] ~ normal(mean of the state, 1)`, each row
/// of the transition matrix a softmax. The position is the four means and the logits, row by row.
pub fn hidden_markov_of_four(y: &[f64]) -> Built {
    const K: usize = 4;
    let n = y.len();
    let mut turn = Graph::new();
    let inputs: Vec<NodeId> = (0..2 * K + K * K).map(|at| turn.input(at, [])).collect();
    let (before, emissions, matrix) = (&inputs[..K], &inputs[K..2 * K], &inputs[2 * K..]);
    let outputs: Vec<NodeId> = (0..K)
        .map(|to| {
            let paths: Vec<NodeId> = (0..K).map(|from| turn.add(before[from], matrix[from * K + to])).collect();
            let sum = paths[1..].iter().fold(paths[0], |sum, &path| turn.log_add_exp(sum, path));
            turn.add(sum, emissions[to])
        })
        .collect();
    let body = Body::new(&turn, &outputs);
    let mut g = Graph::new();
    let (means, logits) = (g.input(0, [K]), g.input(K, [K, K]));
    let totals = g.reduce_last(Reduction::LogSumExp, logits);
    let totals = g.broadcast(totals, &[0], [K, K]);
    let matrix = g.sub(logits, totals);
    let matrix: Vec<NodeId> = (0..K * K).map(|at| g.element(matrix, at)).collect();
    let observed = g.data(Tensor::new([n], y));
    let emissions: Vec<NodeId> = (0..K)
        .map(|k| {
            let mean = g.element(means, k);
            let residual = g.sub(observed, mean);
            let square = g.square(residual);
            g.scaled(-0.5, square)
        })
        .collect();
    let first: Vec<NodeId> = emissions.iter().map(|&emission| g.element(emission, 0)).collect();
    let rest: Vec<NodeId> = emissions.iter().map(|&emission| g.slice(emission, 1..n)).collect();
    let states = g.scan(body, [&first, &rest, &matrix], n - 1, false);
    let last: Vec<NodeId> = (0..K).map(|k| g.element(states, k * n + n - 1)).collect();
    let likelihood = last[1..].iter().fold(last[0], |sum, &state| g.log_add_exp(sum, state));
    let value = with_standard_normal(&mut g, likelihood, &[means, logits]);
    (g, value, K + K * K)
}

/// A level that walks at random, seen with noise, by the Kalman filter (Durbin and Koopman 2012, section 2.2) from level
/// 0 with variance 1. The position is the logs of the two variances, of the noise and of the walk.
pub fn local_level(y: &[f64]) -> Built {
    let n = y.len();
    let mut turn = Graph::new();
    let [level, variance, y_t, noise, walk] = [0, 1, 2, 3, 4].map(|at| turn.input(at, []));
    let total = turn.add(variance, noise);
    let gain = turn.div(variance, total);
    let error = turn.sub(y_t, level);
    let correction = turn.mul(gain, error);
    let next_level = turn.add(level, correction);
    let kept = turn.mul(gain, noise);
    let next_variance = turn.add(kept, walk);
    let mut g = Graph::new();
    let [log_noise, log_walk] = [0, 1].map(|at| g.input(at, []));
    let (noise, walk) = (g.exp(log_noise), g.exp(log_walk));
    let (zero, one) = (g.constant(0.0), g.constant(1.0));
    let observed = g.data(Tensor::new([n], y));
    let body = Body::new(&turn, &[next_level, next_variance]);
    let states = g.scan(body, [&[zero, one], &[observed], &[noise, walk]], n, false);
    let (level, variance) = (g.states_before(states, 0), g.states_before(states, 1));
    let total = g.add(variance, noise);
    let error = g.sub(observed, level);
    let square = g.square(error);
    let ratio = g.div(square, total);
    let log = g.log(total);
    let terms = g.add(log, ratio);
    let sum = g.sum(terms);
    let likelihood = g.scaled(-0.5, sum);
    let value = with_standard_normal(&mut g, likelihood, &[log_noise, log_walk]);
    (g, value, 2)
}

/// Volatility that follows its own past and that of the returns, GARCH(1, 1) (Bollerslev 1986):
/// `v[t] = ω + α·y[t−1]² + β·v[t−1]` from `v[0] = 1`, `y[t] ~ normal(0, √v[t])`. The position is the logs of ω, α, β.
pub fn garch(y: &[f64]) -> Built {
    let n = y.len();
    let mut turn = Graph::new();
    let [v, square, omega, alpha, beta] = [0, 1, 2, 3, 4].map(|at| turn.input(at, []));
    let (kept, news) = (turn.mul(beta, v), turn.mul(alpha, square));
    let next = turn.add(omega, news);
    let next = turn.add(next, kept);
    let mut g = Graph::new();
    let logs = [0, 1, 2].map(|at| g.input(at, []));
    let parameters = logs.map(|log| g.exp(log));
    let squares = g.data(Tensor::new([n], y.iter().map(|y| y * y).collect::<Vec<f64>>()));
    let one = g.constant(1.0);
    let states = g.scan(Body::new(&turn, &[next]), [&[one], &[squares], &parameters], n, false);
    let v = g.states_before(states, 0);
    let (log, ratio) = (g.log(v), g.div(squares, v));
    let terms = g.add(log, ratio);
    let sum = g.sum(terms);
    let likelihood = g.scaled(-0.5, sum);
    let value = with_standard_normal(&mut g, likelihood, &logs);
    (g, value, 3)
}

/// An epidemic in a closed population of 1000 (Kermack and McKendrick 1927), by days: `n = β·S·I/1000` fall ill, `γ·I`
/// get well, `y[t] ~ poisson(n)`, from 10 ill. The position is the logs of β and γ.
pub fn epidemic(y: &[f64]) -> Built {
    let n = y.len();
    let mut turn = Graph::new();
    let [healthy, ill, beta, gamma] = [0, 1, 2, 3].map(|at| turn.input(at, []));
    let meetings = turn.mul(healthy, ill);
    let new = turn.mul(beta, meetings);
    let well = turn.mul(gamma, ill);
    let next_healthy = turn.sub(healthy, new);
    let next_ill = turn.add(ill, new);
    let next_ill = turn.sub(next_ill, well);
    let mut g = Graph::new();
    let logs = [0, 1].map(|at| g.input(at, []));
    let [beta, gamma] = logs.map(|log| g.exp(log));
    let rate = g.scaled(1e-3, beta);
    let initial = [990.0, 10.0].map(|x| g.constant(x));
    let states = g.scan(Body::new(&turn, &[next_healthy, next_ill]), [&initial, &[], &[rate, gamma]], n, false);
    let [healthy, ill] = [0, 1].map(|k| g.states_before(states, k));
    let meetings = g.mul(healthy, ill);
    let new = g.mul(rate, meetings);
    let log = g.log(new);
    let counts = g.data(Tensor::new([n], y));
    let gain = g.mul(counts, log);
    let terms = g.sub(gain, new);
    let likelihood = g.sum(terms);
    let value = with_standard_normal(&mut g, likelihood, &logs);
    (g, value, 2)
}

/// A hidden autoregression of order two with noise: `x[t] = a·x[t−1] + b·x[t−2] + z[t]`, `y[t] ~ normal(x[t], 1)`. The
/// position is a, b, and z.
pub fn second_order(y: &[f64]) -> Built {
    let n = y.len();
    let mut turn = Graph::new();
    let [x, before, z, a, b] = [0, 1, 2, 3, 4].map(|at| turn.input(at, []));
    let (first, second) = (turn.mul(a, x), turn.mul(b, before));
    let mean = turn.add(first, second);
    let next = turn.add(mean, z);
    let mut g = Graph::new();
    let [a, b] = [0, 1].map(|at| g.input(at, []));
    let z = g.input(2, [n]);
    let zero = g.constant(0.0);
    let states = g.scan(Body::new(&turn, &[next, x]), [&[zero, zero], &[z], &[a, b]], n, false);
    let x = g.states_after(states, 0);
    let observed = g.data(Tensor::new([n], y));
    let residual = g.sub(observed, x);
    let square = g.square(residual);
    let total = g.sum(square);
    let likelihood = g.scaled(-0.5, total);
    let value = with_standard_normal(&mut g, likelihood, &[a, b, z]);
    (g, value, n + 2)
}

/// A log density and that of standard normal priors, without their constant.
fn with_standard_normal(g: &mut Graph, value: NodeId, parameters: &[NodeId]) -> NodeId {
    parameters.iter().fold(value, |value, &parameter| {
        let square = g.square(parameter);
        let total = g.sum(square);
        let prior = g.scaled(-0.5, total);
        g.add(value, prior)
    })
}
