//! Sums and other reductions, in an order that depends on the length alone.

use super::exponential::exp;
use super::simd::Simd;

/// Partial sums: element i belongs to number i mod 32. A multiple of every vector length, so that all instruction sets
/// add in the same order.
const PARTIAL: usize = 32;

/// The terms of a sum. Not closures, because only a method can ask to be inlined whatever its size.
trait Terms<V: Simd>: Copy {
    /// `sum` with the terms of the vector from position i on.
    ///
    /// # Safety
    /// LANES positions are left.
    unsafe fn add(self, i: usize, sum: V) -> V;
    /// `sum` with the last `count` terms, from position i on.
    ///
    /// # Safety
    /// `count` < LANES positions are left.
    unsafe fn add_part(self, i: usize, count: usize, sum: V) -> V;
}

/// The sum of all terms below n.
///
/// # Safety
/// There are n terms.
#[inline(always)]
unsafe fn accumulate<V: Simd>(n: usize, terms: impl Terms<V>) -> f64 {
    if n <= V::LANES {
        // SAFETY: there are no more terms than these.
        return unsafe { accumulate_few(n, terms) };
    }
    let mut sums = [V::splat(0.0); PARTIAL];
    let sums = &mut sums[..PARTIAL / V::LANES];
    let mut i = 0;
    while i + PARTIAL <= n {
        for sum in &mut *sums {
            // SAFETY: PARTIAL terms are left before the first.
            *sum = unsafe { terms.add(i, *sum) };
            i += V::LANES;
        }
    }
    for sum in &mut *sums {
        if i + V::LANES <= n {
            // SAFETY: LANES terms are left.
            *sum = unsafe { terms.add(i, *sum) };
        } else if i < n {
            // SAFETY: fewer are left.
            *sum = unsafe { terms.add_part(i, n - i, *sum) };
        }
        i += V::LANES;
    }
    fold(sums)
}

/// The same of so few terms that one vector holds all partial sums that are not 0.
///
/// # Safety
/// There are n ≤ LANES terms.
#[inline(always)]
unsafe fn accumulate_few<V: Simd>(n: usize, terms: impl Terms<V>) -> f64 {
    let zero = V::splat(0.0);
    let sum = match n {
        0 => zero,
        // SAFETY: by the contract.
        n if n < V::LANES => unsafe { terms.add_part(0, n, zero) },
        // SAFETY: there are LANES terms.
        _ => unsafe { terms.add(0, zero) },
    };
    sum.sum()
}

/// Adds the upper half of the partial sums to the lower until one number is left.
#[inline(always)]
fn fold<V: Simd>(sums: &mut [V]) -> f64 {
    let mut width = sums.len();
    while width > 1 {
        width /= 2;
        for k in 0..width {
            sums[k] = sums[k] + sums[k + width];
        }
    }
    sums[0].sum()
}

#[derive(Clone, Copy)]
struct Sum(*const f64);

impl<V: Simd> Terms<V> for Sum {
    #[inline(always)]
    unsafe fn add(self, i: usize, sum: V) -> V {
        // SAFETY: by the contract.
        sum + unsafe { V::load(self.0.add(i)) }
    }
    #[inline(always)]
    unsafe fn add_part(self, i: usize, count: usize, sum: V) -> V {
        // SAFETY: by the contract.
        sum + unsafe { V::load_part(self.0.add(i), count, V::splat(0.0)) }
    }
}

/// Σ a.
///
/// # Safety
/// The contract of [`Reduce1::raw`](super::Reduce1::raw).
#[inline(always)]
pub(super) unsafe fn sum<V: Simd>(n: usize, a: *const f64) -> f64 {
    // SAFETY: `a` holds n numbers.
    unsafe { accumulate::<V>(n, Sum(a)) }
}

/// Σ a².
///
/// # Safety
/// The contract of [`Reduce1::raw`](super::Reduce1::raw).
#[inline(always)]
pub(super) unsafe fn sum_of_squares<V: Simd>(n: usize, a: *const f64) -> f64 {
    // SAFETY: both operands are `a`.
    unsafe { dot::<V>(n, a, a) }
}

#[derive(Clone, Copy)]
struct Dot(*const f64, *const f64);

impl<V: Simd> Terms<V> for Dot {
    #[inline(always)]
    unsafe fn add(self, i: usize, sum: V) -> V {
        // SAFETY: by the contract.
        unsafe { V::load(self.0.add(i)).mul_add(V::load(self.1.add(i)), sum) }
    }
    #[inline(always)]
    unsafe fn add_part(self, i: usize, count: usize, sum: V) -> V {
        let zero = V::splat(0.0);
        // SAFETY: by the contract.
        unsafe { V::load_part(self.0.add(i), count, zero).mul_add(V::load_part(self.1.add(i), count, zero), sum) }
    }
}

/// Σ a·b.
///
/// # Safety
/// The contract of [`Reduce2::raw`](super::Reduce2::raw).
#[inline(always)]
pub(super) unsafe fn dot<V: Simd>(n: usize, a: *const f64, b: *const f64) -> f64 {
    // SAFETY: both hold n numbers.
    unsafe { accumulate::<V>(n, Dot(a, b)) }
}

/// The largest; −∞ of nothing, NaN where any is.
///
/// # Safety
/// The contract of [`Reduce1::raw`](super::Reduce1::raw).
#[inline(always)]
pub(super) unsafe fn maximum<V: Simd>(n: usize, a: *const f64) -> f64 {
    let lowest = V::splat(f64::NEG_INFINITY);
    let (mut largest, mut poison) = ([lowest; 4], V::splat(0.0));
    let (mut i, mut k) = (0, 0);
    while i < n {
        // SAFETY: i < n.
        let x = unsafe { if n - i >= V::LANES { V::load(a.add(i)) } else { V::load_part(a.add(i), n - i, lowest) } };
        largest[k] = x.max(largest[k]);
        // Zero for every number, the infinite too; NaN stays.
        poison = V::select(x.equal(x), poison, x);
        (i, k) = (i + V::LANES, (k + 1) % 4);
    }
    let largest = largest[0].max(largest[1]).max(largest[2].max(largest[3]));
    let (mut lanes, mut marks) = ([f64::NEG_INFINITY; 8], [0.0; 8]);
    // SAFETY: eight numbers are room for every vector.
    unsafe {
        largest.store(lanes.as_mut_ptr());
        poison.store(marks.as_mut_ptr());
    }
    match marks.iter().find(|x| x.is_nan()) {
        Some(nan) => *nan,
        None => lanes.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    }
}

/// ln Σ exp a; −∞ of nothing, NaN where any is.
///
/// # Safety
/// The contract of [`Reduce1::raw`](super::Reduce1::raw).
#[inline(always)]
pub(super) unsafe fn log_sum_exp<V: Simd>(n: usize, a: *const f64) -> f64 {
    // SAFETY: by the contract.
    let largest = unsafe { maximum::<V>(n, a) };
    if !largest.is_finite() {
        return largest;
    }
    // SAFETY: `a` holds n numbers.
    largest + unsafe { accumulate::<V>(n, ShiftedExp(a, largest)) }.ln()
}

/// exp(a − shift).
#[derive(Clone, Copy)]
struct ShiftedExp(*const f64, f64);

impl<V: Simd> Terms<V> for ShiftedExp {
    #[inline(always)]
    unsafe fn add(self, i: usize, sum: V) -> V {
        // SAFETY: by the contract.
        sum + exp(unsafe { V::load(self.0.add(i)) } - V::splat(self.1))
    }
    #[inline(always)]
    unsafe fn add_part(self, i: usize, count: usize, sum: V) -> V {
        // SAFETY: by the contract; the empty lanes add exp(−∞) = 0.
        sum + exp(unsafe { V::load_part(self.0.add(i), count, V::splat(f64::NEG_INFINITY)) } - V::splat(self.1))
    }
}
