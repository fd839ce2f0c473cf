//! Block registers by linear scan.

use std::collections::HashMap;

use super::instruction::{BLOCK, Instruction};
use super::layout::Layout;

/// Gives the registers of a pass, which until now carry the number of a node, their places in a pool that all passes
/// share; the result of an instruction may take the place of an operand that dies there.
pub(super) fn allocate(instructions: &mut [Instruction], pool: &mut Vec<usize>, layout: &mut Layout) {
    let last_use = last_uses(instructions);
    let mut free: Vec<usize> = (0..pool.len()).rev().collect();
    let mut held: HashMap<usize, usize> = HashMap::new();
    for (at, instruction) in instructions.iter_mut().enumerate() {
        let mut dying = Vec::new();
        let in_place = instruction.works_in_place();
        instruction.for_each_operand(|operand, written| {
            if !operand.is_register() {
                return;
            }
            let name = operand.offset;
            if written && in_place {
                free.append(&mut dying);
            }
            let register = *held.entry(name).or_insert_with(|| {
                free.pop().unwrap_or_else(|| {
                    pool.push(layout.own(BLOCK).offset);
                    pool.len() - 1
                })
            });
            operand.offset = pool[register];
            if last_use[&name] == at && !dying.contains(&register) {
                dying.push(register);
            }
        });
        free.append(&mut dying);
    }
}

/// The position of the last instruction that touches each register.
fn last_uses(instructions: &mut [Instruction]) -> HashMap<usize, usize> {
    let mut last = HashMap::new();
    for (at, instruction) in instructions.iter_mut().enumerate() {
        instruction.for_each_operand(|operand, _| {
            if operand.is_register() {
                last.insert(operand.offset, at);
            }
        });
    }
    last
}
