//! Independence proposals from a kernel density estimate of the walkers that stand still (Farr and Farr 2015).

use super::complement::Complement;
use crate::rng::{Stream, below, normal};

/// Normal kernels around the walkers that stand still, with their covariance L Lᵀ scaled by Scott's rule (1992).
#[derive(Clone, Debug, Default)]
pub(super) struct Estimate {
    dim: usize,
    /// L, row by row; empty while there is no estimate.
    factor: Vec<f64>,
    /// L⁻¹ x for the walkers that stand still, then for those that move, in the order of the groups.
    whitened: Vec<f64>,
    mean: Vec<f64>,
    usable: bool,
}

impl Estimate {
    /// Fits the estimate to `others`, for walkers of the moving group at `movers`.
    pub(super) fn fit<'a>(&mut self, others: &Complement, movers: impl Iterator<Item = &'a [f64]>, dim: usize) {
        self.dim = dim;
        self.centre(others);
        self.spread(others);
        self.usable = factorise(&mut self.factor, dim);
        self.whitened.clear();
        if self.usable {
            (0..others.len()).for_each(|index| self.whiten(others.walker(index)));
            movers.for_each(|mover| self.whiten(mover));
        }
    }

    fn centre(&mut self, others: &Complement) {
        self.mean.clear();
        self.mean.resize(self.dim, 0.0);
        for index in 0..others.len() {
            self.mean.iter_mut().zip(others.walker(index)).for_each(|(mean, c)| *mean += c);
        }
        self.mean.iter_mut().for_each(|mean| *mean /= others.len() as f64);
    }

    fn spread(&mut self, others: &Complement) {
        let (n, dim) = (others.len() as f64, self.dim);
        let bandwidth = n.powf(-1.0 / (dim as f64 + 4.0));
        let scale = bandwidth * bandwidth / (n - 1.0);
        self.factor.clear();
        self.factor.resize(dim * dim, 0.0);
        for index in 0..others.len() {
            let offset = |(c, mean): (&f64, &f64)| c - mean;
            let offsets = || others.walker(index).iter().zip(&self.mean).map(offset);
            for (row, own) in offsets().enumerate() {
                let elements = self.factor[row * dim..=row * dim + row].iter_mut();
                elements.zip(offsets()).for_each(|(element, other)| *element += scale * own * other);
            }
        }
    }

    /// Appends L⁻¹ (x − mean).
    fn whiten(&mut self, position: &[f64]) {
        let start = self.whitened.len();
        for (row, (x, mean)) in position.iter().zip(&self.mean).enumerate() {
            let known = self.whitened[start..].iter().zip(&self.factor[row * self.dim..]);
            let rest = x - mean - known.map(|(w, l)| w * l).sum::<f64>();
            self.whitened.push(rest / self.factor[row * self.dim + row]);
        }
    }

    fn whitened(&self, index: usize) -> &[f64] {
        &self.whitened[index * self.dim..(index + 1) * self.dim]
    }

    /// Log of the estimate up to a constant, at the whitened position w(i), i in 0..dim.
    fn log_density(&self, kernels: usize, at: impl Fn(usize) -> f64) -> f64 {
        let (mut largest, mut sum) = (f64::NEG_INFINITY, 0.0);
        for kernel in 0..kernels {
            let centre = self.whitened(kernel).iter().enumerate();
            let log = -0.5 * centre.map(|(i, c)| (at(i) - c).powi(2)).sum::<f64>();
            if log > largest {
                sum = sum * (largest - log).exp() + 1.0;
                largest = log;
            } else {
                sum += (log - largest).exp();
            }
        }
        largest + sum.ln()
    }

    /// q ~ k, the estimate; the factor is k(s) / k(q), where s is the walker at `place` of the moving group.
    pub(super) fn propose(
        &self,
        current: &[f64],
        place: usize,
        others: &Complement,
        rng: &mut Stream,
        proposal: &mut [f64],
    ) -> f64 {
        if !self.usable {
            proposal.copy_from_slice(current);
            return f64::NEG_INFINITY;
        }
        let kernels = others.len();
        let own = self.whitened(kernels + place);
        let before = self.log_density(kernels, |i| own[i]);
        let chosen = below(rng, kernels);
        proposal.iter_mut().for_each(|z| *z = normal(rng));
        let centre = self.whitened(chosen);
        let after = self.log_density(kernels, |i| centre[i] + proposal[i]);
        self.colour(others.walker(chosen), proposal);
        before - after
    }

    /// z ← c + L z, from the last row up, which needs no second buffer.
    fn colour(&self, centre: &[f64], z: &mut [f64]) {
        for row in (0..self.dim).rev() {
            let own = &self.factor[row * self.dim..=row * self.dim + row];
            z[row] = centre[row] + own.iter().zip(z.iter()).map(|(l, z)| l * z).sum::<f64>();
        }
    }
}

/// A ← L with A = L Lᵀ, in the lower triangle; false where A is not positive definite.
fn factorise(a: &mut [f64], dim: usize) -> bool {
    for row in 0..dim {
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| a[row * dim + k] * a[column * dim + k]).sum();
            let rest = a[row * dim + column] - known;
            a[row * dim + column] = if row == column { rest.sqrt() } else { rest / a[column * dim + column] };
        }
        let pivot = a[row * dim + row];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_the_square_of_its_factor() {
        let mut a = vec![4.0, 0.0, 2.0, 5.0];
        assert!(factorise(&mut a, 2));
        assert_eq!(a, [2.0, 0.0, 1.0, 2.0]);
        assert!(!factorise(&mut [1.0, 0.0, 2.0, 1.0], 2));
    }

    #[test]
    fn the_estimate_is_a_mean_of_normals() {
        let positions = [0.0, 1.0, 4.0, 2.0];
        let order = [0, 1, 2, 3];
        let others = Complement::new(&positions, 1, &order, 2, 1);
        let mut estimate = Estimate::default();
        estimate.fit(&others, positions[2..].chunks(1), 1);
        // Of 0 and 1 the variance is ½, and Scott's rule makes it ½ · 2^{−2/5}.
        let variance = 0.5 * 2.0_f64.powf(-0.4);
        let kernel = |x: f64, c: f64| (-0.5 * (x - c).powi(2) / variance).exp();
        let expected = (kernel(4.0, 0.0) + kernel(4.0, 1.0)).ln();
        let own = estimate.whitened(2)[0];
        assert!((estimate.log_density(2, |_| own) - expected).abs() < 1e-12);
    }
}
