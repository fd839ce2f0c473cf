//! Random graphs for tests, the same for the same seed.
//!
//! Every operation occurs. Operands are squeezed into intervals on which the functions are smooth and of moderate
//! size, so that values are finite and derivatives can be checked by differences.

mod domain;
mod loops;
mod make;

use std::sync::Arc;

use crate::{Evaluator, Graph, NodeId};

pub use domain::{binary_domain, unary_domain};

/// A graph with a scalar output and a position at which to evaluate it.
#[derive(Clone, Debug)]
pub struct RandomGraph {
    /// The graph.
    pub graph: Graph,
    /// A scalar that depends on most of the graph.
    pub output: NodeId,
    /// Nodes of many shapes, the output among them.
    pub nodes: Vec<NodeId>,
    /// As many numbers as the graph reads.
    pub inputs: Vec<f64>,
}

/// A graph made of about `steps` random operations.
pub fn random_graph(seed: u64, steps: usize) -> RandomGraph {
    make::Maker::new(seed, make::SMALL).finish(steps)
}

/// The same with arrays of some hundred elements.
pub fn tall_random_graph(seed: u64, steps: usize) -> RandomGraph {
    make::Maker::new(seed, make::TALL).finish(steps)
}

/// The gradient of a scalar node by central differences; NaN for inputs at which two step sizes disagree (a kink).
pub fn gradient_by_differences(graph: &Graph, output: NodeId, inputs: &[f64]) -> Vec<f64> {
    let mut evaluator = Evaluator::new(Arc::new(graph.clone()));
    let mut inputs = inputs.to_vec();
    let mut slope = |k: usize, step: f64| {
        let centre = inputs[k];
        let mut at = |x: f64| {
            inputs[k] = x;
            evaluator.set_inputs(&inputs);
            evaluator.scalar(output)
        };
        let (above, below) = (at(centre + step), at(centre - step));
        at(centre);
        (above - below) / (2.0 * step)
    };
    let agree = |coarse: f64, fine: f64| (coarse - fine).abs() <= 1e-6 * (1.0 + fine.abs());
    (0..graph.inputs_len())
        .map(|k| (slope(k, 2e-5), slope(k, 1e-5)))
        .map(|(coarse, fine)| if agree(coarse, fine) { fine } else { f64::NAN })
        .collect()
}

/// A small generator of numbers (SplitMix64; Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub struct SplitMix(pub u64);

impl SplitMix {
    /// The next 64 bits.
    pub fn next_bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next_bits() % bound as u64) as usize
    }

    /// A number in [low, high).
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next_bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}
