//! Sparse matrices against sums over their elements.

use super::*;
use crate::kernels::CompressedRows;

/// A matrix with rows of 0 to `most` elements, some of them in one column.
struct Matrix {
    row_starts: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl Matrix {
    fn random(stream: &mut Stream, rows: usize, columns: usize, most: usize) -> Self {
        let mut row_starts = vec![0];
        let mut own = Vec::new();
        for _ in 0..rows {
            let count = if columns == 0 { 0 } else { stream.below(most + 1) };
            own.extend((0..count).map(|_| stream.below(columns) as u32));
            row_starts.push(own.len() as u32);
        }
        let values = stream.vector(own.len());
        Matrix { row_starts, columns: own, values }
    }

    fn rows(&self) -> CompressedRows<'_> {
        CompressedRows { row_starts: &self.row_starts, columns: &self.columns, values: &self.values }
    }

    /// Calls `visit` with row, column and value of each element.
    fn for_each(&self, mut visit: impl FnMut(usize, usize, f64)) {
        for (i, ends) in self.row_starts.windows(2).enumerate() {
            (ends[0] as usize..ends[1] as usize).for_each(|k| visit(i, self.columns[k] as usize, self.values[k]));
        }
    }
}

fn near(found: &[f64], expected: &[f64]) -> bool {
    found.iter().zip(expected).all(|(&x, &y)| ulps(x, y) == 0.0 || (x - y).abs() <= 1e-12)
}

#[test]
fn sparse_products_agree_with_their_definition() {
    let mut stream = Stream(31);
    for (rows, columns, most) in (0..=67).map(|n| (n, 1 + n % 13, n % 24)).chain([(300, 40, 9), (5, 0, 0), (2, 9, 67)])
    {
        let x = Matrix::random(&mut stream, rows, columns, most);
        // Vectors that do not begin at a multiple of the vector length.
        let (v, r) = (stream.vector(columns + 1), stream.vector(rows + 1));
        let (v, r) = (&v[1..], &r[1..]);
        let (mut product, mut transposed) = (vec![0.0; rows], vec![1.0; columns]);
        x.for_each(|i, j, value| product[i] += value * v[j]);
        x.for_each(|i, j, value| transposed[j] += value * r[i]);
        for table in tables() {
            let (mut out, mut sums) = (vec![f64::NAN; rows], vec![1.0; columns]);
            table.sparse_times_vector_checked(x.rows(), v, &mut out);
            table.add_sparse_transposed_times_vector_checked(x.rows(), r, &mut sums);
            assert!(near(&out, &product), "{:?}, {rows} × {columns}", table.isa);
            assert!(near(&sums, &transposed), "{:?}, {rows} × {columns}", table.isa);
        }
    }
}

#[test]
fn special_values_reach_their_rows_and_columns_and_no_others() {
    let x = Matrix { row_starts: vec![0, 2, 2, 5, 6], columns: vec![0, 3, 1, 2, 3, 0], values: vec![1.0; 6] };
    for special in SPECIAL {
        for table in tables() {
            let mut out = [0.5; 4];
            table.sparse_times_vector_checked(x.rows(), &[0.25, special, 0.0, 2.0], &mut out);
            assert!(near(&out, &[2.25, 0.0, special + 0.0 + 2.0, 0.25]), "{:?}, {special}: {out:?}", table.isa);
            let mut out = [0.5; 4];
            table.add_sparse_transposed_times_vector_checked(x.rows(), &[0.0, f64::NAN, special, 1.0], &mut out);
            let hit = 0.5 + special;
            assert!(near(&out, &[1.5, hit, hit, hit]), "{:?}, {special}: {out:?}", table.isa);
        }
    }
}

#[test]
fn rows_are_the_same_bits_from_avx2_on_and_wherever_they_stand() {
    let mut stream = Stream(32);
    let x = Matrix::random(&mut stream, 60, 50, 30);
    let v = stream.vector(50);
    let mut fused: Option<Vec<f64>> = None;
    for table in tables().filter(|table| table.isa >= Isa::Avx2) {
        let mut out = vec![0.0; 60];
        table.sparse_times_vector_checked(x.rows(), &v, &mut out);
        assert_eq!(fused.get_or_insert(out.clone()), &out);
        let tail = CompressedRows { row_starts: &x.row_starts[7..], ..x.rows() };
        let mut rest = vec![0.0; 53];
        table.sparse_times_vector_checked(tail, &v, &mut rest);
        assert_eq!(rest, out[7..]);
    }
}

fn refuse(row_starts: &[u32], columns: &[u32], rows: usize) {
    let values = [1.0; 2];
    let x = CompressedRows { row_starts, columns, values: &values };
    Kernels::detect().sparse_times_vector_checked(x, &[1.0; 3], &mut vec![0.0; rows]);
}

#[test]
#[should_panic(expected = "a column is out of range")]
fn a_column_out_of_range_is_refused() {
    refuse(&[0, 2], &[0, 3], 1);
}

#[test]
#[should_panic(expected = "a row is out of range")]
fn a_row_out_of_range_is_refused() {
    refuse(&[0, 3], &[0, 1], 1);
}

#[test]
#[should_panic(expected = "the starts of rows fall")]
fn rows_that_end_before_they_begin_are_refused() {
    refuse(&[0, 2, 1], &[0, 1], 2);
}

#[test]
#[should_panic(expected = "the result does not fit the matrix")]
fn a_result_of_another_length_is_refused() {
    refuse(&[0, 2], &[0, 1], 2);
}
