//! Draws of unknowns from their distributions, given those above them.

use std::convert::Infallible;
use std::sync::Arc;

use ppl_graph::Evaluator;
use rand::{Rng, TryRng};

use super::{Natural, Unknown};
use crate::lower::{LatentBlock, Slicing};

/// A generator of bits from a source of numbers in [0, 1).
pub(super) struct Uniforms<'u>(pub &'u mut dyn FnMut() -> f64);

impl TryRng for Uniforms<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(((self.0)() * 4294967296.0) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let high = u64::from(self.try_next_u32()?);
        Ok(high << 32 | u64::from(self.try_next_u32()?))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            let word = self.try_next_u32()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl LatentBlock {
    /// Draws all events, given the inputs set so far, and sets them.
    pub(super) fn draw(&self, natural: &mut Evaluator, rng: &mut dyn Rng) -> Vec<f64> {
        let nodes = self.dist.distribution.arguments();
        let arguments: Vec<_> = nodes.iter().map(|&node| (node, natural.value(node).to_vec())).collect();
        let mut values = vec![0.0; self.len];
        for (event, out) in values.chunks_mut(self.event.max(1)).enumerate() {
            let of_event = |node| {
                let (_, all) = arguments.iter().find(|(n, _)| *n == node).expect("an argument of the distribution");
                match self.dist.slicing.get(&node) {
                    Some(Slicing::Each(n)) => &all[event * n..(event + 1) * n],
                    _ => &all[..],
                }
            };
            self.dist.distribution.draw(rng, &of_event, out);
        }
        natural.set_input_range(self.offset, &values);
        values
    }
}

/// Draws the sampled unknowns from the prior, as coordinates; false where a prior is improper or a draw fails.
pub(super) fn prior(natural: &Arc<Natural>, rng: &mut dyn Rng, position: &mut [f64]) -> bool {
    let mut evaluator = Evaluator::new(natural.graph.clone());
    evaluator.set_input_range(0, &vec![0.0; natural.graph.inputs_len()]);
    for Unknown { block, coordinates } in &natural.unknowns {
        let Some((offset, len)) = *coordinates else { continue };
        if !block.dist.distribution.is_proper() {
            return false;
        }
        let values: Vec<Option<f64>> = block.draw(&mut evaluator, rng).into_iter().map(Some).collect();
        let found = super::start::coordinates(block, len, &values, &mut evaluator);
        for (slot, coordinate) in position[offset..offset + len].iter_mut().zip(found) {
            match coordinate {
                Ok(Some(value)) if value.is_finite() => *slot = value,
                _ => return false,
            }
        }
    }
    true
}
