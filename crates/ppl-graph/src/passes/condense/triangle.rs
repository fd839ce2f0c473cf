//! The triangle of a tall matrix, block by block.
//!
//! ‖Xθ + c‖² = ‖Rθ + z‖² + ρ² for the triangle R, z, ρ of [X, c] (Golub and Van Loan 2013, section 5.3). Blocks of rows
//! are reduced one after the other under the triangle found so far (sequential TSQR; Demmel, Grigori, Hoemmen and Langou
//! 2012), so that the matrix is never stored.

use super::numbers::Sum;

/// Rows of a block.
pub(super) const BLOCK: usize = 256;

/// An upper triangle of `width` columns, row-major.
#[derive(Clone, Debug)]
pub(super) struct Triangle {
    width: usize,
    values: Vec<f64>,
}

impl Triangle {
    pub(super) fn new(width: usize) -> Self {
        Triangle { width, values: vec![0.0; width * width] }
    }

    pub(super) fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.width + column]
    }

    pub(super) fn set(&mut self, row: usize, column: usize, value: f64) {
        self.values[row * self.width + column] = value;
    }

    /// Puts rows under the triangle, from column `first` on, and makes it a triangle again by Householder reflections.
    /// `block` holds a column of [`BLOCK`] numbers for each column of the triangle; its contents are lost.
    pub(super) fn absorb(&mut self, block: &mut [f64], first: usize) {
        for k in first..self.width {
            let (head, tail) = block.split_at_mut((k + 1) * BLOCK);
            let own = &head[k * BLOCK..];
            let below = dot(own, own);
            if below == 0.0 {
                continue;
            }
            let pivot = self.at(k, k);
            let length = -(pivot * pivot + below).sqrt().copysign(pivot);
            let lead = pivot - length;
            let factor = 1.0 / (length * lead);
            self.set(k, k, length);
            for (j, column) in (k + 1..self.width).zip(tail.chunks_exact_mut(BLOCK)) {
                let projection = factor * (lead * self.at(k, j) + dot(own, column));
                self.set(k, j, self.at(k, j) + projection * lead);
                column.iter_mut().zip(own).for_each(|(x, v)| *x += projection * v);
            }
        }
    }

    /// The θ at which the first `width − 1` rows vanish, the last column being the constant; 0 where a pivot is next to
    /// nothing beside its column.
    pub(super) fn root(&self) -> Vec<f64> {
        let last = self.width - 1;
        let mut root = vec![0.0; last];
        for k in (0..last).rev() {
            let length = (0..=k).map(|row| self.at(row, k).powi(2)).sum::<f64>().sqrt();
            if self.at(k, k).abs() > 1e-12 * length {
                root[k] = -self.row_at(k, &root) / self.at(k, k);
            }
        }
        root
    }

    /// Row k of Rθ + z without rounding errors in its sum.
    pub(super) fn row_at(&self, k: usize, position: &[f64]) -> f64 {
        let last = self.width - 1;
        let mut sum = Sum::default();
        sum.add(self.at(k, last));
        (k..last).for_each(|j| sum.add_product(self.at(k, j), position[j]));
        sum.value()
    }
}

/// A dot product in eight running sums.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest = a.len() / 8 * 8;
    let tail: f64 = a[rest..].iter().zip(&b[rest..]).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + tail
}
