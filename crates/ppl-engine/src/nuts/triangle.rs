//! Products of a matrix of which a triangle says everything.

use ppl_math::kernels::{AlignedBuffer, Octet};

use super::octets::{EIGHT, Vector};

/// Eight columns of eight rows.
pub(super) type Tile = [[f64; EIGHT]; EIGHT];

/// The lower triangle of a matrix as tiles, eight columns after eight columns, filled up with zeros.
///
/// Every element is read once a product, in the order of storage. That of a symmetric matrix of 100 dimensions reads
/// 47 KB, and not 80: hardly more than a cache of the first level holds.
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
    pub(super) fn strips(&self, strips: usize) -> impl Iterator<Item = &[Tile]> {
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
            let products = multiply_strip::<V>(strip, &x[first], &x[first..], &mut y[first + 1..]);
            (V::load(&y[first]) + products).store(&mut y[first]);
        }
    }
}

/// Adds the product of eight columns with eight factors to what is below the tile on the diagonal, and gives the product
/// of each of these columns with x.
#[inline(always)]
pub(super) fn multiply_strip<V: Octet>(
    strip: &[Tile],
    factors: &[f64; EIGHT],
    x: &[[f64; EIGHT]],
    below: &mut [[f64; EIGHT]],
) -> V {
    let (factors, mut sums) = (splat_each::<V>(factors), [V::splat(0.0); EIGHT]);
    let diagonal = V::load(&x[0]);
    for (sum, column) in sums.iter_mut().zip(&strip[0]) {
        *sum = V::load(column) * diagonal;
    }
    for ((tile, x), below) in strip[1..].iter().zip(&x[1..]).zip(below) {
        let (x, mut rows) = (V::load(x), V::load(below));
        for pair in 0..EIGHT / 2 {
            // Pairs are added up first, because one by one each column would wait for all before it.
            let (i, j) = (2 * pair, 2 * pair + 1);
            let (a, b) = (V::load(&tile[i]), V::load(&tile[j]));
            rows = rows + (a * factors[i] + b * factors[j]);
            sums[i] = sums[i] + a * x;
            sums[j] = sums[j] + b * x;
        }
        rows.store(below);
    }
    V::sums(sums)
}

/// An octet of each number.
#[inline(always)]
fn splat_each<V: Octet>(numbers: &[f64; EIGHT]) -> [V; EIGHT] {
    let mut octets = [V::splat(0.0); EIGHT];
    for (octet, number) in octets.iter_mut().zip(numbers) {
        *octet = V::splat(*number);
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};
    use ppl_math::kernels::{Processor, Task};

    struct MultiplySymmetric<'a>(&'a Triangle, &'a Vector);

    impl Task for MultiplySymmetric<'_> {
        type Output = Vec<f64>;

        #[inline(always)]
        fn run<V: Octet>(self) -> Vec<f64> {
            let mut y = Vector::zeros(self.1.len());
            self.0.multiply_symmetric::<V>(self.1, &mut y);
            y.into()
        }
    }

    /// Whole numbers, so that sums are exact in any order.
    fn numbers(dim: usize) -> DVector<f64> {
        DVector::from_fn(dim, |i, _| 1.0 - (i % 5) as f64)
    }

    #[test]
    fn every_element_of_a_symmetric_matrix_counts_in_its_place() {
        for dim in 0..20_usize {
            let matrix = DMatrix::from_fn(dim, dim, |i, j| (i.min(j) + 20 * i.max(j)) as f64);
            let triangle = Triangle::new(dim, |i, j| matrix[(i, j)]);
            let x = Vector::from(numbers(dim).as_slice());
            let product = Processor::detect().run(MultiplySymmetric(&triangle, &x));
            assert_eq!(product, (matrix * numbers(dim)).as_slice());
        }
    }
}
