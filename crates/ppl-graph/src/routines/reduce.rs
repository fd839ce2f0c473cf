//! Reductions of axes and running sums.

use super::access::for_each_run;
use crate::Reduction;
use crate::elementwise::{larger, smaller};

/// One pass over the source in row-major order, with the position of each element in the result.
pub(super) struct Pass<'a> {
    pub(super) source: &'a [f64],
    pub(super) extents: &'a [usize],
    /// How far each axis moves in the result: not at all along a reduced axis.
    pub(super) strides: &'a [usize],
}

impl Pass<'_> {
    pub(super) fn reduce(&self, kind: Reduction, axes: &[usize], out: &mut [f64], scratch: &mut [f64]) {
        match kind {
            Reduction::Sum => self.accumulate(0.0, out, |sum, x| sum + x),
            Reduction::Product => self.accumulate(1.0, out, |product, x| product * x),
            Reduction::Min => self.accumulate(f64::INFINITY, out, smaller),
            Reduction::Max => self.accumulate(f64::NEG_INFINITY, out, larger),
            Reduction::LogSumExp => self.log_sum_exp(out, scratch),
            Reduction::ArgMax => self.extreme_position(axes, out, scratch, |x, best| x > best),
            Reduction::ArgMin => self.extreme_position(axes, out, scratch, |x, best| x < best),
        }
    }

    fn for_each(&self, mut visit: impl FnMut(usize, f64)) {
        let mut rest = self.source;
        for_each_run(self.extents, self.strides, 0, &mut |start, step, count| {
            let (run, after) = rest.split_at(count);
            rest = after;
            for (k, &x) in run.iter().enumerate() {
                visit(start + k * step, x);
            }
        });
    }

    fn accumulate(&self, start: f64, out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
        out.fill(start);
        let mut rest = self.source;
        for_each_run(self.extents, self.strides, 0, &mut |start, step, count| {
            let (run, after) = rest.split_at(count);
            rest = after;
            if count == 0 {
                return;
            }
            if step == 0 {
                out[start] = run.iter().fold(out[start], |sum, &x| f(sum, x));
            } else {
                for (slot, &x) in out[start..].iter_mut().step_by(step).zip(run) {
                    *slot = f(*slot, x);
                }
            }
        });
    }

    /// The largest element is taken out first; where it is not finite nothing needs to be.
    fn log_sum_exp(&self, out: &mut [f64], shift: &mut [f64]) {
        self.accumulate(f64::NEG_INFINITY, shift, larger);
        shift.iter_mut().filter(|m| !m.is_finite()).for_each(|m| *m = 0.0);
        out.fill(0.0);
        self.for_each(|at, x| out[at] += (x - shift[at]).exp());
        for (sum, m) in out.iter_mut().zip(shift) {
            *sum = sum.ln() + *m;
        }
    }

    /// The position along the reduced axes, flat, of the first element that none beats.
    fn extreme_position(&self, axes: &[usize], out: &mut [f64], best: &mut [f64], beats: impl Fn(f64, f64) -> bool) {
        out.fill(0.0);
        best.fill(f64::NAN);
        let mut flat = 0;
        self.for_each(|at, x| {
            if best[at].is_nan() || beats(x, best[at]) {
                best[at] = x;
                out[at] = self.position(axes, flat) as f64;
            }
            flat += 1;
        });
    }

    /// The position along `axes` of the element at a flat position in the source.
    fn position(&self, axes: &[usize], flat: usize) -> usize {
        let (mut rest, mut position, mut stride) = (flat, 0, 1);
        for (axis, &extent) in self.extents.iter().enumerate().rev() {
            if axes.contains(&axis) {
                position += rest % extent * stride;
                stride *= extent;
            }
            rest /= extent;
        }
        position
    }
}

/// Running sums along rows of the given length.
pub(super) fn cumulate(source: &[f64], row: usize, reverse: bool, out: &mut [f64]) {
    out.copy_from_slice(source);
    for row in out.chunks_mut(row.max(1)) {
        let mut sum = 0.0;
        let mut add = |x: &mut f64| {
            sum += *x;
            *x = sum;
        };
        if reverse { row.iter_mut().rev().for_each(&mut add) } else { row.iter_mut().for_each(&mut add) }
    }
}
