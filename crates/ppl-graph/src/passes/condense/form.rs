//! A sum of squares as the square of a small triangle around a centre.

use super::numbers::Sum;
use super::triangle::Triangle;
use crate::{Graph, NodeId, Shape, Tensor};

/// ‖R(θ − θ̂) + w‖² + ρ².
pub(super) struct Form {
    triangle: Triangle,
    pub(super) centre: Vec<f64>,
    left: Vec<f64>,
    rest: f64,
}

impl Form {
    /// The form of a triangle. Of centred columns its first row is the root of the count of rows times the means, which
    /// have more digits.
    pub(super) fn new(triangle: Triangle, means: Option<(f64, &[(f64, f64)])>) -> Self {
        let centre = triangle.root();
        let mut left: Vec<f64> = (0..centre.len()).map(|k| triangle.row_at(k, &centre)).collect();
        if let Some((root, means)) = means {
            let mut sum = Sum::default();
            for (mean, x) in means.iter().zip(centre.iter().chain([&1.0])) {
                sum.add_product(mean.0, *x);
                sum.add_product(mean.1, *x);
            }
            left[0] = root * sum.value();
        }
        let rest = triangle.at(centre.len(), centre.len()).powi(2);
        Form { triangle, centre, left, rest }
    }

    fn width(&self) -> usize {
        self.centre.len()
    }

    /// How far a parameter moves until the fit is about twice as bad, at most 10¹⁰⁰.
    pub(super) fn width_of(&self, k: usize) -> f64 {
        let length = (0..=k).map(|row| self.triangle.at(row, k).powi(2)).sum::<f64>().sqrt();
        (self.rest.sqrt() / length.max(f64::MIN_POSITIVE)).min(1e100)
    }

    /// Value and gradient.
    pub(super) fn at(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let (mut value, mut gradient) = (self.rest, vec![0.0; self.width()]);
        for k in 0..self.width() {
            let row = |j: usize| self.triangle.at(k, j);
            let y = (k..self.width()).map(|j| row(j) * (point[j] - self.centre[j])).sum::<f64>() + self.left[k];
            value += y * y;
            (k..self.width()).for_each(|j| gradient[j] += 2.0 * y * row(j));
        }
        (value, gradient)
    }

    /// The form as a node, of parameters that are the elements of nodes and have these columns.
    pub(super) fn node(&self, g: &mut Graph, sources: &[NodeId], places: &[usize]) -> NodeId {
        let width = self.width();
        if width == 1 {
            return self.scalar_node(g, sources[0]);
        }
        let parameters = match sources {
            [one] => g.reshape(*one, [width]),
            _ => g.concat(sources, [width]),
        };
        let centre: Vec<f64> = places[..width].iter().map(|&place| self.centre[place]).collect();
        let centre = g.data(Tensor::new([width], centre));
        let left = g.data(Tensor::new([width], self.left.clone()));
        let values: Vec<f64> = (0..width * width).map(|at| self.triangle.at(at / width, places[at % width])).collect();
        let matrix = g.data(Tensor::new(Shape::new([width, width]), values));
        let from_centre = g.sub(parameters, centre);
        let product = g.matmul(matrix, from_centre);
        let whole = g.add(product, left);
        let squares = g.square(whole);
        let sum = g.sum(squares);
        g.shifted(self.rest, sum)
    }

    /// The form of one parameter.
    fn scalar_node(&self, g: &mut Graph, source: NodeId) -> NodeId {
        let parameter = g.reshape(source, Shape::scalar());
        let from_centre = g.shifted(-self.centre[0], parameter);
        let product = g.scaled(self.triangle.at(0, 0), from_centre);
        let whole = g.shifted(self.left[0], product);
        let square = g.square(whole);
        g.shifted(self.rest, square)
    }
}
