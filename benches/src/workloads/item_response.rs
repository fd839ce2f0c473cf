//! Two-parameter item response: an outer product of small vectors under a logistic curve.

use super::hand::{logistic_pair, normal};
use super::simulate::Simulation;
use super::{Column, Source, Workload};

pub fn workload(persons: usize, items: usize) -> Workload {
    let mut simulation = Simulation::new(5);
    let mut position = simulation.normals(persons);
    position.extend((0..items).map(|_| 0.3 * simulation.normal()));
    position.extend(simulation.normals(items));
    let (ability, rest) = position.split_at(persons);
    let (log_slope, difficulty) = rest.split_at(items);
    let odds = |at: usize| log_slope[at % items].exp() * (ability[at / items] - difficulty[at % items]);
    let y: Vec<f64> = (0..persons * items).map(|at| simulation.coin(odds(at))).collect();
    Workload {
        name: "item_response",
        size: format!("{persons} × {items}"),
        source: Source::Program(include_str!("../../workloads/item_response/model.model")),
        data: vec![
            Column::count("persons", persons),
            Column::count("items", items),
            Column::matrix("y", items, y.clone()),
        ],
        position,
        hand: Box::new(move |at, to| density(persons, items, &y, at, to)),
    }
}

/// Abilities, log discriminations, difficulties.
fn density(persons: usize, items: usize, y: &[f64], at: &[f64], to: &mut [f64]) -> f64 {
    let slopes_end = persons + items;
    let mut value = normal(1.0, &at[..persons], &mut to[..persons]);
    value += normal(0.5, &at[persons..slopes_end], &mut to[persons..slopes_end]);
    value += normal(2.0, &at[slopes_end..], &mut to[slopes_end..]);
    let slopes: Vec<f64> = at[persons..slopes_end].iter().map(|x| x.exp()).collect();
    let difficulty = &at[slopes_end..];
    let (to_ability, rest) = to.split_at_mut(persons);
    let (to_slope, to_difficulty) = rest.split_at_mut(items);
    for i in 0..persons {
        let row = &y[i * items..(i + 1) * items];
        for j in 0..items {
            let eta = slopes[j] * (at[i] - difficulty[j]);
            let (cost, p) = logistic_pair(eta);
            let pull = row[j] - p;
            value += row[j] * eta - cost;
            to_ability[i] += pull * slopes[j];
            to_slope[j] += pull * eta;
            to_difficulty[j] -= pull * slopes[j];
        }
    }
    value
}
