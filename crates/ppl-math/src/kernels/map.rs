//! The loops of the maps: full vectors, then one that is part filled, so that tails run the same code as the rest.

use super::simd::Simd;

/// A function of one number, on a vector.
pub(super) trait Lane1 {
    fn apply<V: Simd>(x: V) -> V;
}

/// Two functions of one number, on a vector.
pub(super) trait LanePair {
    fn apply<V: Simd>(x: V) -> (V, V);
}

/// A function of two numbers, on vectors.
pub(super) trait Lane2 {
    fn apply<V: Simd>(x: V, y: V) -> V;
}

/// A function of three numbers, on vectors.
pub(super) trait Lane3 {
    fn apply<V: Simd>(x: V, y: V, z: V) -> V;
}

/// What the empty lanes of a tail hold: a place where no function takes its slow path.
const FILL: f64 = 1.0;

/// The vector at position i of n, part filled at the end.
///
/// # Safety
/// `p` is valid for reads of n > i numbers.
#[inline(always)]
unsafe fn load<V: Simd>(p: *const f64, i: usize, n: usize) -> V {
    // SAFETY: by the contract; a part is read where fewer than LANES numbers are left.
    unsafe { if n - i >= V::LANES { V::load(p.add(i)) } else { V::load_part(p.add(i), n - i, V::splat(FILL)) } }
}

/// Stores what belongs to positions from i to n.
///
/// # Safety
/// `p` is valid for writes of n > i numbers.
#[inline(always)]
unsafe fn store<V: Simd>(x: V, p: *mut f64, i: usize, n: usize) {
    // SAFETY: by the contract; a part is written where fewer than LANES numbers are left.
    unsafe { if n - i >= V::LANES { x.store(p.add(i)) } else { x.store_part(p.add(i), n - i) } }
}

/// An operand that is an array or one number.
#[derive(Clone, Copy)]
struct Operand<V> {
    pointer: *const f64,
    /// The number in every lane, where there is only one.
    constant: Option<V>,
}

impl<V: Simd> Operand<V> {
    /// # Safety
    /// `pointer` is valid for reads of one number.
    #[inline(always)]
    unsafe fn new(pointer: *const f64, stride: usize) -> Self {
        // SAFETY: by the contract.
        let constant = if stride == 0 { Some(V::splat(unsafe { *pointer })) } else { None };
        Self { pointer, constant }
    }

    /// # Safety
    /// As for [`load`].
    #[inline(always)]
    unsafe fn at(self, i: usize, n: usize) -> V {
        match self.constant {
            Some(constant) => constant,
            // SAFETY: by the contract.
            None => unsafe { load(self.pointer, i, n) },
        }
    }
}

/// `out[i] = f(a[i])`.
///
/// # Safety
/// The contract of [`Map1::raw`](super::Map1::raw).
#[inline(always)]
pub(super) unsafe fn one<V: Simd, L: Lane1>(n: usize, a: *const f64, out: *mut f64) {
    let mut i = 0;
    while i < n {
        // SAFETY: i < n, and both pointers are valid for n numbers; each vector is read before it is written.
        unsafe { store(L::apply::<V>(load(a, i, n)), out, i, n) }
        i += V::LANES;
    }
}

/// `first[i] = f(a[i]); second[i] = g(a[i])`.
///
/// # Safety
/// The contract of [`MapPair::raw`](super::MapPair::raw).
#[inline(always)]
pub(super) unsafe fn pair<V: Simd, L: LanePair>(n: usize, a: *const f64, first: *mut f64, second: *mut f64) {
    let mut i = 0;
    while i < n {
        // SAFETY: i < n, and the pointers are valid for n numbers; each vector is read before it is written.
        unsafe {
            let (x, y) = L::apply::<V>(load(a, i, n));
            store(x, first, i, n);
            store(y, second, i, n);
        }
        i += V::LANES;
    }
}

/// `out[i] = f(a[i], b[i])`.
///
/// # Safety
/// The contract of [`Map2::raw`](super::Map2::raw).
#[inline(always)]
pub(super) unsafe fn two<V: Simd, L: Lane2>(
    n: usize,
    a: *const f64,
    a_stride: usize,
    b: *const f64,
    b_stride: usize,
    out: *mut f64,
) {
    if n == 0 {
        return;
    }
    // SAFETY: n > 0, so each operand holds at least one number.
    let (a, b) = unsafe { (Operand::<V>::new(a, a_stride), Operand::<V>::new(b, b_stride)) };
    let mut i = 0;
    while i < n {
        // SAFETY: i < n, and the pointers are valid for n numbers; each vector is read before it is written.
        unsafe { store(L::apply(a.at(i, n), b.at(i, n)), out, i, n) }
        i += V::LANES;
    }
}

/// `out[i] = f(a[i], b[i], c[i])`.
///
/// # Safety
/// The contract of [`Map3::raw`](super::Map3::raw).
#[inline(always)]
pub(super) unsafe fn three<V: Simd, L: Lane3>(
    n: usize,
    [a, b, c]: [*const f64; 3],
    [a_stride, b_stride, c_stride]: [usize; 3],
    out: *mut f64,
) {
    if n == 0 {
        return;
    }
    // SAFETY: n > 0, so each operand holds at least one number.
    let (a, b, c) =
        unsafe { (Operand::<V>::new(a, a_stride), Operand::<V>::new(b, b_stride), Operand::<V>::new(c, c_stride)) };
    let mut i = 0;
    while i < n {
        // SAFETY: i < n, and the pointers are valid for n numbers; each vector is read before it is written.
        unsafe { store(L::apply(a.at(i, n), b.at(i, n), c.at(i, n)), out, i, n) }
        i += V::LANES;
    }
}
