//! A mixture of normals: three densities and a log-sum-exp a row.

use super::hand::normal;
use super::simulate::{Simulation, rounded};
use super::{Column, Source, Workload};

pub fn workload(rows: usize) -> Workload {
    let mut simulation = Simulation::new(6);
    let (means, sds) = ([-2.5, 0.4, 3.2], [0.7, 1.0, 0.5_f64]);
    let y: Vec<f64> = (0..rows)
        .map(|_| {
            let k = simulation.below(3);
            rounded(means[k] + sds[k] * simulation.normal())
        })
        .collect();
    let mut position = vec![0.1, -0.1, 0.2];
    position.extend([means[0], (means[1] - means[0]).ln(), (means[2] - means[1]).ln()]);
    position.extend(sds.map(f64::ln));
    Workload {
        name: "mixture",
        size: format!("{rows} rows, 3 parts"),
        source: Source::Program(include_str!("../../workloads/mixture/model.model")),
        data: vec![Column::count("rows", rows), Column::vector("y", y.clone())],
        position,
        hand: Box::new(move |at, to| density(&y, at, to)),
    }
}

/// Weights before their softmax; the least mean and logs of the gaps; log scales.
fn density(y: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    let gaps = [at[4].exp(), at[5].exp()];
    let mean = [at[3], at[3] + gaps[0], at[3] + gaps[0] + gaps[1]];
    let mut pulls = [0.0; 3];
    let mut value = normal(1.0, &at[..3], &mut to[..3]) + normal(0.5, &at[6..], &mut to[6..]);
    value += normal(3.0, &mean, &mut pulls) + at[4] + at[5];
    let norm = (0..3).map(|k| at[k].exp()).sum::<f64>().ln();
    let sd: [f64; 3] = std::array::from_fn(|k| at[6 + k].exp());
    for y in y {
        let z: [f64; 3] = std::array::from_fn(|k| (y - mean[k]) / sd[k]);
        let joint: [f64; 3] = std::array::from_fn(|k| at[k] - norm - 0.5 * z[k] * z[k] - at[6 + k]);
        let largest = joint[0].max(joint[1]).max(joint[2]);
        let powers = joint.map(|x| (x - largest).exp());
        let sum = powers[0] + powers[1] + powers[2];
        value += largest + sum.ln();
        for k in 0..3 {
            let share = powers[k] / sum;
            to[k] += share;
            pulls[k] += share * z[k] / sd[k];
            to[6 + k] += share * (z[k] * z[k] - 1.0);
        }
    }
    for k in 0..3 {
        to[k] -= y.len() as f64 * (at[k] - norm).exp();
    }
    to[3] = pulls[0] + pulls[1] + pulls[2];
    to[4] = 1.0 + gaps[0] * (pulls[1] + pulls[2]);
    to[5] = 1.0 + gaps[1] * pulls[2];
    value
}
