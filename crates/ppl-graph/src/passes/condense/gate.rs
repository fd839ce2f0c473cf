//! How well a small form stands for a pass over all rows.

use super::design::Design;
use super::form::Form;
use super::numbers::Sum;
use super::triangle::{BLOCK, dot};
use crate::elementwise::larger;

/// What a pass over the rows gives.
struct Direct {
    value: f64,
    slopes: Vec<f64>,
    /// The squared lengths of the columns, the constant last.
    lengths: Vec<f64>,
}

impl Design {
    /// By how much value and gradient of a form differ from a pass over the rows, at a point close to the centre and at
    /// one anywhere: relative to the value, and to the larger of each gradient and the lengths that its product has.
    pub(super) fn error(&self, form: &Form) -> f64 {
        let mut state = 1u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        };
        let close: Vec<f64> = (0..self.columns).map(|k| form.centre[k] + form.width_of(k) * random()).collect();
        let anywhere: Vec<f64> = (0..self.columns).map(|_| 2.0 * random()).collect();
        [close, anywhere].iter().map(|point| difference(&self.direct(point), form, point)).fold(0.0, larger)
    }

    fn direct(&self, point: &[f64]) -> Direct {
        let mut value = Sum::default();
        let (mut slopes, mut lengths) = (vec![0.0; self.columns], vec![0.0; self.columns + 1]);
        let mut residual = [0.0; BLOCK];
        self.for_each_block(|block, _| {
            let (columns, offset) = block.split_at(self.columns * BLOCK);
            residual.copy_from_slice(offset);
            for (column, x) in columns.chunks_exact(BLOCK).zip(point) {
                residual.iter_mut().zip(column).for_each(|(r, c)| *r += c * x);
            }
            value.add(dot(&residual, &residual));
            columns.chunks_exact(BLOCK).zip(&mut slopes).for_each(|(column, to)| *to += 2.0 * dot(column, &residual));
            block.chunks_exact(BLOCK).zip(&mut lengths).for_each(|(column, to)| *to += dot(column, column));
        });
        Direct { value: value.value(), slopes, lengths }
    }
}

/// The largest relative difference.
fn difference(direct: &Direct, form: &Form, point: &[f64]) -> f64 {
    let (value, slopes) = form.at(point);
    // Where the fit is perfect the residuals are rounding errors of the data.
    let squares = direct.value.max(direct.lengths[point.len()] * 1e-16).max(f64::MIN_POSITIVE);
    let own = |k: usize| {
        let scale = direct.slopes[k].abs().max(2.0 * (direct.lengths[k] * squares).sqrt());
        (slopes[k] - direct.slopes[k]).abs() / scale.max(f64::MIN_POSITIVE)
    };
    (0..point.len()).map(own).fold((value - direct.value).abs() / squares, larger)
}
