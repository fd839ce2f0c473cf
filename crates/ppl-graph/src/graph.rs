//! The graph and the methods that add nodes to it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::{
    Binary, Body, BodyId, DataId, IndexId, Node, NodeId, Op, Origin, Reduction, Shape, SparseId, SparseMatrix, Unary,
};

/// A constant array with its shape, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The extents.
    pub shape: Shape,
    /// The numbers.
    pub values: Arc<[f64]>,
}

impl Tensor {
    /// An array of the given shape.
    ///
    /// # Panics
    /// Where the number of values does not fit the shape.
    pub fn new(shape: impl Into<Shape>, values: impl Into<Arc<[f64]>>) -> Self {
        let (shape, values) = (shape.into(), values.into());
        assert_eq!(shape.size(), values.len(), "{shape} does not hold {} values", values.len());
        Tensor { shape, values }
    }

    /// One number.
    pub fn scalar(value: f64) -> Self {
        Tensor { shape: Shape::scalar(), values: Arc::from([value]) }
    }
}

/// A directed acyclic graph of array operations, in an order in which operands come first.
///
/// Equal nodes are made once (hash-consing), so building an expression twice costs nothing at run time. The builder
/// methods panic on shapes that do not fit: whoever builds a graph has checked the program before.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    origins: Vec<Origin>,
    origin: Origin,
    data: Vec<Tensor>,
    indices: Vec<Arc<[u32]>>,
    sparse: Vec<Arc<SparseMatrix>>,
    known: HashMap<Node, NodeId>,
    known_indices: HashMap<Arc<[u32]>, IndexId>,
    bodies: Vec<Arc<Body>>,
    known_bodies: HashMap<Arc<Body>, BodyId>,
}

impl Graph {
    /// A graph without nodes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The nodes, operands first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A node of this graph.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The shape of a node's result.
    pub fn shape(&self, id: NodeId) -> &Shape {
        &self.node(id).shape
    }

    /// The statement for which a node was first made.
    pub fn origin(&self, id: NodeId) -> Origin {
        self.origins[id.0 as usize]
    }

    /// Nodes made from now on belong to this statement.
    pub fn set_origin(&mut self, origin: Origin) {
        self.origin = origin;
    }

    /// The statement to which nodes made now belong.
    pub fn current_origin(&self) -> Origin {
        self.origin
    }

    /// A constant array.
    pub fn tensor(&self, id: DataId) -> &Tensor {
        &self.data[id.0 as usize]
    }

    /// A constant array of flat positions.
    #[allow(clippy::should_implement_trait)] // it takes an id of positions, not of nodes
    pub fn index(&self, id: IndexId) -> &Arc<[u32]> {
        &self.indices[id.0 as usize]
    }

    /// What a turn of a loop does.
    pub fn body(&self, id: BodyId) -> &Arc<Body> {
        &self.bodies[id.0 as usize]
    }

    /// A constant sparse matrix.
    pub fn sparse_matrix(&self, id: SparseId) -> &Arc<SparseMatrix> {
        &self.sparse[id.0 as usize]
    }

    /// Adds a node, or finds the equal one. Prefer the named methods: they infer the shape.
    pub fn push(&mut self, op: Op, shape: Shape) -> NodeId {
        let node = Node { op, shape };
        if let Some(&id) = self.known.get(&node) {
            return id;
        }
        let id = NodeId(self.nodes.len() as u32);
        self.known.insert(node.clone(), id);
        self.nodes.push(node);
        self.origins.push(self.origin);
        id
    }

    // Leaves

    /// Numbers of the input vector from `offset`, under a shape.
    pub fn input(&mut self, offset: usize, shape: impl Into<Shape>) -> NodeId {
        self.push(Op::Input { offset }, shape.into())
    }

    /// A constant array; a scalar becomes a [`Op::Const`].
    pub fn data(&mut self, tensor: Tensor) -> NodeId {
        if tensor.shape.is_scalar() {
            return self.constant(tensor.values[0]);
        }
        let shape = tensor.shape.clone();
        let id = DataId(self.data.len() as u32);
        self.data.push(tensor);
        self.push(Op::Data(id), shape)
    }

    /// A constant scalar.
    pub fn constant(&mut self, value: f64) -> NodeId {
        self.push(Op::Const(value.to_bits()), Shape::scalar())
    }

    /// The value of a [`Op::Const`] node.
    pub fn as_constant(&self, id: NodeId) -> Option<f64> {
        match self.node(id).op {
            Op::Const(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// Registers flat positions for [`Graph::gather`] and [`Graph::scatter`].
    pub fn positions(&mut self, positions: impl Into<Arc<[u32]>>) -> IndexId {
        let positions = positions.into();
        if let Some(&id) = self.known_indices.get(&positions) {
            return id;
        }
        let id = IndexId(self.indices.len() as u32);
        self.indices.push(positions.clone());
        self.known_indices.insert(positions, id);
        id
    }

    /// Registers what a turn of a loop does, for [`Graph::scan`].
    pub(crate) fn intern(&mut self, body: impl Into<Arc<Body>>) -> BodyId {
        let body = body.into();
        if let Some(&id) = self.known_bodies.get(&body) {
            return id;
        }
        let id = BodyId(self.bodies.len() as u32);
        self.bodies.push(body.clone());
        self.known_bodies.insert(body, id);
        id
    }

    /// Registers a matrix for [`Graph::sparse_product`].
    pub fn sparse(&mut self, matrix: impl Into<Arc<SparseMatrix>>) -> SparseId {
        let matrix = matrix.into();
        let known = self.sparse.iter().position(|other| Arc::ptr_eq(other, &matrix) || other.is_same(&matrix));
        let at = known.unwrap_or_else(|| {
            self.sparse.push(matrix);
            self.sparse.len() - 1
        });
        SparseId(at as u32)
    }

    /// An operation of another graph with its constants held by this one; operands stay as they are.
    pub fn adopt(&mut self, op: Op, from: &Graph) -> Op {
        match op {
            Op::Data(data) => {
                let copy = self.data(from.tensor(data).clone());
                self.node(copy).op.clone()
            }
            Op::Gather { source, index } => Op::Gather { source, index: self.positions(from.index(index).clone()) },
            Op::Scatter { source, index } => Op::Scatter { source, index: self.positions(from.index(index).clone()) },
            Op::SparseProduct { matrix, vector, transposed } => {
                Op::SparseProduct { matrix: self.sparse(from.sparse_matrix(matrix).clone()), vector, transposed }
            }
            Op::Scan { body, initial, each, shared, reverse } => {
                Op::Scan { body: self.intern(from.body(body).clone()), initial, each, shared, reverse }
            }
            op => op,
        }
    }

    // Elementwise

    /// Applies a function of one number.
    pub fn unary(&mut self, f: Unary, a: NodeId) -> NodeId {
        let shape = self.shape(a).clone();
        self.push(Op::Unary(f, a), shape)
    }

    /// Applies a function of two numbers; a scalar lifts to the other's shape.
    pub fn binary(&mut self, f: Binary, a: NodeId, b: NodeId) -> NodeId {
        let shape = self.common_shape(&[a, b]);
        self.push(Op::Binary(f, a, b), shape)
    }

    /// `a` where `c` is not 0, else `b`; scalars lift.
    pub fn select(&mut self, c: NodeId, a: NodeId, b: NodeId) -> NodeId {
        let shape = self.common_shape(&[c, a, b]);
        self.push(Op::Select(c, a, b), shape)
    }

    fn common_shape(&self, operands: &[NodeId]) -> Shape {
        let mut shape = Shape::scalar();
        for &id in operands {
            let own = self.shape(id);
            if !own.is_scalar() {
                assert!(shape.is_scalar() || shape == *own, "shapes {shape} and {own} do not fit");
                shape = own.clone();
            }
        }
        shape
    }

    // Access

    /// Repeats along new axes so that the result has `shape`; axis `k` of the source becomes axis `axes[k]`.
    pub fn broadcast(&mut self, source: NodeId, axes: &[usize], shape: impl Into<Shape>) -> NodeId {
        let shape = shape.into();
        let own = self.shape(source);
        assert_eq!(own.len(), axes.len());
        assert!(axes.windows(2).all(|w| w[0] < w[1]));
        assert!(axes.iter().zip(own.iter()).all(|(&axis, &extent)| shape[axis] == extent));
        if *own == shape {
            return source;
        }
        self.push(Op::Broadcast { source, axes: axes.to_vec() }, shape)
    }

    /// Reorders axes: axis `k` of the result is axis `permutation[k]` of the source.
    pub fn transpose(&mut self, source: NodeId, permutation: &[usize]) -> NodeId {
        if permutation.iter().enumerate().all(|(k, &p)| k == p) {
            return source;
        }
        let own = self.shape(source);
        assert_eq!(own.len(), permutation.len());
        let shape: Vec<usize> = permutation.iter().map(|&p| own[p]).collect();
        self.push(Op::Transpose { source, permutation: permutation.to_vec() }, shape.into())
    }

    /// The same numbers under another shape of the same size.
    pub fn reshape(&mut self, source: NodeId, shape: impl Into<Shape>) -> NodeId {
        let shape = shape.into();
        assert_eq!(self.shape(source).size(), shape.size());
        if *self.shape(source) == shape {
            return source;
        }
        self.push(Op::Reshape(source), shape)
    }

    /// Picks elements by constant flat positions.
    pub fn gather(&mut self, source: NodeId, positions: impl Into<Arc<[u32]>>, shape: impl Into<Shape>) -> NodeId {
        let (positions, shape) = (positions.into(), shape.into());
        assert_eq!(positions.len(), shape.size());
        let size = self.shape(source).size();
        assert!(positions.iter().all(|&p| (p as usize) < size), "gather out of range");
        let index = self.positions(positions);
        self.push(Op::Gather { source, index }, shape)
    }

    /// Adds elements into zeros of `shape` at constant flat positions.
    pub fn scatter(&mut self, source: NodeId, positions: impl Into<Arc<[u32]>>, shape: impl Into<Shape>) -> NodeId {
        let (positions, shape) = (positions.into(), shape.into());
        assert_eq!(positions.len(), self.shape(source).size());
        assert!(positions.iter().all(|&p| (p as usize) < shape.size()), "scatter out of range");
        let index = self.positions(positions);
        self.push(Op::Scatter { source, index }, shape)
    }

    /// Picks elements by computed flat positions; the result has the index's shape.
    pub fn take(&mut self, source: NodeId, index: NodeId) -> NodeId {
        let shape = self.shape(index).clone();
        self.push(Op::Take { source, index }, shape)
    }

    /// Adds elements into zeros of `shape` at computed flat positions.
    pub fn put(&mut self, source: NodeId, index: NodeId, shape: impl Into<Shape>) -> NodeId {
        self.push(Op::Put { source, index }, shape.into())
    }

    /// The flat contents of the parts, one after the other, under a shape.
    pub fn concat(&mut self, parts: &[NodeId], shape: impl Into<Shape>) -> NodeId {
        let shape = shape.into();
        assert_eq!(parts.iter().map(|&p| self.shape(p).size()).sum::<usize>(), shape.size());
        self.push(Op::Concat(parts.to_vec()), shape)
    }

    // Reductions

    /// Reduces the given axes away.
    pub fn reduce(&mut self, kind: Reduction, source: NodeId, axes: &[usize]) -> NodeId {
        let own = self.shape(source);
        assert!(axes.iter().all(|&a| a < own.len()) && axes.windows(2).all(|w| w[0] < w[1]));
        let shape: Vec<usize> = (0..own.len()).filter(|k| !axes.contains(k)).map(|k| own[k]).collect();
        if axes.is_empty() && !matches!(kind, Reduction::ArgMax | Reduction::ArgMin) {
            return source;
        }
        self.push(Op::Reduce { kind, source, axes: axes.to_vec() }, shape.into())
    }

    /// Reduces all axes away.
    pub fn reduce_all(&mut self, kind: Reduction, source: NodeId) -> NodeId {
        let axes: Vec<usize> = (0..self.shape(source).len()).collect();
        self.reduce(kind, source, &axes)
    }

    /// The sum of all elements.
    pub fn sum(&mut self, source: NodeId) -> NodeId {
        self.reduce_all(Reduction::Sum, source)
    }

    /// Reduces the last axis away.
    pub fn reduce_last(&mut self, kind: Reduction, source: NodeId) -> NodeId {
        let last = self.shape(source).len() - 1;
        self.reduce(kind, source, &[last])
    }

    /// Running sums along the last axis.
    pub fn cumulative_sum(&mut self, source: NodeId, reverse: bool) -> NodeId {
        let shape = self.shape(source).clone();
        self.push(Op::CumulativeSum { source, reverse }, shape)
    }

    // Linear algebra

    /// Matrix product of arrays of one or two axes.
    pub fn matmul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let (left, right) = (self.shape(a), self.shape(b));
        assert!(matches!(left.len(), 1 | 2) && matches!(right.len(), 1 | 2));
        assert_eq!(left[left.len() - 1], right[0], "inner extents of a matrix product");
        let mut shape = left[..left.len() - 1].to_vec();
        shape.extend_from_slice(&right[1..]);
        self.push(Op::MatMul(a, b), shape.into())
    }

    /// Product of a constant sparse matrix, or its transpose, with a vector.
    pub fn sparse_product(&mut self, matrix: SparseId, vector: NodeId, transposed: bool) -> NodeId {
        let (from, to) = self.sparse_matrix(matrix).lengths(transposed);
        assert_eq!(self.shape(vector)[..], [from], "the vector of a sparse product");
        self.push(Op::SparseProduct { matrix, vector, transposed }, [to].into())
    }

    /// The lower Cholesky factor.
    pub fn cholesky(&mut self, a: NodeId) -> NodeId {
        let shape = self.square_shape(a);
        self.push(Op::Cholesky(a), shape)
    }

    /// Solves with a lower triangle, or with its transpose.
    pub fn solve_triangular(&mut self, lower: NodeId, right: NodeId, transposed: bool) -> NodeId {
        let n = self.square_shape(lower)[0];
        assert_eq!(self.shape(right)[0], n);
        let shape = self.shape(right).clone();
        self.push(Op::SolveTriangular { lower, right, transposed }, shape)
    }

    /// Solves a square system.
    pub fn solve(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let n = self.square_shape(a)[0];
        assert_eq!(self.shape(b)[0], n);
        let shape = self.shape(b).clone();
        self.push(Op::Solve(a, b), shape)
    }

    /// The inverse of a square matrix.
    pub fn inverse(&mut self, a: NodeId) -> NodeId {
        let shape = self.square_shape(a);
        self.push(Op::Inverse(a), shape)
    }

    /// The log of the absolute determinant.
    pub fn log_determinant(&mut self, a: NodeId) -> NodeId {
        self.square_shape(a);
        self.push(Op::LogDeterminant(a), Shape::scalar())
    }

    fn square_shape(&self, a: NodeId) -> Shape {
        let shape = self.shape(a).clone();
        assert!(shape.len() == 2 && shape[0] == shape[1], "{shape} is not a square matrix");
        shape
    }

    // Order

    /// The last axis in increasing order.
    pub fn sort(&mut self, a: NodeId) -> NodeId {
        let shape = self.shape(a).clone();
        self.push(Op::Sort(a), shape)
    }

    /// The positions that sort the last axis.
    pub fn arg_sort(&mut self, a: NodeId) -> NodeId {
        let shape = self.shape(a).clone();
        self.push(Op::ArgSort(a), shape)
    }
}

/// Names for the common elementwise operations.
macro_rules! named {
    (unary { $($name:ident $op:ident,)* } binary { $($name2:ident $op2:ident,)* }) => {
        impl Graph {
            $(#[doc = concat!("Applies [`Unary::", stringify!($op), "`].")]
            pub fn $name(&mut self, a: NodeId) -> NodeId { self.unary(Unary::$op, a) })*
            $(#[doc = concat!("Applies [`Binary::", stringify!($op2), "`].")]
            pub fn $name2(&mut self, a: NodeId, b: NodeId) -> NodeId { self.binary(Binary::$op2, a, b) })*
        }
    };
}

named! {
    unary {
    neg Neg, abs Abs, sqrt Sqrt, square Square, reciprocal Reciprocal, exp Exp, expm1 Expm1, log Log, log1p Log1p,
    log1m_exp Log1mExp, softplus Softplus, sigmoid Sigmoid, atan Atan, log_gamma LogGamma, digamma Digamma, not Not,
    }
    binary {
    add Add, sub Sub, mul Mul, div Div, pow Pow, min Min, max Max, lt Lt, le Le, eq Eq, ne Ne, and And, or Or,
    x_log_y XLogY, x_log1p XLog1p, log_add_exp LogAddExp, log_sub_exp LogSubExp,
    }
}
