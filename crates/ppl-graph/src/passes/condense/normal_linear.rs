//! Sums of squares of linear expressions as small triangles: ‖Xθ + c‖² = ‖R(θ − θ̂) + w‖² + ρ².
//!
//! Never the textbook form c′c + 2θ′X′c + θ′X′Xθ, which cancels. θ̂ is the least-squares solution rounded to numbers, and
//! w = Rθ̂ + z, which is next to nothing, is computed without rounding its sums, so the form is exact at any θ̂. Where a
//! column is constant the others are centred first: data with a large offset keeps its digits.

use super::affine::{Affine, Read};
use super::note::Rewrite;
use super::numbers::{Numbers, Sum};
use super::split::Term;
use super::triangle::{BLOCK, Triangle, dot};
use crate::{Binary, Graph, NodeId, Op, Shape, Tensor, Unary};

/// What became of a sum of squares.
pub(super) struct Outcome {
    /// The sum, a scalar, without the scale of the term; nothing where the direct pass stays.
    pub(super) sum: Option<NodeId>,
    pub(super) rewrite: Rewrite,
}

/// The most columns of a triangle.
const MOST_COLUMNS: usize = 200;
/// The most work that factoring may be, in rows × columns².
const MOST_WORK: usize = 4_000_000_000;
/// How closely triangle and direct pass agree.
const TOLERANCE: f64 = 1e-8;

/// The sum of a term over its rows, where that is a normal linear model and pays, also beside `distinct` equal rows.
pub(super) fn reduce(g: &mut Graph, term: &Term, distinct: Option<usize>) -> Option<Outcome> {
    let Op::Unary(Unary::Square, inner) = g.node(term.kernel?).op else { return None };
    if term.active.is_some() || !term.weights.all(|w| w > 0.0) {
        return None;
    }
    let (scale, inner) = common_scale(g, inner);
    let affine = Affine::of(g, inner)?;
    let weights = term.weights.zip(&Numbers::Same(0.0), |w, _| w.sqrt());
    let mut design = Design::new(g, affine, weights, term.rows);
    if !design.pays(distinct) {
        return None;
    }
    let form = design.form();
    let error = design.error(&form);
    if error.is_nan() || error > TOLERANCE {
        return Some(Outcome { sum: None, rewrite: Rewrite::Inaccurate { error } });
    }
    let squares = form.node(g, &design.sources, &design.places);
    let sum = scale.into_iter().fold(squares, |sum, (f, s)| {
        let s = g.square(s);
        g.binary(f, sum, s)
    });
    Some(Outcome { sum: Some(sum), rewrite: Rewrite::NormalLinear { columns: design.columns } })
}

/// Scalar factors and divisors, and what they are taken from.
fn common_scale(g: &Graph, mut id: NodeId) -> (Vec<(Binary, NodeId)>, NodeId) {
    let mut scale = Vec::new();
    let is_scalar = |id: NodeId| g.shape(id).is_scalar();
    loop {
        match g.node(id).op {
            Op::Unary(Unary::Neg, a) => id = a,
            Op::Binary(f @ (Binary::Mul | Binary::Div), a, s) if is_scalar(s) && !is_scalar(a) => {
                scale.push((f, s));
                id = a;
            }
            Op::Binary(Binary::Mul, s, a) if is_scalar(s) && !is_scalar(a) => {
                scale.push((Binary::Mul, s));
                id = a;
            }
            _ => return (scale, id),
        }
    }
}

/// A linear expression as the columns of a matrix, of which a block of rows is made at a time.
struct Design {
    affine: Affine,
    /// The square roots of the weights of the rows.
    weights: Numbers,
    rows: usize,
    /// Nodes whose elements are the parameters, one after the other.
    sources: Vec<NodeId>,
    /// The first parameter of each part.
    starts: Vec<usize>,
    columns: usize,
    /// The column of each parameter, and last that of the constant.
    places: Vec<usize>,
}

impl Design {
    fn new(g: &Graph, affine: Affine, weights: Numbers, rows: usize) -> Self {
        let (mut sources, mut ends, mut starts) = (Vec::new(), vec![0], Vec::new());
        for part in &affine.parts {
            let known = sources.iter().position(|&source| source == part.source);
            let at = known.unwrap_or(sources.len());
            if known.is_none() {
                sources.push(part.source);
                ends.push(ends[at] + g.shape(part.source).size());
            }
            starts.push(ends[at]);
        }
        let columns = ends[sources.len()];
        Design { affine, weights, rows, sources, starts, columns, places: (0..=columns).collect() }
    }

    /// Whether the triangle is much less work than the rows, or than the equal rows among them.
    fn pays(&self, distinct: Option<usize>) -> bool {
        let work = self.columns * self.columns;
        let fits = self.columns > 0 && self.columns <= MOST_COLUMNS && self.rows * work <= MOST_WORK;
        fits && 2 * work <= self.rows && distinct.is_none_or(|distinct| work <= 4 * distinct)
    }

    /// Puts a column that is the same number in every row first, where there is one.
    fn lead_with_intercept(&mut self) -> bool {
        let found = self.constant_column();
        if let Some(column) = found {
            self.places.swap(0, column);
        }
        found.is_some()
    }

    /// A column that is the same number other than 0 in every row, before columns have moved.
    fn constant_column(&self) -> Option<usize> {
        let mut first = vec![0.0; (self.columns + 1) * BLOCK];
        self.fill(&mut first, 0);
        let agrees = |block: &[f64], count: usize, k: usize| {
            let number = first[k * BLOCK];
            number != 0.0 && block[k * BLOCK..][..count].iter().all(|&x| x == number)
        };
        let mut found: Vec<usize> = (0..self.columns).filter(|&k| agrees(&first, BLOCK.min(self.rows), k)).collect();
        if !found.is_empty() {
            self.for_each_block(|block, count| found.retain(|&k| agrees(block, count, k)));
        }
        found.first().copied()
    }

    /// The rows from `from`: the constant in the last column, zeros where rows are at an end.
    fn fill(&self, block: &mut [f64], from: usize) {
        block.fill(0.0);
        let count = BLOCK.min(self.rows - from);
        for (part, &start) in self.affine.parts.iter().zip(&self.starts) {
            for at in 0..count {
                let (row, weight) = (from + at, part.weight.at(from + at));
                match &part.read {
                    Read::Scalar => block[self.places[start] * BLOCK + at] += weight,
                    Read::Element(positions) => {
                        block[self.places[start + positions[row] as usize] * BLOCK + at] += weight;
                    }
                    Read::Product(matrix) => {
                        let width = matrix.len() / self.rows;
                        for (j, x) in matrix[row * width..(row + 1) * width].iter().enumerate() {
                            block[self.places[start + j] * BLOCK + at] += weight * x;
                        }
                    }
                }
            }
        }
        (0..count).for_each(|at| block[self.columns * BLOCK + at] = self.affine.offset.at(from + at));
        if !self.weights.is_one() {
            let all = block.chunks_exact_mut(BLOCK);
            all.for_each(|column| (0..count).for_each(|at| column[at] *= self.weights.at(from + at)));
        }
    }

    /// Calls `visit` with every block of rows and how many rows it has.
    fn for_each_block(&self, mut visit: impl FnMut(&mut [f64], usize)) {
        let mut block = vec![0.0; (self.columns + 1) * BLOCK];
        for from in (0..self.rows).step_by(BLOCK) {
            self.fill(&mut block, from);
            visit(&mut block, BLOCK.min(self.rows - from));
        }
    }

    /// The means of all columns, each in two parts.
    fn means(&self) -> Vec<(f64, f64)> {
        let mut sums = vec![Sum::default(); self.columns + 1];
        self.for_each_block(|block, count| {
            for (sum, column) in sums.iter_mut().zip(block.chunks_exact(BLOCK)) {
                column[..count].iter().for_each(|&x| sum.add(x));
            }
        });
        let mean = |sum: &Sum| {
            let (rows, (head, tail)) = (self.rows as f64, sum.parts());
            let mean = head / rows;
            (mean, ((-mean).mul_add(rows, head) + tail) / rows)
        };
        sums.iter().map(mean).collect()
    }

    fn form(&mut self) -> Form {
        let mut triangle = Triangle::new(self.columns + 1);
        if !self.lead_with_intercept() {
            self.for_each_block(|block, _| triangle.absorb(block, 0));
            return Form::new(triangle, None);
        }
        let (means, root) = (self.means(), (self.rows as f64).sqrt());
        means.iter().enumerate().for_each(|(k, mean)| triangle.set(0, k, root * (mean.0 + mean.1)));
        self.for_each_block(|block, count| {
            for (column, mean) in block.chunks_exact_mut(BLOCK).zip(&means).skip(1) {
                column[..count].iter_mut().for_each(|x| *x = (*x - mean.0) - mean.1);
            }
            triangle.absorb(block, 1);
        });
        Form::new(triangle, Some((root, &means)))
    }

    /// By how much value and gradient of the form differ from a pass over the rows, at a point close to the centre and at
    /// one anywhere: relative to the value, and to the larger of each gradient and the lengths that its product has.
    fn error(&self, form: &Form) -> f64 {
        let mut state = 1u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        };
        let width = self.columns;
        let length = |k: usize| (0..=k).map(|row| form.triangle.at(row, k).powi(2)).sum::<f64>().sqrt();
        let near = |k: usize| form.rest.sqrt() / length(k).max(f64::MIN_POSITIVE);
        let close: Vec<f64> = (0..width).map(|k| form.centre[k] + near(k).min(1e100) * random()).collect();
        let anywhere: Vec<f64> = (0..width).map(|_| 2.0 * random()).collect();
        [close, anywhere].iter().map(|point| self.error_at(form, point)).fold(0.0, crate::elementwise::larger)
    }

    fn error_at(&self, form: &Form, point: &[f64]) -> f64 {
        let (mut squares, mut slope, mut lengths) =
            (Sum::default(), vec![0.0; self.columns], vec![0.0; self.columns + 1]);
        let mut residual = [0.0; BLOCK];
        self.for_each_block(|block, _| {
            let (columns, offset) = block.split_at(self.columns * BLOCK);
            residual.copy_from_slice(offset);
            for (column, x) in columns.chunks_exact(BLOCK).zip(point) {
                residual.iter_mut().zip(column).for_each(|(r, c)| *r += c * x);
            }
            squares.add(dot(&residual, &residual));
            for (column, to) in columns.chunks_exact(BLOCK).zip(&mut slope) {
                *to += 2.0 * dot(column, &residual);
            }
            block.chunks_exact(BLOCK).zip(&mut lengths).for_each(|(column, to)| *to += dot(column, column));
        });
        let (value, gradient) = form.at(point);
        let squares = squares.value();
        // Where the fit is perfect the residuals are rounding errors of the data.
        let floor = lengths[self.columns] * 1e-16;
        let mut error = (value - squares).abs() / squares.max(floor).max(f64::MIN_POSITIVE);
        for k in 0..self.columns {
            let scale = slope[k].abs().max(2.0 * (lengths[k] * squares.max(floor)).sqrt());
            let own = (gradient[k] - slope[k]).abs() / scale.max(f64::MIN_POSITIVE);
            error = crate::elementwise::larger(error, own);
        }
        error
    }
}

/// ‖R(θ − θ̂) + w‖² + ρ².
struct Form {
    triangle: Triangle,
    centre: Vec<f64>,
    left: Vec<f64>,
    rest: f64,
}

impl Form {
    /// The form of a triangle. Of centred columns its first row is the root of the count of rows times the means, which
    /// have more digits.
    fn new(triangle: Triangle, means: Option<(f64, &[(f64, f64)])>) -> Self {
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

    /// Value and gradient.
    fn at(&self, point: &[f64]) -> (f64, Vec<f64>) {
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
    fn node(&self, g: &mut Graph, sources: &[NodeId], places: &[usize]) -> NodeId {
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
