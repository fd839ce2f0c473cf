//! Names of elements: `theta[Choate]`, `R[a,b]`, `beta[1]`.

use crate::bound::Bound;
use crate::hir::{Axis, VarId};

/// The name of an element of a variable by its flat position.
pub(crate) fn element_name(bound: &Bound, var: VarId, flat: usize) -> String {
    let record = &bound.hir.vars[var.0];
    let index = element_index(bound, var, flat);
    let labels: Vec<String> = index
        .iter()
        .zip(&record.ty.axes)
        .map(|(&i, &axis)| quoted(&bound.dims[bound.hir.dim_of(axis).0].name(i)))
        .collect();
    if labels.is_empty() { record.name.clone() } else { format!("{}[{}]", record.name, labels.join(",")) }
}

/// The positions, from 0, of an element in each dim of its variable.
pub(crate) fn element_index(bound: &Bound, var: VarId, flat: usize) -> Vec<usize> {
    let record = &bound.hir.vars[var.0];
    let mut rest = flat;
    let mut index: Vec<usize> = record
        .ty
        .axes
        .iter()
        .rev()
        .map(|&axis| {
            let extent = axis_len(bound, axis).max(1);
            let own = rest % extent;
            rest /= extent;
            own
        })
        .collect();
    index.reverse();
    index
}

fn axis_len(bound: &Bound, axis: Axis) -> usize {
    bound.size(bound.hir.dim_of(axis))
}

/// A label as it stands in a name: quoted where it holds anything but letters, digits, `_ - .` or inner spaces.
pub(crate) fn quoted(label: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    if !label.is_empty() && label.chars().all(plain) && label.trim() == label {
        label.to_string()
    } else {
        format!("\"{}\"", label.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
