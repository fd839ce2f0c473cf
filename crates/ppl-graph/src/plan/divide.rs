//! Which passes several threads may share.
//!
//! A pass that takes long is divided into parts of whole blocks. Each part has accumulators of its own, and their results
//! are joined in the order of the parts. The plan alone decides, and divides on one thread as well, so that the bits do
//! not depend on how many threads there are.

use std::collections::HashMap;

use super::cost;
use super::instruction::{Arena, BLOCK, Pass, Span};
use super::layout::LINE;

/// The most parts of a pass. More than threads there mostly are, so that one that is late delays the others little.
pub(super) const MOST: usize = 8;

/// Nanoseconds to clear one number of an accumulator and to add it to the result, in the second cache.
const NUMBER: f64 = 0.2;

/// When a pass is divided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Division {
    /// The least estimate of a part, in nanoseconds.
    pub part: f64,
    /// How much of the estimate the accumulators of all parts may add.
    pub share: f64,
}

impl Default for Division {
    /// To share a pass with a thread that waits costs less than a microsecond, with one that sleeps some ten.
    fn default() -> Self {
        Division { part: 25_000.0, share: 0.02 }
    }
}

impl Division {
    /// Divides a pass if that pays. Returns how many numbers the accumulators of a part take.
    pub(super) fn divide(self, pass: &mut Pass) -> usize {
        pass.parts = self.parts(pass);
        if pass.parts == 1 {
            return 0;
        }
        let (mut end, mut places) = (0, HashMap::new());
        for accumulator in &mut pass.accumulators {
            let whole = accumulator.whole;
            accumulator.to = Span { arena: Arena::Part, offset: end, len: whole.len };
            end += whole.len.next_multiple_of(LINE);
            places.insert((whole.offset, whole.len), accumulator.to);
        }
        for to in pass.instructions.iter_mut().filter_map(|instruction| instruction.added_to_mut()) {
            *to = places[&(to.offset, to.len)];
        }
        end
    }

    /// The most parts of at least a block that are worth their accumulators.
    fn parts(self, pass: &Pass) -> usize {
        let (blocks, estimate) = (pass.length.div_ceil(BLOCK), cost::of(pass));
        let numbers: usize = pass.accumulators.iter().map(|accumulator| accumulator.whole.len).sum();
        let pays = |parts: &usize| {
            *parts <= blocks
                && self.part * *parts as f64 <= estimate
                && NUMBER * (numbers * parts) as f64 <= self.share * estimate
        };
        [MOST, MOST / 2, MOST / 4].into_iter().find(pays).unwrap_or(1)
    }
}
