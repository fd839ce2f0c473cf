//! Where things lie in memory.

use std::collections::HashMap;

use ppl_math::kernels::{AlignedBuffer, TiledMatrix};

use super::instruction::{Arena, Positions, Span, SparseRows, Tiles};
use crate::{DataId, Graph, IndexId, SparseId};

/// Numbers in a cache line; arrays begin at one.
pub(super) const LINE: usize = 8;

/// Constant numbers and positions of a graph, each stored once.
#[derive(Debug, Default)]
pub(super) struct Constants {
    pub positions: Vec<u32>,
    /// Where each array goes; the numbers are written once all have their places, so that they are held but once.
    pieces: Vec<(usize, Piece)>,
    len: usize,
    arrays: HashMap<DataId, Span>,
    matrices: HashMap<DataId, Tiles>,
    indices: HashMap<IndexId, Positions>,
    sparse: HashMap<SparseId, SparseRows>,
}

/// Numbers of a graph, in the order in which a plan reads them.
#[derive(Clone, Copy, Debug)]
enum Piece {
    Array(DataId),
    Tiles(DataId),
    Sparse(SparseId),
}

impl Constants {
    /// All numbers at their places.
    pub(super) fn numbers(&self, graph: &Graph) -> AlignedBuffer {
        let mut numbers = AlignedBuffer::zeros(self.len);
        for &(offset, piece) in &self.pieces {
            let to = &mut numbers[offset..];
            match piece {
                Piece::Array(id) => copy(&graph.tensor(id).values, to),
                Piece::Sparse(id) => copy(graph.sparse_matrix(id).values(), to),
                Piece::Tiles(id) => {
                    let tensor = graph.tensor(id);
                    let (rows, columns) = (tensor.shape[0], tensor.shape[1]);
                    let len = TiledMatrix::tiled_len(rows, columns);
                    TiledMatrix::write_tiles(rows, columns, &tensor.values, &mut to[..len]);
                }
            }
        }
        numbers
    }

    /// A constant array in its own order.
    pub(super) fn array(&mut self, graph: &Graph, id: DataId) -> Span {
        if let Some(&known) = self.arrays.get(&id) {
            return known;
        }
        let span = self.room(graph.tensor(id).values.len(), Piece::Array(id));
        self.arrays.insert(id, span);
        span
    }

    /// A constant matrix in tiles.
    pub(super) fn matrix(&mut self, graph: &Graph, id: DataId) -> Tiles {
        if let Some(&known) = self.matrices.get(&id) {
            return known;
        }
        let tensor = graph.tensor(id);
        let (rows, columns) = (tensor.shape[0], tensor.shape[1]);
        let span = self.room(TiledMatrix::tiled_len(rows, columns), Piece::Tiles(id));
        let tiles = Tiles { span, rows, columns };
        self.matrices.insert(id, tiles);
        tiles
    }

    fn room(&mut self, len: usize, piece: Piece) -> Span {
        let offset = self.len;
        self.pieces.push((offset, piece));
        self.len += len.next_multiple_of(LINE);
        Span { arena: Arena::Data, offset, len }
    }

    /// Constant positions.
    pub(super) fn positions(&mut self, graph: &Graph, id: IndexId) -> Positions {
        let store = &mut self.positions;
        *self.indices.entry(id).or_insert_with(|| append(store, graph.index(id)))
    }

    /// A constant matrix in compressed rows.
    pub(super) fn sparse(&mut self, graph: &Graph, id: SparseId) -> SparseRows {
        if let Some(&known) = self.sparse.get(&id) {
            return known;
        }
        let matrix = graph.sparse_matrix(id);
        let [starts, columns] =
            [matrix.row_starts(), matrix.column_indices()].map(|positions| append(&mut self.positions, positions));
        let rows = SparseRows { starts, columns, values: self.room(matrix.values().len(), Piece::Sparse(id)) };
        self.sparse.insert(id, rows);
        rows
    }
}

fn copy(values: &[f64], to: &mut [f64]) {
    to[..values.len()].copy_from_slice(values);
}

fn append(store: &mut Vec<u32>, positions: &[u32]) -> Positions {
    let offset = store.len();
    store.extend_from_slice(positions);
    store.resize(store.len().next_multiple_of(2 * LINE), 0);
    Positions { offset, len: positions.len() }
}

/// The work arena while it is being laid out.
#[derive(Debug, Default)]
pub(super) struct Layout {
    len: usize,
    /// The next free scalar, and the end of its line.
    scalars: (usize, usize),
    constants: HashMap<u64, usize>,
    /// Arrays that are not needed any more, by length in the arena.
    free: HashMap<usize, Vec<usize>>,
}

impl Layout {
    /// Room of its own, from the beginning of a line.
    pub(super) fn own(&mut self, len: usize) -> Span {
        let offset = self.len;
        self.len += len.next_multiple_of(LINE);
        Span { arena: Arena::Work, offset, len }
    }

    /// Room for an array, which may have been another's before.
    pub(super) fn array(&mut self, len: usize) -> Span {
        match self.free.get_mut(&len.next_multiple_of(LINE)).and_then(Vec::pop) {
            Some(offset) => Span { arena: Arena::Work, offset, len },
            None => self.own(len),
        }
    }

    /// Takes back an array of more than one number, for arrays of later steps.
    pub(super) fn free(&mut self, span: Span) {
        if span.len > 1 {
            self.free.entry(span.len.next_multiple_of(LINE)).or_default().push(span.offset);
        }
    }

    /// Room for one number.
    pub(super) fn scalar(&mut self) -> Span {
        if self.scalars.0 == self.scalars.1 {
            let line = self.own(LINE).offset;
            self.scalars = (line, line + LINE);
        }
        self.scalars.0 += 1;
        Span { arena: Arena::Work, offset: self.scalars.0 - 1, len: 1 }
    }

    /// A number that is there from the beginning.
    pub(super) fn constant(&mut self, value: f64) -> Span {
        if let Some(&offset) = self.constants.get(&value.to_bits()) {
            return Span { arena: Arena::Work, offset, len: 1 };
        }
        let span = self.scalar();
        self.constants.insert(value.to_bits(), span.offset);
        span
    }

    /// The length of the arena.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The constants, in the order of their places.
    pub(super) fn constants(&self) -> Vec<(usize, f64)> {
        let mut constants: Vec<_> = self.constants.iter().map(|(&bits, &at)| (at, f64::from_bits(bits))).collect();
        constants.sort_by_key(|&(offset, _)| offset);
        constants
    }
}
