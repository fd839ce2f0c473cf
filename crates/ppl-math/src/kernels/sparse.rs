//! Products with a sparse matrix in compressed rows.
//!
//! Elements are read one at a time: on rows of some tens of elements this measured as fast as the gathers of AVX-512
//! and faster than those of AVX2, whose cost differs much between processors, and rows of any length suit it.

use super::Kernels;
use super::simd::Simd;

/// Sums side by side within a row, so that their latencies overlap.
const SUMS: usize = 4;

/// A sparse matrix in compressed rows: row i has the elements from `row_starts[i]` to `row_starts[i + 1]`, each with its
/// column and its value. Borrowed for the checked calls.
#[derive(Clone, Copy, Debug)]
pub struct CompressedRows<'a> {
    /// One more than there are rows; never falls.
    pub row_starts: &'a [u32],
    /// The column of each element.
    pub columns: &'a [u32],
    /// The value of each element.
    pub values: &'a [f64],
}

impl CompressedRows<'_> {
    /// How many rows there are.
    ///
    /// # Panics
    /// Where rows or columns are out of range.
    fn checked_rows(&self, columns: usize) -> usize {
        let CompressedRows { row_starts, columns: own, values } = *self;
        assert_eq!(own.len(), values.len(), "columns and values differ in length");
        let (Some(rows), true) = (row_starts.len().checked_sub(1), row_starts.is_sorted()) else {
            panic!("the starts of rows fall");
        };
        assert!(row_starts[rows] as usize <= values.len(), "a row is out of range");
        assert!(own.iter().all(|&j| (j as usize) < columns), "a column is out of range");
        rows
    }
}

impl Kernels {
    /// `out = X·v`, for `v` of columns and `out` of rows.
    ///
    /// # Panics
    /// Where lengths do not fit or a column is out of range.
    pub fn sparse_times_vector_checked(&self, x: CompressedRows<'_>, v: &[f64], out: &mut [f64]) {
        assert_eq!(x.checked_rows(v.len()), out.len(), "the result does not fit the matrix");
        let kernel = self.sparse_times_vector.raw;
        let [starts, columns] = [x.row_starts, x.columns].map(<[u32]>::as_ptr);
        // SAFETY: rows, columns and lengths have just been checked; slices do not overlap.
        unsafe { kernel(out.len(), starts, columns, x.values.as_ptr(), v.as_ptr(), out.as_mut_ptr()) }
    }

    /// `out += Xᵀ·r`, for `r` of rows and `out` of columns.
    ///
    /// # Panics
    /// Where lengths do not fit or a column is out of range.
    pub fn add_sparse_transposed_times_vector_checked(&self, x: CompressedRows<'_>, r: &[f64], out: &mut [f64]) {
        assert_eq!(x.checked_rows(out.len()), r.len(), "the vector does not fit the matrix");
        let kernel = self.add_sparse_transposed_times_vector.raw;
        let [starts, columns] = [x.row_starts, x.columns].map(<[u32]>::as_ptr);
        // SAFETY: rows, columns and lengths have just been checked; slices do not overlap.
        unsafe { kernel(r.len(), starts, columns, x.values.as_ptr(), r.as_ptr(), out.as_mut_ptr()) }
    }
}

/// `out[i] = Σ_k values[k]·vector[columns[k]]` over the elements k of row i: element k of a row is added to sum k mod 4.
///
/// # Safety
/// The contract of [`SparseProduct::raw`](super::SparseProduct::raw).
#[inline(always)]
pub(super) unsafe fn times_vector<V: Simd>(
    rows: usize,
    starts: *const u32,
    columns: *const u32,
    values: *const f64,
    vector: *const f64,
    out: *mut f64,
) {
    for i in 0..rows {
        // SAFETY: i < rows; every element below the end of the row has a value and a column that lies in the vector.
        unsafe {
            let (mut k, end) = (*starts.add(i) as usize, *starts.add(i + 1) as usize);
            let add = |k: usize, sum: f64| mul_add::<V>(*values.add(k), *vector.add(*columns.add(k) as usize), sum);
            let mut sums = [0.0; SUMS];
            while k + SUMS <= end {
                sums = std::array::from_fn(|lane| add(k + lane, sums[lane]));
                k += SUMS;
            }
            for sum in &mut sums[..SUMS - 1] {
                if k < end {
                    *sum = add(k, *sum);
                    k += 1;
                }
            }
            *out.add(i) = (sums[0] + sums[2]) + (sums[1] + sums[3]);
        }
    }
}

/// `out[columns[k]] += values[k]·vector[i]` for the elements k of every row i, in order.
///
/// # Safety
/// The contract of [`SparseProduct::raw`](super::SparseProduct::raw).
#[inline(always)]
pub(super) unsafe fn add_transposed_times_vector<V: Simd>(
    rows: usize,
    starts: *const u32,
    columns: *const u32,
    values: *const f64,
    vector: *const f64,
    out: *mut f64,
) {
    for i in 0..rows {
        // SAFETY: i < rows; every element below the end of the row has a value and a column that lies in the output.
        unsafe {
            let factor = *vector.add(i);
            for k in *starts.add(i) as usize..*starts.add(i + 1) as usize {
                let to = out.add(*columns.add(k) as usize);
                *to = mul_add::<V>(*values.add(k), factor, *to);
            }
        }
    }
}

/// `a·b + c`, rounded once where the instruction set does so.
#[inline(always)]
fn mul_add<V: Simd>(a: f64, b: f64, c: f64) -> f64 {
    if V::FUSED { a.mul_add(b, c) } else { a * b + c }
}
