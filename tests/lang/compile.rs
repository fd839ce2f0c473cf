//! A case through all phases, as far as they go.

use std::thread;

use ppl_compiler::{Inputs, Machine, Program, Setting, TableInput, bind, check, lower};
use ppl_data::{Document, read_csv, read_json};
use ppl_diagnostic::{Diagnosed, Diagnostic, SourceId, Sources};

use crate::case::{Case, Data};

/// What the phases made of a case.
pub struct Compiled {
    /// The texts.
    pub sources: Sources,
    /// Everything that was noticed.
    pub diagnostics: Vec<Diagnostic>,
    /// Where nothing was refused and there are data.
    pub program: Option<Program>,
}

/// The model's text.
pub const MODEL: SourceId = SourceId(0);

/// Runs `work` on a thread with the stack that threads have by default, which the deepest programs must do with.
pub fn on_a_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let spawned = thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, work).expect("a thread");
        spawned.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Checks a case; binds and lowers it where it has data or `with_data` asks for it.
pub fn compile(case: &Case, with_data: bool) -> Compiled {
    let mut sources = Sources::default();
    sources.add("m.model", case.model.clone());
    let mut diagnostics = Vec::new();
    let program = phases(case, with_data, &mut sources, &mut diagnostics);
    Compiled { sources, diagnostics, program }
}

fn phases(case: &Case, with_data: bool, sources: &mut Sources, diagnostics: &mut Vec<Diagnostic>) -> Option<Program> {
    let parsed = ppl_syntax::parse(MODEL, &case.model);
    let whole = !parsed.has_errors();
    let ast = keep(parsed, diagnostics)?;
    let hir = if whole { keep(check(&ast), diagnostics)? } else { return None };
    if case.data.is_empty() && !with_data {
        return None;
    }
    let inputs = inputs(&case.data, sources, diagnostics);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return None;
    }
    let bound = keep(bind(hir, &inputs), diagnostics)?;
    keep(lower(bound, sources, Machine::default()), diagnostics)
}

fn keep<T>(diagnosed: Diagnosed<T>, diagnostics: &mut Vec<Diagnostic>) -> Option<T> {
    diagnostics.extend(diagnosed.diagnostics);
    diagnosed.value
}

fn inputs(data: &[Data], sources: &mut Sources, diagnostics: &mut Vec<Diagnostic>) -> Inputs {
    let mut inputs = Inputs::default();
    for part in data {
        match part {
            Data::Csv { dim, name, text } => {
                let source = sources.add(name.clone(), text.clone());
                let table = keep(read_csv(source, text.clone().into()), diagnostics);
                inputs.tables.extend(table.map(|table| TableInput { dim: dim.clone(), table }));
            }
            Data::Json { name, text } => {
                let source = sources.add(name.clone(), text.clone());
                inputs.documents.extend(keep(read_json(source, text.clone().into()), diagnostics));
            }
            Data::Set { name, value } => {
                let text = format!("{name}={value}");
                let source = sources.add("--set", text.clone());
                let span = sources.span(source, 0, text.len());
                inputs.settings.push(Setting { name: name.clone(), value: value.clone(), span });
            }
        }
    }
    inputs
}

/// A point as JSON.
pub fn document(text: &str) -> Result<Document, String> {
    let mut sources = Sources::default();
    let source = sources.add("point", text);
    let read = read_json(source, text.into());
    read.value.ok_or_else(|| format!("{text} is no JSON: {:?}", read.diagnostics))
}
