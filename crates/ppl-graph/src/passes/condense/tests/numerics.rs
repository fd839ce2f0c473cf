//! Digits of the normal linear model, against sums of twice the precision.

use super::*;
use crate::testing::SplitMix;

/// A number of twice the precision, as an unevaluated sum (Dekker 1971).
#[derive(Clone, Copy)]
struct Double(f64, f64);

impl Double {
    fn plus(self, other: Double) -> Double {
        let (sum, error) = numbers::two_sum(self.0, other.0);
        let (head, tail) = numbers::two_sum(sum, error + self.1 + other.1);
        Double(head, tail)
    }

    fn times(self, other: Double) -> Double {
        let product = self.0 * other.0;
        let error = self.0.mul_add(other.0, -product) + self.0 * other.1 + self.1 * other.0;
        let (head, tail) = numbers::two_sum(product, error);
        Double(head, tail)
    }
}

const ROWS: usize = 2000;
const SLOPES: usize = 4;

/// Standard normal predictors with an offset, and outcomes of a known line with another.
struct Data {
    x: Vec<Vec<f64>>,
    y: Vec<f64>,
}

impl Data {
    fn new(x_offset: f64, y_offset: f64) -> Self {
        let mut random = SplitMix(7);
        let mut noise = || (0..12).map(|_| random.uniform(0.0, 1.0)).sum::<f64>() - 6.0;
        let x: Vec<Vec<f64>> = (0..SLOPES).map(|_| (0..ROWS).map(|_| noise() + x_offset).collect()).collect();
        let mean = |row: usize| (0..SLOPES).map(|k| (k as f64 - 1.0) * (x[k][row] - x_offset)).sum::<f64>();
        let y = (0..ROWS).map(|row| y_offset + mean(row) + noise()).collect();
        Data { x, y }
    }

    /// The same with one matrix whose second column is the intercept, in the order (b_1, a, b_2, ...).
    fn matrix_graph(&self) -> (Graph, NodeId) {
        let mut g = Graph::new();
        let [intercept, first, rest] =
            [0, 1, 2].map(|at| g.input(at, if at == 2 { vec![SLOPES - 1] } else { vec![1] }));
        let column = |k: usize, row: usize| match k {
            0 => self.x[0][row],
            1 => 1.0,
            _ => self.x[k - 1][row],
        };
        let values = (0..ROWS * (SLOPES + 1)).map(|at| column(at % (SLOPES + 1), at / (SLOPES + 1)));
        let matrix = g.data(Tensor::new([ROWS, SLOPES + 1], values.collect::<Vec<f64>>()));
        let parameters = g.concat(&[first, intercept, rest], [SLOPES + 1]);
        let mean = g.matmul(matrix, parameters);
        let y = g.data(Tensor::new([ROWS], self.y.clone()));
        let residual = g.sub(y, mean);
        let square = g.square(residual);
        let value = g.sum(square);
        (g, value)
    }

    /// Σ (y − a − Σ b_k x_k)².
    fn graph(&self) -> (Graph, NodeId) {
        let mut g = Graph::new();
        let mut mean = g.input(0, []);
        for (k, x) in self.x.iter().enumerate() {
            let (slope, x) = (g.input(k + 1, []), g.data(Tensor::new([ROWS], x.clone())));
            let part = g.mul(slope, x);
            mean = g.add(mean, part);
        }
        let y = g.data(Tensor::new([ROWS], self.y.clone()));
        let residual = g.sub(y, mean);
        let square = g.square(residual);
        let value = g.sum(square);
        (g, value)
    }

    /// The sum of squares and its gradient, and the lengths of the columns, in twice the precision.
    fn exact(&self, at: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
        let mut total = Double(0.0, 0.0);
        let mut slopes = [Double(0.0, 0.0); SLOPES + 1];
        let mut lengths = [0.0; SLOPES + 1];
        for row in 0..ROWS {
            let column = |k: usize| if k == 0 { 1.0 } else { self.x[k - 1][row] };
            let minus = |k: usize| Double(column(k), 0.0).times(Double(-at[k], 0.0));
            let residual = (0..=SLOPES).map(minus).fold(Double(self.y[row], 0.0), Double::plus);
            total = total.plus(residual.times(residual));
            for k in 0..=SLOPES {
                slopes[k] = slopes[k].plus(residual.times(Double(-2.0 * column(k), 0.0)));
                lengths[k] += column(k).powi(2);
            }
        }
        (total.0, slopes.map(|slope| slope.0).into(), lengths.map(f64::sqrt).into())
    }

    /// Relative errors of the value, and of the gradient beside the larger of its parts and their scale, at so many
    /// posterior-like steps from the line that made the data.
    fn errors(&self, (graph, value): &(Graph, NodeId), [x_offset, y_offset]: [f64; 2], steps: f64) -> (f64, f64) {
        let result = condensed(graph, *value, Condense::default());
        assert_eq!(result.notes[0].rewrite, Rewrite::NormalLinear { columns: SLOPES + 1 });
        let step = steps / (ROWS as f64).sqrt();
        let slopes: Vec<f64> = (0..SLOPES).map(|k| k as f64 - 1.0 + step * (-1f64).powi(k as i32)).collect();
        let intercept = y_offset - slopes.iter().sum::<f64>() * x_offset + step;
        let at: Vec<f64> = [intercept].into_iter().chain(slopes).collect();
        let (total, slopes, lengths) = self.exact(&at);
        let (found, found_slopes) = both(&result.graph, result.value, &at);
        let scale = |k: usize| slopes[k].abs().max(2.0 * lengths[k] * total.sqrt());
        let error = |k: usize| (found_slopes[k] - slopes[k]).abs() / scale(k);
        ((found - total).abs() / total, (0..=SLOPES).map(error).fold(0.0, f64::max))
    }
}

#[test]
fn offsets_do_not_cost_digits() {
    for (x_offset, y_offset, bound) in
        [(0.0, 0.0, 1e-14), (1e3, 0.0, 1e-12), (1e6, 0.0, 1e-10), (1e3, 1e6, 1e-12), (0.0, 1e6, 1e-13)]
    {
        let data = Data::new(x_offset, y_offset);
        for (graph, steps) in [data.graph(), data.matrix_graph()].iter().flat_map(|graph| [(graph, 1.0), (graph, 0.01)])
        {
            let (value, slope) = data.errors(graph, [x_offset, y_offset], steps);
            assert!(value < bound && slope < bound, "x + {x_offset}, y + {y_offset}: {value:.1e}, {slope:.1e}");
        }
    }
}

#[test]
fn a_triangle_that_would_lose_digits_is_not_used() {
    // Two predictors around 10¹¹ without an intercept: the line is their difference.
    let data = Data::new(1e11, 0.0);
    let mut g = Graph::new();
    let (a, b) = (g.input(0, []), g.input(1, []));
    let column = |g: &mut Graph, values: &[f64]| g.data(Tensor::new([ROWS], values.to_vec()));
    let (x, z, y) = (column(&mut g, &data.x[0]), column(&mut g, &data.x[1]), column(&mut g, &data.y));
    let (first, second) = (g.mul(a, x), g.mul(b, z));
    let mean = g.sub(first, second);
    let residual = g.sub(y, mean);
    let square = g.square(residual);
    let value = g.sum(square);
    let result = condensed(&g, value, Condense { equal_rows: false, ..Condense::default() });
    assert!(matches!(result.notes[0].rewrite, Rewrite::Inaccurate { error } if error > 1e-8), "{:?}", result.notes);
    assert_eq!(both(&g, value, &[1.0, 1.0]), both(&result.graph, result.value, &[1.0, 1.0]));
}

#[test]
fn residuals_of_groups_keep_their_digits() {
    // Σ ((y − m[g]) − exp(y − m[g])) with y around 10⁹: a sum Σy − Σm would have seven digits less.
    let mut random = SplitMix(3);
    let (rows, offset) = (400, 1e9);
    let mut g = Graph::new();
    let means = g.input(0, [5]);
    let labels: Vec<u32> = (0..rows).map(|_| random.below(5) as u32).collect();
    let values: Vec<f64> = (0..rows).map(|_| offset + (random.below(1024) as f64) / 1024.0).collect();
    let mean = g.gather(means, labels.clone(), [rows]);
    let y = g.data(Tensor::new([rows], values.clone()));
    let residual = g.sub(y, mean);
    let curved = g.exp(residual);
    let summand = g.sub(residual, curved);
    let value = g.sum(summand);
    let at = vec![offset + 0.375; 5];
    let result = condensed(&g, value, Condense::default());
    let (before, after) = (both(&g, value, &at).0, both(&result.graph, result.value, &at).0);
    assert!((before - after).abs() < 1e-4, "{before} became {after}");
    assert!(matches!(result.notes[0].rewrite, Rewrite::EqualRows { distinct: 5, whole: false }), "{:?}", result.notes);
}

#[test]
fn centred_squares_keep_their_digits() {
    let mut random = SplitMix(3);
    let (rows, offset) = (400, 1e6);
    let mut g = Graph::new();
    let means = g.input(0, [30]);
    let labels: Vec<u32> = (0..rows).map(|_| random.below(30) as u32).collect();
    let values: Vec<f64> = (0..rows).map(|_| offset + random.uniform(-1.0, 1.0)).collect();
    let mean = g.gather(means, labels, [rows]);
    let y = g.data(Tensor::new([rows], values));
    let residual = g.sub(y, mean);
    let square = g.square(residual);
    let value = g.sum(square);
    let notes = assert_kept(&g, value, &[offset + 0.25; 30], 0.0, "squares");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 30, whole: true });
}
