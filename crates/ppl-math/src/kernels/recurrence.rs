//! Linear recurrences of order one, four steps at a time.
//!
//! What leads from x\[t−1\] to x\[t+3\] is one multiplication and addition once the coefficients of four steps are
//! combined, which does not wait for x\[t−1\]: the chain of dependent operations is a quarter as long. Where the
//! product of four coefficients overflows, the result is not finite even if the plain recurrence would be.

use super::simd::Simd;

/// x\[t−1\] to x\[t\]: x ← phi·x + b.
#[derive(Clone, Copy)]
struct Step {
    phi: f64,
    b: f64,
}

impl Step {
    #[inline(always)]
    fn of<V: Simd>(self, x: f64) -> f64 {
        mul_add::<V>(self.phi, x, self.b)
    }

    /// This step after an `earlier` one.
    #[inline(always)]
    fn after<V: Simd>(self, earlier: Step) -> Step {
        Step { phi: self.phi * earlier.phi, b: self.of::<V>(earlier.b) }
    }
}

/// The four values that follow x.
#[inline(always)]
fn four<V: Simd>([a, b, c, d]: [Step; 4], x: f64) -> [f64; 4] {
    let (first, second) = (b.after::<V>(a), d.after::<V>(c));
    let middle = first.of::<V>(x);
    [a.of::<V>(x), middle, c.of::<V>(middle), second.after::<V>(first).of::<V>(x)]
}

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
    let (mut x, mut t) = (initial, 0);
    while t + 4 <= n {
        // SAFETY: four positions are left; they are read before they are written.
        unsafe {
            let step = |t: usize| Step { phi: *phi.add(t * phi_stride), b: *b.add(t) };
            let values = four::<V>([step(t), step(t + 1), step(t + 2), step(t + 3)], x);
            out.add(t).cast::<[f64; 4]>().write(values);
            x = values[3];
        }
        t += 4;
    }
    for t in t..n {
        // SAFETY: t < n.
        unsafe {
            x = mul_add::<V>(*phi.add(t * phi_stride), x, *b.add(t));
            *out.add(t) = x;
        }
    }
}

/// `y[t] = phi[t]·y[t+1] + b[t]`, from `y[n] = initial`: [`forward`] with time reversed.
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
    let (mut y, mut end) = (initial, n);
    while end >= 4 {
        // SAFETY: four positions are left; they are read before they are written.
        unsafe {
            let step = |t: usize| Step { phi: *phi.add(t * phi_stride), b: *b.add(t) };
            let [d, c, b, a] = four::<V>([step(end - 1), step(end - 2), step(end - 3), step(end - 4)], y);
            out.add(end - 4).cast::<[f64; 4]>().write([a, b, c, d]);
            y = a;
        }
        end -= 4;
    }
    for t in (0..end).rev() {
        // SAFETY: t < n.
        unsafe {
            y = mul_add::<V>(*phi.add(t * phi_stride), y, *b.add(t));
            *out.add(t) = y;
        }
    }
}

/// a·b + c, rounded once where the instruction set does so.
#[inline(always)]
fn mul_add<V: Simd>(a: f64, b: f64, c: f64) -> f64 {
    if V::FUSED { a.mul_add(b, c) } else { a * b + c }
}
