//! Eight schools: ten coordinates, all overhead.

use super::{Column, Source, Workload};

const EFFECTS: [f64; 8] = [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0];
const ERRORS: [f64; 8] = [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0];

pub fn workload() -> Workload {
    let mut position = vec![4.4, 1.2];
    position.extend([0.5, 0.1, -0.2, 0.0, -0.3, -0.2, 0.6, 0.1]);
    Workload {
        name: "eight_schools",
        size: "8 schools".into(),
        source: Source::Program(include_str!("../../workloads/eight_schools/model.model")),
        data: vec![
            Column::count("schools", 8),
            Column::vector("sigma", ERRORS.to_vec()),
            Column::vector("y", EFFECTS.to_vec()),
        ],
        position,
        hand: Box::new(|at, to| density(&EFFECTS, &ERRORS, at, to)),
    }
}

fn density(y: &[f64; 8], sd: &[f64; 8], at: &[f64], to: &mut [f64]) -> f64 {
    let (mu, tau, raw) = (at[0], at[1].exp(), &at[2..10]);
    let ratio = 0.04 * tau * tau;
    let mut value = -0.02 * mu * mu - ratio.ln_1p() + at[1];
    let (mut slope_mu, mut slope_tau) = (-0.04 * mu, -0.08 * tau / (1.0 + ratio));
    for k in 0..8 {
        let z = (y[k] - mu - tau * raw[k]) / sd[k];
        value -= 0.5 * (z * z + raw[k] * raw[k]);
        let pull = z / sd[k];
        slope_mu += pull;
        slope_tau += pull * raw[k];
        to[2 + k] = pull * tau - raw[k];
    }
    to[0] = slope_mu;
    to[1] = slope_tau * tau + 1.0;
    value
}
