//! The log density at a point, by statement, with its gradient.

use ppl_data::Document;
use ppl_density::{Fault, LogDensity, Term};
use ppl_diagnostic::{Diagnosed, Diagnostic};
use ppl_graph::Evaluator;

use super::{Program, refused};

/// What `ppl eval` prints.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The sum of the terms.
    pub log_density: f64,
    /// One for each statement.
    pub terms: Vec<Term>,
    /// The gradient by the names of the elements, or of the coordinates `u[1]`, ….
    pub gradient: Vec<(String, f64)>,
}

impl Program {
    /// The log density at values on their natural scale, without Jacobians.
    ///
    /// Errors: values that are missing, of the wrong shape, or of unknowns that do not exist.
    pub fn evaluate(&self, point: &Document) -> Diagnosed<Evaluation> {
        let (values, mut diagnostics) = self.point(point);
        if let Some(missing) = self.missing_element(&values).filter(|_| diagnostics.is_empty()) {
            let error = Diagnostic::error("E0533", format!("the point has no `{missing}`"))
                .help("a point gives every sampled unknown a value, by name");
            diagnostics.push(error);
        }
        if !diagnostics.is_empty() {
            return refused(diagnostics);
        }
        let mut inputs = vec![0.0; self.natural.inputs];
        for (block, _) in self.natural.sampled() {
            for (k, &position) in block.positions.iter().enumerate() {
                inputs[block.offset + k] = values[&block.var][position as usize].expect("checked to be complete");
            }
        }
        Diagnosed { value: Some(self.evaluate_natural(&inputs)), diagnostics }
    }

    fn evaluate_natural(&self, inputs: &[f64]) -> Evaluation {
        let natural = &self.natural;
        let mut evaluator = Evaluator::new(natural.graph.clone());
        evaluator.set_inputs(inputs);
        let terms: Vec<Term> = natural
            .terms
            .iter()
            .map(|t| Term { name: t.name.clone(), value: evaluator.value(t.node).iter().sum(), example: None })
            .collect();
        let all = evaluator.value(natural.gradient).to_vec();
        let mut gradient = Vec::new();
        for unknown in natural.unknowns.iter().filter(|u| u.coordinates.is_some()) {
            let own = &all[unknown.block.offset..unknown.block.offset + unknown.block.len];
            gradient.extend(self.names_of(unknown).into_iter().zip(own.iter().copied()));
        }
        Evaluation { log_density: terms.iter().map(|t| t.value).sum(), terms, gradient }
    }

    /// The log density at unconstrained coordinates, with the log-Jacobian as a term of its own.
    pub fn evaluate_unconstrained(&self, position: &[f64]) -> Result<Evaluation, Fault> {
        if position.len() != self.dim() {
            let text = format!("the model has {} coordinates, {} were given", self.dim(), position.len());
            return Err(Fault::Fatal(text));
        }
        let mut density = self.density();
        let mut gradient = vec![0.0; self.dim()];
        let log_density = density.log_density_and_gradient(position, &mut gradient)?;
        let names = (1..).map(|i| format!("u[{i}]"));
        Ok(Evaluation { log_density, terms: density.terms(position), gradient: names.zip(gradient).collect() })
    }

    /// Starting coordinates from values by name; none where a value is not given.
    ///
    /// Errors: values outside their support, of the wrong shape, or of unknowns that do not exist.
    pub fn start(&self, point: &Document) -> Diagnosed<Vec<Option<f64>>> {
        let (values, mut diagnostics) = self.point(point);
        let position = self.start_from(&values, &mut diagnostics);
        let failed = diagnostics.iter().any(Diagnostic::is_error);
        Diagnosed { value: (!failed).then_some(position), diagnostics }
    }

    /// Starting coordinates from the program's `with init = …`.
    pub fn hinted_start(&self) -> Vec<Option<f64>> {
        self.start_from(&Default::default(), &mut Vec::new())
    }

    fn start_from(&self, point: &super::point::Point, diagnostics: &mut Vec<Diagnostic>) -> Vec<Option<f64>> {
        let mut position = vec![None; self.dim()];
        let mut evaluator = Evaluator::new(self.natural.graph.clone());
        evaluator.set_input_range(0, &vec![f64::NAN; self.natural.graph.inputs_len()]);
        for (block, (offset, len)) in self.natural.sampled() {
            let given = point.get(&block.var);
            let value = |&p: &u32| given.and_then(|v| v[p as usize]).or(block.init);
            let values: Vec<Option<f64>> = block.positions.iter().map(value).collect();
            if values.iter().all(Option::is_none) {
                continue;
            }
            let known: Vec<f64> = values.iter().map(|v| v.unwrap_or(f64::NAN)).collect();
            let found = super::start::coordinates(block, len, &values, &mut evaluator);
            evaluator.set_input_range(block.offset, &known);
            for (slot, coordinate) in position[offset..offset + len].iter_mut().zip(found) {
                match coordinate {
                    Ok(value) => *slot = value.filter(|v| v.is_finite()),
                    Err(reason) if given.is_some() => {
                        let name = &self.bound.hir.vars[block.var.0].name;
                        diagnostics.push(Diagnostic::error(
                            "E0533",
                            format!("a starting value of `{name}` is outside its support: {reason}"),
                        ));
                        break;
                    }
                    Err(_) => {}
                }
            }
        }
        position
    }
}
