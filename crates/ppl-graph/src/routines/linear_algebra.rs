//! Dense linear algebra on row-major slices.

use std::ops::Range;

use ppl_math::kernels::Kernels;

use crate::Shape;

/// Rows of a triangle that are solved together.
const ROWS: usize = 4;
/// Rows of a factor that are found together.
const PANEL: usize = 8;

/// Matrix product of arrays of one or two axes.
pub(super) fn multiply(kernels: &Kernels, a: &[f64], left: &Shape, b: &[f64], right: &Shape, out: &mut [f64]) {
    let inner = right[0];
    let rows = if left.len() == 2 { left[0] } else { 1 };
    if right.len() == 1 {
        // Rows of the left against one vector.
        return super::fill(out, (0..rows).map(|i| dot(&a[i * inner..(i + 1) * inner], b)));
    }
    kernels.matrix_product.apply([rows, inner, right[1]], a, b, out);
}

/// Σ x·y for short rows, in four interleaved sums that are added in a fixed order.
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

/// How much scratch [`cholesky`] needs.
pub(super) fn cholesky_scratch(n: usize) -> usize {
    PANEL * n + triangular_scratch(n, PANEL)
}

/// The lower Cholesky factor of the lower triangle; NaN in the whole triangle where a pivot is not above 0.
///
/// A panel of rows is found by solving with the rows above, then its own triangle element by element.
pub(super) fn cholesky(kernels: &Kernels, a: &[f64], n: usize, out: &mut [f64], scratch: &mut [f64]) {
    out.fill(0.0);
    for start in (0..n).step_by(PANEL) {
        let rows = start..n.min(start + PANEL);
        if start > 0 {
            left_of_triangle(kernels, a, n, rows.clone(), out, scratch);
        }
        if !own_triangle(kernels, a, n, rows, out) {
            return (0..n).for_each(|i| out[i * n..=i * n + i].fill(f64::NAN));
        }
    }
}

/// The part of the factor left of the triangle of a panel of rows: its transpose solves the rows above.
fn left_of_triangle(kernels: &Kernels, a: &[f64], n: usize, rows: Range<usize>, out: &mut [f64], scratch: &mut [f64]) {
    let (start, count) = (rows.start, rows.len());
    let (left, scratch) = scratch.split_at_mut(start * count);
    for (r, i) in rows.clone().enumerate() {
        left[r..].iter_mut().step_by(count).zip(&a[i * n..][..start]).for_each(|(to, x)| *to = *x);
    }
    let above = Triangle { lower: out, n: start, stride: n, transposed: false };
    above.solve(kernels, left, count, scratch);
    for (r, i) in rows.enumerate() {
        super::fill(&mut out[i * n..][..start], left[r..].iter().step_by(count).copied());
    }
}

/// The part of the factor within a panel of rows; false where a pivot is not above 0.
fn own_triangle(kernels: &Kernels, a: &[f64], n: usize, rows: Range<usize>, out: &mut [f64]) -> bool {
    for i in rows.clone() {
        let (above, row) = out.split_at_mut(i * n);
        for j in rows.start..i {
            let other = &above[j * n..j * n + n];
            row[j] = (a[i * n + j] - kernels.dot.apply(&row[..j], &other[..j])) / other[j];
        }
        let pivot = a[i * n + i] - kernels.sum_of_squares.apply(&row[..i]);
        if pivot.is_nan() || pivot <= 0.0 || pivot.is_infinite() {
            return false;
        }
        row[i] = pivot.sqrt();
    }
    true
}

/// How much scratch [`solve_triangular`] needs for a right-hand side of n × columns.
pub(super) fn triangular_scratch(n: usize, columns: usize) -> usize {
    ROWS * (n + columns)
}

/// Solves with a lower triangle, or its transpose, for each column of the right-hand side.
pub(super) fn solve_triangular(
    kernels: &Kernels,
    lower: &[f64],
    n: usize,
    right: &[f64],
    transposed: bool,
    out: &mut [f64],
    scratch: &mut [f64],
) {
    out.copy_from_slice(right);
    let columns = out.len().checked_div(n).unwrap_or(0);
    Triangle { lower, n, stride: n, transposed }.solve(kernels, out, columns, scratch);
}

/// The lower triangle of the first `n` rows of a matrix whose rows lie `stride` apart, or its transpose.
struct Triangle<'a> {
    lower: &'a [f64],
    n: usize,
    stride: usize,
    transposed: bool,
}

impl Triangle<'_> {
    fn at(&self, i: usize, j: usize) -> f64 {
        if self.transposed { self.lower[j * self.stride + i] } else { self.lower[i * self.stride + j] }
    }

    /// Solves in place, for `columns` right-hand sides.
    fn solve(&self, kernels: &Kernels, x: &mut [f64], columns: usize, scratch: &mut [f64]) {
        match columns {
            0 => {}
            1 => self.solve_vector(kernels, x),
            _ => self.solve_matrix(kernels, x, columns, scratch),
        }
    }

    fn solve_vector(&self, kernels: &Kernels, x: &mut [f64]) {
        let row = |i: usize| &self.lower[i * self.stride..];
        if self.transposed {
            for i in (0..self.n).rev() {
                x[i] /= row(i)[i];
                let (before, rest) = x.split_at_mut(i);
                kernels.axpy.apply(-rest[0], &row(i)[..i], before);
            }
        } else {
            for i in 0..self.n {
                x[i] = (x[i] - kernels.dot.apply(&row(i)[..i], &x[..i])) / row(i)[i];
            }
        }
    }

    /// Blocks of rows: what the solved rows contribute is one matrix product.
    fn solve_matrix(&self, kernels: &Kernels, x: &mut [f64], columns: usize, scratch: &mut [f64]) {
        let blocks = self.n.div_ceil(ROWS);
        for b in 0..blocks {
            let start = if self.transposed { (blocks - 1 - b) * ROWS } else { b * ROWS };
            let end = (start + ROWS).min(self.n);
            let (before, rest) = x.split_at_mut(start * columns);
            let (block, after) = rest.split_at_mut((end - start) * columns);
            let (solved, first) = if self.transposed { (&*after, end) } else { (&*before, 0) };
            self.subtract_solved(kernels, block, start..end, solved, first, scratch);
            self.solve_block(block, start..end, columns);
        }
    }

    /// Subtracts from a block of rows what the solved rows, from `first` on, contribute.
    fn subtract_solved(
        &self,
        kernels: &Kernels,
        block: &mut [f64],
        rows: Range<usize>,
        solved: &[f64],
        first: usize,
        scratch: &mut [f64],
    ) {
        let (count, columns) = (rows.len(), block.len() / rows.len());
        let inner = solved.len() / columns;
        let (coefficients, product) = scratch.split_at_mut(count * inner);
        for (i, row) in rows.zip(coefficients.chunks_exact_mut(inner.max(1))) {
            super::fill(row, (first..first + inner).map(|k| self.at(i, k)));
        }
        let product = &mut product[..block.len()];
        kernels.matrix_product.apply([count, inner, columns], coefficients, solved, product);
        block.iter_mut().zip(product).for_each(|(x, y)| *x -= *y);
    }

    /// Solves within a block of rows.
    fn solve_block(&self, block: &mut [f64], rows: Range<usize>, columns: usize) {
        let count = rows.len();
        for step in 0..count {
            let r = if self.transposed { count - 1 - step } else { step };
            let (before, rest) = block.split_at_mut(r * columns);
            let (row, after) = rest.split_at_mut(columns);
            let pivot = self.at(rows.start + r, rows.start + r);
            row.iter_mut().for_each(|x| *x /= pivot);
            let (others, first) = if self.transposed { (before, 0) } else { (after, r + 1) };
            for (other, k) in others.chunks_exact_mut(columns).zip(first..) {
                add_scaled(other, -self.at(rows.start + k, rows.start + r), row);
            }
        }
    }
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
