//! Products of a matrix of which a triangle says everything.

use ppl_math::kernels::{AlignedBuffer, Octet};

use super::octets::{EIGHT, Vector};

/// Eight columns of eight rows.
type Tile = [[f64; EIGHT]; EIGHT];

/// The lower triangle of a matrix as tiles, eight columns after eight columns, filled up with zeros.
///
/// Every element is read once a product. That of a symmetric matrix of 100 dimensions reads 47 KB, which a cache of the
/// first level holds, and not 80.
#[derive(Clone, Debug)]
pub(super) struct Triangle {
    tiles: AlignedBuffer,
}

impl Triangle {
    /// From the element at a row and a column. Of what stands above the diagonal, tiles on the diagonal are asked for.
    pub(super) fn new(dim: usize, element: impl Fn(usize, usize) -> f64) -> Self {
        let strips = dim.div_ceil(EIGHT);
        let mut tiles = AlignedBuffer::zeros(strips * (strips + 1) / 2 * EIGHT * EIGHT);
        let places = (0..strips).flat_map(|j| (j..strips).map(move |i| (EIGHT * i, EIGHT * j)));
        for (tile, (row, column)) in tiles.chunks_exact_mut(EIGHT * EIGHT).zip(places) {
            for (k, to) in tile.iter_mut().enumerate() {
                let (row, column) = (row + k % EIGHT, column + k / EIGHT);
                if row < dim && column < dim {
                    *to = element(row, column);
                }
            }
        }
        Triangle { tiles }
    }

    /// The tiles from the diagonal down, for eight columns after eight columns.
    #[inline(always)]
    fn strips(&self, strips: usize) -> impl Iterator<Item = &[Tile]> {
        let mut left = self.tiles.octets().as_chunks().0;
        (0..strips).map(move |k| {
            let (strip, rest) = left.split_at(strips - k);
            left = rest;
            strip
        })
    }

    /// y ← M x for the symmetric matrix M of this triangle.
    #[inline(always)]
    pub(super) fn multiply_symmetric<V: Octet>(&self, x: &Vector, y: &mut Vector) {
        let (x, y) = (x.octets(), y.octets_mut());
        assert_eq!(x.len(), y.len());
        y.fill([0.0; EIGHT]);
        for (first, strip) in self.strips(x.len()).enumerate() {
            multiply_strip::<V>(strip, &x[first..], &mut y[first..]);
        }
    }

    /// x ← Lᵀ x for the lower triangular matrix L of this triangle.
    #[inline(always)]
    pub(super) fn multiply_transposed<V: Octet>(&self, x: &mut Vector) {
        let x = x.octets_mut();
        for (first, strip) in self.strips(x.len()).enumerate() {
            let mut sums = [V::splat(0.0); EIGHT];
            for (tile, x) in strip.iter().zip(&x[first..]) {
                add_products(tile, V::load(x), &mut sums);
            }
            V::sums(sums).store(&mut x[first]);
        }
    }
}

/// Adds what eight columns and, but for the tile on the diagonal, the same eight rows contribute to the product.
#[inline(always)]
fn multiply_strip<V: Octet>(strip: &[Tile], x: &[[f64; EIGHT]], y: &mut [[f64; EIGHT]]) {
    let (mut factors, mut sums) = ([V::splat(0.0); EIGHT], [V::splat(0.0); EIGHT]);
    for (factor, x) in factors.iter_mut().zip(x[0]) {
        *factor = V::splat(x);
    }
    for ((tile, x), y) in strip[1..].iter().zip(&x[1..]).zip(&mut y[1..]) {
        let (x, mut below) = (V::load(x), V::load(y));
        for column in 0..EIGHT {
            let elements = V::load(&tile[column]);
            below = below + elements * factors[column];
            sums[column] = sums[column] + elements * x;
        }
        below.store(y);
    }
    add_products(&strip[0], V::load(&x[0]), &mut sums);
    (V::load(&y[0]) + V::sums(sums)).store(&mut y[0]);
}

/// Adds the product of each column with x, number by number.
#[inline(always)]
fn add_products<V: Octet>(columns: &Tile, x: V, sums: &mut [V; EIGHT]) {
    for (sum, column) in sums.iter_mut().zip(columns) {
        *sum = *sum + V::load(column) * x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ppl_math::kernels::{Processor, Task};

    /// Both products of the lower triangle.
    struct Multiply<'a>(&'a Triangle, &'a Vector);

    impl Task for Multiply<'_> {
        type Output = [Vector; 2];

        #[inline(always)]
        fn run<V: Octet>(self) -> [Vector; 2] {
            let (mut symmetric, mut transposed) = (self.1.clone(), self.1.clone());
            self.0.multiply_symmetric::<V>(self.1, &mut symmetric);
            self.0.multiply_transposed::<V>(&mut transposed);
            [symmetric, transposed]
        }
    }

    #[test]
    fn every_element_counts_in_its_place() {
        for dim in 0..20_usize {
            // Whole numbers, so that sums are exact in any order.
            let element = |i: usize, j: usize| (i.min(j) + 20 * i.max(j)) as f64;
            let lower = |i: usize, j: usize| if i < j { 0.0 } else { element(i, j) };
            let x: Vec<f64> = (0..dim).map(|i| 1.0 - (i % 5) as f64).collect();
            let run = |triangle| Processor::detect().run(Multiply(&triangle, &Vector::from(&*x)));
            let products =
                [&run(Triangle::new(dim, element))[0], &run(Triangle::new(dim, lower))[1]].map(|y| y.to_vec());
            let row = |i: usize| (0..dim).map(|j| element(i, j) * x[j]).sum::<f64>();
            let column = |j: usize| (0..dim).map(|i| lower(i, j) * x[i]).sum::<f64>();
            assert_eq!(products, [(0..dim).map(row).collect::<Vec<_>>(), (0..dim).map(column).collect()]);
        }
    }
}
