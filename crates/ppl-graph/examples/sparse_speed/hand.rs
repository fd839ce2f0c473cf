//! The gradient as one writes it by hand.

use ppl_graph::SparseMatrix;

/// Value and gradient of the sparse logistic regression.
pub fn logistic(design: &SparseMatrix, outcomes: &[f64], b: &[f64], gradient: &mut [f64]) -> f64 {
    gradient.iter_mut().zip(b).for_each(|(slope, b)| *slope = -b);
    let mut value: f64 = b.iter().map(|b| -0.5 * b * b).sum();
    for (i, y) in outcomes.iter().enumerate() {
        let own = design.elements(i);
        let (columns, values) = (&design.column_indices()[own.clone()], &design.values()[own]);
        let eta: f64 = columns.iter().zip(values).map(|(&j, x)| x * b[j as usize]).sum();
        let tail = (-eta.abs()).exp();
        value += y * eta - (eta.max(0.0) + tail.ln_1p());
        let residual = y - if eta >= 0.0 { 1.0 } else { tail } / (1.0 + tail);
        columns.iter().zip(values).for_each(|(&j, x)| gradient[j as usize] += x * residual);
    }
    value
}
