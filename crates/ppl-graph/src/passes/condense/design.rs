//! A linear expression as a tall matrix, block by block.

use super::affine::{Affine, Part, Read};
use super::form::Form;
use super::numbers::{Numbers, Sum};
use super::triangle::{BLOCK, Triangle};
use crate::{Graph, NodeId};

/// The most columns of a triangle.
const MOST_COLUMNS: usize = 200;
/// The most work that factoring may be, in rows × columns².
const MOST_WORK: usize = 4_000_000_000;

/// A linear expression as the columns of a matrix, of which a block of rows is made at a time.
pub(super) struct Design {
    affine: Affine,
    /// The square roots of the weights of the rows.
    weights: Numbers,
    rows: usize,
    /// Nodes whose elements are the parameters, one after the other.
    pub(super) sources: Vec<NodeId>,
    /// The first parameter of each part.
    starts: Vec<usize>,
    pub(super) columns: usize,
    /// The column of each parameter, and last that of the constant.
    pub(super) places: Vec<usize>,
}

impl Design {
    pub(super) fn new(g: &Graph, affine: Affine, weights: Numbers, rows: usize) -> Self {
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
    pub(super) fn pays(&self, distinct: Option<usize>) -> bool {
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
                self.add_part(part, from + at, |k, x| block[self.places[start + k] * BLOCK + at] += x);
            }
        }
        (0..count).for_each(|at| block[self.columns * BLOCK + at] = self.affine.offset.at(from + at));
        if !self.weights.is_one() {
            let all = block.chunks_exact_mut(BLOCK);
            all.for_each(|column| (0..count).for_each(|at| column[at] *= self.weights.at(from + at)));
        }
    }

    /// Calls `add` with the elements that a part reads in a row, and their coefficients.
    fn add_part(&self, part: &Part, row: usize, mut add: impl FnMut(usize, f64)) {
        let weight = part.weight.at(row);
        match &part.read {
            Read::Scalar => add(0, weight),
            Read::Element(positions) => add(positions[row] as usize, weight),
            Read::Product(matrix) => {
                let width = matrix.len() / self.rows;
                let own = &matrix[row * width..(row + 1) * width];
                own.iter().enumerate().for_each(|(k, x)| add(k, weight * x));
            }
            Read::Sparse(matrix) => {
                let own = matrix.elements(row);
                own.for_each(|at| add(matrix.column_indices()[at] as usize, weight * matrix.values()[at]));
            }
        }
    }

    /// Calls `visit` with every block of rows and how many rows it has.
    pub(super) fn for_each_block(&self, mut visit: impl FnMut(&mut [f64], usize)) {
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

    pub(super) fn form(&mut self) -> Form {
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
}
