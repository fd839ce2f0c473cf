//! From a position to the row that is stored.

use std::sync::Arc;

use ppl_density::Fault;
use ppl_graph::Evaluator;
use rand::Rng;

use super::{ModelDensity, Natural, OutputColumn, Program};
use crate::bound::Bound;
use crate::hir::{Scalar, VarId};

/// Turns positions into rows: unknowns on their natural scale, simulated unknowns, reports.
#[derive(Clone)]
pub struct ModelOutput {
    density: ModelDensity,
    natural: Arc<Natural>,
    bound: Arc<Bound>,
    evaluator: Evaluator,
    columns: Arc<[OutputColumn]>,
}

impl ModelOutput {
    pub(super) fn new(program: &Program) -> Self {
        let natural = program.natural.clone();
        let mut evaluator = Evaluator::new(natural.graph.clone());
        evaluator.set_input_range(0, &vec![0.0; natural.graph.inputs_len()]);
        ModelOutput {
            density: program.density.clone(),
            natural,
            bound: program.bound.clone(),
            evaluator,
            columns: program.columns.clone(),
        }
    }

    /// How many numbers a row has.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The row of a position; `rng` draws what is simulated.
    ///
    /// Errors: a simulated unknown whose arguments are outside their domain, by name.
    pub fn write(&mut self, position: &[f64], rng: &mut dyn Rng, row: &mut [f64]) -> Result<(), Fault> {
        let natural = self.natural.clone();
        self.set_sampled(position);
        for unknown in natural.unknowns.iter().filter(|u| u.coordinates.is_none()) {
            let values = unknown.block.draw(&mut self.evaluator, rng);
            if let Some(bad) = values.iter().position(|v| v.is_nan()) {
                let name =
                    crate::names::element_name(&self.bound, unknown.block.var, unknown.block.positions[bad] as usize);
                return Err(Fault::Reject(format!(
                    "{name} cannot be drawn: an argument of its distribution is outside its domain"
                )));
            }
        }
        let mut at = 0;
        for &(var, node) in &natural.reports {
            let shift = self.shift(var);
            for &value in self.evaluator.value(node) {
                row[at] = value + shift;
                at += 1;
            }
        }
        Ok(())
    }

    /// Sets the sampled unknowns of the natural graph from a position.
    fn set_sampled(&mut self, position: &[f64]) {
        let blocks: Vec<usize> = self.natural.sampled().map(|(block, _)| block.offset).collect();
        let evaluator = &mut self.evaluator;
        let limit = evaluator.inputs().len();
        self.density.for_each_value(position, |k, values| {
            let from = blocks[k];
            if from < limit {
                evaluator.set_input_range(from, &values[..values.len().min(limit - from)]);
            }
        });
    }

    /// What is added to a position from 0 so that it reads as a label: 1, or the first number of a range.
    fn shift(&self, var: VarId) -> f64 {
        match self.bound.hir.vars[var.0].ty.scalar {
            Scalar::Label(dim) if self.bound.dims[dim.0].is_range() => self.bound.dims[dim.0].first() as f64,
            Scalar::Label(_) => 1.0,
            _ => 0.0,
        }
    }
}
