//! From text to a program, and from a program to draws.

use libtest_mimic::Failed;
use ppl_compiler::{Inputs, Machine, ModelOutput, Program};
use ppl_density::Fault;
use ppl_diagnostic::{Diagnosed, Diagnostic, Sources, Style, render};
use ppl_engine::{MemorySink, Output, Rng, Settings, Starts, sample_to_memory};

use crate::reference::{Point, as_json};
use crate::rule::Sample;

/// The program of a model's text and its data, a JSON object.
pub fn compile(model: &str, data: &str) -> Result<Program, Failed> {
    let mut sources = Sources::default();
    let source = sources.add("model", model);
    let ast = value(ppl_syntax::parse(source, model), &sources)?;
    let hir = value(ppl_compiler::check(&ast), &sources)?;
    let source = sources.add("data.json", data);
    let document = value(ppl_data::read_json(source, data.into()), &sources)?;
    let inputs = Inputs { documents: vec![document], ..Inputs::default() };
    let bound = value(ppl_compiler::bind(hir, &inputs), &sources)?;
    value(ppl_compiler::lower(bound, &sources, Machine::default()), &sources)
}

/// The value, or what is wrong as the reader of a terminal would see it.
fn value<T>(diagnosed: Diagnosed<T>, sources: &Sources) -> Result<T, Failed> {
    let shown = |diagnostics: &[Diagnostic]| -> String {
        diagnostics.iter().map(|diagnostic| render(diagnostic, sources, Style::Plain)).collect()
    };
    match diagnosed.value {
        Some(value) if !diagnosed.diagnostics.iter().any(Diagnostic::is_error) => Ok(value),
        _ => Err(shown(&diagnosed.diagnostics).into()),
    }
}

/// The unconstrained position of a point that gives every sampled unknown a value.
pub fn position(program: &Program, point: &Point) -> Result<Vec<f64>, Failed> {
    let mut sources = Sources::default();
    let text = as_json(point);
    let source = sources.add("point", text.as_str());
    let document = value(ppl_data::read_json(source, text.into()), &sources)?;
    let start = value(program.start(&document), &sources)?;
    start.into_iter().map(|coordinate| coordinate.ok_or_else(|| "a coordinate has no value".into())).collect()
}

/// A model's rows, as the engine stores them.
#[derive(Clone)]
struct Rows(ModelOutput);

impl Output for Rows {
    fn width(&self) -> usize {
        self.0.width()
    }

    fn write(&mut self, position: &[f64], rng: &mut dyn Rng, row: &mut [f64]) -> Result<(), Fault> {
        self.0.write(position, rng, row)
    }
}

/// The draws of a program, from where its chains start by themselves.
pub struct Draws {
    names: Vec<String>,
    pub chains: Vec<MemorySink>,
}

/// Samples a program.
pub fn sample(program: &Program, settings: &Settings) -> Result<Draws, Failed> {
    let starts = Starts::same(program.hinted_start());
    let chains = sample_to_memory(&program.density(), &Rows(program.output()), settings, &starts)?;
    Ok(Draws { names: program.columns().iter().map(|column| column.name.clone()).collect(), chains })
}

impl Draws {
    /// The draws of the quantity called `name`, if there is one.
    pub fn find(&self, name: &str) -> Option<Sample> {
        let column = self.names.iter().position(|own| own == name)?;
        let walkers = self.chains.iter().map(|chain| chain.draws.walkers()).max().unwrap_or(1).max(1);
        Some(Sample { walkers, chains: self.chains.iter().map(|chain| chain.draws.column(column)).collect() })
    }

    /// Divergent trajectories after warm-up.
    pub fn divergences(&self) -> usize {
        self.chains.iter().filter_map(|chain| chain.end.as_ref()).map(|end| end.divergences).sum()
    }

    /// Evaluations of the log density, over all chains.
    pub fn evaluations(&self) -> u64 {
        self.chains.iter().filter_map(|chain| chain.end.as_ref()).map(|end| end.evaluations).sum()
    }

    /// Leapfrog steps for a draw, on average; 0 for other samplers than NUTS.
    pub fn steps_per_draw(&self) -> f64 {
        let steps = self.chains.iter().flat_map(|chain| chain.draws.stats()).map(|stats| f64::from(stats.steps));
        steps.sum::<f64>() / self.chains.iter().map(|chain| chain.draws.len()).sum::<usize>() as f64
    }
}
