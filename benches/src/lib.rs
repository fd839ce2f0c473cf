//! What the measurements share: workloads, input of a stated size, and figures of several runs.
//!
//! ```
//! let figures = ppl_benches::Figures::of(3, || std::thread::yield_now());
//! assert!(figures.min <= figures.median);
//! ```

#![forbid(unsafe_code)]

mod density;
pub mod way;
pub mod workloads;

pub use density::Density;

use std::fmt::Write;
use std::time::{Duration, Instant};

/// Times of several runs of one thing.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// The fastest run.
    pub min: Duration,
    /// The run in the middle.
    pub median: Duration,
    /// The slowest run.
    pub max: Duration,
}

impl Figures {
    /// Runs `work` once to warm up, then `runs` times.
    pub fn of(runs: usize, mut work: impl FnMut()) -> Self {
        work();
        let mut times: Vec<Duration> = (0..runs.max(1))
            .map(|_| {
                let start = Instant::now();
                work();
                start.elapsed()
            })
            .collect();
        times.sort();
        Figures { min: times[0], median: times[times.len() / 2], max: times[times.len() - 1] }
    }
}

/// A model of about `bytes` bytes: many small regressions that share an outcome's rows.
pub fn large_model(bytes: usize) -> String {
    let mut text = String::from("dim obs\ndata x[obs], y[obs]\nsigma ~ exponential(1)\n");
    let mut k = 0;
    while text.len() < bytes {
        k += 1;
        writeln!(text, "a{k} ~ normal(0, 1)\nm{k} = a{k} * x\nfactor f{k} = sum(normal_logp(y, m{k}, sigma))")
            .expect("a string grows");
    }
    text
}

/// A table of `rows` rows: a group's name, three numbers, an outcome.
pub fn large_table(rows: usize) -> String {
    let mut text = String::from("group,a,b,c,y\n");
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    for _ in 0..rows {
        let group = (next() * 200.0) as usize;
        writeln!(text, "g{group},{:.6},{:.6},{:.6},{:.6}", next(), next(), next(), next()).expect("a string grows");
    }
    text
}
