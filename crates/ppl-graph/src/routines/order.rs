//! Sorting along the last axis; NaN comes last.

use std::cmp::Ordering;

fn compare(x: f64, y: f64) -> Ordering {
    x.partial_cmp(&y).unwrap_or_else(|| x.is_nan().cmp(&y.is_nan()))
}

pub(super) fn sort(source: &[f64], row: usize, out: &mut [f64]) {
    out.copy_from_slice(source);
    for row in out.chunks_mut(row.max(1)) {
        row.sort_unstable_by(|x, y| compare(*x, *y));
    }
}

/// Positions within each row; ties keep their order.
pub(super) fn arg_sort(source: &[f64], row: usize, out: &mut [f64]) {
    let row = row.max(1);
    super::fill(out, (0..source.len()).map(|i| (i % row) as f64));
    for (positions, values) in out.chunks_mut(row).zip(source.chunks(row)) {
        positions.sort_unstable_by(|p, q| compare(values[*p as usize], values[*q as usize]).then(compare(*p, *q)));
    }
}
