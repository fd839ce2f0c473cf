//! Loops that are small linear systems.

use super::Memory;
use crate::plan::instruction::{Operand, Product, SystemStep};

impl Memory<'_> {
    /// Every carry counts in every row, with a factor of 0 where it should not; that goes wrong only where a state is not
    /// finite, and then the turns are taken once more with care.
    pub(super) unsafe fn system(&self, step: &SystemStep) {
        unsafe {
            match step.fused {
                #[cfg(target_arch = "x86_64")]
                true => self.fused_system(step),
                _ => self.system_of_any_size::<false>(step),
            }
            let last = if step.reverse { 0 } else { step.turns };
            let states = step.turns + 1;
            if !(0..step.initial.len()).all(|row| (*self.span(step.to).add(row * states + last)).is_finite()) {
                self.careful_system(step);
            }
        }
    }

    unsafe fn careful_system(&self, step: &SystemStep) {
        let (count, states) = (step.initial.len(), step.turns + 1);
        unsafe {
            let to = self.span(step.to);
            for turn in 0..step.turns {
                let turn = if step.reverse { step.turns - 1 - turn } else { turn };
                let (before, after) = if step.reverse { (turn + 1, turn) } else { (turn, turn + 1) };
                for row in 0..count {
                    let mut sum = *self.operand(step.added[row], turn, 1);
                    for column in 0..count {
                        let (factor, x) = (
                            *self.operand(step.factors[row * count + column], turn, 1),
                            *to.add(column * states + before),
                        );
                        sum += product(step.products[row * count + column], factor, x);
                    }
                    *to.add(row * states + after) = sum;
                }
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn fused_system(&self, step: &SystemStep) {
        unsafe { self.system_of_any_size::<true>(step) }
    }

    #[inline(always)]
    unsafe fn system_of_any_size<const FUSED: bool>(&self, step: &SystemStep) {
        unsafe {
            match (step.initial.len(), step.masked) {
                (1, false) => self.system_of::<1, FUSED, false>(step),
                (1, true) => self.system_of::<1, FUSED, true>(step),
                (2, false) => self.system_of::<2, FUSED, false>(step),
                (2, true) => self.system_of::<2, FUSED, true>(step),
                (3, false) => self.system_of::<3, FUSED, false>(step),
                (3, true) => self.system_of::<3, FUSED, true>(step),
                (4, false) => self.system_of::<4, FUSED, false>(step),
                (4, true) => self.system_of::<4, FUSED, true>(step),
                _ => unreachable!("the verifier has counted the carries"),
            }
        }
    }

    #[inline(always)]
    unsafe fn system_of<const N: usize, const FUSED: bool, const MASKED: bool>(&self, step: &SystemStep) {
        let turns = step.turns;
        unsafe {
            // The pointers of operands that are read at least once.
            let pointer = |operand: Operand| (self.operand(operand, 0, turns.min(1)).cast_const(), operand.mask);
            let added: [_; N] = std::array::from_fn(|row| pointer(step.added[row]));
            let factors: [[_; N]; N] =
                std::array::from_fn(|row| std::array::from_fn(|column| pointer(step.factors[row * N + column])));
            let mut x: [f64; N] = std::array::from_fn(|row| *self.span(step.initial[row]));
            let to: [*mut f64; N] = std::array::from_fn(|row| self.span(step.to).add(row * (turns + 1)));
            let at = |(pointer, mask): (*const f64, usize), turn: usize| *pointer.add(turn & mask);
            let first = if step.reverse { turns } else { 0 };
            to.iter().zip(x).for_each(|(to, x)| *to.add(first) = x);
            for count in 0..turns {
                let (turn, after) =
                    if step.reverse { (turns - 1 - count, turns - 1 - count) } else { (count, count + 1) };
                let mut next: [f64; N] = std::array::from_fn(|row| at(added[row], turn));
                for row in 0..N {
                    for column in 0..N {
                        let factor = at(factors[row][column], turn);
                        next[row] = add_product::<FUSED, MASKED>(next[row], factor, x[column]);
                    }
                }
                x = next;
                to.iter().zip(x).for_each(|(to, x)| *to.add(after) = x);
            }
        }
    }
}

/// sum + factor·x.
#[inline(always)]
fn add_product<const FUSED: bool, const MASKED: bool>(sum: f64, factor: f64, x: f64) -> f64 {
    let factor = if MASKED && x == 0.0 { 0.0 } else { factor };
    if FUSED { factor.mul_add(x, sum) } else { sum + factor * x }
}

fn product(product: Option<Product>, factor: f64, x: f64) -> f64 {
    match product {
        None => 0.0,
        Some(Product::Chosen) if factor == 0.0 => 0.0,
        Some(Product::Masked) if x == 0.0 => 0.0,
        Some(_) => factor * x,
    }
}
