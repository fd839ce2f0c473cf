//! Values of the sampled unknowns, from rows that were stored or from positions, and the log density by statement there.

use std::sync::Arc;

use ppl_density::Term;
use ppl_graph::Evaluator;

use super::{ModelDensity, Natural, Program};
use crate::hir::VarId;

/// The sampled unknowns on their natural scale.
#[derive(Clone)]
pub struct Unknowns {
    natural: Arc<Natural>,
    density: ModelDensity,
    evaluator: Evaluator,
    names: Vec<String>,
    /// For each value its input of the natural graph, and its column in a row.
    inputs: Vec<usize>,
    columns: Option<Vec<usize>>,
}

impl Program {
    /// The sampled unknowns.
    pub fn unknowns(&self) -> Unknowns {
        let natural = self.natural.clone();
        let (mut names, mut inputs, mut columns) = (Vec::new(), Vec::new(), Some(Vec::new()));
        for unknown in natural.unknowns.iter().filter(|unknown| unknown.coordinates.is_some()) {
            let block = &unknown.block;
            names.extend(self.names_of(unknown));
            inputs.extend(block.offset..block.offset + block.len);
            let first = natural.first_column(block.var);
            columns = columns.zip(first).map(|(mut columns, first)| {
                columns.extend(block.positions.iter().map(|&position| first + position as usize));
                columns
            });
        }
        let evaluator = Evaluator::new(natural.graph.clone());
        Unknowns { density: self.density.clone(), evaluator, names, inputs, columns, natural }
    }
}

impl Natural {
    /// The column of a variable's first element in a stored row; none for what is local to a block.
    fn first_column(&self, var: VarId) -> Option<usize> {
        let at = self.reports.iter().position(|&(reported, _)| reported == var)?;
        Some(self.reports[..at].iter().map(|&(_, node)| self.graph.shape(node).size()).sum())
    }
}

impl Unknowns {
    /// Their names, such as `theta[Choate]`, in the order of the values.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Their values in a stored row; none where some are not stored, because they are local to a block.
    pub fn of_row(&self, row: &[f64]) -> Option<Vec<f64>> {
        Some(self.columns.as_ref()?.iter().map(|&column| row[column]).collect())
    }

    /// Their values at an unconstrained position.
    pub fn of_position(&mut self, position: &[f64]) -> Vec<f64> {
        let mut values = Vec::with_capacity(self.names.len());
        self.density.for_each_value(position, |_, own| values.extend_from_slice(own));
        values
    }

    /// The summands of the log density at such values, one for each statement, without Jacobians.
    pub fn terms(&mut self, values: &[f64]) -> Vec<Term> {
        let mut inputs = vec![0.0; self.natural.inputs];
        self.inputs.iter().zip(values).for_each(|(&input, &value)| inputs[input] = value);
        self.evaluator.set_inputs(&inputs);
        let Unknowns { natural, evaluator, .. } = self;
        let mut value = |node| evaluator.value(node).iter().sum();
        natural.terms.iter().map(|t| Term { name: t.name.clone(), value: value(t.node), example: None }).collect()
    }
}
