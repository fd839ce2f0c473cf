//! Products of matrices and vectors.

use super::simd::Simd;

/// Rows of a tile.
pub(super) const TILE: usize = 32;

/// Vectors that are summed side by side, so that their latencies overlap.
const STRIP: usize = 8;

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
    let height = TILE.min(STRIP * V::LANES);
    let mut first = 0;
    while first < rows {
        // SAFETY: the strip lies within the tile of its first row, and `rows − first` results are left.
        unsafe {
            let strip = tiles.add(first / TILE * TILE * columns + first % TILE);
            strip_times_vector::<V>(height, columns, strip, vector, rows - first, out.add(first));
        }
        first += height;
    }
}

/// The product of `height` rows within a tile; `left` of them are stored at most.
///
/// # Safety
/// `strip` points at a row of a tile that has `height` rows from there on; `vector` holds `columns` numbers, `out` has
/// room for the smaller of `left` and `height`.
#[inline(always)]
unsafe fn strip_times_vector<V: Simd>(
    height: usize,
    columns: usize,
    strip: *const f64,
    vector: *const f64,
    left: usize,
    out: *mut f64,
) {
    let mut sums = [V::splat(0.0); STRIP];
    let sums = &mut sums[..height / V::LANES];
    for j in 0..columns {
        // SAFETY: j < columns, and a column of the strip holds `height` numbers.
        unsafe {
            let factor = V::splat(*vector.add(j));
            for (k, sum) in sums.iter_mut().enumerate() {
                *sum = V::load(strip.add(j * TILE + k * V::LANES)).mul_add(factor, *sum);
            }
        }
    }
    for (k, sum) in sums.iter().enumerate() {
        let done = k * V::LANES;
        // SAFETY: fewer than `left` results are stored before.
        unsafe {
            if done + V::LANES <= left {
                sum.store(out.add(done));
            } else if done < left {
                sum.store_part(out.add(done), left - done);
            }
        }
    }
}

/// Columns that share what is read of the vector.
const COLUMNS: usize = 4;

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
    let mut j = 0;
    while j < columns {
        let left = (columns - j).min(COLUMNS);
        // SAFETY: `left` columns are left.
        unsafe {
            let (tiles, out) = (tiles.add(j * TILE), out.add(j));
            match left {
                1 => add_column_dots::<V, 1>(rows, columns, tiles, vector, out),
                2 => add_column_dots::<V, 2>(rows, columns, tiles, vector, out),
                3 => add_column_dots::<V, 3>(rows, columns, tiles, vector, out),
                _ => add_column_dots::<V, COLUMNS>(rows, columns, tiles, vector, out),
            }
        }
        j += left;
    }
}

/// Adds the dot products of C neighbouring columns with a vector to `out`.
///
/// # Safety
/// `tiles` points at one of at least C columns left in the first tile; the rest as for [`TiledProduct`].
///
/// [`TiledProduct`]: super::TiledProduct
#[inline(always)]
unsafe fn add_column_dots<V: Simd, const C: usize>(
    rows: usize,
    columns: usize,
    tiles: *const f64,
    vector: *const f64,
    out: *mut f64,
) {
    let mut sums = [[V::splat(0.0); 2]; C];
    let mut i = 0;
    while i < rows {
        // SAFETY: two vectors of rows from i on lie in tile i / 32; of the vector only what is left is read.
        unsafe {
            let first: V = load_up_to(vector.add(i), rows - i);
            let left = (rows - i).saturating_sub(V::LANES);
            let second: V = load_up_to(vector.wrapping_add(i + V::LANES), left);
            let strip = tiles.add(i / TILE * TILE * columns + i % TILE);
            for (c, [even, odd]) in sums.iter_mut().enumerate() {
                *even = V::load(strip.add(c * TILE)).mul_add(first, *even);
                *odd = V::load(strip.add(c * TILE + V::LANES)).mul_add(second, *odd);
            }
        }
        i += 2 * V::LANES;
    }
    for (c, [even, odd]) in sums.into_iter().enumerate() {
        // SAFETY: `out` holds C numbers.
        unsafe { *out.add(c) += (even + odd).sum() }
    }
}

/// Rows that share what is read of the second matrix.
const ROWS: usize = 4;

/// `out = a·b` for row-major matrices.
///
/// # Safety
/// The contract of [`MatrixProduct::raw`](super::MatrixProduct::raw).
#[inline(always)]
pub(super) unsafe fn product<V: Simd>(m: usize, k: usize, n: usize, a: *const f64, b: *const f64, out: *mut f64) {
    let mut i = 0;
    while i + ROWS <= m {
        // SAFETY: ROWS rows of `a` and of the result are left.
        unsafe { row_products::<V, ROWS>(k, n, a.add(i * k), b, out.add(i * n)) }
        i += ROWS;
    }
    while i < m {
        // SAFETY: a row of `a` and of the result is left.
        unsafe { row_products::<V, 1>(k, n, a.add(i * k), b, out.add(i * n)) }
        i += 1;
    }
}

/// R rows of a product.
///
/// # Safety
/// `a` holds R rows of k numbers, `b` k rows of n, `out` has room for R rows of n.
#[inline(always)]
unsafe fn row_products<V: Simd, const R: usize>(k: usize, n: usize, a: *const f64, b: *const f64, out: *mut f64) {
    let mut j = 0;
    while j < n {
        let mut sums = [V::splat(0.0); R];
        for l in 0..k {
            // SAFETY: n − j numbers of row l are left.
            let row: V = unsafe { load_up_to(b.add(l * n + j), n - j) };
            for (r, sum) in sums.iter_mut().enumerate() {
                // SAFETY: r < R and l < k.
                *sum = V::splat(unsafe { *a.add(r * k + l) }).mul_add(row, *sum);
            }
        }
        for (r, sum) in sums.into_iter().enumerate() {
            // SAFETY: n − j numbers of row r are left.
            unsafe {
                let to = out.add(r * n + j);
                if n - j >= V::LANES { sum.store(to) } else { sum.store_part(to, n - j) }
            }
        }
        j += V::LANES;
    }
}

/// A vector of the numbers that are left, zero beyond.
///
/// # Safety
/// `left` numbers can be read.
#[inline(always)]
unsafe fn load_up_to<V: Simd>(p: *const f64, left: usize) -> V {
    // SAFETY: by the contract.
    unsafe { if left >= V::LANES { V::load(p) } else { V::load_part(p, left, V::splat(0.0)) } }
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
