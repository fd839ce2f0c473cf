//! A checked program and its data: sizes and labels of dims, a value for every input and outcome.

mod blanks;
mod cells;
mod dims;
mod read;
mod rows;
mod sources;
mod twice;
mod unused;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ppl_data::{Document, Table};
use ppl_diagnostic::{Diagnosed, Diagnostic, Span};
use ppl_graph::Tensor;

use crate::bound::Bound;
use crate::hir::{self, DimId, Expr, ExprKind, Extent, Hir, StatementKind, VarId};
use crate::labels::Labels;
use crate::lower::{data_read_by, dims_read_by, evaluate_default, evaluate_static, used_dims};
use sources::{Place, Sources};

/// Everything the user gave beside the program.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// CSV tables.
    pub tables: Vec<TableInput>,
    /// JSON documents.
    pub documents: Vec<Document>,
    /// Single values from the command line.
    pub settings: Vec<Setting>,
}

/// A table, perhaps with the name of the dim whose rows it holds.
#[derive(Clone, Debug)]
pub struct TableInput {
    /// `visit` in `visit=visits.csv`.
    pub dim: Option<String>,
    /// The table.
    pub table: Table,
}

/// `--set name=value`
#[derive(Clone, Debug)]
pub struct Setting {
    /// The variable.
    pub name: String,
    /// Its value as text.
    pub value: String,
    /// Where it was written.
    pub span: Span,
}

/// Reads the data that a program declares.
///
/// Errors: columns that are missing, blank, of the wrong type or size, labels that are none, and more, each with the
/// place in the data and in the program.
pub fn bind(hir: Hir, inputs: &Inputs) -> Diagnosed<Bound> {
    let hir = Arc::new(hir);
    let sources = Sources::of(&hir, inputs);
    let mut binder = Binding {
        hir: &hir,
        inputs,
        sources,
        dims: vec![None; hir.dims.len()],
        failed_dims: HashSet::new(),
        row_orders: HashMap::new(),
        data: HashMap::new(),
        diagnostics: Vec::new(),
    };
    binder.run();
    let Binding { dims, data, diagnostics, .. } = binder;
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Diagnosed { value: None, diagnostics };
    }
    let dims = dims.into_iter().map(|d| d.unwrap_or_else(Labels::none)).collect();
    Diagnosed { value: Some(Bound { hir, dims, data }), diagnostics }
}

/// The state of a binding.
struct Binding<'a> {
    hir: &'a Arc<Hir>,
    inputs: &'a Inputs,
    sources: Sources,
    dims: Vec<Option<Labels>>,
    /// Dims whose labels could not be found, which has been reported.
    failed_dims: HashSet<DimId>,
    /// The order of the rows of each table that has been asked about.
    row_orders: HashMap<usize, rows::RowOrder>,
    data: HashMap<VarId, Tensor>,
    diagnostics: Vec<Diagnostic>,
}

/// A mistake that has been reported.
struct Reported;

impl<'a> Binding<'a> {
    fn run(&mut self) {
        self.sources_fit();
        if !self.diagnostics.is_empty() {
            // A table that belongs nowhere is missing somewhere, and its columns are used nowhere.
            return;
        }
        for statement in &self.hir.statements {
            if let StatementKind::Data(var) = statement.kind {
                self.variable(var).ok();
            }
        }
        for dim in used_dims(self.hir) {
            self.labels(dim).ok();
        }
        if !self.diagnostics.iter().any(Diagnostic::is_error) {
            self.blanks_in_inputs();
        }
        self.unused_columns();
    }

    fn report(&mut self, diagnostic: Diagnostic) -> Reported {
        self.diagnostics.push(diagnostic);
        Reported
    }

    fn error<T>(&mut self, diagnostic: Diagnostic) -> Result<T, Reported> {
        Err(self.report(diagnostic))
    }

    /// Evaluates one number over what is bound so far.
    fn evaluate(&mut self, e: &Expr) -> Result<f64, Reported> {
        if let ExprKind::Const(value) = e.kind {
            return Ok(value);
        }
        let bound = self.bound_for(e)?;
        match evaluate_static(&bound, e) {
            Ok(value) => Ok(value.values[0]),
            Err(error) => self.error(*error),
        }
    }

    /// Evaluates what stands for data that are not given.
    fn evaluate_elements(&mut self, var: VarId, default: &hir::Default, shape: Vec<usize>) -> Result<Tensor, Reported> {
        if let ExprKind::Const(value) = default.value.kind {
            let size = shape.iter().product();
            return Ok(Tensor::new(shape, vec![value; size]));
        }
        let bound = self.bound_for(&default.value)?;
        evaluate_default(&bound, var, default).or_else(|error| self.error(*error))
    }

    /// What an expression needs of the data and the dims.
    fn bound_for(&mut self, e: &Expr) -> Result<Bound, Reported> {
        let mut data = HashMap::new();
        for var in data_read_by(self.hir, e) {
            match self.data.get(&var) {
                Some(value) => drop(data.insert(var, value.clone())),
                None => return Err(Reported),
            }
        }
        for dim in dims_read_by(self.hir, e) {
            self.labels(dim)?;
        }
        let dims = self.dims.iter().map(|d| d.clone().unwrap_or_else(Labels::none)).collect();
        Ok(Bound { hir: self.hir.clone(), dims, data })
    }

    /// The labels of a dim, found when first asked for.
    fn labels(&mut self, dim: DimId) -> Result<Labels, Reported> {
        if let Some(known) = &self.dims[dim.0] {
            return Ok(known.clone());
        }
        if self.failed_dims.contains(&dim) {
            return Err(Reported);
        }
        let found = match &self.hir.dims[dim.0].extent {
            Extent::Labels(labels) => Ok(Labels::list(labels.clone())),
            Extent::Range(first, last) => self.range(dim, first, last),
            Extent::Data => self.labels_from_data(dim),
        };
        match &found {
            Ok(labels) => self.dims[dim.0] = Some(labels.clone()),
            Err(Reported) => drop(self.failed_dims.insert(dim)),
        }
        found
    }

    fn variable(&mut self, var: VarId) -> Result<(), Reported> {
        let value = self.read(var)?;
        self.data.insert(var, value);
        Ok(())
    }

    /// `visits.csv line 14` for a place in the data.
    fn place_name(&self, place: &Place) -> String {
        match place {
            Place::Cell { table, row } => format!("line {}", self.inputs.tables[*table].table.line_of(*row)),
            Place::Element { index } => format!("element {}", index + 1),
        }
    }
}
