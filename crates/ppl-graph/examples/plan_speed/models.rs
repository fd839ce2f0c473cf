//! The models, as graphs of their log densities.

use ppl_graph::{Graph, NodeId, Reduction, Tensor};

use crate::hand;

/// A log density as a graph and by hand.
pub struct Model {
    pub name: &'static str,
    pub graph: Graph,
    pub value: NodeId,
    pub position: Vec<f64>,
    pub hand: super::Call,
}

/// Every model.
pub fn all() -> Vec<Model> {
    vec![
        eight_schools(),
        logistic(),
        linear(),
        hierarchical_poisson(),
        item_response(),
        mixture(),
        gaussian_process(),
        dirichlet_multinomial(),
    ]
}

/// Numbers between −1 and 1, the same on every run.
pub fn noise(seed: u64, n: usize) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

fn column(g: &mut Graph, values: &[f64]) -> NodeId {
    g.data(Tensor::new([values.len()], values))
}

/// Σ −½((x − m)/s)² − ln s, over x with any of the three lifted.
fn normal(g: &mut Graph, x: NodeId, mean: NodeId, sd: NodeId) -> NodeId {
    let residual = g.sub(x, mean);
    let z = g.div(residual, sd);
    let square = g.square(z);
    let half = g.scaled(-0.5, square);
    let log = g.log(sd);
    let term = g.sub(half, log);
    g.sum(term)
}

fn standard_normal(g: &mut Graph, x: NodeId) -> NodeId {
    let square = g.square(x);
    let half = g.scaled(-0.5, square);
    g.sum(half)
}

fn total(g: &mut Graph, terms: &[NodeId]) -> NodeId {
    terms.iter().skip(1).fold(terms[0], |sum, &term| g.add(sum, term))
}

fn eight_schools() -> Model {
    let (y, sd) = ([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0], [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0]);
    let g = &mut Graph::new();
    let (mu, log_tau, raw) = (g.input(0, []), g.input(1, []), g.input(2, [8]));
    let tau = g.exp(log_tau);
    let effects = g.mul(tau, raw);
    let theta = g.add(mu, effects);
    let (observed, known) = (column(g, &y), column(g, &sd));
    let fifth = g.scaled(0.2, mu);
    let ratio = g.scaled(0.2, tau);
    let square = g.square(ratio);
    let tail = g.log1p(square);
    let cauchy = g.neg(tail);
    let terms =
        [standard_normal(g, fifth), cauchy, log_tau, standard_normal(g, raw), normal(g, observed, theta, known)];
    let value = total(g, &terms);
    let hand = Box::new(move |at: &[f64], to: &mut [f64]| hand::eight_schools(&y, &sd, at, to));
    Model { name: "eight schools", graph: g.clone(), value, position: noise(1, 10), hand }
}

fn logistic() -> Model {
    let (n, p) = (10_000, 25);
    let (x, y) = (noise(2, n * p), noise(3, n).iter().map(|u| f64::from(*u > 0.0)).collect::<Vec<f64>>());
    let g = &mut Graph::new();
    let beta = g.input(0, [p]);
    let (design, hits) = (g.data(Tensor::new([n, p], &x[..])), column(g, &y));
    let eta = g.matmul(design, beta);
    let (cost, gain) = (g.softplus(eta), g.mul(hits, eta));
    let term = g.sub(gain, cost);
    let terms = [g.sum(term), standard_normal(g, beta)];
    let value = total(g, &terms);
    let hand = Box::new(move |at: &[f64], to: &mut [f64]| hand::logistic(&x, &y, at, to));
    Model { name: "logistic 10,000 x 25", graph: g.clone(), value, position: noise(4, p), hand }
}

fn linear() -> Model {
    let (n, p) = (100_000, 10);
    let (x, y) = (noise(5, n * p), noise(6, n));
    let g = &mut Graph::new();
    let (beta, log_sigma) = (g.input(0, [p]), g.input(p, []));
    let (design, observed) = (g.data(Tensor::new([n, p], &x[..])), column(g, &y));
    let mean = g.matmul(design, beta);
    let sigma = g.exp(log_sigma);
    let terms = [normal(g, observed, mean, sigma), standard_normal(g, beta), standard_normal(g, log_sigma)];
    let value = total(g, &terms);
    let hand = Box::new(move |at: &[f64], to: &mut [f64]| hand::linear(&x, &y, at, to));
    Model { name: "linear 100,000 x 10", graph: g.clone(), value, position: noise(7, p + 1), hand }
}

fn hierarchical_poisson() -> Model {
    let (n, groups) = (50_000, 1000);
    let group: Vec<u32> = noise(8, n).iter().map(|u| ((u + 1.0) * 0.5 * groups as f64) as u32).collect();
    let (x, y) = (noise(9, n), noise(10, n).iter().map(|u| (4.0 * (u + 1.0)).floor()).collect::<Vec<f64>>());
    let g = &mut Graph::new();
    let (mu, log_tau, slope, raw) = (g.input(0, []), g.input(1, []), g.input(2, []), g.input(3, [groups]));
    let tau = g.exp(log_tau);
    let effects = g.mul(tau, raw);
    let levels = g.add(mu, effects);
    let base = g.gather(levels, group.clone(), [n]);
    let (covariate, counts) = (column(g, &x), column(g, &y));
    let change = g.mul(slope, covariate);
    let eta = g.add(base, change);
    let (gain, rate) = (g.mul(counts, eta), g.exp(eta));
    let term = g.sub(gain, rate);
    let mut terms = vec![g.sum(term)];
    terms.extend([mu, log_tau, slope, raw].map(|id| standard_normal(g, id)));
    let value = total(g, &terms);
    let hand = Box::new(move |at: &[f64], to: &mut [f64]| hand::hierarchical_poisson(&group, &x, &y, at, to));
    Model {
        name: "hierarchical Poisson 50,000 / 1,000",
        graph: g.clone(),
        value,
        position: noise(11, groups + 3),
        hand,
    }
}

fn item_response() -> Model {
    let (persons, items) = (400, 20);
    let n = persons * items;
    let y: Vec<f64> = noise(12, n).iter().map(|u| f64::from(*u > 0.0)).collect();
    let g = &mut Graph::new();
    let (ability, log_slope, difficulty) =
        (g.input(0, [persons]), g.input(persons, [items]), g.input(persons + items, [items]));
    let slope = g.exp(log_slope);
    let shape = [persons, items];
    let (ability_all, slope_all) = (g.broadcast(ability, &[0], shape), g.broadcast(slope, &[1], shape));
    let difficulty_all = g.broadcast(difficulty, &[1], shape);
    let gap = g.sub(ability_all, difficulty_all);
    let eta = g.mul(slope_all, gap);
    let hits = g.data(Tensor::new(shape, &y[..]));
    let (cost, gain) = (g.softplus(eta), g.mul(hits, eta));
    let term = g.sub(gain, cost);
    let mut terms = vec![g.sum(term)];
    terms.extend([ability, log_slope, difficulty].map(|id| standard_normal(g, id)));
    let value = total(g, &terms);
    let hand = Box::new(move |at: &[f64], to: &mut [f64]| hand::item_response(persons, items, &y, at, to));
    Model {
        name: "two-parameter item response 400 x 20",
        graph: g.clone(),
        value,
        position: noise(13, persons + 2 * items),
        hand,
    }
}

fn mixture() -> Model {
    let (n, k) = (1000, 3);
    let y: Vec<f64> = noise(14, n).iter().map(|u| 3.0 * u).collect();
    let g = &mut Graph::new();
    let (logits, means, log_sd) = (g.input(0, [k]), g.input(k, [k]), g.input(2 * k, [k]));
    let norm = g.reduce_all(Reduction::LogSumExp, logits);
    let weights = g.sub(logits, norm);
    let sd = g.exp(log_sd);
    let shape = [n, k];
    let observed = column(g, &y);
    let observed = g.broadcast(observed, &[0], shape);
    let [weights, means_all, sd] = [weights, means, sd].map(|id| g.broadcast(id, &[1], shape));
    let residual = g.sub(observed, means_all);
    let z = g.div(residual, sd);
    let square = g.square(z);
    let half = g.scaled(-0.5, square);
    let log = g.log(sd);
    let component = g.sub(half, log);
    let joint = g.add(component, weights);
    let each = g.reduce_last(Reduction::LogSumExp, joint);
    let mut terms = vec![g.sum(each)];
    terms.extend([logits, means, log_sd].map(|id| standard_normal(g, id)));
    let value = total(g, &terms);
    let hand = Box::new(move |at: &[f64], to: &mut [f64]| hand::mixture(&y, at, to));
    Model { name: "mixture of 3 normals, 1,000", graph: g.clone(), value, position: noise(15, 3 * k), hand }
}

fn gaussian_process() -> Model {
    let n = 100;
    let x: Vec<f64> = (0..n).map(|i| 0.1 * i as f64).collect();
    let y: Vec<f64> = x.iter().map(|x| x.sin()).collect();
    let squares: Vec<f64> = (0..n * n).map(|at| (x[at / n] - x[at % n]).powi(2)).collect();
    let identity: Vec<f64> = (0..n * n).map(|at| f64::from(at / n == at % n)).collect();
    let g = &mut Graph::new();
    let inputs = [0, 1, 2].map(|k| g.input(k, []));
    let [amplitude, length, noise_sd] = inputs.map(|id| g.exp(id));
    let distances = g.data(Tensor::new([n, n], squares));
    let scaled = g.square(length);
    let ratio = g.div(distances, scaled);
    let half = g.scaled(-0.5, ratio);
    let correlation = g.exp(half);
    let variance = g.square(amplitude);
    let signal = g.mul(variance, correlation);
    let identity = g.data(Tensor::new([n, n], identity));
    let noise_variance = g.square(noise_sd);
    let nugget = g.mul(noise_variance, identity);
    let covariance = g.add(signal, nugget);
    let factor = g.cholesky(covariance);
    let observed = column(g, &y);
    let z = g.solve_triangular(factor, observed, false);
    let diagonal = g.gather(factor, (0..n as u32).map(|i| i * n as u32 + i).collect::<Vec<u32>>(), [n]);
    let log = g.log(diagonal);
    let log = g.sum(log);
    let mut terms = vec![standard_normal(g, z), g.neg(log)];
    terms.extend(inputs.map(|id| standard_normal(g, id)));
    let value = total(g, &terms);
    let hand = Box::new(move |at: &[f64], to: &mut [f64]| hand::gaussian_process(&x, &y, at, to));
    Model { name: "Gaussian process 100", graph: g.clone(), value, position: vec![0.1, -0.2, -1.0], hand }
}

fn dirichlet_multinomial() -> Model {
    let (n, k) = (20_000, 3);
    let y: Vec<f64> = noise(16, n * k).iter().map(|u| (10.0 * (u + 1.0)).floor()).collect();
    let totals: Vec<f64> = y.chunks(k).map(|row| row.iter().sum()).collect();
    let g = &mut Graph::new();
    let log_alpha = g.input(0, [k]);
    let alpha = g.exp(log_alpha);
    let counts = g.data(Tensor::new([n, k], &y[..]));
    let rows = column(g, &totals);
    let spread = g.broadcast(alpha, &[1], [n, k]);
    let raised = g.add(spread, counts);
    let above = g.log_gamma(raised);
    let below = g.log_gamma(alpha);
    let (above, below) = (g.sum(above), g.sum(below));
    let mass = g.sum(alpha);
    let with = g.add(mass, rows);
    let with = g.log_gamma(with);
    let with = g.sum(with);
    let mass = g.log_gamma(mass);
    let ratio = g.sub(mass, below);
    let constant = g.scaled(n as f64, ratio);
    let difference = g.sub(above, with);
    let terms = [constant, difference, standard_normal(g, log_alpha)];
    let value = total(g, &terms);
    let hand = Box::new(move |at: &[f64], to: &mut [f64]| hand::dirichlet_multinomial(&y, &totals, at, to));
    Model { name: "Dirichlet-multinomial 20,000 x 3", graph: g.clone(), value, position: noise(17, k), hand }
}
