//! The types of kernels: a raw function for the plan runner, a checked call on slices for everybody else. What the raw
//! functions ask of their callers is the [contract](super) of the module.
#![allow(clippy::type_complexity)] // The type of a raw function is its documentation.

use std::ops::Deref;

/// A function on pointers. Only this module makes one, so that the checked calls may trust what they hold.
#[derive(Clone, Copy, Debug)]
pub struct Raw<F>(pub(super) F);

impl<F> Deref for Raw<F> {
    type Target = F;
    fn deref(&self) -> &F {
        &self.0
    }
}

/// `out[i] = f(a[i])`.
#[derive(Clone, Copy, Debug)]
pub struct Map1 {
    /// `(n, a, out)`; see the [contract](super).
    pub raw: Raw<unsafe fn(usize, *const f64, *mut f64)>,
}

impl Map1 {
    /// Writes the values of the function at `a` to `out`.
    ///
    /// # Panics
    /// Where the lengths differ.
    pub fn apply(self, a: &[f64], out: &mut [f64]) {
        assert_eq!(a.len(), out.len(), "operand and result differ in length");
        // SAFETY: both slices hold as many elements as are stated, and a shared and a unique slice never overlap.
        unsafe { (self.raw)(a.len(), a.as_ptr(), out.as_mut_ptr()) }
    }

    /// Replaces every element by the value of the function.
    pub fn apply_in_place(self, a: &mut [f64]) {
        let pointer = a.as_mut_ptr();
        // SAFETY: the slice holds as many elements as are stated; an output may equal an input.
        unsafe { (self.raw)(a.len(), pointer, pointer) }
    }
}

/// `first[i] = f(a[i]); second[i] = g(a[i])`, where the two share most of their work.
#[derive(Clone, Copy, Debug)]
pub struct MapPair {
    /// `(n, a, first, second)`; the outputs must differ, and either may equal `a`; see the [contract](super).
    pub raw: Raw<unsafe fn(usize, *const f64, *mut f64, *mut f64)>,
}

impl MapPair {
    /// Writes the values of the two functions at `a`.
    ///
    /// # Panics
    /// Where the lengths differ.
    pub fn apply(self, a: &[f64], first: &mut [f64], second: &mut [f64]) {
        assert!(a.len() == first.len() && a.len() == second.len(), "operand and results differ in length");
        // SAFETY: the three slices hold as many elements as are stated and do not overlap.
        unsafe { (self.raw)(a.len(), a.as_ptr(), first.as_mut_ptr(), second.as_mut_ptr()) }
    }
}

/// `out[i] = f(a[i], b[i])`; either operand may be one number.
#[derive(Clone, Copy, Debug)]
pub struct Map2 {
    /// `(n, a, stride of a, b, stride of b, out)`; see the [contract](super). Where an operand of stride 0 lies in
    /// the output, its value before the call counts for all positions.
    pub raw: Raw<unsafe fn(usize, *const f64, usize, *const f64, usize, *mut f64)>,
}

impl Map2 {
    /// Writes the values of the function at `a` and `b`, each of the length of `out` or of one element.
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub fn apply(self, a: &[f64], b: &[f64], out: &mut [f64]) {
        let n = out.len();
        let (a_stride, b_stride) = (stride(a, n), stride(b, n));
        // SAFETY: `stride` has checked that the operands hold n elements or one; slices do not overlap with `out`.
        unsafe { (self.raw)(n, a.as_ptr(), a_stride, b.as_ptr(), b_stride, out.as_mut_ptr()) }
    }
}

/// `out[i] = f(a[i], b[i], c[i])`; any operand may be one number.
#[derive(Clone, Copy, Debug)]
pub struct Map3 {
    /// `(n, a, stride of a, b, stride of b, c, stride of c, out)`; see the [contract](super) and [`Map2::raw`].
    pub raw: Raw<unsafe fn(usize, *const f64, usize, *const f64, usize, *const f64, usize, *mut f64)>,
}

impl Map3 {
    /// Writes the values of the function at `a`, `b` and `c`, each of the length of `out` or of one element.
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub fn apply(self, a: &[f64], b: &[f64], c: &[f64], out: &mut [f64]) {
        let n = out.len();
        let (sa, sb, sc) = (stride(a, n), stride(b, n), stride(c, n));
        // SAFETY: `stride` has checked that the operands hold n elements or one; slices do not overlap with `out`.
        unsafe { (self.raw)(n, a.as_ptr(), sa, b.as_ptr(), sb, c.as_ptr(), sc, out.as_mut_ptr()) }
    }
}

/// The stride with which an operand serves n positions.
fn stride(operand: &[f64], n: usize) -> usize {
    assert!(
        operand.len() == n || operand.len() == 1,
        "an operand has neither the length of the result nor one element"
    );
    usize::from(operand.len() == n)
}

/// A number made of all elements of one array.
#[derive(Clone, Copy, Debug)]
pub struct Reduce1 {
    /// `(n, a)`; see the [contract](super).
    pub raw: Raw<unsafe fn(usize, *const f64) -> f64>,
}

impl Reduce1 {
    /// The reduction of `a`.
    pub fn apply(self, a: &[f64]) -> f64 {
        // SAFETY: the slice holds as many elements as are stated.
        unsafe { (self.raw)(a.len(), a.as_ptr()) }
    }
}

/// A number made of all pairs of elements of two arrays.
#[derive(Clone, Copy, Debug)]
pub struct Reduce2 {
    /// `(n, a, b)`; see the [contract](super).
    pub raw: Raw<unsafe fn(usize, *const f64, *const f64) -> f64>,
}

impl Reduce2 {
    /// The reduction of `a` and `b`.
    ///
    /// # Panics
    /// Where the lengths differ.
    pub fn apply(self, a: &[f64], b: &[f64]) -> f64 {
        assert_eq!(a.len(), b.len(), "operands differ in length");
        // SAFETY: both slices hold as many elements as are stated.
        unsafe { (self.raw)(a.len(), a.as_ptr(), b.as_ptr()) }
    }
}

/// `y[i] += alpha·x[i]`.
#[derive(Clone, Copy, Debug)]
pub struct Axpy {
    /// `(n, alpha, x, y)`; see the [contract](super).
    pub raw: Raw<unsafe fn(usize, f64, *const f64, *mut f64)>,
}

impl Axpy {
    /// Adds `alpha·x` to `y`.
    ///
    /// # Panics
    /// Where the lengths differ.
    pub fn apply(self, alpha: f64, x: &[f64], y: &mut [f64]) {
        assert_eq!(x.len(), y.len(), "operand and result differ in length");
        // SAFETY: both slices hold as many elements as are stated and do not overlap.
        unsafe { (self.raw)(x.len(), alpha, x.as_ptr(), y.as_mut_ptr()) }
    }
}

/// `out[i] = source[index[i]]` (gather) or `out[index[i]] += source[i]` (scatter).
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// `(n, source, index, out)`; see the [contract](super). Every index must lie in the source of a gather, in the
    /// output of a scatter; `source` and `out` do not overlap.
    pub raw: Raw<unsafe fn(usize, *const f64, *const u32, *mut f64)>,
}

/// A product of a [`TiledMatrix`](super::TiledMatrix), or of consecutive tiles of it, with a vector.
#[derive(Clone, Copy, Debug)]
pub struct TiledProduct {
    /// `(rows, columns, tiles, vector, out)`; see the [contract](super). `tiles` points at the beginning of a tile,
    /// `rows` may end within one; 64-byte alignment of `tiles` matters for speed. No operand overlaps with `out`.
    pub raw: Raw<unsafe fn(usize, usize, *const f64, *const f64, *mut f64)>,
}

/// A product of consecutive rows of a sparse matrix with a vector.
#[derive(Clone, Copy, Debug)]
pub struct SparseProduct {
    /// `(rows, row starts, columns, values, vector, out)`; see the [contract](super). There is one start more than
    /// there are rows; starts never fall and count in `columns` and `values`. Every column of the rows must lie in the
    /// vector of X·v, in the output of Xᵀ·r. No operand overlaps with `out`.
    pub raw: Raw<unsafe fn(usize, *const u32, *const u32, *const f64, *const f64, *mut f64)>,
}

/// `out = a·b` for row-major matrices `a` of m × k and `b` of k × n.
#[derive(Clone, Copy, Debug)]
pub struct MatrixProduct {
    /// `(m, k, n, a, b, out)`; see the [contract](super). No operand overlaps with `out`.
    pub raw: Raw<unsafe fn(usize, usize, usize, *const f64, *const f64, *mut f64)>,
}

impl MatrixProduct {
    /// Writes the product of `a` (m × k) and `b` (k × n), all row-major.
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub fn apply(self, [m, k, n]: [usize; 3], a: &[f64], b: &[f64], out: &mut [f64]) {
        let fits = |length: usize, rows: usize, columns: usize| rows.checked_mul(columns) == Some(length);
        assert!(fits(a.len(), m, k) && fits(b.len(), k, n) && fits(out.len(), m, n), "matrices do not fit");
        // SAFETY: the lengths have just been checked; slices do not overlap.
        unsafe { (self.raw)(m, k, n, a.as_ptr(), b.as_ptr(), out.as_mut_ptr()) }
    }
}

/// A linear recurrence of order one.
#[derive(Clone, Copy, Debug)]
pub struct Recurrence {
    /// `(n, initial, phi, stride of phi, b, out)`; see the [contract](super). `out` may equal `b`.
    pub raw: Raw<unsafe fn(usize, f64, *const f64, usize, *const f64, *mut f64)>,
}

impl Recurrence {
    /// Writes the solution for the coefficients `phi` (as many as `b`, or one) and the inputs `b`.
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub fn apply(self, initial: f64, phi: &[f64], b: &[f64], out: &mut [f64]) {
        assert_eq!(b.len(), out.len(), "inputs and result differ in length");
        let phi_stride = stride(phi, b.len());
        // SAFETY: the lengths have just been checked; slices do not overlap.
        unsafe { (self.raw)(b.len(), initial, phi.as_ptr(), phi_stride, b.as_ptr(), out.as_mut_ptr()) }
    }
}
