//! Plans as text, one line an instruction.

use std::fmt;

use super::Plan;
use super::instruction::{
    Arena, Instruction, LoopStep, Operand, RecurrenceStep, ScalarFunction, ScalarInstruction, Span, Step, SystemStep,
};
use super::turn::{TurnFunction, TurnInstruction};
use crate::text::print;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "data {} numbers, {} positions", self.store.numbers.len(), self.store.positions.len())?;
        writeln!(f, "work {} numbers", self.work_len)?;
        for &(offset, value) in &self.constants {
            writeln!(f, "  w{offset} = {value}")?;
        }
        for step in &self.steps {
            writeln!(f, "{}", head(step))?;
            self.lines(step).iter().try_for_each(|line| writeln!(f, "  {line}"))?;
        }
        let outputs: Vec<String> = self.outputs.iter().map(|&span| array(span)).collect();
        writeln!(f, "outputs {}", outputs.join(", "))
    }
}

impl Plan {
    /// The instructions of a step, one a line.
    fn lines(&self, step: &Step) -> Vec<String> {
        match step {
            Step::Scalars(instructions) => instructions.iter().map(scalar).collect(),
            Step::Pass(pass) => pass.instructions.iter().map(instruction_text).collect(),
            Step::Recurrence(step) => vec![recurrence(step)],
            Step::System(step) => system(step),
            Step::Loop(step) => turn(step),
            Step::Join(step) => {
                let parts: Vec<String> = step.parts.iter().map(|&span| array(span)).collect();
                vec![format!("{} = concat {}", array(step.to), parts.join(" "))]
            }
            Step::Routine(step) => {
                let operands: Vec<String> = step.operands.iter().map(|&(_, span)| array(span)).collect();
                let name = print::name(&self.graph.node(step.routine.id()).op);
                vec![format!("{} = {name} {}", array(step.to), operands.join(" "))]
            }
        }
    }
}

impl Plan {
    /// What [`PlanDensity::profile`](super::PlanDensity::profile) tells apart in a step.
    pub(super) fn profile_lines(&self, step: &Step) -> Vec<(String, f64)> {
        let lines = self.lines(step);
        match step {
            Step::Scalars(_) => vec![(format!("{} scalars", lines.len()), 0.0)],
            Step::Pass(pass) => lines.into_iter().map(|line| (format!("{}: {line}", pass.length), 0.0)).collect(),
            Step::System(step) => vec![(format!("{} turns of {} carries", step.turns, step.initial.len()), 0.0)],
            Step::Loop(step) => vec![(format!("{} turns of {} scalars", step.turns, step.code.len()), 0.0)],
            Step::Recurrence(_) | Step::Join(_) | Step::Routine(_) => {
                lines.into_iter().map(|line| (line, 0.0)).collect()
            }
        }
    }
}

/// What kind of step follows, with where its totals start.
fn head(step: &Step) -> String {
    match step {
        Step::Scalars(_) => "scalars".into(),
        Step::Pass(pass) => {
            let starts: Vec<String> =
                pass.accumulators.iter().map(|a| format!(" {} = {}", array(a.to), a.f.start())).collect();
            let parts = if pass.parts > 1 { format!(" in {} parts,", pass.parts) } else { String::new() };
            format!("pass {}{parts}{}", pass.length, starts.join(","))
        }
        Step::Recurrence(_) => "recurrence".into(),
        Step::System(step) => {
            let masked = if step.masked { " masked" } else { "" };
            format!("{} = system {}{masked}{}", array(step.to), step.turns, reverse_word(step.reverse))
        }
        Step::Loop(step) => format!("{} = loop {}{}", array(step.to), step.turns, reverse_word(step.reverse)),
        Step::Join(_) => "join".into(),
        Step::Routine(_) => "routine".into(),
    }
}

fn reverse_word(reverse: bool) -> &'static str {
    if reverse { " reverse" } else { "" }
}

/// What each carry is made of.
fn system(step: &SystemStep) -> Vec<String> {
    let rows = step.factors.chunks(step.initial.len().max(1)).zip(&step.added).zip(&step.initial).enumerate();
    let line = |(k, ((factors, &added), &first)): (usize, ((&[Operand], &Operand), &Span))| {
        let products = factors.iter().enumerate().map(|(column, &factor)| format!(" + {} x{column}", operand(factor)));
        format!("x{k} = {}{} from {}", operand(added), products.collect::<String>(), array(first))
    };
    rows.map(line).collect()
}

fn recurrence(step: &RecurrenceStep) -> String {
    let [coefficient, addend, initial] = [step.coefficient, step.addend, step.initial].map(array);
    format!("{} = {coefficient} times {} plus {addend} from {initial}", array(step.to), array(step.to))
}

/// What stands in registers before a turn, what it does, and which registers become carries. A sign ' marks an operand
/// that is the result of the instruction before.
fn turn(step: &LoopStep) -> Vec<String> {
    let from = |span: Span| place(span.arena, span.offset);
    let shared = step.shared.iter().map(|&(span, register)| format!("r{register} = {}", from(span)));
    let first = step.carries.iter().map(|carry| format!("r{} = {}", carry.before, from(carry.initial)));
    let each = step.each.iter().map(|&(span, register)| format!("r{register} = {}..", from(span)));
    let next = step.carries.iter().map(|carry| format!("r{} = next r{}", carry.before, carry.after));
    shared.chain(first).chain(each).chain(step.code.iter().map(turn_instruction)).chain(next).collect()
}

fn turn_instruction(instruction: &TurnInstruction) -> String {
    let TurnInstruction { f, chained, a, b, c, to } = *instruction;
    if f == TurnFunction::LogSumExp {
        return format!("r{to} = {} r{a}[{b}]", f.name());
    }
    let operands: Vec<String> = [a, b, c].into_iter().take(f.arity()).map(|register| format!(" r{register}")).collect();
    format!("r{to} = {}{}{}", f.name(), if chained { "'" } else { "" }, operands.concat())
}

fn scalar(instruction: &ScalarInstruction) -> String {
    let ScalarInstruction { f, a, b, c, to } = *instruction;
    match f {
        ScalarFunction::Copy | ScalarFunction::Neg | ScalarFunction::Square | ScalarFunction::Reciprocal => {
            format!("w{to} = {} w{a}", format!("{f:?}").to_lowercase())
        }
        ScalarFunction::Unary(f, _) => format!("w{to} = {} w{a}", f.name()),
        ScalarFunction::Binary(f, _) => format!("w{to} = {} w{a} w{b}", f.name()),
        ScalarFunction::Select => format!("w{to} = select w{a} w{b} w{c}"),

        _ => format!("w{to} = {} w{a} w{b}", format!("{f:?}").to_lowercase()),
    }
}

fn place(arena: Arena, offset: usize) -> String {
    match arena {
        Arena::Data => format!("d{offset}"),
        Arena::Work => format!("w{offset}"),
        Arena::Local => format!("r{offset}"),
        Arena::Part => format!("a{offset}"),
    }
}

fn array(span: Span) -> String {
    format!("{}[{}]", place(span.arena, span.offset), span.len)
}

/// `r` is a register, `..` goes on with the pass, the rest are numbers.
fn operand(operand: Operand) -> String {
    let suffix = if operand.stride == 1 && !operand.is_register() { ".." } else { "" };
    format!("{}{suffix}", place(operand.arena, operand.offset))
}

fn instruction_text(instruction: &Instruction) -> String {
    match *instruction {
        Instruction::Fill { a, to } => format!("{} = fill {}", operand(to), operand(a)),
        Instruction::Unary { f, a, to, .. } => format!("{} = {} {}", operand(to), f.name(), operand(a)),
        Instruction::Binary { f, a, b, to, .. } => {
            format!("{} = {} {} {}", operand(to), f.name(), operand(a), operand(b))
        }
        Instruction::Ternary { f, a, b, c, to, .. } => {
            format!("{} = {} {} {} {}", operand(to), f.name(), operand(a), operand(b), operand(c))
        }
        Instruction::Pair { f, a, first, second, .. } => {
            format!("{} {} = {} {}", operand(first), operand(second), f.name(), operand(a))
        }
        Instruction::Gather { source, positions, to, .. } => {
            format!("{} = gather {} p{}..", operand(to), array(source), positions.offset)
        }
        Instruction::Scatter { a, positions, to, .. } => {
            format!("{} += scatter {} p{}..", array(to), operand(a), positions.offset)
        }
        Instruction::Reduce { f, a, to, .. } => format!("{} += {} {}", array(to), f.name(), operand(a)),
        Instruction::Dot { a, b, to, .. } => format!("{} += dot {} {}", array(to), operand(a), operand(b)),
        Instruction::RowsTimes { matrix, vector, to, .. } => {
            format!("{} = rows {} times {}", operand(to), array(matrix.span), array(vector))
        }
        Instruction::TimesRows { matrix, a, to, .. } => {
            format!("{} += {} times rows {}", array(to), operand(a), array(matrix.span))
        }
        Instruction::SparseRowsTimes { matrix, vector, to, .. } => {
            format!("{} = sparse rows {} times {}", operand(to), array(matrix.values), array(vector))
        }
        Instruction::TimesSparseRows { matrix, a, to, .. } => {
            format!("{} += {} times sparse rows {}", array(to), operand(a), array(matrix.values))
        }
    }
}
