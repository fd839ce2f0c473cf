//! One number for each row, and sums of them that keep their digits.

use std::sync::Arc;

use crate::{Graph, NodeId, Op, Shape, Tensor};

/// One number a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Numbers {
    /// The same for every row.
    Same(f64),
    /// One each.
    Each(Arc<[f64]>),
}

impl Numbers {
    /// The number of a row.
    pub(super) fn at(&self, row: usize) -> f64 {
        match self {
            Numbers::Same(x) => *x,
            Numbers::Each(values) => values[row],
        }
    }

    /// f of both, row by row.
    pub(super) fn zip(&self, other: &Numbers, f: impl Fn(f64, f64) -> f64) -> Numbers {
        match (self, other) {
            (Numbers::Same(x), Numbers::Same(y)) => Numbers::Same(f(*x, *y)),
            (Numbers::Same(x), Numbers::Each(ys)) => Numbers::Each(ys.iter().map(|&y| f(*x, y)).collect()),
            (Numbers::Each(xs), Numbers::Same(y)) => Numbers::Each(xs.iter().map(|&x| f(x, *y)).collect()),
            (Numbers::Each(xs), Numbers::Each(ys)) => {
                Numbers::Each(xs.iter().zip(&**ys).map(|(&x, &y)| f(x, y)).collect())
            }
        }
    }

    /// The products, row by row.
    pub(super) fn times(&self, other: &Numbers) -> Numbers {
        match (self, other) {
            (Numbers::Same(1.0), any) | (any, Numbers::Same(1.0)) => any.clone(),
            _ => self.zip(other, |x, y| x * y),
        }
    }

    /// Whether a number of every row has a property.
    pub(super) fn all(&self, holds: impl Fn(f64) -> bool) -> bool {
        match self {
            Numbers::Same(x) => holds(*x),
            Numbers::Each(values) => values.iter().all(|&x| holds(x)),
        }
    }

    /// A node with these numbers: a scalar where they are all the same.
    pub(super) fn node(&self, g: &mut Graph) -> NodeId {
        match self {
            Numbers::Same(x) => g.constant(*x),
            Numbers::Each(values) => g.data(Tensor::new([values.len()], values.clone())),
        }
    }

    /// Whether it is 1 in every row.
    pub(super) fn is_one(&self) -> bool {
        *self == Numbers::Same(1.0)
    }
}

/// The numbers of a constant node, flat; nothing where it depends on inputs.
pub(super) fn constant(g: &Graph, id: NodeId) -> Option<Numbers> {
    match &g.node(id).op {
        Op::Const(bits) => Some(Numbers::Same(f64::from_bits(*bits))),
        Op::Data(data) => Some(Numbers::Each(g.tensor(*data).values.clone())),
        Op::Reshape(source) => constant(g, *source),
        Op::Broadcast { source, axes } => match constant(g, *source)? {
            Numbers::Same(x) => Some(Numbers::Same(x)),
            Numbers::Each(values) => {
                let positions = repeated_positions(g.shape(*source), axes, g.shape(id));
                Some(Numbers::Each(positions.iter().map(|&p| values[p as usize]).collect()))
            }
        },
        _ => None,
    }
}

/// Whether a node has constant numbers.
pub(super) fn is_constant(g: &Graph, id: NodeId) -> bool {
    match g.node(id).op {
        Op::Const(_) | Op::Data(_) => true,
        Op::Reshape(source) | Op::Broadcast { source, .. } => is_constant(g, source),
        _ => false,
    }
}

/// Where each element of a broadcast stands in its source, both flat.
pub(super) fn repeated_positions(own: &Shape, axes: &[usize], shape: &Shape) -> Vec<u32> {
    let mut strides = vec![0; shape.len()];
    axes.iter().zip(own.strides()).for_each(|(&axis, stride)| strides[axis] = stride);
    strided(shape, &strides)
}

/// The flat positions of all elements of an array with these extents and strides.
pub(super) fn strided(extents: &[usize], strides: &[usize]) -> Vec<u32> {
    extents.iter().zip(strides).fold(vec![0], |positions, (&extent, &stride)| {
        positions.iter().flat_map(|&p| (0..extent).map(move |k| p + (k * stride) as u32)).collect()
    })
}

/// A node of one number a row: a scalar where they are all the same.
pub(super) fn node(g: &mut Graph, values: Vec<f64>) -> NodeId {
    let first = values[0];
    if values.iter().all(|x| x.to_bits() == first.to_bits()) {
        return g.constant(first);
    }
    g.data(Tensor::new([values.len()], values))
}

/// A sum with the rounding errors of its additions beside it (Neumaier 1974).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    sum: f64,
    error: f64,
}

impl Sum {
    pub(super) fn add(&mut self, x: f64) {
        let (sum, error) = two_sum(self.sum, x);
        self.sum = sum;
        self.error += error;
    }

    /// Adds a product without its rounding error.
    pub(super) fn add_product(&mut self, x: f64, y: f64) {
        let product = x * y;
        self.add(product);
        self.error += x.mul_add(y, -product);
    }

    pub(super) fn value(self) -> f64 {
        self.sum + self.error
    }

    /// The value in two parts, of which the second is what does not fit into the first.
    pub(super) fn parts(self) -> (f64, f64) {
        two_sum(self.sum, self.error)
    }
}

/// A sum and its rounding error (Knuth 1969, TwoSum).
pub(super) fn two_sum(x: f64, y: f64) -> (f64, f64) {
    let sum = x + y;
    let part = sum - x;
    (sum, (x - (sum - part)) + (y - part))
}
