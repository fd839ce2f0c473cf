//! Adjoints of access, reductions and order.

use super::{Reverse, Seed};
use crate::{Graph, IndexId, NodeId, Reduction, Shape, Tensor};

impl Reverse<'_> {
    pub(super) fn broadcast(&mut self, source: NodeId, axes: &[usize], seed: &Seed) {
        let own = self.graph.shape(source).clone();
        let contribution = if self.is_lifted(seed) {
            let repeats = seed.shape.size().checked_div(own.size()).unwrap_or(0);
            let repeats = self.graph.constant(repeats as f64);
            self.multiply(seed.id, repeats)
        } else if own.is_scalar() {
            self.total(seed.id, &seed.shape)
        } else {
            let added: Vec<usize> = (0..seed.shape.len()).filter(|axis| !axes.contains(axis)).collect();
            self.graph.reduce(Reduction::Sum, seed.id, &added)
        };
        self.give(source, contribution, seed.masked);
    }

    /// Whether one scalar stands for an array of adjoints.
    fn is_lifted(&self, seed: &Seed) -> bool {
        self.graph.shape(seed.id).is_scalar() && !seed.shape.is_scalar()
    }

    pub(super) fn transpose(&mut self, source: NodeId, permutation: &[usize], seed: &Seed) {
        let contribution = if self.is_lifted(seed) {
            seed.id
        } else {
            let mut back = vec![0; permutation.len()];
            permutation.iter().enumerate().for_each(|(to, &from)| back[from] = to);
            self.graph.transpose(seed.id, &back)
        };
        self.give(source, contribution, seed.masked);
    }

    pub(super) fn reshape(&mut self, source: NodeId, seed: &Seed) {
        let contribution = if self.is_lifted(seed) {
            seed.id
        } else {
            let own = self.graph.shape(source).clone();
            self.graph.reshape(seed.id, own)
        };
        self.give(source, contribution, seed.masked);
    }

    /// Where the adjoint is one number, each element gets it as often as it was read.
    pub(super) fn gather(&mut self, source: NodeId, index: IndexId, seed: &Seed) {
        let own = self.graph.shape(source).clone();
        if !self.is_lifted(seed) || own.is_scalar() {
            let contribution = self.full(seed);
            return self.give_scattered(source, contribution, index, seed.masked);
        }
        let mut counts = vec![0.0; own.size()];
        self.graph.index(index).iter().for_each(|&p| counts[p as usize] += 1.0);
        let counts = self.graph.data(Tensor::new(own, counts));
        let contribution = self.multiply(seed.id, counts);
        self.give(source, contribution, seed.masked);
    }

    pub(super) fn scatter(&mut self, source: NodeId, index: IndexId, seed: &Seed) {
        let contribution = if self.is_lifted(seed) {
            seed.id
        } else {
            let (positions, own) = (self.graph.index(index).clone(), self.graph.shape(source).clone());
            self.graph.gather(seed.id, positions, own)
        };
        self.give(source, contribution, seed.masked);
    }

    pub(super) fn take(&mut self, source: NodeId, index: NodeId, seed: &Seed) {
        if self.wants(source) {
            let (adjoint, own) = (self.full(seed), self.graph.shape(source).clone());
            let contribution = self.graph.put(adjoint, index, own);
            self.give(source, contribution, seed.masked);
        }
    }

    pub(super) fn put(&mut self, source: NodeId, index: NodeId, seed: &Seed) {
        if self.wants(source) {
            let adjoint = self.full(seed);
            let contribution = self.graph.take(adjoint, index);
            self.give(source, contribution, seed.masked);
        }
    }

    pub(super) fn concat(&mut self, parts: &[NodeId], seed: &Seed) {
        let mut offset = 0;
        for &part in parts {
            let own = self.graph.shape(part).clone();
            if self.wants(part) {
                let contribution = if self.is_lifted(seed) {
                    seed.id
                } else {
                    let positions: Vec<u32> = (offset..offset + own.size()).map(|p| p as u32).collect();
                    self.graph.gather(seed.id, positions, own.clone())
                };
                self.give(part, contribution, seed.masked);
            }
            offset += own.size();
        }
    }

    pub(super) fn reduce(&mut self, kind: Reduction, source: NodeId, axes: &[usize], result: NodeId, seed: &Seed) {
        let shape = self.graph.shape(source).clone();
        let kept = Kept { axes: (0..shape.len()).filter(|axis| !axes.contains(axis)).collect(), shape };
        let spread = Seed { id: kept.spread(self.graph, seed.id), shape: kept.shape.clone(), masked: seed.masked };
        match kind {
            Reduction::ArgMax | Reduction::ArgMin => {}
            Reduction::Sum => self.give(source, spread.id, seed.masked),
            Reduction::LogSumExp => {
                let total = kept.spread(self.graph, result);
                let difference = self.graph.sub(source, total);
                let weights = self.graph.exp(difference);
                let contribution = self.times(&spread, weights);
                self.give(source, contribution, true);
            }
            Reduction::Min | Reduction::Max => {
                let extreme = kept.spread(self.graph, result);
                let hits = self.graph.eq(source, extreme);
                let count = self.graph.reduce(Reduction::Sum, hits, axes);
                let share = self.graph.div(seed.id, count);
                let share = kept.spread(self.graph, share);
                let zero = self.graph.constant(0.0);
                let contribution = self.graph.select(hits, share, zero);
                self.give(source, contribution, true);
            }
            Reduction::Product => {
                let others = product_of_others(self.graph, source, axes, &kept);
                let contribution = self.times(&spread, others);
                self.give(source, contribution, seed.masked);
            }
        }
    }

    pub(super) fn cumulative_sum(&mut self, source: NodeId, reverse: bool, seed: &Seed) {
        let adjoint = self.full(seed);
        let contribution = self.graph.cumulative_sum(adjoint, !reverse);
        self.give(source, contribution, seed.masked);
    }

    /// Each element goes back to where it came from.
    pub(super) fn sort(&mut self, source: NodeId, seed: &Seed) {
        let shape = seed.shape.clone();
        let row = shape.last().copied().unwrap_or(1);
        let mut index = self.graph.arg_sort(source);
        if shape.size() > row {
            let starts: Vec<f64> = (0..shape.size()).map(|i| (i - i % row) as f64).collect();
            let starts = self.graph.data(Tensor::new(shape.clone(), starts));
            index = self.graph.add(index, starts);
        }
        let adjoint = self.full(seed);
        let contribution = self.graph.put(adjoint, index, shape);
        self.give(source, contribution, seed.masked);
    }
}

/// The axes that a reduction keeps, in the shape of its source.
struct Kept {
    axes: Vec<usize>,
    shape: Shape,
}

impl Kept {
    /// Repeats a reduced array along the axes that were reduced; a scalar lifts by itself.
    fn spread(&self, graph: &mut Graph, reduced: NodeId) -> NodeId {
        if graph.shape(reduced).is_scalar() {
            reduced
        } else {
            graph.broadcast(reduced, &self.axes, self.shape.clone())
        }
    }
}

/// For each element the product of the others, which is plain division only where no element is 0.
fn product_of_others(g: &mut Graph, source: NodeId, axes: &[usize], kept: &Kept) -> NodeId {
    let (zero, one) = (g.constant(0.0), g.constant(1.0));
    let is_zero = g.eq(source, zero);
    let nonzero = g.select(is_zero, one, source);
    let product = g.reduce(Reduction::Product, nonzero, axes);
    let zeros = g.reduce(Reduction::Sum, is_zero, axes);
    let (product, zeros) = (kept.spread(g, product), kept.spread(g, zeros));
    let other_zeros = g.sub(zeros, is_zero);
    let no_other = g.eq(other_zeros, zero);
    let others = g.div(product, nonzero);
    g.select(no_other, others, zero)
}
