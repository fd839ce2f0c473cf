//! The metric that fits a window of draws.

use nalgebra::{DMatrix, DVector};

use crate::nuts::metric::Euclidean;

/// Estimates a covariance, or its diagonal, from positions (Welford 1962).
#[derive(Clone, Debug)]
pub(crate) struct Welford {
    count: f64,
    mean: DVector<f64>,
    squares: Squares,
    deviation: DVector<f64>,
}

#[derive(Clone, Debug)]
enum Squares {
    Diagonal(DVector<f64>),
    Dense(DMatrix<f64>),
}

impl Welford {
    /// An estimator of the same shape as `metric`.
    pub(crate) fn like(metric: &Euclidean, dim: usize) -> Self {
        let squares = match metric {
            Euclidean::Diagonal { .. } => Squares::Diagonal(DVector::zeros(dim)),
            Euclidean::Dense { .. } => Squares::Dense(DMatrix::zeros(dim, dim)),
        };
        Welford { count: 0.0, mean: DVector::zeros(dim), squares, deviation: DVector::zeros(dim) }
    }

    pub(crate) fn add(&mut self, position: &[f64]) {
        self.count += 1.0;
        let before = (self.count - 1.0) / self.count;
        for (at, q) in position.iter().enumerate() {
            self.deviation[at] = q - self.mean[at];
            self.mean[at] += self.deviation[at] / self.count;
        }
        match &mut self.squares {
            Squares::Diagonal(sum) => {
                sum.iter_mut().zip(&self.deviation).for_each(|(s, d)| *s += before * d * d);
            }
            Squares::Dense(sum) => sum.ger(before, &self.deviation, &self.deviation, 1.0),
        }
    }

    pub(crate) fn reset(&mut self) {
        self.count = 0.0;
        self.mean.fill(0.0);
        match &mut self.squares {
            Squares::Diagonal(sum) => sum.fill(0.0),
            Squares::Dense(sum) => sum.fill(0.0),
        }
    }

    /// The estimate from n positions, n/(n+5) Σ̂ + 10⁻³ 5/(n+5) diag Σ̂, or nothing if that is no metric or there are not
    /// two positions.
    ///
    /// Stan shrinks towards 10⁻³ I instead, which hides how narrow a posterior is along a strong correlation or in small
    /// units. Relative to the variances found the metric follows every change of units.
    pub(crate) fn metric(&self) -> Option<Euclidean> {
        let n = self.count;
        if n < 2.0 {
            return None;
        }
        let keep = n / (n + 5.0) / (n - 1.0);
        let widen = 1.0 + 1e-3 * 5.0 / n;
        match &self.squares {
            Squares::Diagonal(sum) => Euclidean::diagonal(sum.iter().map(|s| keep * widen * s).collect()),
            Squares::Dense(sum) => {
                let mut covariance = sum * keep;
                (0..covariance.nrows()).for_each(|i| covariance[(i, i)] *= widen);
                Euclidean::dense(covariance)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_the_shrunk_covariance() {
        let draws = [[1.0, 2.0], [2.0, 5.0], [4.0, 3.0], [3.0, 9.0]];
        for shape in [Euclidean::identity_diagonal(2), Euclidean::identity_dense(2)] {
            let mut welford = Welford::like(&shape, 2);
            welford.add(&[77.0, 77.0]);
            welford.reset();
            draws.iter().for_each(|q| welford.add(q));
            let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-14, "{a} {b}");
            let shrunk = |v: f64| (4.0 / 9.0 + 1e-3 * 5.0 / 9.0) * v;
            match welford.metric().unwrap() {
                Euclidean::Diagonal { inverse, .. } => {
                    close(inverse[0], shrunk(5.0 / 3.0));
                    close(inverse[1], shrunk(115.0 / 12.0));
                }
                Euclidean::Dense { inverse, .. } => {
                    close(inverse[(0, 0)], shrunk(5.0 / 3.0));
                    close(inverse[(0, 1)], 4.0 / 9.0 * 3.5 / 3.0);
                    close(inverse[(1, 0)], inverse[(0, 1)]);
                }
            }
        }
    }

    #[test]
    fn the_estimate_follows_a_change_of_units() {
        let draws = [[1.0, 2.0], [2.0, 5.0], [4.0, 3.0], [3.0, 9.0]];
        let learned = |units: [f64; 2]| {
            let mut welford = Welford::like(&Euclidean::identity_dense(2), 2);
            draws.iter().for_each(|q| welford.add(&[q[0] * units[0], q[1] * units[1]]));
            match welford.metric() {
                Some(Euclidean::Dense { inverse, .. }) => inverse,
                other => panic!("{other:?}"),
            }
        };
        let units = [1e-6, 1e3];
        let (ours, theirs) = (learned([1.0, 1.0]), learned(units));
        for (i, j) in [(0, 0), (0, 1), (1, 1)] {
            let converted = ours[(i, j)] * units[i] * units[j];
            assert!((theirs[(i, j)] / converted - 1.0).abs() < 1e-9, "{i} {j}");
        }
    }

    #[test]
    fn one_position_makes_no_metric() {
        let mut welford = Welford::like(&Euclidean::identity_diagonal(1), 1);
        welford.add(&[3.0]);
        assert!(welford.metric().is_none());
    }
}
