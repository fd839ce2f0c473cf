//! Points by name: JSON with a number, a nested array, or an object by label for each unknown.

use std::collections::{BTreeSet, HashMap};

use ppl_data::{Document, Value, similar_name};
use ppl_diagnostic::Diagnostic;

use super::Program;
use crate::hir::{Axis, VarId};
use crate::names::element_name;

/// Values of unknowns by variable; elements that are not given are none.
pub(super) type Point = HashMap<VarId, Vec<Option<f64>>>;

impl Program {
    /// Reads a point. Fields that are no sampled unknown are errors.
    pub(super) fn point(&self, document: &Document) -> (Point, Vec<Diagnostic>) {
        let mut point = Point::new();
        let mut diagnostics = Vec::new();
        let vars: BTreeSet<VarId> = self.natural.sampled().map(|(block, _)| block.var).collect();
        for field in &document.fields {
            let found = vars.iter().find(|v| self.bound.hir.vars[v.0].name == field.name);
            let Some(&var) = found else {
                diagnostics.push(self.no_such_unknown(field, &vars));
                continue;
            };
            let shape = self.var_shape(var);
            let mut values = vec![None; shape.iter().product()];
            let axes = self.bound.hir.vars[var.0].ty.axes.clone();
            match self.fill(&field.value, &axes, &shape, 0, &mut values) {
                Ok(()) => drop(point.insert(var, values)),
                Err(reason) => diagnostics.push(
                    Diagnostic::error("E0533", format!("`{}` does not fit its unknown: {reason}", field.name))
                        .at(field.span, ""),
                ),
            }
        }
        (point, diagnostics)
    }

    fn no_such_unknown(&self, field: &ppl_data::Field, vars: &BTreeSet<VarId>) -> Diagnostic {
        let names = vars.iter().map(|v| self.bound.hir.vars[v.0].name.as_str());
        let similar = similar_name(&field.name, names).map(str::to_string);
        let error =
            Diagnostic::error("E0533", format!("the model samples no `{}`", field.name)).at(field.name_span, "");
        match similar {
            Some(similar) => error.help(format!("did you mean `{similar}`?")),
            None => error,
        }
    }

    fn var_shape(&self, var: VarId) -> Vec<usize> {
        let axes = &self.bound.hir.vars[var.0].ty.axes;
        axes.iter().map(|&a| self.bound.size(self.bound.hir.dim_of(a))).collect()
    }

    fn fill(
        &self,
        value: &Value,
        axes: &[Axis],
        shape: &[usize],
        start: usize,
        out: &mut [Option<f64>],
    ) -> Result<(), String> {
        match value {
            Value::Number(number) if axes.is_empty() => {
                out[start] = Some(*number);
                Ok(())
            }
            Value::Bool(truth) if axes.is_empty() => {
                out[start] = Some(f64::from(*truth));
                Ok(())
            }
            Value::Numbers { shape: own, values, .. } => {
                if own != shape {
                    return Err(format!("the shape is {own:?}, not {shape:?}"));
                }
                for (slot, v) in out[start..].iter_mut().zip(values) {
                    *slot = Some(*v).filter(|v| !v.is_nan());
                }
                Ok(())
            }
            Value::Object(entries) if !axes.is_empty() => self.fill_by_label(entries, axes, shape, start, out),
            _ if axes.is_empty() => Err("a number is needed".to_string()),
            _ => Err("an array, or an object by label, is needed".to_string()),
        }
    }

    fn fill_by_label(
        &self,
        entries: &[(String, Value)],
        axes: &[Axis],
        shape: &[usize],
        start: usize,
        out: &mut [Option<f64>],
    ) -> Result<(), String> {
        let dim = self.bound.hir.dim_of(axes[0]);
        let inner: usize = shape[1..].iter().product();
        for (label, value) in entries {
            let Some(position) = self.bound.dims[dim.0].position(label) else {
                return Err(format!("`{}` has no label `{label}`", self.bound.hir.dims[dim.0].name));
            };
            self.fill(value, &axes[1..], &shape[1..], start + position * inner, out)?;
        }
        Ok(())
    }

    /// The name of an element that a point leaves out.
    pub(super) fn missing_element(&self, point: &Point) -> Option<String> {
        self.natural.sampled().find_map(|(block, _)| {
            let given = point.get(&block.var);
            let missing = block.positions.iter().find(|&&p| given.is_none_or(|v| v[p as usize].is_none()))?;
            Some(element_name(&self.bound, block.var, *missing as usize))
        })
    }
}
