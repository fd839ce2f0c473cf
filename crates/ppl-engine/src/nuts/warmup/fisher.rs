//! Metrics that fit a window of draws, and how well they fit others.
//!
//! A metric Σ = AAᵀ with a centre μ makes the target y = A⁻¹(x − μ) look standard normal as far as its Fisher divergence
//! F = E‖Aᵀα + A⁻¹(x − μ)‖² is small, α the score at x (Seyboldt, Carlson and Carpenter 2026). Each shape of metric is
//! fitted by minimising F on draws, and judged by F on draws that it was not fitted to.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::window::Window;
use crate::nuts::metric::Euclidean;
use crate::nuts::octets::Vector;
use crate::settings::Metric;

/// Weight of the identity against the sum of squares of whitened draws and scores.
const GAMMA: f64 = 1e-5;
/// Eigenvalues of the whitened metric nearer to 1 than this factor are taken for 1 by the low-rank metric.
const CUTOFF: f64 = 2.0;
/// The most dimensions for which a dense metric is tried unasked.
const DENSE_AT_MOST: usize = 100;
/// The fewest draws that shapes are compared on.
const FEWEST: usize = 10;

/// A way to fit a metric, from the cheapest to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// σ² = √(Var x / Var α).
    Diagonal,
    /// σ² = Var x, which is the better where the scores have heavy tails.
    Variance,
    /// [`Shape::Diagonal`] times the identity with a few eigenvalues changed.
    LowRank,
    /// The geometric mean Cov(x) # Cov(α)⁻¹.
    Dense,
}

/// The metric of a kind that fits a window best; nothing while the window says too little.
pub(crate) fn learn(kind: Metric, window: &Window) -> Option<Euclidean> {
    let shapes: &[Shape] = match kind {
        Metric::Diagonal => &[Shape::Diagonal, Shape::Variance],
        Metric::LowRank => &[Shape::LowRank],
        Metric::Dense => &[Shape::Dense],
        Metric::Auto if window.dim() <= DENSE_AT_MOST => {
            &[Shape::Diagonal, Shape::Variance, Shape::LowRank, Shape::Dense]
        }
        Metric::Auto => &[Shape::Diagonal, Shape::Variance, Shape::LowRank],
    };
    let shape = if shapes.len() > 1 { choose(shapes, window) } else { shapes[0] };
    fit(shape, window).or_else(|| fit(Shape::Diagonal, window)).map(|fit| fit.metric)
}

/// The cheapest shape whose loss on draws held out is within a standard error of the best.
fn choose(shapes: &[Shape], window: &Window) -> Shape {
    let n = window.len();
    if n < FEWEST {
        return shapes[0];
    }
    // The later half is nearer to where the chain is going.
    let (held_out, training) = (window.part(0..n / 2), window.part(n / 2..n));
    let losses = |&shape: &Shape| Some((shape, losses(&fit(shape, &training)?, &held_out)));
    let all: Vec<(Shape, Vec<f64>)> = shapes.iter().filter_map(losses).collect();
    let total = |losses: &[f64]| losses.iter().sum::<f64>();
    let Some((_, best)) = all.iter().min_by(|(_, a), (_, b)| total(a).total_cmp(&total(b))) else { return shapes[0] };
    let near = |(_, losses): &&(Shape, Vec<f64>)| {
        let differences: Vec<f64> = losses.iter().zip(best).map(|(a, b)| a - b).collect();
        let mean = total(&differences) / differences.len() as f64;
        let spread: f64 = differences.iter().map(|d| (d - mean) * (d - mean)).sum();
        mean * differences.len() as f64 <= spread.sqrt()
    };
    all.iter().find(near).map_or(shapes[0], |(shape, _)| *shape)
}

/// A metric with the centre that goes with it.
struct Fit {
    metric: Euclidean,
    centre: Vector,
}

impl Fit {
    fn new(metric: Euclidean, window: &Window) -> Fit {
        let mut centre = Vector::zeros(window.dim());
        metric.multiply(&Vector::from(&*window.scores.mean), &mut centre);
        centre.iter_mut().zip(&window.positions.mean).for_each(|(c, x)| *c += x);
        Fit { metric, centre }
    }

    /// Aᵀα + A⁻¹(x − μ) of a draw.
    fn mismatch(&self, [position, score]: [&[f64]; 2]) -> Vec<f64> {
        let deviation = position.iter().zip(&*self.centre).map(|(x, c)| x - c).collect();
        self.metric.mismatch(score, deviation)
    }
}

/// How far draws are from the normal that a metric stands for.
pub(crate) struct Misfit {
    /// The mean of ‖Aᵀα + A⁻¹(x − μ)‖².
    pub(crate) loss: f64,
    /// The mean of the square of its largest component.
    pub(crate) largest: f64,
}

/// How far the draws of a window are from the normal of a metric, around their own centre.
pub(crate) fn misfit(metric: &Euclidean, window: &Window) -> Misfit {
    let fit = Fit::new(metric.clone(), window);
    let mut squares = vec![0.0; window.dim()];
    for k in 0..window.len() {
        squares
            .iter_mut()
            .zip(fit.mismatch(window.row(k)))
            .for_each(|(square, m)| *square += m * m / window.len() as f64);
    }
    Misfit { loss: squares.iter().sum(), largest: squares.iter().copied().fold(0.0, f64::max) }
}

/// ‖Aᵀα + A⁻¹(x − μ)‖² of each draw.
fn losses(fit: &Fit, window: &Window) -> Vec<f64> {
    (0..window.len()).map(|k| fit.mismatch(window.row(k)).iter().map(|m| m * m).sum()).collect()
}

fn fit(shape: Shape, window: &Window) -> Option<Fit> {
    if window.count() < 3 {
        return None;
    }
    let variances = match shape {
        Shape::Variance => variances(window),
        _ => ratios(window),
    };
    let metric = match shape {
        Shape::Diagonal | Shape::Variance => Euclidean::diagonal(variances)?,
        Shape::LowRank => low_rank(variances, window)?,
        Shape::Dense => dense(variances, window)?,
    };
    Some(Fit::new(metric, window))
}

fn ratios(window: &Window) -> Vec<f64> {
    let ratio = |(x, a): (&f64, &f64)| (x / a).sqrt().clamp(1e-20, 1e20);
    window.positions.squares.iter().zip(&window.scores.squares).map(ratio).collect()
}

fn variances(window: &Window) -> Vec<f64> {
    let n = window.count() as f64;
    window.positions.squares.iter().map(|s| s / (n - 1.0)).collect()
}

/// Draws and scores less their means, in units of the scales, one a column.
fn whitened(scales: &DVector<f64>, window: &Window) -> [DMatrix<f64>; 2] {
    let (dim, n) = (window.dim(), window.len());
    // Rows may be fewer than draws, so they have means of their own.
    let mut matrices = [0, 1].map(|which: usize| {
        let mut matrix = DMatrix::from_fn(dim, n, |i, k| window.row(k)[which][i]);
        let mean = matrix.column_mean();
        matrix.column_iter_mut().for_each(|mut column| column -= &mean);
        matrix
    });
    for (k, matrix) in matrices.iter_mut().enumerate() {
        for mut column in matrix.column_iter_mut() {
            match k {
                0 => column.component_div_assign(scales),
                _ => column.component_mul_assign(scales),
            }
        }
    }
    matrices
}

/// Cov(x) # Cov(α)⁻¹ of whitened draws and scores, regularised towards the identity.
fn geometric_mean(draws: &DMatrix<f64>, scores: &DMatrix<f64>) -> Option<SymmetricEigen<f64, nalgebra::Dyn>> {
    let regularised = |m: &DMatrix<f64>| {
        let mut squares = m * m.transpose() / GAMMA;
        (0..squares.nrows()).for_each(|i| squares[(i, i)] += 1.0);
        squares
    };
    let (c_x, c_a) = (regularised(draws), regularised(scores));
    if !c_x.iter().chain(c_a.iter()).all(|v| v.is_finite()) {
        return None;
    }
    let eigen = SymmetricEigen::new(c_a);
    let power = |p: f64, eigen: &SymmetricEigen<f64, nalgebra::Dyn>| {
        let scaled = &eigen.eigenvectors * DMatrix::from_diagonal(&eigen.eigenvalues.map(|v| v.max(1e-300).powf(p)));
        scaled * eigen.eigenvectors.transpose()
    };
    let (root, inverse_root) = (power(0.5, &eigen), power(-0.5, &eigen));
    let middle = symmetric(&root * c_x * &root);
    let middle = power(0.5, &SymmetricEigen::new(middle));
    let mean = SymmetricEigen::new(symmetric(&inverse_root * middle * &inverse_root));
    mean.eigenvalues.iter().all(|v| v.is_finite() && *v > 0.0).then_some(mean)
}

fn symmetric(matrix: DMatrix<f64>) -> DMatrix<f64> {
    0.5 * (&matrix + matrix.transpose())
}

fn low_rank(variances: Vec<f64>, window: &Window) -> Option<Euclidean> {
    let scales = DVector::from_iterator(variances.len(), variances.iter().map(|v| v.sqrt()));
    let [draws, scores] = whitened(&scales, window);
    let basis = (window.dim() > 2 * window.len()).then(|| basis(&draws, &scores));
    let eigen = match &basis {
        Some(q) => geometric_mean(&(q.transpose() * &draws), &(q.transpose() * &scores))?,
        None => geometric_mean(&draws, &scores)?,
    };
    let far = |v: f64| !(1.0 / CUTOFF..=CUTOFF).contains(&v);
    let kept: Vec<usize> = (0..eigen.eigenvalues.len()).filter(|&k| far(eigen.eigenvalues[k])).collect();
    let direction = |&k: &usize| -> Vec<f64> {
        let vector = eigen.eigenvectors.column(k);
        match &basis {
            Some(q) => (q * vector).iter().copied().collect(),
            None => vector.iter().copied().collect(),
        }
    };
    let directions = kept.iter().flat_map(direction).collect();
    Euclidean::low_rank(variances, directions, kept.iter().map(|&k| eigen.eigenvalues[k]).collect())
}

/// An orthonormal basis of all columns.
fn basis(draws: &DMatrix<f64>, scores: &DMatrix<f64>) -> DMatrix<f64> {
    let n = draws.ncols();
    let mut both = draws.clone().insert_columns(n, n, 0.0);
    both.columns_mut(n, n).copy_from(scores);
    both.qr().q()
}

fn dense(variances: Vec<f64>, window: &Window) -> Option<Euclidean> {
    let scales = DVector::from_iterator(variances.len(), variances.iter().map(|v| v.sqrt()));
    let [draws, scores] = whitened(&scales, window);
    let eigen = geometric_mean(&draws, &scores)?;
    let scaled = DMatrix::from_diagonal(&scales) * &eigen.eigenvectors;
    Euclidean::dense(symmetric(&scaled * DMatrix::from_diagonal(&eigen.eigenvalues) * scaled.transpose()))
}

#[cfg(test)]
mod tests;
