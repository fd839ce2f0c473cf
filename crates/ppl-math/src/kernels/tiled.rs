//! Storage that vectors stream at full width.

use std::ops::{Deref, DerefMut};

use super::Kernels;
use super::matrix::TILE;

/// One cache line.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
struct Line([f64; LINE]);

/// Numbers of a cache line.
const LINE: usize = 8;

/// Numbers that begin at a multiple of 64 bytes, padded with zeros to whole cache lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlignedBuffer {
    lines: Vec<Line>,
    length: usize,
}

impl AlignedBuffer {
    /// `length` zeros.
    pub fn zeros(length: usize) -> Self {
        Self { lines: vec![Line([0.0; LINE]); length.div_ceil(LINE)], length }
    }

    /// All cache lines, the padding included.
    #[inline]
    pub fn octets(&self) -> &[[f64; LINE]] {
        // SAFETY: a line is eight numbers, and lines follow one another without a gap.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.lines.len()) }
    }

    /// All cache lines, the padding included, which has to stay zero where that matters.
    #[inline]
    pub fn octets_mut(&mut self) -> &mut [[f64; LINE]] {
        // SAFETY: a line is eight numbers, and lines follow one another without a gap.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.lines.len()) }
    }
}

impl From<&[f64]> for AlignedBuffer {
    fn from(values: &[f64]) -> Self {
        let mut buffer = Self::zeros(values.len());
        buffer.copy_from_slice(values);
        buffer
    }
}

impl Deref for AlignedBuffer {
    type Target = [f64];
    #[inline]
    fn deref(&self) -> &[f64] {
        // SAFETY: the lines hold at least `length` numbers, one after the other.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.length) }
    }
}

impl DerefMut for AlignedBuffer {
    #[inline]
    fn deref_mut(&mut self) -> &mut [f64] {
        // SAFETY: the lines hold at least `length` numbers, one after the other.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.length) }
    }
}

/// A matrix in tiles of 32 rows, column-major within a tile: both X·v and Xᵀ·r stream it with full vectors.
///
/// Element (i, j) stands at `(i / 32)·32·columns + j·32 + i mod 32`. Rows that fill the last tile are zero. Storage
/// begins at a multiple of 64 bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct TiledMatrix {
    rows: usize,
    columns: usize,
    tiles: AlignedBuffer,
}

impl TiledMatrix {
    /// Rows of a tile.
    pub const TILE: usize = TILE;

    /// The tiling of a row-major matrix.
    ///
    /// # Panics
    /// Where `values` does not hold rows × columns numbers.
    pub fn from_row_major(rows: usize, columns: usize, values: &[f64]) -> Self {
        let mut tiles = AlignedBuffer::zeros(Self::tiled_len(rows, columns));
        Self::write_tiles(rows, columns, values, &mut tiles);
        Self { rows, columns, tiles }
    }

    /// How many numbers the tiles of a matrix hold, the filling included.
    pub fn tiled_len(rows: usize, columns: usize) -> usize {
        rows.div_ceil(TILE) * TILE * columns
    }

    /// Writes the tiles of a matrix, given row-major, into zeros.
    ///
    /// # Panics
    /// Where `values` does not hold rows × columns numbers, or `tiles` not [`tiled_len`](Self::tiled_len).
    pub fn write_tiles(rows: usize, columns: usize, values: &[f64], tiles: &mut [f64]) {
        assert_eq!(rows.checked_mul(columns), Some(values.len()), "values do not fill the matrix");
        assert_eq!(tiles.len(), Self::tiled_len(rows, columns), "the tiles have another size");
        for (i, row) in values.chunks_exact(columns.max(1)).enumerate() {
            let start = i / TILE * TILE * columns + i % TILE;
            for (j, &value) in row.iter().enumerate() {
                tiles[start + j * TILE] = value;
            }
        }
    }

    /// How many rows it has, without the filling.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns it has.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The tiles, one after the other.
    pub fn tiles(&self) -> &[f64] {
        &self.tiles
    }

    /// `out = X·v`, for `v` of columns and `out` of rows.
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub fn times_vector(&self, kernels: &Kernels, v: &[f64], out: &mut [f64]) {
        assert!(v.len() == self.columns && out.len() == self.rows, "vectors do not fit the matrix");
        // SAFETY: the tiles hold every row, and the lengths have just been checked; slices do not overlap.
        unsafe {
            let kernel = kernels.tiled_times_vector.raw;
            kernel(self.rows, self.columns, self.tiles.as_ptr(), v.as_ptr(), out.as_mut_ptr())
        }
    }

    /// `out += Xᵀ·r`, for `r` of rows and `out` of columns.
    ///
    /// # Panics
    /// Where the lengths do not fit.
    pub fn add_transposed_times_vector(&self, kernels: &Kernels, r: &[f64], out: &mut [f64]) {
        assert!(r.len() == self.rows && out.len() == self.columns, "vectors do not fit the matrix");
        // SAFETY: the tiles hold every row, and the lengths have just been checked; slices do not overlap.
        unsafe {
            let kernel = kernels.add_transposed_times_vector.raw;
            kernel(self.rows, self.columns, self.tiles.as_ptr(), r.as_ptr(), out.as_mut_ptr())
        }
    }
}
