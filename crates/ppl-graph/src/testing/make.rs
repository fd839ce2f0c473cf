//! The maker of random graphs.

use super::{RandomGraph, SplitMix, binary_domain, unary_domain};
use crate::{Binary, Graph, NodeId, Reduction, Shape, SparseMatrix, Tensor, Unary};

/// The sizes that occur.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    leaves: &'static [&'static [usize]],
    gathers: &'static [&'static [usize]],
    /// Nodes of more elements are not used further.
    most: usize,
}

pub(super) const SMALL: Sizes =
    Sizes { leaves: &[&[], &[3], &[4], &[2, 3], &[3, 3], &[2, 1, 3]], gathers: &[&[], &[2], &[5], &[2, 2]], most: 64 };

/// Several blocks of a pass, and short axes beside long ones.
pub(super) const TALL: Sizes = Sizes {
    leaves: &[&[], &[3], &[40], &[300], &[300, 3], &[40, 2]],
    gathers: &[&[], &[40], &[300], &[300, 3]],
    most: 2000,
};

pub(super) struct Maker {
    sizes: Sizes,
    graph: Graph,
    random: SplitMix,
    pool: Vec<NodeId>,
}

/// The ways to add a node.
const STEPS: &[fn(&mut Maker) -> NodeId] = &[
    Maker::unary,
    Maker::unary,
    Maker::unary,
    Maker::binary,
    Maker::binary,
    Maker::binary,
    Maker::plain,
    Maker::plain,
    Maker::select,
    Maker::guarded,
    Maker::broadcast,
    Maker::transpose,
    Maker::reshape,
    Maker::gather,
    Maker::scatter,
    Maker::take,
    Maker::put,
    Maker::concat,
    Maker::reduce,
    Maker::reduce,
    Maker::cumulative_sum,
    Maker::linear_recurrence,
    Maker::scan,
    Maker::matmul,
    Maker::matmul,
    Maker::sparse_product,
    Maker::cholesky,
    Maker::solve_triangular,
    Maker::solve,
    Maker::inverse,
    Maker::log_determinant,
    Maker::sort,
    Maker::constant_only,
];

impl Maker {
    pub(super) fn new(seed: u64, sizes: Sizes) -> Self {
        let mut maker = Maker { sizes, graph: Graph::new(), random: SplitMix(seed), pool: Vec::new() };
        maker.leaves();
        maker
    }

    /// Inputs of several shapes, some of which overlap, and data.
    fn leaves(&mut self) {
        let shapes = self.sizes.leaves;
        let mut offset = 0;
        for _ in 0..2 + self.random.below(3) {
            let shape = Shape::new(self.random.pick(shapes));
            let start = if self.random.below(4) == 0 { offset / 2 } else { offset };
            offset = offset.max(start + shape.size());
            let input = self.graph.input(start, shape);
            self.pool.push(input);
        }
        for _ in 0..2 {
            let shape = Shape::new(self.random.pick(shapes));
            let data = self.data(&shape);
            self.pool.push(data);
        }
    }

    fn data(&mut self, shape: &Shape) -> NodeId {
        let values: Vec<f64> = (0..shape.size()).map(|_| self.random.uniform(-2.0, 2.0)).collect();
        self.graph.data(Tensor::new(shape.clone(), values))
    }

    pub(super) fn finish(mut self, steps: usize) -> RandomGraph {
        for _ in 0..steps {
            let step = self.random.pick(STEPS);
            let node = step(&mut self);
            if self.graph.shape(node).size() <= self.sizes.most {
                self.pool.push(node);
            }
        }
        let mut output = self.graph.constant(0.0);
        for node in self.pool.clone() {
            let weights = self.data(&self.graph.shape(node).clone());
            let squeezed = self.graph.unary(Unary::Atan, node);
            let weighted = self.graph.mul(weights, squeezed);
            let total = self.graph.sum(weighted);
            output = self.graph.add(output, total);
        }
        let inputs = (0..self.graph.inputs_len()).map(|_| self.random.uniform(-2.0, 2.0)).collect();
        self.pool.push(output);
        RandomGraph { graph: self.graph, output, nodes: self.pool, inputs }
    }

    fn any(&mut self) -> NodeId {
        let at = self.random.below(self.pool.len());
        self.pool[at]
    }

    /// A node with at least one axis.
    fn array(&mut self) -> NodeId {
        let node = self.any();
        if self.graph.shape(node).is_scalar() { self.graph.broadcast(node, &[], [3]) } else { node }
    }

    /// A node of a shape, by repeating or picking elements.
    fn of_shape(&mut self, shape: &Shape) -> NodeId {
        let source = self.any();
        let size = self.graph.shape(source).size();
        let positions: Vec<u32> = (0..shape.size()).map(|_| self.random.below(size) as u32).collect();
        self.graph.gather(source, positions, shape.clone())
    }

    /// A node that fits another elementwise: of its shape, or a scalar.
    fn fitting(&mut self, shape: &Shape) -> NodeId {
        let fits: Vec<NodeId> = self
            .pool
            .iter()
            .copied()
            .filter(|&id| self.graph.shape(id) == shape || self.graph.shape(id).is_scalar())
            .collect();
        if fits.is_empty() { self.of_shape(shape) } else { self.random.pick(&fits) }
    }

    /// A node's elements squeezed into an interval.
    fn within(&mut self, node: NodeId, (low, high): (f64, f64)) -> NodeId {
        let share = self.graph.sigmoid(node);
        let scaled = self.graph.scaled(high - low, share);
        self.graph.shifted(low, scaled)
    }

    fn unary(&mut self) -> NodeId {
        let node = self.any();
        // Tetragamma is an adjoint itself and has no derivative.
        let f = self.random.pick(Unary::ALL);
        let node = if f == Unary::Tetragamma { self.of_constants() } else { node };
        let node = self.within(node, unary_domain(f));
        self.graph.unary(f, node)
    }

    fn binary(&mut self) -> NodeId {
        let f = self.random.pick(Binary::ALL);
        let (left, right) = binary_domain(f);
        let a = if f == Binary::GammaPShape { self.of_constants() } else { self.any() };
        let b = self.fitting(&self.graph.shape(a).clone());
        let (a, b) = (self.within(a, left), self.within(b, right));
        if f != Binary::GammaPShape && self.random.below(2) == 0 && left == right {
            return self.graph.binary(f, b, a);
        }
        self.graph.binary(f, a, b)
    }

    fn of_constants(&mut self) -> NodeId {
        self.data(&Shape::new([3]))
    }

    /// Arithmetic without squeezing.
    fn plain(&mut self) -> NodeId {
        let f = self.random.pick(&[Binary::Add, Binary::Sub, Binary::Mul, Binary::Max]);
        let a = self.any();
        let b = self.fitting(&self.graph.shape(a).clone());
        let result = self.graph.binary(f, a, b);
        self.graph.unary(Unary::Tanh, result)
    }

    fn select(&mut self) -> NodeId {
        let a = self.any();
        let shape = self.graph.shape(a).clone();
        let (b, left, right) = (self.fitting(&shape), self.fitting(&shape), self.fitting(&shape));
        let c = self.graph.lt(left, right);
        self.graph.select(c, a, b)
    }

    /// A select whose other side is not a number where it is not chosen.
    fn guarded(&mut self) -> NodeId {
        let a = self.any();
        let zero = self.graph.constant(0.0);
        let positive = self.graph.lt(zero, a);
        let wild = self.graph.log(a);
        let wild = if self.random.below(2) == 0 { self.graph.sqrt(wild) } else { self.graph.mul(wild, a) };
        let whole = self.graph.binary(Binary::Le, wild, wild);
        let chosen = self.graph.binary(Binary::And, positive, whole);
        self.graph.select(chosen, wild, zero)
    }

    fn broadcast(&mut self) -> NodeId {
        let node = self.any();
        let own = self.graph.shape(node).to_vec();
        let at = self.random.below(own.len() + 1);
        let mut shape = own.clone();
        shape.insert(at, 1 + self.random.below(3));
        let axes: Vec<usize> = (0..own.len()).map(|axis| if axis < at { axis } else { axis + 1 }).collect();
        self.graph.broadcast(node, &axes, shape)
    }

    fn transpose(&mut self) -> NodeId {
        let node = self.any();
        let mut permutation: Vec<usize> = (0..self.graph.shape(node).len()).collect();
        for k in (1..permutation.len()).rev() {
            permutation.swap(k, self.random.below(k + 1));
        }
        self.graph.transpose(node, &permutation)
    }

    fn reshape(&mut self) -> NodeId {
        let node = self.any();
        let size = self.graph.shape(node).size();
        let shape = if size.is_multiple_of(2) { vec![2, size / 2] } else { vec![size] };
        self.graph.reshape(node, shape)
    }

    fn gather(&mut self) -> NodeId {
        let shape = Shape::new(self.random.pick(self.sizes.gathers));
        self.of_shape(&shape)
    }

    fn scatter(&mut self) -> NodeId {
        let node = self.any();
        let positions: Vec<u32> = (0..self.graph.shape(node).size()).map(|_| self.random.below(4) as u32).collect();
        self.graph.scatter(node, positions, [2, 2])
    }

    /// Positions below `bound` that are computed from a node.
    fn positions(&mut self, bound: usize) -> NodeId {
        let node = self.any();
        // The upper end is reached where the share rounds to 1.
        let inside = self.within(node, (0.0, bound as f64 - 1e-6));
        self.graph.unary(Unary::Floor, inside)
    }

    fn take(&mut self) -> NodeId {
        let node = self.any();
        let index = self.positions(self.graph.shape(node).size());
        self.graph.take(node, index)
    }

    fn put(&mut self) -> NodeId {
        let index = self.positions(4);
        let source = self.of_shape(&self.graph.shape(index).clone());
        self.graph.put(source, index, [4])
    }

    fn concat(&mut self) -> NodeId {
        let parts = [self.any(), self.any(), self.any()];
        let size = parts.iter().map(|&part| self.graph.shape(part).size()).sum();
        self.graph.concat(&parts, [size])
    }

    fn reduce(&mut self) -> NodeId {
        let node = self.array();
        let kind = self.random.pick(Reduction::ALL);
        let mut axes: Vec<usize> = (0..self.graph.shape(node).len()).filter(|_| self.random.below(2) == 0).collect();
        if axes.is_empty() {
            axes.push(0);
        }
        let node = self.within(node, (-1.5, 1.5));
        self.graph.reduce(kind, node, &axes)
    }

    fn cumulative_sum(&mut self) -> NodeId {
        let node = self.array();
        let reverse = self.random.below(2) == 0;
        self.graph.cumulative_sum(node, reverse)
    }

    /// An array along one axis.
    fn line(&mut self) -> NodeId {
        let node = self.array();
        let size = self.graph.shape(node).size();
        self.graph.reshape(node, [size])
    }

    fn linear_recurrence(&mut self) -> NodeId {
        let addend = self.line();
        let shape = self.graph.shape(addend).clone();
        let coefficient = if self.random.below(2) == 0 { self.of_shape(&shape) } else { self.of_shape(&[].into()) };
        let (coefficient, initial) = (self.within(coefficient, (-0.9, 0.9)), self.of_shape(&[].into()));
        let reverse = self.random.below(2) == 0;
        self.graph.linear_recurrence(coefficient, addend, initial, reverse)
    }

    fn scan(&mut self) -> NodeId {
        let first = self.line();
        let shape = self.graph.shape(first).clone();
        let [carries, arrays, numbers] = [1 + self.random.below(3), self.random.below(3), self.random.below(3)];
        let initial: Vec<NodeId> = (0..carries).map(|_| self.small(&[].into())).collect();
        let each: Vec<NodeId> = (0..arrays).map(|_| self.small(&shape)).collect();
        let shared: Vec<NodeId> = (0..numbers).map(|_| self.small(&[].into())).collect();
        let body = super::loops::random_body(&mut self.random, carries, arrays + numbers);
        let reverse = self.random.below(2) == 0;
        self.graph.scan(body, [&initial, &each, &shared], shape[0], reverse)
    }

    fn small(&mut self, shape: &Shape) -> NodeId {
        let node = self.of_shape(shape);
        self.within(node, (-1.0, 1.0))
    }

    fn matmul(&mut self) -> NodeId {
        if self.random.below(2) == 0 {
            return self.product_with_data();
        }
        let shapes: [(&[usize], &[usize]); 4] = [(&[2, 3], &[3, 2]), (&[2, 3], &[3]), (&[3], &[3, 2]), (&[3], &[3])];
        let (left, right) = self.random.pick(&shapes);
        let (a, b) = (self.of_shape(&Shape::new(left)), self.of_shape(&Shape::new(right)));
        self.graph.matmul(a, b)
    }

    /// A constant matrix with as many rows as some node has elements, times a narrow one.
    fn product_with_data(&mut self) -> NodeId {
        let own = self.any();
        let (rows, inner, columns) = (self.graph.shape(own).size(), 1 + self.random.below(4), 1 + self.random.below(4));
        let design = self.data(&Shape::new([rows, inner]));
        let narrow = self.of_shape(&Shape::new([inner, columns]));
        self.graph.matmul(design, narrow)
    }

    /// A product whose result is of the shape of some node, with a matrix of few elements a row or a column.
    fn sparse_product(&mut self) -> NodeId {
        let own = self.any();
        let (rows, columns) = (self.graph.shape(own).size(), 1 + self.random.below(self.sizes.most / 8));
        let by_rows = self.sparse_matrix(rows, columns);
        let transposed = self.random.below(2) == 0;
        let matrix = self.graph.sparse(if transposed { by_rows.transposed() } else { by_rows });
        let vector = self.of_shape(&Shape::new([columns]));
        self.graph.sparse_product(matrix, vector, transposed)
    }

    fn sparse_matrix(&mut self, rows: usize, columns: usize) -> SparseMatrix {
        let (mut starts, mut indices) = (vec![0], Vec::new());
        for _ in 0..rows {
            let own = (0..columns as u32).filter(|_| self.random.below(columns) < 3);
            indices.extend(own);
            starts.push(indices.len() as u32);
        }
        let values: Vec<f64> = indices.iter().map(|_| self.random.uniform(-1.0, 1.0)).collect();
        SparseMatrix::new(rows, columns, starts, indices, values).expect("rows by increasing column")
    }

    /// A symmetric matrix with a heavy diagonal.
    fn positive_definite(&mut self) -> NodeId {
        let node = self.square();
        let mirrored = self.graph.transpose(node, &[1, 0]);
        let sum = self.graph.add(node, mirrored);
        self.with_diagonal(sum, 6.0)
    }

    /// A 3 × 3 matrix of numbers between −1 and 1.
    fn square(&mut self) -> NodeId {
        let node = self.of_shape(&Shape::new([3, 3]));
        self.within(node, (-1.0, 1.0))
    }

    fn with_diagonal(&mut self, node: NodeId, add: f64) -> NodeId {
        let values: Vec<f64> = (0..9).map(|at| if at % 4 == 0 { add } else { 0.0 }).collect();
        let diagonal = self.graph.data(Tensor::new([3, 3], values));
        self.graph.add(node, diagonal)
    }

    fn right_hand_side(&mut self) -> NodeId {
        let shape = self.random.pick(&[&[3][..], &[3, 2]]);
        self.of_shape(&Shape::new(shape))
    }

    fn cholesky(&mut self) -> NodeId {
        let matrix = self.positive_definite();
        self.graph.cholesky(matrix)
    }

    fn solve_triangular(&mut self) -> NodeId {
        let node = self.square();
        let (lower, right) = (self.with_diagonal(node, 2.0), self.right_hand_side());
        let transposed = self.random.below(2) == 0;
        self.graph.solve_triangular(lower, right, transposed)
    }

    fn solve(&mut self) -> NodeId {
        let node = self.square();
        let (matrix, right) = (self.with_diagonal(node, 4.0), self.right_hand_side());
        self.graph.solve(matrix, right)
    }

    fn inverse(&mut self) -> NodeId {
        let node = self.square();
        let matrix = self.with_diagonal(node, 4.0);
        self.graph.inverse(matrix)
    }

    fn log_determinant(&mut self) -> NodeId {
        let node = self.square();
        let matrix = self.with_diagonal(node, 4.0);
        self.graph.log_determinant(matrix)
    }

    fn sort(&mut self) -> NodeId {
        let node = self.array();
        if self.random.below(2) == 0 { self.graph.sort(node) } else { self.graph.arg_sort(node) }
    }

    /// Arithmetic on constants alone.
    fn constant_only(&mut self) -> NodeId {
        let (a, b) = (self.of_constants(), self.random.uniform(-1.0, 1.0));
        let shifted = self.graph.shifted(b, a);
        self.graph.unary(Unary::Sin, shifted)
    }
}
