//! The columns of a stored draw.

use std::sync::Arc;

use super::Natural;
use crate::bound::Bound;
use crate::hir::Scalar;
use crate::names::{element_index, element_name};

/// One number of a stored draw.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputColumn {
    /// `tau`, `theta[Choate]`, `beta[1]`.
    pub name: String,
    /// The variable it belongs to.
    pub variable: String,
    /// Its position, from 1, in each dim of the variable.
    pub index: Vec<usize>,
    /// What its numbers are.
    pub kind: ColumnKind,
    /// The variable's documentation.
    pub doc: Option<String>,
}

/// What the numbers of a column are.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnKind {
    /// Real numbers.
    Real,
    /// Whole numbers.
    Integer,
    /// 0 and 1.
    Bool,
    /// Positions, from 1, among these labels.
    Label(Arc<[String]>),
}

pub(super) fn columns(bound: &Bound, natural: &Natural) -> Vec<OutputColumn> {
    let mut columns = Vec::new();
    for &(var, node) in &natural.reports {
        let record = &bound.hir.vars[var.0];
        let kind = match record.ty.scalar {
            Scalar::Real | Scalar::Text => ColumnKind::Real,
            Scalar::Int => ColumnKind::Integer,
            Scalar::Bool => ColumnKind::Bool,
            Scalar::Label(dim) if bound.dims[dim.0].is_range() => ColumnKind::Integer,
            Scalar::Label(dim) => ColumnKind::Label(bound.dims[dim.0].names()),
        };
        for flat in 0..natural.graph.shape(node).size() {
            columns.push(OutputColumn {
                name: element_name(bound, var, flat),
                variable: record.name.clone(),
                index: element_index(bound, var, flat).into_iter().map(|i| i + 1).collect(),
                kind: kind.clone(),
                doc: record.doc.clone(),
            });
        }
    }
    columns
}
