//! Reading and adding by index.

use super::Kernels;
use super::simd::Simd;

impl Kernels {
    /// Writes the element of `source` that each index names to `out`.
    ///
    /// # Panics
    /// Where lengths differ or an index is out of range.
    pub fn gather_checked(&self, source: &[f64], index: &[u32], out: &mut [f64]) {
        assert_eq!(index.len(), out.len(), "index and result differ in length");
        assert!(index.iter().all(|&i| (i as usize) < source.len()), "an index is out of range");
        let kernel = if index.is_sorted() { self.segment_broadcast } else { self.gather };
        // SAFETY: lengths, indices and their order have just been checked; slices do not overlap.
        unsafe { (kernel.raw)(index.len(), source.as_ptr(), index.as_ptr(), out.as_mut_ptr()) }
    }

    /// Adds each element of `source` to the element of `out` that its index names.
    ///
    /// # Panics
    /// Where lengths differ or an index is out of range.
    pub fn scatter_add_checked(&self, source: &[f64], index: &[u32], out: &mut [f64]) {
        assert_eq!(index.len(), source.len(), "index and operand differ in length");
        assert!(index.iter().all(|&i| (i as usize) < out.len()), "an index is out of range");
        let kernel = if index.is_sorted() { self.segment_sum } else { self.scatter_add };
        // SAFETY: lengths, indices and their order have just been checked; slices do not overlap.
        unsafe { (kernel.raw)(index.len(), source.as_ptr(), index.as_ptr(), out.as_mut_ptr()) }
    }
}

/// `out[i] = source[index[i]]`.
///
/// # Safety
/// The contract of [`Access::raw`](super::Access::raw).
#[inline(always)]
pub(super) unsafe fn gather(n: usize, source: *const f64, index: *const u32, out: *mut f64) {
    for i in 0..n {
        // SAFETY: i < n, and every index lies in the source.
        unsafe { *out.add(i) = *source.add(*index.add(i) as usize) }
    }
}

/// `out[index[i]] += source[i]`.
///
/// # Safety
/// The contract of [`Access::raw`](super::Access::raw).
#[inline(always)]
pub(super) unsafe fn scatter_add(n: usize, source: *const f64, index: *const u32, out: *mut f64) {
    for i in 0..n {
        // SAFETY: i < n, and every index lies in the output.
        unsafe { *out.add(*index.add(i) as usize) += *source.add(i) }
    }
}

/// `out[i] = source[index[i]]` for an index that never falls: equal neighbours are stored as one vector.
///
/// # Safety
/// The contract of [`Access::raw`](super::Access::raw).
#[inline(always)]
pub(super) unsafe fn segment_broadcast<V: Simd>(n: usize, source: *const f64, index: *const u32, out: *mut f64) {
    let mut i = 0;
    while i + V::LANES <= n {
        // SAFETY: the LANES positions from i on lie below n, and every index lies in the source.
        unsafe {
            let first = *index.add(i);
            if first == *index.add(i + V::LANES - 1) {
                V::splat(*source.add(first as usize)).store(out.add(i));
            } else {
                gather(V::LANES, source, index.add(i), out.add(i));
            }
        }
        i += V::LANES;
    }
    // SAFETY: the remaining positions lie below n.
    unsafe { gather(n - i, source, index.add(i), out.add(i)) }
}

/// `out[index[i]] += source[i]` for an index that never falls: each run of equal indices is summed before it is added.
///
/// # Safety
/// The contract of [`Access::raw`](super::Access::raw).
#[inline(always)]
pub(super) unsafe fn segment_sum<V: Simd>(n: usize, source: *const f64, index: *const u32, out: *mut f64) {
    let mut i = 0;
    while i < n {
        // SAFETY: i < n, every position read lies below n, and every index lies in the output.
        unsafe {
            let segment = *index.add(i);
            let mut lanes = V::splat(0.0);
            let mut rest = 0.0;
            while i + V::LANES <= n && *index.add(i + V::LANES - 1) == segment {
                lanes = lanes + V::load(source.add(i));
                i += V::LANES;
            }
            while i < n && *index.add(i) == segment {
                rest += *source.add(i);
                i += 1;
            }
            *out.add(segment as usize) += lanes.sum() + rest;
        }
    }
}
