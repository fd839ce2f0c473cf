//! Products of matrices and vectors.

use super::simd::Simd;

/// Rows of a tile.
pub(super) const TILE: usize = 32;

/// `out[i] = Σ_j X[i, j]·v[j]`.
///
/// # Safety
/// The contract of [`TiledProduct::raw`](super::TiledProduct::raw).
#[inline(always)]
pub(super) unsafe fn tiled_times_vector<V: Simd>(
    rows: usize,
    columns: usize,
    tiles: *const f64,
    vector: *const f64,
    out: *mut f64,
) {
    for i in 0..rows {
        let mut sum = 0.0;
        for j in 0..columns {
            // SAFETY: row i lies in tile i / 32, which holds 32 numbers a column.
            sum += unsafe { *tiles.add(i / TILE * TILE * columns + j * TILE + i % TILE) * *vector.add(j) };
        }
        // SAFETY: i < rows.
        unsafe { *out.add(i) = sum }
    }
}

/// `out[j] += Σ_i X[i, j]·r[i]`.
///
/// # Safety
/// The contract of [`TiledProduct::raw`](super::TiledProduct::raw).
#[inline(always)]
pub(super) unsafe fn add_transposed_times_vector<V: Simd>(
    rows: usize,
    columns: usize,
    tiles: *const f64,
    vector: *const f64,
    out: *mut f64,
) {
    for j in 0..columns {
        let mut sum = 0.0;
        for i in 0..rows {
            // SAFETY: row i lies in tile i / 32, which holds 32 numbers a column.
            sum += unsafe { *tiles.add(i / TILE * TILE * columns + j * TILE + i % TILE) * *vector.add(i) };
        }
        // SAFETY: j < columns.
        unsafe { *out.add(j) += sum }
    }
}

/// `out = a·b` for row-major matrices: each row of the result is a sum of rows of `b`.
///
/// # Safety
/// The contract of [`MatrixProduct::raw`](super::MatrixProduct::raw).
#[inline(always)]
pub(super) unsafe fn product<V: Simd>(m: usize, k: usize, n: usize, a: *const f64, b: *const f64, out: *mut f64) {
    for i in 0..m {
        // SAFETY: row i of `a` and of the result, row l of `b`.
        unsafe {
            let row = out.add(i * n);
            std::slice::from_raw_parts_mut(row, n).fill(0.0);
            for l in 0..k {
                axpy::<V>(n, *a.add(i * k + l), b.add(l * n), row);
            }
        }
    }
}

/// `y += alpha·x`.
///
/// # Safety
/// The contract of [`Axpy::raw`](super::Axpy::raw).
#[inline(always)]
pub(super) unsafe fn axpy<V: Simd>(n: usize, alpha: f64, x: *const f64, y: *mut f64) {
    let factor = V::splat(alpha);
    let mut i = 0;
    while i + V::LANES <= n {
        // SAFETY: LANES numbers are left.
        unsafe { factor.mul_add(V::load(x.add(i)), V::load(y.add(i))).store(y.add(i)) }
        i += V::LANES;
    }
    if i < n {
        let (left, zero) = (n - i, V::splat(0.0));
        // SAFETY: `left` < LANES numbers are left.
        unsafe {
            let sum = factor.mul_add(V::load_part(x.add(i), left, zero), V::load_part(y.add(i), left, zero));
            sum.store_part(y.add(i), left);
        }
    }
}
