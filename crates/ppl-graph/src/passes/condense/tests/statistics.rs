//! Random sums of the kind that log densities are made of: few-valued data, gathers, curves, choices, parts of rows.

use crate::testing::{RandomGraph, SplitMix};
use crate::{Graph, NodeId, Reduction, Shape, Tensor, Unary};

/// A sum over rows of a random expression.
pub(super) fn random_sum(seed: u64) -> RandomGraph {
    let mut random = SplitMix(seed);
    let rows = [8, 20, 60, 300][random.below(4)];
    let mut graph = Graph::new();
    let scalars = (0..3).map(|k| graph.input(k, [])).collect();
    let vectors = vec![graph.input(3, [4]), graph.input(7, [3])];
    let mut maker = Maker { graph, random, rows, scalars, vectors, columns: 0 };
    let node = if maker.random.below(3) == 0 { maker.partial(3) } else { maker.expression(4) };
    let output = maker.graph.sum(node);
    let inputs = (0..10).map(|_| maker.random.uniform(-1.0, 1.0)).collect();
    RandomGraph { graph: maker.graph, output, nodes: vec![output], inputs }
}

struct Maker {
    graph: Graph,
    random: SplitMix,
    rows: usize,
    scalars: Vec<NodeId>,
    vectors: Vec<NodeId>,
    /// Columns of each row, or none.
    columns: usize,
}

impl Maker {
    fn shape(&self) -> Shape {
        if self.columns == 0 { [self.rows].into() } else { [self.rows, self.columns].into() }
    }

    /// The sum along the rows of a table.
    fn partial(&mut self, depth: usize) -> NodeId {
        self.columns = 3;
        let inner = self.expression(depth);
        self.columns = 0;
        let total = self.graph.reduce_last(Reduction::Sum, inner);
        let other = self.expression(2);
        self.graph.sub(total, other)
    }

    fn expression(&mut self, depth: usize) -> NodeId {
        if depth == 0 {
            return self.leaf();
        }
        match self.random.below(14) {
            0 | 1 => {
                let (a, b) = (self.expression(depth - 1), self.expression(depth - 1));
                self.graph.add(a, b)
            }
            2 | 3 => {
                let (a, b) = (self.expression(depth - 1), self.expression(depth - 1));
                self.graph.sub(a, b)
            }
            4 => {
                let (s, a) = (self.scalar(), self.expression(depth - 1));
                if self.random.below(2) == 0 { self.graph.mul(s, a) } else { self.over(a, s) }
            }
            5 => {
                let (w, a) = (self.data(), self.expression(depth - 1));
                self.graph.mul(w, a)
            }
            6 => {
                let (c, a, b) = (self.data(), self.expression(depth - 1), self.expression(depth - 1));
                self.graph.select(c, a, b)
            }
            7 => {
                let (a, s) = (self.expression(depth - 1), self.leaf());
                let residual = self.over(a, s);
                self.graph.square(residual)
            }
            8 => {
                let a = self.expression(depth - 1);
                self.graph.neg(a)
            }
            9 => {
                let (a, counts) = (self.expression(depth - 1), self.data());
                let squeezed = self.graph.sigmoid(a);
                let shape = self.graph.add(squeezed, counts);
                self.graph.log_gamma(shape)
            }
            10 => {
                let a = self.expression(depth - 1);
                self.graph.softplus(a)
            }
            11 => {
                let (a, y) = (self.expression(depth - 1), self.data());
                let positive = self.graph.exp(y);
                self.graph.x_log_y(a, positive)
            }
            12 if self.columns == 0 => self.softmax(),
            _ => self.leaf(),
        }
    }

    /// a over a number near 1.
    fn over(&mut self, a: NodeId, s: NodeId) -> NodeId {
        let near = self.graph.unary(Unary::Tanh, s);
        let divisor = self.graph.exp(near);
        self.graph.div(a, divisor)
    }

    /// The log share of one of three classes in each row, the scores lying either way.
    fn softmax(&mut self) -> NodeId {
        self.columns = 3;
        let mut scores = self.expression(2);
        if self.random.below(2) == 0 {
            let lying = self.graph.transpose(scores, &[1, 0]);
            let effect = self.graph.broadcast(self.vectors[1], &[0], [3, self.rows]);
            let sum = self.graph.add(lying, effect);
            scores = self.graph.transpose(sum, &[1, 0]);
        }
        self.columns = 0;
        let labels: Vec<u32> = (0..self.rows).map(|row| (row * 3 + self.random.below(3)) as u32).collect();
        let chosen = self.graph.gather(scores, labels, [self.rows]);
        let total = self.graph.reduce_last(Reduction::LogSumExp, scores);
        self.graph.sub(chosen, total)
    }

    fn scalar(&mut self) -> NodeId {
        if self.random.below(4) == 0 {
            let value = self.random.uniform(-2.0, 2.0);
            return self.graph.constant(value);
        }
        self.random.pick(&self.scalars)
    }

    fn leaf(&mut self) -> NodeId {
        let shape = self.shape();
        match self.random.below(6) {
            0 => self.data(),
            1 => {
                let scalar = self.scalar();
                self.graph.broadcast(scalar, &[], shape)
            }
            2 => {
                let (slope, x) = (self.scalar(), self.data());
                self.graph.mul(slope, x)
            }
            3 => self.product(),
            _ => self.effect(),
        }
    }

    /// Elements of a vector, by labels.
    fn effect(&mut self) -> NodeId {
        let (vector, shape) = (self.random.pick(&self.vectors), self.shape());
        if self.columns == 3 && self.random.below(2) == 0 {
            return self.graph.broadcast(self.vectors[1], &[1], shape);
        }
        let labels: Vec<u32> = (0..shape.size()).map(|_| self.random.below(3) as u32).collect();
        self.graph.gather(vector, labels, shape)
    }

    /// A matrix of data times a vector.
    fn product(&mut self) -> NodeId {
        let values: Vec<f64> = (0..self.rows * 3).map(|_| self.random.below(2) as f64).collect();
        let matrix = self.graph.data(Tensor::new([self.rows, 3], values));
        let product = self.graph.matmul(matrix, self.vectors[1]);
        let shape = self.shape();
        self.graph.broadcast(product, &[0], shape)
    }

    /// Few values, or all different.
    fn data(&mut self) -> NodeId {
        let shape = self.shape();
        let kind = self.random.below(4);
        let mut number = || match kind {
            0 => self.random.uniform(-2.0, 2.0),
            1 => self.random.below(2) as f64,
            _ => self.random.below(4) as f64,
        };
        let values: Vec<f64> = (0..shape.size()).map(|_| number()).collect();
        self.graph.data(Tensor::new(shape, values))
    }
}
