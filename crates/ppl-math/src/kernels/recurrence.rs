//! Linear recurrences of order one.

use super::simd::Simd;

/// `x[t] = phi[t]·x[t−1] + b[t]`, from `x[−1] = initial`.
///
/// # Safety
/// The contract of [`Recurrence::raw`](super::Recurrence::raw).
#[inline(always)]
pub(super) unsafe fn forward<V: Simd>(
    n: usize,
    initial: f64,
    phi: *const f64,
    phi_stride: usize,
    b: *const f64,
    out: *mut f64,
) {
    let mut x = initial;
    for t in 0..n {
        // SAFETY: t < n.
        unsafe {
            x = mul_add::<V>(*phi.add(t * phi_stride), x, *b.add(t));
            *out.add(t) = x;
        }
    }
}

/// `y[t] = phi[t+1]·y[t+1] + b[t]`, from `y[n−1] = b[n−1] + initial`: the adjoint of [`forward`].
///
/// # Safety
/// The contract of [`Recurrence::raw`](super::Recurrence::raw).
#[inline(always)]
pub(super) unsafe fn backward<V: Simd>(
    n: usize,
    initial: f64,
    phi: *const f64,
    phi_stride: usize,
    b: *const f64,
    out: *mut f64,
) {
    if n == 0 {
        return;
    }
    // SAFETY: every position lies below n.
    unsafe {
        let mut y = initial + *b.add(n - 1);
        *out.add(n - 1) = y;
        for t in (0..n - 1).rev() {
            y = mul_add::<V>(*phi.add((t + 1) * phi_stride), y, *b.add(t));
            *out.add(t) = y;
        }
    }
}

/// a·b + c, rounded once where the instruction set does so.
#[inline(always)]
fn mul_add<V: Simd>(a: f64, b: f64, c: f64) -> f64 {
    if V::FUSED { a.mul_add(b, c) } else { a * b + c }
}
