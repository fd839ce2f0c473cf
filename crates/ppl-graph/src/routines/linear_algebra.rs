//! Dense linear algebra on row-major slices, without blocking.

use crate::Shape;

/// Matrix product of arrays of one or two axes.
pub(super) fn multiply(a: &[f64], left: &Shape, b: &[f64], right: &Shape, out: &mut [f64]) {
    let inner = right[0];
    if right.len() == 1 {
        // Rows of the left against one vector.
        let rows = if left.len() == 2 { left[0] } else { 1 };
        return super::fill(out, (0..rows).map(|i| dot(&a[i * inner..(i + 1) * inner], b)));
    }
    let columns = right[1];
    out.fill(0.0);
    if columns == 0 || inner == 0 {
        return;
    }
    for (row, coefficients) in out.chunks_exact_mut(columns).zip(a.chunks_exact(inner)) {
        for (&coefficient, b_row) in coefficients.iter().zip(b.chunks_exact(columns)) {
            add_scaled(row, coefficient, b_row);
        }
    }
}

/// Σ x·y in four interleaved sums, which are added in a fixed order.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (x_blocks, x_rest) = x.as_chunks::<4>();
    let (y_blocks, y_rest) = y.as_chunks::<4>();
    for (x, y) in x_blocks.iter().zip(y_blocks) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f64 = x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// y += c·x.
fn add_scaled(y: &mut [f64], c: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += c * x;
    }
}

/// The lower Cholesky factor of the lower triangle; NaN in the whole triangle where a pivot is not above 0.
pub(super) fn cholesky(a: &[f64], n: usize, out: &mut [f64]) {
    out.fill(0.0);
    for i in 0..n {
        let (above, row) = out.split_at_mut(i * n);
        for j in 0..i {
            let other = &above[j * n..j * n + n];
            row[j] = (a[i * n + j] - dot(&row[..j], &other[..j])) / other[j];
        }
        let pivot = a[i * n + i] - dot(&row[..i], &row[..i]);
        if pivot.is_nan() || pivot <= 0.0 || pivot.is_infinite() {
            return (0..n).for_each(|i| out[i * n..=i * n + i].fill(f64::NAN));
        }
        row[i] = pivot.sqrt();
    }
}

/// Solves with a lower triangle, or its transpose, for each column of the right-hand side.
pub(super) fn solve_triangular(lower: &[f64], n: usize, right: &[f64], transposed: bool, out: &mut [f64]) {
    out.copy_from_slice(right);
    if n == 0 {
        return;
    }
    let columns = out.len() / n;
    let step = |k: usize, out: &mut [f64]| {
        let (before, rest) = out.split_at_mut(k * columns);
        let (row, after) = rest.split_at_mut(columns);
        row.iter_mut().for_each(|x| *x /= lower[k * n + k]);
        if transposed {
            (0..k).for_each(|i| add_scaled(&mut before[i * columns..(i + 1) * columns], -lower[k * n + i], row));
        } else {
            (k + 1..n)
                .for_each(|i| add_scaled(&mut after[(i - k - 1) * columns..(i - k) * columns], -lower[i * n + k], row));
        }
    };
    if transposed { (0..n).rev().for_each(|k| step(k, out)) } else { (0..n).for_each(|k| step(k, out)) }
}

/// Eliminates `a` to an upper triangle with row exchanges, doing the same to the rows of `right`.
///
/// Returns false where a column has no pivot.
fn eliminate(a: &mut [f64], n: usize, right: &mut [f64]) -> bool {
    let columns = right.len().checked_div(n).unwrap_or(0);
    for k in 0..n {
        let size = |i: usize| a[i * n + k].abs();
        let pivot = (k..n).fold(k, |best, i| if size(i) > size(best) { i } else { best });
        if a[pivot * n + k] == 0.0 {
            return false;
        }
        exchange(a, n, k, pivot);
        exchange(right, columns, k, pivot);
        for i in k + 1..n {
            let factor = a[i * n + k] / a[k * n + k];
            subtract_row(&mut a[..], n, k, i, factor);
            subtract_row(right, columns, k, i, factor);
        }
    }
    true
}

fn exchange(a: &mut [f64], columns: usize, i: usize, j: usize) {
    if i != j {
        (0..columns).for_each(|c| a.swap(i * columns + c, j * columns + c));
    }
}

/// Row `i` minus `factor` times row `k`, for k < i.
fn subtract_row(a: &mut [f64], columns: usize, k: usize, i: usize, factor: f64) {
    let (before, after) = a.split_at_mut(i * columns);
    add_scaled(&mut after[..columns], -factor, &before[k * columns..(k + 1) * columns]);
}

/// Solves a square system by elimination with partial pivoting; NaN where singular.
pub(super) fn solve(a: &[f64], n: usize, right: &[f64], out: &mut [f64], scratch: &mut [f64]) {
    out.copy_from_slice(right);
    solve_in_place(a, n, out, scratch);
}

/// The inverse of a square matrix; NaN where singular.
pub(super) fn inverse(a: &[f64], n: usize, out: &mut [f64], scratch: &mut [f64]) {
    super::fill(out, (0..n * n).map(|at| if at % (n + 1) == 0 { 1.0 } else { 0.0 }));
    solve_in_place(a, n, out, scratch);
}

fn solve_in_place(a: &[f64], n: usize, out: &mut [f64], scratch: &mut [f64]) {
    scratch.copy_from_slice(a);
    if n == 0 {
        return;
    }
    if !eliminate(scratch, n, out) {
        return out.fill(f64::NAN);
    }
    let columns = out.len() / n;
    for k in (0..n).rev() {
        let (before, rest) = out.split_at_mut(k * columns);
        let row = &mut rest[..columns];
        row.iter_mut().for_each(|x| *x /= scratch[k * n + k]);
        (0..k).for_each(|i| add_scaled(&mut before[i * columns..(i + 1) * columns], -scratch[i * n + k], row));
    }
}

/// ln |det A|; −∞ where singular.
pub(super) fn log_determinant(a: &[f64], n: usize, scratch: &mut [f64]) -> f64 {
    scratch.copy_from_slice(a);
    if !eliminate(scratch, n, &mut []) {
        return f64::NEG_INFINITY;
    }
    (0..n).map(|k| scratch[k * n + k].abs().ln()).sum()
}
