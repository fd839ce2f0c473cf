//! Sums and other reductions, in an order that depends on the length alone.

use super::simd::Simd;

/// Partial sums: element i belongs to number i mod 32. A multiple of every vector length, so that all instruction sets
/// add in the same order.
const PARTIAL: usize = 32;

/// Σ f(i), where `f` gives the terms of a vector from position i on and `part` those of the last, zero beyond.
#[inline(always)]
fn accumulate<V: Simd>(n: usize, step: impl Fn(usize, V) -> V, part: impl Fn(usize, V) -> V) -> f64 {
    let mut sums = [V::splat(0.0); PARTIAL];
    let count = PARTIAL / V::LANES;
    let mut i = 0;
    while i + PARTIAL <= n {
        for (k, sum) in sums[..count].iter_mut().enumerate() {
            *sum = step(i + k * V::LANES, *sum);
        }
        i += PARTIAL;
    }
    for sum in &mut sums[..count] {
        if i + V::LANES <= n {
            *sum = step(i, *sum);
        } else if i < n {
            *sum = part(i, *sum);
        }
        i += V::LANES;
    }
    fold(&mut sums[..count])
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

/// Σ a.
///
/// # Safety
/// The contract of [`Reduce1::raw`](super::Reduce1::raw).
#[inline(always)]
pub(super) unsafe fn sum<V: Simd>(n: usize, a: *const f64) -> f64 {
    // SAFETY: the positions asked for lie below n.
    let step = |i, sum: V| sum + unsafe { V::load(a.add(i)) };
    // SAFETY: as before, and n − i < LANES are left.
    let part = |i, sum: V| sum + unsafe { V::load_part(a.add(i), n - i, V::splat(0.0)) };
    accumulate(n, step, part)
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

/// Σ a·b.
///
/// # Safety
/// The contract of [`Reduce2::raw`](super::Reduce2::raw).
#[inline(always)]
pub(super) unsafe fn dot<V: Simd>(n: usize, a: *const f64, b: *const f64) -> f64 {
    // SAFETY: the positions asked for lie below n.
    let step = |i, sum: V| unsafe { V::load(a.add(i)).mul_add(V::load(b.add(i)), sum) };
    let zero = V::splat(0.0);
    // SAFETY: as before, and n − i < LANES are left.
    let part = |i, sum: V| unsafe {
        V::load_part(a.add(i), n - i, zero).mul_add(V::load_part(b.add(i), n - i, zero), sum)
    };
    accumulate(n, step, part)
}

/// The largest; −∞ of nothing, NaN where any is.
///
/// # Safety
/// The contract of [`Reduce1::raw`](super::Reduce1::raw).
#[inline(always)]
pub(super) unsafe fn max<V: Simd>(n: usize, a: *const f64) -> f64 {
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
    let largest = unsafe { max::<V>(n, a) };
    if !largest.is_finite() {
        return largest;
    }
    let shift = V::splat(largest);
    // SAFETY: the positions asked for lie below n.
    let step = |i, sum: V| sum + (unsafe { V::load(a.add(i)) } - shift).map(f64::exp);
    // SAFETY: as before, and n − i < LANES are left; the others add exp(−∞) = 0.
    let part = |i, sum: V| {
        sum + (unsafe { V::load_part(a.add(i), n - i, V::splat(f64::NEG_INFINITY)) } - shift).map(f64::exp)
    };
    largest + accumulate(n, step, part).ln()
}
