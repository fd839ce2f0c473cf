//! `ppl graph`: what the compiler makes of a model.

use ppl::{Model, Report, Stage, print_tree};

use crate::args::{GraphArgs, StageArg};
use crate::failure::{Exit, Failure};
use crate::inputs;
use crate::printer::Printer;

/// Writes one of the compiler's forms to stdout.
pub fn run(args: &GraphArgs, printer: &Printer) -> Result<Exit, Failure> {
    let model = inputs::model(&args.model)?;
    let data = inputs::data(&args.data)?;
    let text = match args.stage {
        StageArg::Ast => tree(&model),
        StageArg::Hir => model.hir_text(),
        StageArg::Graph => model.bind(&data).map(|program| program.graph_text(Stage::Graph)),
        StageArg::Optimized => model.bind(&data).map(|program| program.graph_text(Stage::Optimized)),
        StageArg::Plan => {
            let (machine, condense) = (inputs::machine(None)?, inputs::condense(&args.condense)?);
            let program = model.bind_on(machine, condense, &data, &mut |_| {});
            program.map(|program| program.graph_text(Stage::Plan))
        }
    };
    match text {
        Ok(text) => {
            printer.data(&format!("{}\n", text.trim_end()))?;
            Ok(Exit::Fine)
        }
        Err(report) => {
            printer.report(&report);
            Err(Failure::Reported)
        }
    }
}

/// The syntax tree; a model that cannot be read has none worth showing.
fn tree(model: &Model) -> Result<String, Report> {
    model.format()?;
    Ok(model.ast().map(print_tree).unwrap_or_default())
}
