//! Each model with data and a position.

use super::hand::{self, Kept};
use super::models::{self, Built};

/// A density by hand: the value, with the gradient in the second slice.
pub type Hand = Box<dyn FnMut(&[f64], &mut [f64]) -> f64>;

pub struct Workload {
    pub name: &'static str,
    pub built: Built,
    pub position: Vec<f64>,
    pub hand: Hand,
}

/// Numbers that look random (Numerical Recipes' quick generator).
fn numbers(n: usize, low: f64, high: f64, seed: u32) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        low + (high - low) * f64::from(state) / f64::from(u32::MAX)
    };
    (0..n).map(|_| next()).collect()
}

type Model = (fn(&[f64]) -> Built, fn(&[f64], &mut Kept, &[f64], &mut [f64]) -> f64);

fn workload(name: &'static str, (graph, by_hand): Model, y: Vec<f64>, at: &[f64], seed: u32) -> Workload {
    let built = graph(&y);
    let mut position = at.to_vec();
    position.extend(numbers(built.2 - at.len(), -1.5, 1.5, seed));
    let mut kept = Kept::default();
    let hand: Hand = Box::new(move |at, to| by_hand(&y, &mut kept, at, to));
    Workload { name, built, position, hand }
}

/// The models with arrays of about so many elements.
pub fn all(n: usize) -> Vec<Workload> {
    let returns = numbers(n, -2.0, 2.0, 6);
    let counts: Vec<f64> = numbers(n, 0.0, 30.0, 7).into_iter().map(f64::floor).collect();
    let mixed: Vec<f64> =
        numbers(n / 2, -1.0, 1.0, 8).into_iter().enumerate().map(|(t, x)| x + f64::from(t as u32 / 20 % 2)).collect();
    vec![
        workload(
            "hidden Markov, four states",
            (models::hidden_markov_of_four, hand::hidden_markov_of_four),
            mixed,
            &[-0.5, 0.1, 0.8, 1.4],
            8,
        ),
        workload("local level", (models::local_level, hand::local_level), returns.clone(), &[0.2, -0.9], 4),
        workload("GARCH(1, 1)", (models::garch, hand::garch), returns.clone(), &[-1.5, -1.6, -0.4], 5),
        workload("epidemic", (models::epidemic, hand::epidemic), counts, &[-2.0, -2.5], 6),
        workload("second-order autoregression", (models::second_order, hand::second_order), returns, &[0.5, 0.3], 7),
    ]
}
