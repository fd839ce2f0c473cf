//! Products with sparse matrices.

use crate::SparseMatrix;

/// X·v.
pub(super) fn multiply(x: &SparseMatrix, v: &[f64], out: &mut [f64]) {
    let term = |k: usize| x.values()[k] * v[x.column_indices()[k] as usize];
    super::fill(out, (0..x.rows()).map(|i| x.elements(i).map(term).sum()));
}

/// Xᵀ·r.
pub(super) fn multiply_transposed(x: &SparseMatrix, r: &[f64], out: &mut [f64]) {
    out.fill(0.0);
    for (i, factor) in r.iter().enumerate() {
        for k in x.elements(i) {
            out[x.column_indices()[k] as usize] += x.values()[k] * factor;
        }
    }
}
