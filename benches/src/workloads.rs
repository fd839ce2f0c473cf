//! The models that are measured: each with simulated data, and its density written by hand.
//!
//! ```
//! let [schools, ..] = &mut ppl_benches::workloads::small()[..] else { panic!("there are workloads") };
//! let mut gradient = vec![0.0; schools.position.len()];
//! assert!(schools.by_hand(&schools.position.clone(), &mut gradient).is_finite());
//! ```

mod column;
mod compiled;
mod dirichlet_multinomial;
mod eight_schools;
mod gaussian_process;
mod graph;
mod hand;
mod hidden_markov;
mod hierarchical_poisson;
mod item_response;
mod linear;
mod logistic;
mod mixture;
mod ricker_map;
mod simulate;
mod sparse_logistic;
mod stochastic_volatility;

pub use column::Column;
pub use compiled::Compiled;

/// A log density by hand: value at unconstrained coordinates, and its gradient into the second slice.
pub type Hand = Box<dyn FnMut(&[f64], &mut [f64]) -> f64>;

/// A model with simulated data, the same on every run.
pub struct Workload {
    /// What it is called, and the folder of its model.
    pub name: &'static str,
    /// How large it is, for people.
    pub size: String,
    /// The density.
    pub source: Source,
    /// The data.
    pub data: Vec<Column>,
    /// A typical place, in unconstrained coordinates.
    pub position: Vec<f64>,
    hand: Hand,
}

/// Where a workload's density comes from.
pub enum Source {
    /// A `.model` text.
    Program(&'static str),
    /// A graph, for what the language does not reach yet.
    Graph(Box<graph::Built>),
}

impl Workload {
    /// The density up to a constant, and its gradient, as somebody would write them in plain loops.
    pub fn by_hand(&mut self, position: &[f64], gradient: &mut [f64]) -> f64 {
        (self.hand)(position, gradient)
    }

    /// The density by hand, to be called on its own; afterwards [`Self::by_hand`] gives NaN.
    pub fn take_hand(&mut self) -> Hand {
        std::mem::replace(&mut self.hand, Box::new(|_, _| f64::NAN))
    }

    /// The data as CmdStan's JSON.
    pub fn json(&self) -> String {
        column::json(&self.data)
    }

    /// The density with its data.
    ///
    /// # Panics
    /// Where model and data do not fit: both are written here.
    pub fn compile(&self) -> Compiled {
        Compiled::new(self)
    }

    /// The typical place and one near it.
    pub fn positions(&self) -> [Vec<f64>; 2] {
        let shifted = self.position.iter().enumerate().map(|(k, x)| x + 0.02 * ((3 * k + 1) as f64).sin());
        [self.position.clone(), shifted.collect()]
    }
}

/// Every workload at the size that is measured.
pub fn all() -> Vec<Workload> {
    vec![
        eight_schools::workload(),
        logistic::workload(10_000, 25),
        linear::workload(100_000, 10),
        hierarchical_poisson::workload(50_000, 1000),
        item_response::workload(400, 20),
        mixture::workload(1000),
        gaussian_process::workload(100),
        dirichlet_multinomial::workload(20_000),
        stochastic_volatility::workload(1000),
        ricker_map::workload(1000),
        hidden_markov::workload(500),
        sparse_logistic::workload(20_000, 10_000),
    ]
}

/// The same workloads at sizes that every sampler gets through in seconds: a few hundred unknowns at most.
pub fn for_sampling() -> Vec<Workload> {
    vec![
        eight_schools::workload(),
        logistic::workload(10_000, 25),
        linear::workload(10_000, 10),
        hierarchical_poisson::workload(10_000, 200),
        item_response::workload(200, 20),
        mixture::workload(1000),
        gaussian_process::workload(100),
        dirichlet_multinomial::workload(2000),
        stochastic_volatility::workload(200),
        ricker_map::workload(200),
        hidden_markov::workload(500),
        sparse_logistic::workload(1000, 200),
    ]
}

/// The same workloads at sizes that run in no time; no multiple of a block or a vector.
pub fn small() -> Vec<Workload> {
    vec![
        eight_schools::workload(),
        logistic::workload(301, 7),
        linear::workload(523, 3),
        hierarchical_poisson::workload(611, 23),
        item_response::workload(37, 5),
        mixture::workload(275),
        gaussian_process::workload(19),
        dirichlet_multinomial::workload(307),
        stochastic_volatility::workload(301),
        ricker_map::workload(123),
        hidden_markov::workload(119),
        sparse_logistic::workload(83, 41),
    ]
}

/// What shows how cost grows: the workload with the most rows.
pub fn large() -> Workload {
    dirichlet_multinomial::workload(2_000_000)
}
