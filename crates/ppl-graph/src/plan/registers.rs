//! Block registers by linear scan.

use std::collections::HashMap;

use super::instruction::{BLOCK, Instruction};

/// Gives the registers of a pass, which until now carry the number of a node, their places; the result of an instruction
/// may take the place of an operand that dies there. Returns how many registers there are.
pub(super) fn allocate(instructions: &mut [Instruction]) -> usize {
    let last_use = last_uses(instructions);
    let (mut free, mut count) = (Vec::new(), 0);
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
                    count += 1;
                    count - 1
                })
            });
            operand.offset = register * BLOCK;
            if last_use[&name] == at && !dying.contains(&register) {
                dying.push(register);
            }
        });
        free.append(&mut dying);
    }
    count
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
