//! Counts in groups: an exponential a row, and a look-up in no order both ways.

use super::hand::normal;
use super::simulate::Simulation;
use super::{Column, Source, Workload};

pub fn workload(rows: usize, groups: usize) -> Workload {
    let mut simulation = Simulation::new(4);
    let (mu, log_tau, slope) = (0.7, -0.5_f64, 0.4);
    let raw = simulation.normals(groups);
    let x = simulation.normals(rows);
    // The last rows see every group once, so that none is missing from the data.
    let mut group: Vec<usize> = (0..rows).map(|_| simulation.below(groups)).collect();
    (0..groups).for_each(|k| group[rows - groups + k] = k);
    let rate = |group: usize, x: f64| (mu + log_tau.exp() * raw[group] + slope * x).exp();
    let y: Vec<f64> = group.iter().zip(&x).map(|(&k, &x)| simulation.poisson(rate(k, x))).collect();
    let labels = group.iter().map(|&k| (k + 1) as f64).collect();
    let mut position = vec![mu, log_tau, slope];
    position.extend(raw);
    Workload {
        name: "hierarchical_poisson",
        size: format!("{rows} rows / {groups} groups"),
        source: Source::Program(include_str!("../../workloads/hierarchical_poisson/model.model")),
        data: vec![
            Column::count("rows", rows),
            Column::count("groups", groups),
            Column::vector("group", labels),
            Column::vector("x", x.clone()),
            Column::vector("y", y.clone()),
        ],
        position,
        hand: Box::new(move |at, to| density(&group, &x, &y, at, to)),
    }
}

/// Mean and log scale of the groups, slope, standardised groups.
fn density(group: &[usize], x: &[f64], y: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    let (mu, tau, slope, raw) = (at[0], at[1].exp(), at[2], &at[3..]);
    let mut value = normal(2.0, &at[..1], &mut to[..1]) - 0.5 * tau * tau + at[1];
    value += normal(1.0, &at[2..], &mut to[2..]);
    let mut pulls = vec![0.0; raw.len()];
    for ((&group, x), y) in group.iter().zip(x).zip(y) {
        let eta = mu + tau * raw[group] + slope * x;
        let rate = eta.exp();
        value += y * eta - rate;
        pulls[group] += y - rate;
        to[2] += (y - rate) * x;
    }
    to[1] = 1.0 - tau * tau;
    for (k, pull) in pulls.iter().enumerate() {
        to[0] += pull;
        to[1] += pull * tau * raw[k];
        to[3 + k] += pull * tau;
    }
    value
}
