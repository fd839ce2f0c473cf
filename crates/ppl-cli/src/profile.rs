//! What a model costs: time to compile, time to evaluate, memory, and the lines of its plan.

mod clock;
mod json;
mod table;

use ppl::{Footprint, Machine};

pub use clock::{Laps, Times, evaluations, plan, times};

/// What a model costs.
pub struct Profile {
    /// What messages call the model.
    pub model: String,
    /// Number of unconstrained coordinates.
    pub coordinates: usize,
    /// What evaluates it.
    pub machine: Machine,
    /// The phases up to the first gradient.
    pub laps: Laps,
    /// How often value and gradient were evaluated.
    pub evals: usize,
    /// Log density with its gradient.
    pub gradient: Times,
    /// Log density alone.
    pub value: Times,
    /// Memory.
    pub bytes: Bytes,
    /// What became of each sum over rows of data.
    pub reductions: Vec<String>,
    /// The lines of the plan in its order, each with its nanoseconds.
    pub plan: Vec<(String, f64)>,
}

/// Memory in bytes.
pub struct Bytes {
    /// The data files as text.
    pub data: usize,
    /// What a plan keeps.
    pub plan: Option<Footprint>,
    /// The most that this process has had so far, where the system tells.
    pub peak_resident: Option<usize>,
}

impl Profile {
    /// The share of a time in that of all lines of the plan; 0 where the clock is too coarse for any of them.
    fn share(&self, time: f64) -> f64 {
        let total: f64 = self.plan.iter().map(|(_, time)| time).sum();
        if total > 0.0 { time / total } else { 0.0 }
    }

    /// What evaluates, in a word.
    fn machine(&self) -> &'static str {
        match self.machine {
            Machine::Interpreter => "interpreter",
            Machine::Plan(isa) => isa.name(),
        }
    }
}

/// The peak of resident memory, as Linux counts it.
pub fn peak_resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(1024 * peak.trim().trim_end_matches("kB").trim().parse::<usize>().ok()?)
}
