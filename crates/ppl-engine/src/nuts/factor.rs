//! A factor of a covariance, by which momenta are drawn together with their velocities.

use nalgebra::DMatrix;
use ppl_math::kernels::{AlignedBuffer, Octet};

use super::octets::{EIGHT, Vector};
use super::triangle::{Tile, Triangle, multiply_strip};

/// A lower triangular matrix K, by which x becomes K⁻¹x and Kᵀx at once.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    triangle: Triangle,
    /// The inverse of each tile on the diagonal: dividing one number after the other would take longer.
    inverses: AlignedBuffer,
}

impl Factor {
    /// From a lower triangular matrix without zeros on the diagonal.
    pub(super) fn new(lower: &DMatrix<f64>) -> Self {
        let dim = lower.nrows();
        let inverses: Vec<f64> = (0..dim)
            .step_by(EIGHT)
            .flat_map(|first| {
                let size = EIGHT.min(dim - first);
                let mut inverse = DMatrix::identity(size, size);
                lower.view((first, first), (size, size)).solve_lower_triangular_unchecked_mut(&mut inverse);
                Vec::from(inverse.resize(EIGHT, EIGHT, 0.0).data)
            })
            .collect();
        let triangle = Triangle::new(dim, |row, column| lower[(row, column)]);
        Factor { triangle, inverses: AlignedBuffer::from(&*inverses) }
    }

    /// x ← K⁻¹x and y ← Kᵀx, in one reading of the triangle.
    #[inline(always)]
    pub(super) fn divide_and_multiply<V: Octet>(&self, x: &mut Vector, y: &mut Vector) {
        let (x, y) = (x.octets_mut(), y.octets_mut());
        y.copy_from_slice(x);
        let strips = self.triangle.strips(x.len()).zip(self.inverses.octets().as_chunks().0);
        for (first, (strip, inverse)) in strips.enumerate() {
            // From here on, x is less what has been divided already contributes, and y still what x was.
            let solved = multiply_tile::<V>(inverse, &x[first]);
            solved.store(&mut x[first]);
            let mut less = [0.0; EIGHT];
            (V::splat(0.0) - solved).store(&mut less);
            multiply_strip::<V>(strip, &less, &y[first..], &mut x[first + 1..]).store(&mut y[first]);
        }
    }
}

/// The product of eight columns of eight rows with eight factors.
#[inline(always)]
fn multiply_tile<V: Octet>(tile: &Tile, factors: &[f64; EIGHT]) -> V {
    let mut rows = V::splat(0.0);
    for pair in 0..EIGHT / 2 {
        let (i, j) = (2 * pair, 2 * pair + 1);
        let (a, b) = (V::load(&tile[i]), V::load(&tile[j]));
        rows = rows + (a * V::splat(factors[i]) + b * V::splat(factors[j]));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DVector;
    use ppl_math::kernels::{Processor, Task};

    struct DivideAndMultiply<'a>(&'a Factor, &'a Vector);

    impl Task for DivideAndMultiply<'_> {
        type Output = [Vec<f64>; 2];

        #[inline(always)]
        fn run<V: Octet>(self) -> [Vec<f64>; 2] {
            let (mut x, mut y) = (self.1.clone(), Vector::zeros(self.1.len()));
            self.0.divide_and_multiply::<V>(&mut x, &mut y);
            [x, y].map(Vec::from)
        }
    }

    /// Whole numbers, so that sums are exact in any order.
    fn numbers(dim: usize) -> DVector<f64> {
        DVector::from_fn(dim, |i, _| 1.0 - (i % 5) as f64)
    }

    #[test]
    fn every_element_of_a_factor_counts_in_its_place() {
        for dim in 0..20 {
            // With ones on the diagonal the solution is whole too.
            let lower = |i: usize, j: usize| if i > j { ((3 * i + 5 * j) % 3) as f64 - 1.0 } else { 0.0 };
            let matrix = DMatrix::from_fn(dim, dim, |i, j| if i == j { 1.0 } else { lower(i, j) });
            let x = Vector::from((&matrix * numbers(dim)).as_slice());
            let [solution, product] = Processor::detect().run(DivideAndMultiply(&Factor::new(&matrix), &x));
            assert_eq!(solution, numbers(dim).as_slice());
            assert_eq!(product, (matrix.transpose() * &matrix * numbers(dim)).as_slice());
        }
    }
}
